package gateway

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
)

// restAtLeast is how long a connection is left alone: a client that is about to speak must not find it closed.
const restAtLeast = int64(time.Second)

// batch is how many connections make room at one time: whoever looks through them all must not do so at each accept of a flood.
func (r *registry) batch() int { return max(1, r.total/64) }

// fewest is how many newcomers find room at one moment, of so few places that a batch is less.
const fewest = 32

// above is how many may be here above the bound, while as many of those before them leave.
func (r *registry) above() int { return max(r.batch(), min(r.total, fewest)) }

// spare is a connection that can be asked to leave.
type spare struct {
	c     *downstream.Conn
	is    downstream.Spare
	since int64
	from  netip.Addr
	level int // how many connections its network has if those that have waited longer leave first
}

// makeRoom asks a batch of connections to leave, and reports whether there is room now. Those go first that never said anything; then, of the network with
// most connections, the one that has been idle longest; last, chosen alike, those whose head is not whole.
func (r *registry) makeRoom(now int64) bool {
	r.making.Lock()
	defer r.making.Unlock()
	found, n := r.spares(now)
	rank(found)
	var left []*downstream.Conn
	for _, s := range found {
		if len(left) == n {
			break
		}
		if s.c.MakeRoom(s.since) {
			left = append(left, s.c)
		}
	}
	return r.leave(left)
}

// tell tells the log that all places are taken, at most once a minute.
func (r *registry) tell(now int64) {
	if now < r.tellAt {
		return
	}
	r.tellAt = now + int64(time.Minute)
	r.log.Warn("all connections are taken; idle ones are closed for new ones", "limit", "limits.connections", "value", r.total)
}

// spares are the connections that can be asked to leave at now, and how many of them should be.
func (r *registry) spares(now int64) (found []spare, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.full() {
		return nil, 0
	}
	r.tell(now)
	if r.left >= r.above() || now < r.vain {
		return nil, 0
	}
	n = max(1, r.batch()-r.left)
	next := now + restAtLeast
	for c, asked := range r.all {
		is, since := c.Spare()
		switch {
		case asked || is == downstream.Busy:
		case now-since < restAtLeast:
			next = min(next, since+restAtLeast)
		default:
			from := network(c.Peer().Addr)
			found = append(found, spare{c, is, since, from, r.from[from]})
		}
	}
	if len(found) == 0 {
		r.vain = next
	}
	return found, n
}

// rank puts those first who are to leave first.
func rank(found []spare) {
	slices.SortFunc(found, func(a, b spare) int {
		return cmp.Or(cmp.Compare(a.is, b.is), a.from.Compare(b.from), cmp.Compare(a.since, b.since))
	})
	var before spare
	for i := range found {
		s := &found[i]
		switch {
		case s.is == downstream.Silent:
			s.level = 0
		case before.is == s.is && before.from == s.from:
			s.level = before.level - 1
		}
		before = *s
	}
	slices.SortStableFunc(found, func(a, b spare) int {
		return cmp.Or(cmp.Compare(a.is, b.is), cmp.Compare(b.level, a.level), cmp.Compare(a.since, b.since))
	})
}

// leave notes who was asked to leave, and reports whether there is room.
func (r *registry) leave(left []*downstream.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range left {
		if _, here := r.all[c]; here {
			r.all[c] = true
			r.left++
		}
	}
	r.asked.Add(int64(len(left)))
	return !r.full()
}
