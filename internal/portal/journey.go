package portal

import (
	"context"
	"slices"
)

// journeysMost is how many sign-ins at a provider one browser may have begun and not ended.
const journeysMost = 4

// Journey is a sign-in at the provider that was begun: what has to come back from there, and where it leads.
type Journey struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE, RFC 7636
	Request  string `json:"request,omitzero"`
	Next     string `json:"next,omitzero"`
	At       int64  `json:"at"` // unix seconds
}

// Depart keeps a journey in the session. It makes a session where there is none: ErrTooMany says that too many come from there.
func Depart(ctx context.Context, j Journey) error {
	v := visitOf(ctx)
	if v == nil {
		return errOutside
	}
	if err := v.room(); err != nil {
		return err
	}
	j.At = v.now.Unix()
	v.state.forget(v.now)
	v.state.Journeys = append(v.state.Journeys, j)
	if n := len(v.state.Journeys); n > journeysMost {
		v.state.Journeys = v.state.Journeys[n-journeysMost:]
	}
	v.changed = true
	return nil
}

// Return takes a journey out of the session: each returns once.
func Return(ctx context.Context, state string) (j Journey, found bool) {
	v := visitOf(ctx)
	if v == nil || state == "" {
		return Journey{}, false
	}
	v.state.forget(v.now)
	i := slices.IndexFunc(v.state.Journeys, func(j Journey) bool { return j.State == state })
	if i < 0 {
		return Journey{}, false
	}
	j = v.state.Journeys[i]
	v.state.Journeys = slices.Delete(v.state.Journeys, i, i+1)
	v.changed = true
	return j, true
}
