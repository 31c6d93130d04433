package gateway

import (
	"runtime/debug"
	"time"
)

// After so many new connections, and as soon as hardly any comes, memory goes back to the system.
const (
	tidyEvery = time.Second
	tidyAfter = 1000 // connections since the last time
	tidyCalm  = 50   // connections within a second
)

// tidy gives back what many connections have left when they came: handshakes most of all make garbage, and a collector that is run by what is allocated
// would look at it only with the next burst.
type tidy struct {
	seen uint32 // the connection that was the last one a second ago
	due  uint32 // connections since memory was given back
}

// calm reports whether it is time, now that last is the number of the last connection.
func (t *tidy) calm(last uint32) bool {
	came := last - t.seen
	t.seen, t.due = last, t.due+came
	if t.due < tidyAfter || came > tidyCalm {
		return false
	}
	t.due = 0
	return true
}

// tidy holds calls up for less than a millisecond, which is why it waits until a burst is over.
func (g *Gateway) tidy() {
	every := time.NewTicker(tidyEvery)
	defer every.Stop()
	var t tidy
	for {
		select {
		case <-g.stopped:
			return
		case <-every.C:
			if t.calm(g.numbers.Load()) {
				debug.FreeOSMemory()
			}
		}
	}
}
