package server

import (
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/upstream"
)

// readyUpstream makes a new upstream ready for its first call. It goes on where the one of its name has come to.
func (s *Server) readyUpstream(u *upstream.Upstream) {
	if s.o.Portable {
		u.Portable()
	}
	name := u.Spec().Name
	u.Tell(func(c upstream.BreakerChange) { s.tellBreaker(name, c) })
	if s.gateway == nil {
		return
	}
	for _, old := range s.gateway.Policy().Upstreams {
		if old.Spec().Name == name {
			u.Follow(old)
		}
	}
}

// tellBreaker tells the log that an upstream is given a rest, or has its calls again.
func (s *Server) tellBreaker(name string, c upstream.BreakerChange) {
	switch {
	case c.State == upstream.BreakerOpen && c.Calls > 0:
		s.o.Log.Warn("an upstream failed too often: its breaker is open, and its calls are refused",
			"upstream", name, "failed", c.Failed, "of", c.Calls, "last", c.Last, "open_for", c.For.String())
	case c.State == upstream.BreakerOpen:
		s.o.Log.Warn("an upstream fails still: its breaker stays open", "upstream", name, "last", c.Last, "open_for", c.For.String())
	case c.State == upstream.BreakerHalfOpen:
		s.o.Log.Info("one call at a time tries whether an upstream works again", "upstream", name)
	default:
		s.o.Log.Info("an upstream works again: its breaker is closed", "upstream", name, "after", c.For.Round(time.Millisecond).String())
	}
}

// breakers are the states of those that there are.
func (s *Server) breakers() admin.Family {
	return admin.Family{
		Name: "candor_upstream_breaker", Help: "Always 1 for the state in which the breaker of an upstream is, and 0 for the others: closed, open or half_open.",
		Labels: []string{"upstream", "state"},
		Each: func(yield func([]string, float64)) {
			for _, u := range s.gateway.Policy().Upstreams {
				if u.Spec().Breaker == nil {
					continue
				}
				is := u.Breaker()
				for _, state := range upstream.BreakerStates() {
					yield([]string{u.Spec().Name, state.String()}, truth(is == state))
				}
			}
		},
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// upstreamsInFlight are the calls of each upstream that bounds them.
func (s *Server) upstreamsInFlight() admin.Family {
	return admin.Family{
		Name: "candor_upstream_calls_in_flight", Help: "Calls that an upstream has, of those with in_flight:.", Labels: []string{"upstream"},
		Each: func(yield func([]string, float64)) {
			for _, u := range s.gateway.Policy().Upstreams {
				if u.Spec().InFlight > 0 {
					yield([]string{u.Spec().Name}, float64(u.InFlight()))
				}
			}
		},
	}
}
