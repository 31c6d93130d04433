// Package usage counts what each app did: calls by resource, UTC hour and how they ended, and how many of them only repeated an earlier one.
//
// Counting is done in memory by whoever serves the call, without a lock and without memory of its own in the long run. What is counted is handed to the request log's
// store every few seconds: a process that is killed loses what it has counted since.
package usage

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/puzpuzpuz/xsync/v4"

	"github.com/candor-gateway/candor/problem"
)

// Call is one call that is over.
type Call struct {
	At       int64  // unix ns
	App      string // its name; "": not known
	AppID    uint32 // its number, the same as long as its name is
	Member   string // counted by name only where the call failed
	Resource string // "": none was found
	Problem  problem.Type
	Repeated bool // Repeats has said so
}

// The bounds of what is counted apart in memory. A cell is gone once its hour is over and it is saved, so they are bounds of an hour.
const (
	mostMembers = 10_000 // cells that name a member; then Other
	mostCells   = 50_000 // of all kinds; then OtherApps
)

// Other stands for the members that were too many to count apart.
const Other = "other"

// OtherApps stands for the apps and their resources that were too many to count apart. No app can be called so.
const OtherApps = "!other"

// Counts are what was counted. All methods are safe for concurrent use.
type Counts struct {
	cells    *xsync.Map[key, *cell]
	totals   *xsync.Map[totalKey, *Total]
	members  atomic.Int64 // cells that name one
	all      atomic.Int64 // cells
	minutes  minutes
	Repeats  *Repeats
	saving   sync.Mutex // guards what follows
	unsaved  map[countKey]*tallied
	lost     atomic.Uint64
	restored bool
}

// key is what is counted apart.
type key struct {
	hour     uint32 // since the Unix epoch
	app      uint32
	problem  problem.Type
	resource string
	member   string
}

// cell is one count, alone on its cache line: many cores may write it.
type cell struct {
	word  atomic.Uint64 // calls below, repeated ones above, and dead
	total *Total        // of the app's day; nil: it has none
	app   string
	_     [32]byte
}

// The parts of a cell's word. It is emptied every few seconds, so that neither number overflows into what is above it.
const (
	oneCall     = 1
	oneRepeated = 1 << 32
	callsOf     = oneRepeated - 1
	dead        = 1 << 63 // it was taken out of the map, and counts nothing
)

// New makes counts that have counted nothing.
func New() *Counts {
	return &Counts{
		cells: xsync.NewMap[key, *cell](), totals: xsync.NewMap[totalKey, *Total](),
		Repeats: NewRepeats(), unsaved: map[countKey]*tallied{},
	}
}

// Count counts one call.
func (c *Counts) Count(call *Call) {
	k := key{hour: uint32(call.At / int64(time.Hour)), app: call.AppID, problem: call.Problem, resource: call.Resource}
	if call.Problem != problem.None {
		k.member = call.Member
		c.minutes.count(call.Problem, call.At)
	}
	one := uint64(oneCall)
	if call.Repeated {
		one += oneRepeated
	}
	for {
		to, ok := c.cells.Load(k)
		if !ok {
			to, k = c.cell(k, call.App)
		}
		if to.word.Add(one)&dead == 0 {
			to.total.add(call.Problem, one)
			return
		}
		c.drop(k, to) // it was swept since it was found
	}
}

// drop takes a dead cell out of the map, where that was not done yet.
func (c *Counts) drop(k key, dead *cell) {
	c.cells.Compute(k, func(old *cell, loaded bool) (*cell, xsync.ComputeOp) {
		if loaded && old == dead {
			return nil, xsync.DeleteOp
		}
		return old, xsync.CancelOp
	})
}

// cell finds or makes the one that a call is counted in, and its key, which may be that of what is not counted apart.
func (c *Counts) cell(k key, app string) (*cell, key) {
	if k.member != "" && c.members.Load() >= mostMembers {
		k.member = Other
	}
	if c.all.Load() >= mostCells {
		k, app = key{hour: k.hour, app: otherApps, problem: k.problem}, OtherApps
	}
	total := c.total(totalKey{app: app, resource: k.resource, day: int32(k.hour / 24)})
	found, there := c.cells.LoadOrStore(k, &cell{app: app, total: total})
	if !there {
		c.all.Add(1)
		c.members.Add(k.named())
	}
	return found, k
}

// named is 1 where the key names a member, else 0.
func (k *key) named() int64 {
	if k.member == "" || k.member == Other {
		return 0
	}
	return 1
}

// otherApps is the number of no app.
const otherApps = ^uint32(0)
