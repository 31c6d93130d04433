// Package retry decides whether a failed call may be sent again as it stands, and after how long. Its rules are pure: they read no clock, draw no number, import nothing of ours
// and, but for a Budget, keep nothing.
//
// Who has made a call asks Decide, which knows what each answer advises. Who passes on the calls of others, as a gateway and a client library do, has a Policy, which asks for proof
// (Judge), reads Retry-After (ParseAfter), and takes each further attempt from a Budget.
package retry

import "time"

// Way is how a call that failed with some status may be sent again.
type Way uint8

// The ways. The zero Way is that it may not.
const (
	No      Way = iota // the same call will fail the same way
	After              // after the seconds of Retry-After, whatever the method: the call was turned away
	Backoff            // with growing waits, if the method may be sent twice or nothing was applied
)

// String is one word for it.
func (w Way) String() string {
	if w > Backoff {
		return ""
	}
	return [...]string{"no", "after", "backoff"}[w]
}

// ByStatus is the way that a status alone allows; 0 stands for no answer at all.
func ByStatus(status int) Way {
	switch status {
	case 429, 503:
		return After
	case 0, 408, 425, 500, 502, 504:
		return Backoff
	}
	return No
}

// Idempotent reports whether a method may be sent twice (RFC 9110 §9.2.2). An unknown one may not.
func Idempotent(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE":
		return true
	}
	return false
}

// Applied is what is known about the effect of a failed call.
type Applied uint8

// What may be known. The zero Applied is that nothing is.
const (
	Unknown   Applied = iota
	Unapplied         // no byte of the call reached whoever could have carried it out
)

// Decision is whether to send a call again, and how long to wait first. A caller that is one of many adds jitter.
type Decision struct {
	Again bool
	Wait  time.Duration
}

// The waits of Backoff double from the first to the last.
const (
	firstWait = 200 * time.Millisecond
	lastWait  = 30 * time.Second
)

// Decide decides about a call that has failed with status (0: no answer) at its attempt-th attempt, from 1. retryAfter is what the answer asked for; 0: nothing.
func Decide(method string, status int, applied Applied, retryAfter time.Duration, attempt int) Decision {
	switch ByStatus(status) {
	case After:
		return Decision{Again: true, Wait: max(retryAfter, waitAfter(attempt))}
	case Backoff:
		if applied == Unapplied || Idempotent(method) {
			return Decision{Again: true, Wait: max(retryAfter, waitAfter(attempt))}
		}
	case No:
	}
	return Decision{}
}

func waitAfter(attempt int) time.Duration {
	wait := firstWait
	for ; attempt > 1 && wait < lastWait; attempt-- {
		wait *= 2
	}
	return min(wait, lastWait)
}
