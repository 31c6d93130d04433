package downstream

import (
	"math"
	"sync/atomic"
)

// seat is whether a connection's place is in use, or can be given to another. The methods that change it are the connection's own, but for ask.
type seat struct {
	// state is, in mono ns, since when the connection is idle; negative, since when a handshake or a head goes on; 0 while a call is under way; or asked.
	state   atomic.Int64
	spoke   atomic.Bool // a byte of a call has come
	leaving bool        // it was asked to leave: its call is the last
}

// asked is the state of a connection that was asked to leave and does not know it yet.
const asked = math.MinInt64

// open notes that the connection begins at now (mono ns).
func (s *seat) open(now int64) { s.state.Store(-max(1, now)) }

// spare is how readily the place can be given away, and since when (mono ns). It may be called from anywhere.
func (s *seat) spare() (is Spare, since int64) {
	switch state := s.state.Load(); {
	case state == 0, state == asked:
		return Busy, 0
	case !s.spoke.Load():
		return Silent, max(state, -state)
	case state > 0:
		return Idle, state
	default:
		return Begun, -state
	}
}

// ask asks the connection to leave, if it has been spare since then and is so still, and reports whether it was asked. It may be called from anywhere.
func (s *seat) ask(since int64) bool {
	state := s.state.Load()
	return state != 0 && state != asked && max(state, -state) == since && s.state.CompareAndSwap(state, asked)
}

// rest notes that the connection is idle since then (mono ns).
func (s *seat) rest(since int64) { s.become(max(1, since)) }

// restWithin notes that it waits for the rest of a head that began then (mono ns).
func (s *seat) restWithin(began int64) {
	if !s.leaving {
		s.spoke.Store(true)
	}
	s.become(-max(1, began))
}

// again notes that the connection begins again at now (mono ns), behind what came before its first call.
func (s *seat) again(now int64) { s.become(-max(1, now)) }

func (s *seat) become(state int64) {
	if s.leaving {
		state = 0 // it does not wait
	}
	if s.state.Swap(state) == asked {
		s.leaving = true
		s.state.Store(0)
	}
}

// busy notes that a call is under way, and whether it is the first.
func (s *seat) busy(first bool) {
	if first {
		s.spoke.Store(true)
	}
	if s.state.Swap(0) == asked {
		s.leaving = true
	}
}

// isLeaving reports whether the connection was asked to leave.
func (s *seat) isLeaving() bool {
	if s.state.CompareAndSwap(asked, 0) {
		s.leaving = true
	}
	return s.leaving
}

// isAsked reports whether it was asked to leave and has not noted that. It may be called from anywhere.
func (s *seat) isAsked() bool { return s.state.Load() == asked }

// isIdle reports whether it waits for a call. It may be called from anywhere.
func (s *seat) isIdle() bool { return s.state.Load() > 0 }

// idleFor is how long it has waited for a call at now (mono ns); 0 where it does not. It may be called from anywhere.
func (s *seat) idleFor(now int64) int64 {
	if since := s.state.Load(); since > 0 {
		return now - since
	}
	return 0
}
