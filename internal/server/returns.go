package server

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/handover"
	"github.com/candor-gateway/candor/internal/quota"
)

// returnsAtOnce is how many counts one message tells of.
const returnsAtOnce = 1000

// sendReturns tells the next process of calls that were counted here, were in flight when it took the counters, and never reached their upstream. It is told in
// the callers' favour, so that what cannot be told is no fault.
func (s *Server) sendReturns(to *handover.Conn) {
	for some := range slices.Chunk(s.limiter.Returned(), returnsAtOnce) {
		text, err := json.Marshal(some)
		if err == nil {
			err = to.Send(handover.Message{Step: handover.Returns, Counts: text}, nil, time.Now().Add(hearPatience))
		}
		if err != nil {
			s.log.Warn("the next process was not told of calls that count no more", "error", err)
			return
		}
	}
}

// takeReturns gives back what the process before tells of, until it has ended.
func (s *Server) takeReturns() {
	for {
		m, _, err := s.before.by.Await(handover.Returns, time.Time{})
		if err != nil { // it has ended, and so nothing more is given back
			_ = s.before.by.Close()
			return
		}
		var counts []quota.Counter
		if json.Unmarshal(m.Counts, &counts) == nil {
			s.limiter.TakeBack(counts)
		}
	}
}
