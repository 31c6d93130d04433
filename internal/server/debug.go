package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// newDebug makes tokens for Candor-Debug by a key that lives as long as the process.
func newDebug() *requestlog.Debug {
	var key [32]byte
	_, _ = rand.Read(key[:]) // it never fails
	return requestlog.NewDebug(key)
}

// debugFor is how long a token is good unless it is said.
const debugFor = 15 * time.Minute

// mintDebug makes a token that has calls recorded whole.
func (s *Server) mintDebug(_ context.Context, asked admin.DebugRequest) (admin.DebugAnswer, error) {
	lasts := debugFor
	if asked.For != "" {
		var err error
		if lasts, err = time.ParseDuration(asked.For); err != nil {
			return admin.DebugAnswer{}, &admin.Fault{Status: 400, Message: fmt.Sprintf("%q is no time", asked.For), Fix: "Write it as in 15m or 2h."}
		}
	}
	if lasts < time.Second || lasts > requestlog.MostDebug {
		return admin.DebugAnswer{}, &admin.Fault{Status: 400, Message: "a token for debugging is good for a second to 24 hours", Fix: "Ask for a time between them, as in 15m."}
	}
	ends := s.o.Now().Add(lasts).Truncate(time.Second).UTC()
	return admin.DebugAnswer{Field: "Candor-Debug", Token: s.debug.Mint(ends), EndsAt: ends}, nil
}
