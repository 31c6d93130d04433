package upstream

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// BreakerSpec says when a target is given a rest, and for how long.
type BreakerSpec struct {
	Failures int           // the share of the calls that must have failed, in percent, 1 to 100
	Of       int           // fewer calls than these say nothing; above 0
	Within   time.Duration // how far back calls count
	Open     time.Duration // how long no call is sent
	Statuses []int         // which answers are failures, too
}

// BreakerState is what a breaker does with a call. The zero state is that it lets it through.
type BreakerState uint8

// The states, in the order in which they follow each other.
const (
	BreakerClosed   BreakerState = iota
	BreakerOpen                  // every call is refused
	BreakerHalfOpen              // one call at a time tries whether it works again; the others are refused
	breakerStates
)

// String is the state as metrics say it.
func (s BreakerState) String() string { return [...]string{"closed", "open", "half_open"}[s] }

// BreakerStates lists them all.
func BreakerStates() []BreakerState {
	return []BreakerState{BreakerClosed, BreakerOpen, BreakerHalfOpen}
}

// BreakerChange is a change of state, for the operator's log.
type BreakerChange struct {
	State         BreakerState
	Failed, Calls int           // of one that opens: how many calls failed, of how many; 0, 0 where it opens again
	Last          string        // of the same: how the last one failed. It may name addresses
	For           time.Duration // of one that opens: for how long; of any other, how long it was not closed
}

// Rest is why and since when a target is given one.
type Rest struct {
	Since, from int64  // mono ns; Since is when it began first, however often a trial has failed meanwhile, and from when it did last
	Why         []byte // how the last call failed, without an address: callers may read it
}

// left is how much of it is to come, as long as it is now said to be: who shortens one that is under way does not wait for its end.
func (r *Rest) left(s *BreakerSpec, now int64) time.Duration {
	return time.Duration(r.from + int64(s.Open) - now)
}

// failure is how a call has failed; the zero one is that it has not.
type failure struct {
	why  string // as Rest.Why
	full string // with what the operator alone may read
}

// breaker decides whether a target is given a rest. What it goes by is given with each question, so that it outlives a change of that. A breaker that is closed
// or open takes no lock to say so.
type breaker struct {
	turn atomic.Uint64 // how often the state has changed; the state is its rest by three. An outcome of an earlier turn says nothing any more
	rest atomic.Pointer[Rest]

	mu     sync.Mutex
	window window
	trial  bool  // half-open: a call is under way that tries
	tried  int64 // mono ns at which it left
}

func stateOf(turn uint64) BreakerState { return BreakerState(turn % uint64(breakerStates)) }

// verdict is what a breaker says to a call: the turn in which it lets it through, or else whom to wait for, and for how long.
type verdict struct {
	turn uint64
	rest *Rest
	left time.Duration
}

