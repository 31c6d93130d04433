// Package quota says how many: limits per resource by application and member,
// bursts, calls in flight, and failed credentials per client address.
//
// Everything is counted in memory where a call is admitted. A count is one
// atomic word in a lock-free map, so no two apps wait for each other, and a
// limit of N admits exactly N however many ask at once.
package quota

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/puzpuzpuz/xsync/v4"

	"github.com/candor-gateway/candor/internal/access"
)

// Options shape a Limiter. The zero value is ready to use.
type Options struct {
	// Number gives a limit its number: the same for the same arguments, for
	// ever. nil: the Limiter numbers them itself, in order of arrival.
	Number func(resource string, k Key, w Window, burst bool) uint32
	// FailedPerMinute bounds the failed credentials of one client address;
	// 0 is defaultFailedPerMinute, a negative number is no bound.
	FailedPerMinute int64
	// Rest, where it is set, is called between two stretches of Checkpoint and
	// Sweep, which can wait, so that calls that came meanwhile may go first.
	Rest func()
}

// Limiter holds all counts. It outlives every reload of the configuration.
type Limiter struct {
	options  Options
	apps     *xsync.Map[uint64, *counter] // of limits by app: apart, since a number is found in half the time
	members  *xsync.Map[who, *counter]    // of limits by member
	failed   failed
	inFlight atomic.Int64

	numbering sync.Mutex // guards what Set and Restore register, which no call touches
	known     map[limitID]*numbered

	changed atomic.Pointer[counter] // the last of those that a Checkpoint has to save
	saving  sync.Mutex              // one Checkpoint at a time
	unsaved bool                    // the last Checkpoint failed: the next one saves everything
	returns returns
}

// who is counted: a limit's number, an app, and a member where the limit's key
// is Member.
type who struct {
	limit  uint32
	app    access.AppID
	member access.MemberID
}

// limitID is what a limit keeps over a reload, when its N may change.
type limitID struct {
	resource string
	key      Key
	window   Window
	burst    bool
}

// numbered is a limit that was given its number.
type numbered struct {
	limitID
	number uint32
}

// New makes a Limiter that has counted nothing.
func New(o Options) *Limiter {
	if o.Rest == nil {
		o.Rest = func() {}
	}
	l := &Limiter{
		options: o,
		apps:    xsync.NewMap[uint64, *counter](),
		members: xsync.NewMap[who, *counter](),
		known:   map[limitID]*numbered{},
	}
	l.failed.init(o.FailedPerMinute)
	return l
}

// number registers a limit and gives it its number.
func (l *Limiter) number(id limitID) *numbered {
	l.numbering.Lock()
	defer l.numbering.Unlock()
	if known := l.known[id]; known != nil {
		return known
	}
	n := &numbered{id, uint32(len(l.known))}
	if l.options.Number != nil {
		n.number = l.options.Number(id.resource, id.key, id.window, id.burst)
	}
	l.known[id] = n
	return n
}

// Take counts one call of app and member against every limit of s at now (Unix
// nanoseconds), or against none: if one of them is full it returns false and r
// says which. Members are counted only if member is not 0; all callers without
// an app share app 0. A nil Set has no limits.
func (l *Limiter) Take(s *Set, app access.AppID, member access.MemberID, now int64, r *Result) bool {
	l.look(s, app, member, now, r)
	if r.refused != 0 {
		return false
	}
	for i := range r.n {
		h := &r.held[i]
		if h.counter == nil {
			continue
		}
		if !l.takeOne(r, i) {
			r.full(i)
			l.giveBack(r, i)
			r.lookAgain(i)
			return false
		}
	}
	r.taken = true
	return true
}

// Peek tells in r what Take would find, and counts nothing.
func (l *Limiter) Peek(s *Set, app access.AppID, member access.MemberID, now int64, r *Result) bool {
	l.look(s, app, member, now, r)
	return r.refused == 0
}

// takeOne counts r's call against its limit i. A counter that was swept since
// it was looked up is looked up again.
func (l *Limiter) takeOne(r *Result, i int) bool {
	h, limit := &r.held[i], &r.limits.rows[i]
	verdict := h.counter.take(limit, r.at, h)
	for verdict == swept {
		h.counter = l.counter(limit, r.app, r.member)
		verdict = h.counter.take(limit, r.at, h)
	}
	if verdict != admitted {
		return false
	}
	l.change(h.counter)
	return true
}

