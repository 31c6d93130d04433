// Package testkit is what the tests of several rooms stand on: patience, sockets of loopback and what is read from them, logs in memory, certificates. Only
// tests import it, and it knows no room, so that the tests of each may.
package testkit

import (
	"testing"
	"time"
)

// Patience is how long anything may take before a test calls it stuck. What goes well takes far less, on a busy machine too.
const Patience = 20 * time.Second

// Until waits until ok reports true, and fails the test where it never does: what says what should have come.
func Until(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	if !Comes(ok) {
		tb.Fatalf("never: %s", what)
	}
}

// Comes waits until ok reports true, and reports whether it did: for a test that has more to say when it did not. It asks at once, then after a
// millisecond, and more seldom the longer it takes.
func Comes(ok func() bool) bool {
	end := time.Now().Add(Patience)
	for pause := time.Millisecond; !ok(); pause = min(2*pause, 16*time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
		<-time.After(pause)
	}
	return true
}

// Receive is the next value of a channel; the test fails where none comes: what says what it would have been.
func Receive[T any](tb testing.TB, what string, from <-chan T) (got T) {
	tb.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	select {
	case got = <-from:
	case <-late.C:
		tb.Fatalf("never: %s", what)
	}
	return got
}