// ask lets a call through at now (mono ns), or not. Whoever is let through says by note how it went.
func (b *breaker) ask(s *BreakerSpec, now int64) (verdict, *BreakerChange) {
	turn := b.turn.Load()
	if stateOf(turn) == BreakerClosed {
		return verdict{turn: turn}, nil
	}
	if r := b.rest.Load(); stateOf(turn) == BreakerOpen && r.left(s, now) > 0 {
		return verdict{rest: r, left: r.left(s, now)}, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tries(s, now)
}

// tries lets one call at a time through once the rest is over. One that has not ended after as long as a rest is waited for no longer.
func (b *breaker) tries(s *BreakerSpec, now int64) (v verdict, c *BreakerChange) {
	v.turn = b.turn.Load()
	r := b.rest.Load()
	switch state := stateOf(v.turn); {
	case state == BreakerClosed:
		return v, nil
	case state == BreakerOpen && r.left(s, now) > 0:
		return verdict{rest: r, left: r.left(s, now)}, nil
	case state == BreakerOpen:
		v.turn = b.turn.Add(1)
		c = &BreakerChange{State: BreakerHalfOpen, For: time.Duration(now - r.Since)}
	case b.trial && now-b.tried < int64(s.Open):
		return verdict{rest: r, left: time.Second}, nil
	}
	b.trial, b.tried = true, now
	return v, c
}

// note takes how a call has gone that was let through in a turn, and returns the turn in which it counts from now on.
func (b *breaker) note(s *BreakerSpec, turn uint64, now int64, f failure) (uint64, *BreakerChange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	failed := f.why != ""
	switch {
	case turn != b.turn.Load():
	case stateOf(turn) == BreakerClosed:
		b.window.add(now, s.Within, failed)
		if calls, of := b.window.sum(now, s.Within); failed && trips(s, calls, of) {
			return b.open(s, now, f, BreakerChange{Failed: calls, Calls: of})
		}
	case failed: // a trial
		return b.open(s, now, f, BreakerChange{})
	default:
		b.window = window{}
		return b.turn.Add(1), &BreakerChange{State: BreakerClosed, For: time.Duration(now - b.rest.Load().Since)}
	}
	return turn, nil
}

// revise takes that a call has failed behind its head, which was noted as a good one.
func (b *breaker) revise(s *BreakerSpec, turn uint64, now int64, f failure) (c *BreakerChange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if turn != b.turn.Load() || stateOf(turn) != BreakerClosed {
		return nil
	}
	b.window.fail(now, s.Within)
	if calls, of := b.window.sum(now, s.Within); trips(s, calls, of) {
		_, c = b.open(s, now, f, BreakerChange{Failed: calls, Calls: of})
	}
	return c
}

// forget takes that nothing is known of how a call has gone: a trial then makes room for another one.
func (b *breaker) forget(turn uint64) {
	if stateOf(turn) == BreakerClosed {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if turn == b.turn.Load() {
		b.trial = false
	}
}

// trips reports whether so many failures of so many calls are enough.
func trips(s *BreakerSpec, failed, calls int) bool {
	return calls >= s.Of && failed*100 >= s.Failures*calls
}

// open begins a rest, or begins it again behind a trial.
func (b *breaker) open(s *BreakerSpec, now int64, f failure, c BreakerChange) (uint64, *BreakerChange) {
	r, turns := &Rest{Since: now, from: now, Why: []byte(f.why)}, uint64(1)
	if stateOf(b.turn.Load()) == BreakerHalfOpen {
		r.Since, turns = b.rest.Load().Since, uint64(breakerStates)-1
	}
	b.rest.Store(r) // before the turn, which says that it is there
	b.trial = false
	c.State, c.Last, c.For = BreakerOpen, f.full, s.Open
	return b.turn.Add(turns), &c
}

// state is what the next call at now (mono ns) would meet.
func (b *breaker) state(s *BreakerSpec, now int64) BreakerState {
	state := stateOf(b.turn.Load())
	if state == BreakerOpen && b.rest.Load().left(s, now) <= 0 {
		return BreakerHalfOpen
	}
	return state
}

// failureOf is how a call has failed, if that says anything against the target. What a caller can bring about alone does not: it left, its body did not come, its
// own time was over, or what it asked for is too much for us.
func failureOf(s *BreakerSpec, c *Conn, f Fault) (failed failure, known bool) {
	switch {
	case f.Cause == OK && slices.Contains(s.Statuses, c.Head.Status):
		why := "status " + strconv.Itoa(c.Head.Status)
		return failure{why, why + " from " + c.address}, true
	case f.Cause == OK:
		return failure{}, true
	case !against[f.Cause], c != nil && !tells(c, f):
		return failure{}, false
	}
	failed.why, failed.full = f.Cause.String(), f.Cause.String()
	if f.Err != nil {
		failed.full = fmt.Sprintf("%s: %v", f.Cause, f.Err)
	}
	return failed, true
}

// tells reports whether a connection that failed says something of the target: a kept one may have been closed for its age, while the rest of a call is
// still to come its caller may be what is waited for, and a call that was there only when half of its time was over has left the target too little of that.
func tells(c *Conn, f Fault) bool {
	switch f.Cause {
	case Broke, Ended:
		return c.sentAt.Load() > 0 && (!c.Reused || c.got)
	case CallTimeout:
		sent := c.sentAt.Load()
		return sent > 0 && sent <= c.halfway
	default:
		return true
	}
}

// against are the causes that say something against the target.
var against = [...]bool{
	DNSFailed: true, Refused: true, TLSFailed: true, ConnectTimeout: true, TLSTimeout: true, Broke: true, Ended: true,
	WriteStalled: true, FirstByteTimeout: true, GapTimeout: true, CallTimeout: true, Invalid: true, UnaskedSwitch: true,
	Cancelled: false,
}