// giveBack undoes r's first n takes.
func (l *Limiter) giveBack(r *Result, n int) {
	for i := range n {
		if h := &r.held[i]; h.counter != nil {
			h.counter.giveBack(&r.limits.rows[i], r.at, h)
			l.change(h.counter)
		}
	}
}

// look finds r's counters and what is left in them. Most refusals end here,
// without a write that other cores would have to see.
func (l *Limiter) look(s *Set, app access.AppID, member access.MemberID, now int64, r *Result) {
	r.begin(s.of(app), app, member, now)
	for i := range r.n {
		limit, h := &r.limits.rows[i], &r.held[i]
		if limit.Key == Member && member == 0 {
			*h = held{left: math.MaxInt64}
			continue
		}
		h.counter = l.counter(limit, app, member)
		h.counter.look(limit, now, h)
		if h.left <= 0 {
			r.full(i)
		}
	}
}

// counter finds or makes the counter of a limit for this app and member.
func (l *Limiter) counter(limit *row, app access.AppID, member access.MemberID) *counter {
	w := who{limit: limit.of.number, app: app}
	if limit.Key == App {
		return obtain(l.apps, uint64(w.limit)<<32|uint64(app), limit, w)
	}
	w.member = member
	return obtain(l.members, w, limit, w)
}

// obtain finds or makes the counter of w in m.
func obtain[K comparable](m *xsync.Map[K, *counter], key K, limit *row, w who) *counter {
	for {
		c, found := m.Load(key)
		if !found {
			c, _ = m.LoadOrStore(key, newCounter(limit, w))
		}
		if !c.isSwept() {
			return c
		}
		forget(m, key, c)
	}
}

// each visits all counters of apps and members.
func (l *Limiter) each(visit func(*counter)) {
	l.apps.RangeRelaxed(func(_ uint64, c *counter) bool {
		visit(c)
		return true
	})
	l.members.RangeRelaxed(func(_ who, c *counter) bool {
		visit(c)
		return true
	})
}

// forget removes c unless another has taken its place.
func forget[K comparable](m *xsync.Map[K, *counter], key K, c *counter) {
	m.Compute(key, func(old *counter, loaded bool) (*counter, xsync.ComputeOp) {
		if loaded && old == c {
			return nil, xsync.DeleteOp
		}
		return old, xsync.CancelOp
	})
}

// sweep removes from m what says nothing any more at now.
func sweep[K comparable](m *xsync.Map[K, *counter], now int64, rest func()) (n int) {
	seen := 0
	m.RangeRelaxed(func(key K, c *counter) bool {
		if seen++; seen%stretch == 0 {
			rest()
		}
		if c.sweep(now) {
			forget(m, key, c)
			n++
		}
		return true
	})
	return n
}

// Return gives back what Take counted, because the call never left. It does
// nothing where the window has ended since, and nothing the second time.
func (l *Limiter) Return(r *Result) {
	if !r.taken {
		return
	}
	r.taken = false
	l.giveBack(r, r.n)
	l.returns.note(r)
}

// Enter counts one more call in flight, unless there are max of them already
// (0: no bound). Whoever got true calls Leave once.
func (l *Limiter) Enter(maximum int64) bool {
	for {
		n := l.inFlight.Load()
		if maximum > 0 && n >= maximum {
			return false
		}
		if l.inFlight.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Leave counts one call in flight less.
func (l *Limiter) Leave() { l.inFlight.Add(-1) }

// InFlight is the number of calls that entered and did not leave.
func (l *Limiter) InFlight() int64 { return l.inFlight.Load() }

// Sweep forgets every count that says nothing any more at now and returns how
// many it forgot. Call it now and then, such as once a minute.
func (l *Limiter) Sweep(now int64) int {
	return sweep(l.apps, now, l.options.Rest) + sweep(l.members, now, l.options.Rest) + sweep(l.failed.networks, now, l.options.Rest)
}
