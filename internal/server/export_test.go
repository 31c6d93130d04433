package server

import (
	"context"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// KnowPeople lets the authorization server find what is known of members. No request may be under way.
func (s *Server) KnowPeople(find func(ctx context.Context, subject string) (oauth.Person, error)) {
	s.www.site.Load().auth.people = find
}

// Hasher is what hashes all passwords.
func (s *Server) Hasher() *account.Hasher { return s.passwords }

// Requests is the request log.
func (s *Server) Requests() *requestlog.Log { return s.requests }

// Lookup tells what became of calls.
func (s *Server) Lookup() admin.Requests { return s.lookup() }

// MintDebug makes a token for Candor-Debug.
func (s *Server) MintDebug(ctx context.Context, lasts string) (admin.DebugAnswer, error) {
	return s.mintDebug(ctx, admin.DebugRequest{For: lasts})
}
