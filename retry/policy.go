package retry

import "time"

// Policy says when a failed call is sent again by whoever passes it on for another. The zero Policy never does.
type Policy struct {
	Attempts   int           // at most, the first one counted
	Within     time.Duration // from the first attempt's beginning: no attempt begins later
	On         Set           // after which failures
	Idempotent Promise       // what is known of calls whose method alone does not say that they may be sent twice
}

// Usual is the policy of which nothing but its presence was said.
func Usual() Policy {
	return Policy{Attempts: 3, Within: 10 * time.Second, On: Connect | Reset | Status502 | Status503 | Status504}
}

// Promise is what somebody answers for who knows an API.
type Promise uint8

// The promises. The zero one is the methods': RFC 9110 §9.2.2.
const (
	ByMethod Promise = iota
	Always           // every call may be sent twice
	WithKey          // one may that carries an Idempotency-Key
)

// May reports whether a call may be sent although an earlier sending of it may have been carried out. keyed says that it carries an Idempotency-Key
// (draft-ietf-httpapi-idempotency-key-header).
func (p Promise) May(method string, keyed bool) bool {
	return p == Always || p == WithKey && keyed || Idempotent(method)
}

// Failed is how an attempt has failed.
type Failed struct {
	Of     Set           // one bit: what it was
	Safe   bool          // the call may be sent although it may have been carried out: Promise.May
	Effect Applied       // of all attempts so far
	After  time.Duration // what the answer asked for in Retry-After; 0: nothing
}

// Reason is why a failed call is sent again, or is not.
type Reason uint8

// The reasons.
const (
	Again      Reason = iota // it is sent again
	NotAsked                 // the policy says nothing of this failure
	MayHaveRun               // it may have been carried out, and must not be twice
	Spent                    // it was sent as often as it may be
	TooLate                  // the wait before it would end beyond Within
	OverBudget               // too many were sent again lately: see Budget
)

// String is one word for it.
func (r Reason) String() string {
	if r > OverBudget {
		return ""
	}
	return [...]string{"again", "not_asked", "applied", "spent", "too_late", "budget"}[r]
}

// Judge decides about a call that failed so at its attempt-th attempt, from 1, elapsed after its first one began: whether it is sent again, and after which wait. What the answer
// asked for in Retry-After is never shortened: where it does not fit into Within, the answer is to be passed on with it. random is any number; equally distributed ones spread
// the waits (see Jitter).
//
// It is stricter than Decide, which advises whoever has made the call: a 429 or a 503 tells its caller that the call was turned away, but does not prove it to one who repeats
// for another.
func (p *Policy) Judge(f Failed, attempt int, elapsed time.Duration, random uint64) (wait time.Duration, why Reason) {
	switch {
	case p.Attempts < 2 || f.Of&p.On == 0:
		return 0, NotAsked
	case !f.Safe && f.Effect != Unapplied:
		return 0, MayHaveRun
	case attempt >= p.Attempts:
		return 0, Spent
	}
	if wait = f.After + Jitter(attempt, random); wait < f.After || wait > p.Within-elapsed {
		return 0, TooLate
	}
	return wait, Again
}

// Jitter is a wait before the attempt behind the attempt-th: anything from nothing to what Decide says, so that callers that failed together do not come back together. This is the
// "full jitter" of M. Brooker, Exponential Backoff And Jitter (AWS Architecture Blog, 2015).
func Jitter(attempt int, random uint64) time.Duration {
	return time.Duration(random % uint64(waitAfter(attempt)+1))
}
