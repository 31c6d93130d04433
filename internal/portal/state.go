package portal

import (
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/account"
)

// state is what is kept in a session.
type state struct {
	Account  account.ID `json:"account,omitzero"`
	Verified bool       `json:"verified,omitzero"` // it is known that the address is the account's
	At       int64      `json:"at,omitzero"`       // unix seconds of the sign-in
	Began    int64      `json:"began,omitzero"`    // unix milliseconds, to be held against account.Voided
	Touched  int64      `json:"touched,omitzero"`  // unix seconds, roughly the last use
	Held     []held     `json:"held,omitempty"`
	Journeys []Journey  `json:"journeys,omitempty"`
}

// held is a request that waits for a sign-in.
type held struct {
	ID      string `json:"id"`
	Of      Client `json:"of"`
	Request []byte `json:"request"`
	At      int64  `json:"at"`
	Over    int64  `json:"over,omitzero"` // unix seconds of the answer; 0: it waits
	How     string `json:"how,omitzero"`  // it was answered
}

// ends is when a session in this state does, in the absence of more.
func (s *state) ends(now time.Time) time.Time {
	if s.Account == 0 {
		return now.Add(Waiting)
	}
	idle, absolute := time.Unix(s.Touched, 0).Add(Idle), time.UnixMilli(s.Began).Add(Absolute)
	if absolute.Before(idle) {
		return absolute
	}
	return idle
}

// hold keeps a request, and lets go of the oldest if there are too many: of one that was answered, if there is one.
func (s *state) hold(one held) {
	s.forget(time.Unix(one.At, 0))
	s.Held = append(s.Held, one)
	for len(s.Held) > atOnce || len(s.Held) > 1 && s.heldBytes() > heldBytes {
		first := max(0, slices.IndexFunc(s.Held, func(h held) bool { return h.Over > 0 }))
		s.Held = slices.Delete(s.Held, first, first+1)
	}
}

func (s *state) heldBytes() (n int) {
	for i := range s.Held {
		n += s.Held[i].bytes()
	}
	return n
}

func (h *held) bytes() int { return len(h.Request) + len(h.Of.App) + len(h.Of.Redirect) }

// forget lets go of what has waited too long.
func (s *state) forget(now time.Time) {
	late := now.Add(-Waiting).Unix()
	s.Held = slices.DeleteFunc(s.Held, func(h held) bool { return h.At <= late })
	s.Journeys = slices.DeleteFunc(s.Journeys, func(j Journey) bool { return j.At <= late })
}

// find is a request of an id, whether it waits or was answered; nil where there is none.
func (s *state) find(id string, now time.Time) *held {
	for i := range s.Held {
		if h := &s.Held[i]; h.ID == id && h.At > now.Add(-Waiting).Unix() {
			return h
		}
	}
	return nil
}
