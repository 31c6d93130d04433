package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/portal"
)

// entrance is where people sign in at a site. What it decides stands in internal/portal, what it shows in internal/pages/people.
type entrance struct {
	s *Server
	entranceFacts
	sessions  *portal.Sessions
	passwords *portal.Passwords // nil: nobody signs in by one
	provider  *portal.Provider  // nil: there is none
	guard     *http.CrossOriginProtection
}

// entranceFacts are what one is made from.
type entranceFacts struct {
	url          string // of the site
	accounts     bool
	provider     portal.ProviderSpec
	providerName string
	developers   []string // e-mail addresses
	operators    []string
	page         people.Site
}

// newEntrance is what a configuration asks for; nil: nobody signs in. One that is as before goes on.
func (s *Server) newEntrance(ctx context.Context, cfg *config.Config) (*entrance, error) {
	w := cfg.WWW
	if !w.On() {
		return nil, nil
	}
	facts := entranceFacts{url: w.PublicURL, accounts: w.Accounts, developers: w.Developers, operators: w.Operators}
	public, err := url.Parse(w.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("www: public_url: %w", err)
	}
	facts.page = people.Site{Name: public.Hostname(), Support: cfg.Support.Default}
	if p := w.Provider; p != nil {
		facts.providerName = p.Name
		facts.provider = portal.ProviderSpec{
			Issuer: p.Issuer, ClientID: p.ClientID, Secret: p.Secret.Value(), Claim: p.Claim, Scopes: p.Scopes, Callback: w.PublicURL + callbackPath,
		}
	}
	if was := s.www.site.Load(); was != nil && was.entrance != nil && reflect.DeepEqual(was.entrance.entranceFacts, facts) {
		return was.entrance, nil
	}
	return s.openEntrance(ctx, public, &facts)
}

func (s *Server) openEntrance(ctx context.Context, public *url.URL, facts *entranceFacts) (*entrance, error) {
	key, err := s.core.store.BrowserKey(ctx)
	if err != nil {
		return nil, err
	}
	e := &entrance{s: s, entranceFacts: *facts, guard: http.NewCrossOriginProtection()}
	if err = e.guard.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, fmt.Errorf("www: public_url: %w", err)
	}
	e.sessions = portal.New(portal.Options{Store: s.core.store, URL: public, Key: key, Roles: e.listed, Now: s.o.Now})
	if facts.accounts {
		e.passwords = &portal.Passwords{Hasher: s.passwords, Attempts: s.attempts, Store: s.core.store, Salt: newSalt}
	}
	if facts.provider.Issuer != "" {
		e.provider = portal.NewProvider(&facts.provider, s.o.Now)
	}
	return e, nil
}

func newSalt() (salt [account.SaltBytes]byte) {
	rand.Read(salt[:]) // never fails
	return salt
}

// close lets go of what only an entrance that is replaced has.
func (e *entrance) close() {
	if e != nil && e.provider != nil {
		e.provider.Close()
	}
}

// listed is what the configuration makes of an address.
func (e *entrance) listed(email string) (roles account.Roles) {
	if slices.Contains(e.developers, email) {
		roles = roles.With(account.Developer)
	}
	if slices.Contains(e.operators, email) {
		roles = roles.With(account.Operator)
	}
	return roles
}

func noEntrance(s *site) bool { return s.entrance == nil }
