package upstream

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/http1"
)

// What a call that cannot be sent again asks of a pooled connection: whatever the upstream closes just then is a failed call (RFC 9110 §9.2.2 forbids to
// repeat it).
const (
	// reuseAnyway is how recently the connection must have been used: an upstream that closes idle connections is then very unlikely to have closed this one.
	reuseAnyway = int64(time.Second)
	// rest is how long it lies idle first where the upstream may close right behind its answer: the close is here by then, and is seen before a byte is
	// written.
	rest = int64(5 * time.Millisecond)
)

// pool holds the idle connections of an upstream, at most Spec.PoolSize of them.
type pool struct {
	shards [shards]shard
	closed atomic.Bool
	// abrupt: a connection was closed right behind an answer whose end was framed, so that no answer of this upstream tells whether it stays.
	abrupt atomic.Bool
}

// shards is how many parts a pool has: a client connection looks into its own first, so that no lock is shared by all calls.
const shards = 16

type shard struct {
	mu   sync.Mutex
	idle []*Conn // in the order in which they were used, the latest at the end
	_    [32]byte
}

// parked is what the pool knows of a connection.
type parked struct {
	made, used int64 // mono ns
	rested     int64 // how long it had been idle when it was taken, ns
	unframed   bool  // its last answer had no framing of its own
	promise    promise
}

// take returns a pooled connection that is alive at now (mono ns), or nil. twice: the call may be sent twice; any other asks more of a connection. near
// picks the shard that is looked into first.
// whole says that the call goes through exchange, which looks itself whether the connection is alive.
func (u *Upstream) take(now int64, twice bool, near uint32, whole bool) *Conn {
	for i := range uint32(shards) {
		s := &u.pool.shards[(near+i)%shards]
		if c := s.take(u, now, twice, whole, i == 0); c != nil {
			u.stats.Reused.Add(1)
			return c
		}
	}
	return nil
}

// take takes out the connection used last of those that are good enough; those found dead or too old on the way are closed. Another shard's lock is only
// tried for.
func (s *shard) take(u *Upstream, now int64, twice, whole, own bool) *Conn {
	if own {
		s.mu.Lock()
	} else if !s.mu.TryLock() {
		return nil
	}
	defer s.mu.Unlock()
	for i, c := range slices.Backward(s.idle) { // what is taken out moves only those that were looked at
		if !twice && now-c.used > reuseAnyway {
			return nil // the others were used even earlier
		}
		fresh := u.fresh(c, now)
		if fresh && !twice && !u.safe(c, now) {
			continue // another deeper down may be
		}
		s.idle = slices.Delete(s.idle, i, i+1)
		if fresh && (whole && c.fastPath() || c.watch.Quiet()) {
			c.Reused, c.rested = true, now-c.used
			return c
		}
		if fresh {
			u.foundDead(c, now-c.used)
		}
		c.Close()
	}
	return nil
}

// fresh reports whether the connection may be used at all: it is within the limits of the configuration, and within what the upstream has said.
func (u *Upstream) fresh(c *Conn, now int64) bool {
	return (u.spec.PoolIdle <= 0 || now-c.used <= int64(u.spec.PoolIdle)) && (u.spec.PoolAge <= 0 || now-c.made <= int64(u.spec.PoolAge)) &&
		c.promise.keeps(now)
}

// safe reports whether a call that cannot be sent again may use the connection.
func (u *Upstream) safe(c *Conn, now int64) bool {
	if c.promise.brief {
		return false
	}
	return now-c.used >= rest || !c.unframed && !u.pool.abrupt.Load()
}

// foundDead learns from a connection that is closed without a word, idle ns after its last answer.
func (u *Upstream) foundDead(c *Conn, idle int64) {
	if !c.unframed && idle <= reuseAnyway {
		u.pool.abrupt.Store(true)
	}
}

// lost learns from a call that got no answer, f, on a pooled connection: one that was found dead before a byte was written, or that had no rest. After a rest
// the close would have been seen before, so that it is no habit of the upstream's.
func (c *Conn) lost(f Fault) Fault {
	if (f.Cause == Ended || f.Cause == Broke) && c.Reused && !c.got && (!c.wrote || c.rested < rest) {
		c.up.foundDead(c, c.rested)
	}
	return f
}

// put gives a connection back to the pool, or closes it where the pool is full or either side closed. Where the shard of near is full others are tried: a client
// that is faster than connections rest needs many of them.
func (u *Upstream) put(c *Conn, now int64, near uint32) {
	c.unframed = c.body.framing == http1.NoBody
	for i := uint32(0); i < shards && c.promise.keeps(now); i++ {
		s, room := u.place(near + i)
		if s.put(u, c, now, room, i == 0) {
			return
		}
	}
	c.Close()
}

// put keeps a connection if there is room. Another shard's lock is only tried for.
func (s *shard) put(u *Upstream, c *Conn, now int64, room int, own bool) bool {
	if own {
		s.mu.Lock()
	} else if !s.mu.TryLock() {
		return false
	}
	defer s.mu.Unlock()
	if u.pool.closed.Load() || len(s.idle) >= room {
		return false
	}
	c.used = now
	if n := len(s.idle); n > 0 { // whose reading may be a little newer, if they were faster to come here
		c.used = max(now, s.idle[n-1].used)
	}
	s.idle = append(s.idle, c)
	return true
}

// place is the shard for the connections of near, and how many it may hold: all together hold PoolSize.
func (u *Upstream) place(near uint32) (s *shard, room int) {
	size := u.spec.PoolSize
	if size <= 0 {
		return &u.pool.shards[0], 0
	}
	used := min(shards, size)
	i := int(near % uint32(used))
	room = size / used
	if i < size%used {
		room++
	}
	return &u.pool.shards[i], room
}

// Sweep closes the pooled connections that are too old, too long idle or dead at now (mono ns). Called about once a second.
func (u *Upstream) Sweep(now int64) {
	for i := range u.pool.shards {
		u.pool.shards[i].sweep(u, now)
	}
}

func (s *shard) sweep(u *Upstream, now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.idle[:0]
	for _, c := range s.idle {
		fresh := u.fresh(c, now)
		if fresh && c.watch.Quiet() {
			kept = append(kept, c)
			continue
		}
		if fresh {
			u.foundDead(c, now-c.used)
		}
		c.Close()
	}
	clear(s.idle[len(kept):])
	s.idle = kept
}

// Close closes the pooled connections; those in use close when they come back. A call that began before may still dial.
func (u *Upstream) Close() {
	u.pool.closed.Store(true)
	for i := range u.pool.shards {
		s := &u.pool.shards[i]
		s.mu.Lock()
		for _, c := range s.idle {
			c.Close()
		}
		s.idle = nil
		s.mu.Unlock()
	}
}

// Idle counts the pooled connections.
func (u *Upstream) Idle() (n int) {
	for i := range u.pool.shards {
		u.pool.shards[i].mu.Lock()
		n += len(u.pool.shards[i].idle)
		u.pool.shards[i].mu.Unlock()
	}
	return n
}
