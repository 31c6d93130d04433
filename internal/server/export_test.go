package server

import (
	"context"
	"reflect"
	"slices"
	"sync"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/pages"
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

// PagesMadeOnce are pages.New's, made once for all instances that have the same: to make them takes longer than all else of a start, and nobody changes them.
var PagesMadeOnce = (&madePages{}).of

type madePages struct {
	mu  sync.Mutex
	all []madePage
}

type madePage struct {
	of   pages.Options
	site *pages.Site
}

func (m *madePages) of(o pages.Options) (*pages.Site, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.IndexFunc(m.all, func(p madePage) bool { return reflect.DeepEqual(p.of, o) }); i >= 0 {
		return m.all[i].site, nil
	}
	site, err := pages.New(o)
	if err == nil {
		m.all = append(m.all, madePage{o, site})
	}
	return site, err
}
