package quota

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// counter is one count. Its word is
//   - for a fixed window, the window's number since the Unix epoch in the high
//     32 bits and the calls counted in it in the low ones;
//   - for a burst, GCRA's theoretical arrival time: the Unix nanosecond at
//     which the bucket is empty again.
//
// Either way a larger word is a later or a fuller one, and time moves a fixed
// counter into its next window without anybody having to reset it.
type counter struct {
	word   atomic.Uint64
	listed atomic.Bool // it is in the list of what has changed; always where it is never saved
	burst  bool
	app    access.AppID
	member access.MemberID
	window int64     // nanoseconds
	of     *numbered // whose calls, and by which limit: for the store
	next   *counter  // in that list; of whoever has set listed
}

// dead is the word of a counter that was swept: it is no longer in the map and
// counts nothing, so that nobody who still holds it can.
const dead = math.MaxUint64

// paddedCounter keeps a counter that many cores may write alone on its cache
// line.
type paddedCounter struct {
	counter
	_ [64]byte
}

// newCounter makes an empty counter for a limit. A member's is written by few,
// and there may be millions.
func newCounter(limit *row, of who) *counter {
	c := new(counter)
	if limit.Key == App {
		c = &new(paddedCounter).counter
	}
	c.window, c.burst = limit.window, limit.Burst
	c.of, c.app, c.member = limit.of, of.app, of.member
	c.listed.Store(limit.Window == Second) // it ends before anybody could restart
	return c
}

// held is one limit's part of a Result.
type held struct {
	counter *counter // nil: the limit does not apply
	left    int64    // calls
	resets  int64    // Unix ns: when all are there again; if none is left, when the next call may come
	in      uint64   // what was counted in: the number of the fixed window, or a burst's arrival time after it
}

// outcome is what became of an attempt to count.
type outcome uint8

const (
	admitted outcome = iota
	exhausted
	swept
)

func pack(window, count uint64) uint64 { return window<<32 | count }

// in says which window a fixed counter is in at now, and the calls counted
// there. A caller whose now is a little old counts in the newer window; what a
// clock that was ahead has counted is forgotten.
func (c *counter) in(word uint64, now int64) (window, count uint64) {
	window, count = word>>32, word&math.MaxUint32
	current := uint64(now / c.window)
	if window == current || window > current && window <= c.newest(now) { // the first nearly always
		return window, count
	}
	return current, 0
}

// How much newer than now a count may be: the clock is read once a call, and
// by many at a time, so that a caller's now can be older than what another has
// counted. All beyond was counted while the clock was wrong.
const (
	windowLag = int64(time.Hour)   // in fixed windows; never more than the next one
	burstLag  = int64(time.Second) // in bursts, or one interval
)

// newest is the last fixed window that a count can be in at now.
func (c *counter) newest(now int64) uint64 {
	return uint64((now + min(c.window, windowLag)) / c.window)
}

// ahead reports whether the word can only be of a clock that was ahead of now,
// whatever N the counter's limit has.
func (c *counter) ahead(word uint64, now int64) bool {
	if c.burst { // an interval is a window at most, and so is the capacity
		return int64(word) > now+2*c.window+burstLag
	}
	return word>>32 > c.newest(now)
}

// look reads what a call at now would find.
func (c *counter) look(limit *row, now int64, h *held) {
	c.read(c.word.Load(), limit, now, h)
}

func (c *counter) read(word uint64, limit *row, now int64, h *held) {
	if c.burst {
		h.level(c.arrival(word, limit, now), limit, now)
		return
	}
	window, count := c.in(word, now)
	h.in = window
	h.left = max(0, limit.N-int64(count))
	h.resets = int64(window+1) * c.window
}

// take counts one call at now, if the limit allows one more, and fills h.
func (c *counter) take(limit *row, now int64, h *held) outcome {
	for {
		word := c.word.Load()
		if word == dead {
			return swept
		}
		c.read(word, limit, now, h)
		if h.left <= 0 {
			return exhausted
		}
		if c.word.CompareAndSwap(word, h.count(limit, now)) {
			return admitted
		}
	}
}

// count makes of what h has read what it holds once one more call is counted, and returns the word that says so.
func (h *held) count(limit *row, now int64) (word uint64) {
	if limit.Burst {
		h.level(int64(h.in)+limit.interval, limit, now)
		return h.in
	}
	h.left--
	return pack(h.in, uint64(limit.N-h.left))
}

// giveBack undoes one take, unless the window it was counted in has passed.
func (c *counter) giveBack(limit *row, now int64, h *held) {
	for {
		word := c.word.Load()
		if !c.counts(word, limit, now, h) {
			return
		}
		less := word - 1
		if c.burst {
			less = word - uint64(limit.interval)
		}
		if c.word.CompareAndSwap(word, less) {
			return
		}
	}
}

// counts reports whether the call that h holds is still in the word. A burst's
// call has leaked out at its own arrival time; that it has is known for sure
// once the bucket stands a whole capacity later. One that stands a whole
// capacity earlier has begun again.
func (c *counter) counts(word uint64, limit *row, now int64, h *held) bool {
	if c.burst {
		since := int64(word) - int64(h.in)
		return word != dead && int64(word) > now && since <= limit.capacity && since >= -limit.capacity
	}
	return word>>32 == h.in && word&math.MaxUint32 > 0
}

// arrival is a burst's theoretical arrival time, never before now. It is no
// later than a full bucket makes it; one that is was counted by a clock ahead.
func (c *counter) arrival(word uint64, limit *row, now int64) int64 {
	if word == dead || int64(word) > now+limit.capacity+max(limit.interval, burstLag) {
		return now
	}
	return max(int64(word), now)
}

// level fills h from the level of a burst's bucket.
func (h *held) level(arrival int64, limit *row, now int64) {
	h.in = uint64(arrival)
	h.left = max(0, (limit.capacity-(arrival-now))/limit.interval)
	h.resets = arrival
	if h.left == 0 {
		h.resets = arrival + limit.interval - limit.capacity
	}
}

// ends is the Unix nanosecond from which on the word says nothing.
func (c *counter) ends(word uint64) int64 {
	if c.burst {
		return int64(word)
	}
	return int64(word>>32+1) * c.window
}

// grace is how long a counter is kept past its end, for callers whose now is a
// little old: to them it still counts.
const grace = int64(10 * time.Second)

// sweep kills the counter if it says nothing any more at now, or only what a
// clock ahead has counted. It reports whether the counter is dead.
func (c *counter) sweep(now int64) bool {
	word := c.word.Load()
	if word == dead {
		return true
	}
	return (c.ends(word)+grace <= now || c.ahead(word, now)) && c.word.CompareAndSwap(word, dead)
}

func (c *counter) isSwept() bool { return c.word.Load() == dead }

// raise lifts the word to at least word.
func (c *counter) raise(word uint64) {
	for {
		old := c.word.Load()
		if old >= word || c.word.CompareAndSwap(old, word) {
			return
		}
	}
}

// seconds is a span of nanoseconds in whole seconds, rounded up.
func seconds(ns int64) int64 {
	return (ns + int64(time.Second) - 1) / int64(time.Second)
}
