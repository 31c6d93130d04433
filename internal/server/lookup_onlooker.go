package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// onlooker is who looks at what became of calls, at www.
type onlooker struct {
	apps     []string // that they own; never nil
	operator bool     // one who has signed in: the whole record
}

// tell is what they are told of a record; nil: nothing, and not that there is one.
func (o *onlooker) tell(r *requestlog.Record) *requestlog.Record {
	switch {
	case o.operator:
		return r
	case r.App == "":
		return r.ByIDAlone()
	case slices.Contains(o.apps, r.App):
		return r.ForDeveloper()
	}
	return nil
}

// sees is a whole record of which they are told something.
func (o *onlooker) sees(r *requestlog.Record) *requestlog.Record {
	if o.tell(r) == nil {
		return nil
	}
	return r
}

// looking serves who brings a developer key, or else has signed in as a developer or an operator. A key is for developers alone: an operator's has the rights of a developer.
func looking(serve func(*visit, *http.Request, *onlooker) *problem.Problem) func(*site, http.ResponseWriter, *http.Request) *problem.Problem {
	return func(s *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
		v, _ := w.(*visit)
		v.Header().Add("Vary", "Authorization, Cookie")
		if sent := r.Header.Values("Authorization"); len(sent) > 0 {
			who, p := v.byKey(sent)
			if p != nil {
				return p
			}
			return serve(v, r, who)
		}
		if s.entrance == nil {
			return &problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoDeveloperKey}
		}
		return v.withSession(r, func(v *visit, r *http.Request) *problem.Problem {
			who, p := v.bySession(r.Context())
			if p != nil {
				return p
			}
			return serve(v, r, who)
		})
	}
}

func (v *visit) bySession(ctx context.Context) (*onlooker, *problem.Problem) {
	who, is := portal.Current(ctx)
	switch {
	case !is:
		return nil, &problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoDeveloperKey}
	case !looks(who):
		return nil, &problem.Problem{Type: problem.AccessDenied, Detail: problem.DetailNotADeveloper}
	}
	return &onlooker{apps: v.www.s.appsOf(who.Email), operator: who.Roles.Has(account.Operator)}, nil
}

// looks reports whether somebody may look at calls.
func looks(who portal.Who) bool {
	return who.Roles.Has(account.Developer) || who.Roles.Has(account.Operator)
}

// byKey is whose key was sent. One that opens nothing counts as a failed attempt of its network; a good one never waits for those.
func (v *visit) byKey(sent []string) (*onlooker, *problem.Problem) {
	text, p := sentKey(sent)
	if p != nil {
		return nil, p
	}
	s, now := v.www.s, v.www.s.o.Now()
	of, key, p, err := s.keyOwner(v.r.Context(), text)
	if err != nil {
		return nil, v.broken("look a developer key up", err)
	}
	if p == nil {
		s.noteKey(v, key, now.Unix())
		return &onlooker{apps: s.appsOf(of.Address())}, nil
	}
	attempt := account.Key{Email: "developer key", Network: account.NetworkOf(v.network())} // a blank: no address
	if wait := s.attempts.Begin(attempt, now.Unix()); wait > 0 {
		return nil, &problem.Problem{Type: problem.TooManyFailures, RetryAfter: seconds(wait)}
	}
	return nil, p
}

// sentKey is the key that a field Authorization brings.
func sentKey(sent []string) (string, *problem.Problem) {
	if len(sent) > 1 {
		return "", &problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailTwoAuthorization}
	}
	scheme, text, two := strings.Cut(strings.TrimSpace(sent[0]), " ")
	text = strings.TrimSpace(text)
	switch {
	case scheme == "":
		return "", &problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoDeveloperKey}
	case strings.EqualFold(scheme, "Bearer") && text == "":
		return "", &problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoDeveloperKey}
	case strings.EqualFold(scheme, "Bearer"):
		return text, nil
	case !two:
		return "", &problem.Problem{Type: problem.UnknownAuthScheme, Detail: problem.DetailNoScheme}
	}
	return "", &problem.Problem{Type: problem.UnknownAuthScheme}
}

// keyOwner is the account of a key that is good; p says why one is not.
func (s *Server) keyOwner(ctx context.Context, text string) (of account.Account, key account.DeveloperKey, p *problem.Problem, err error) {
	if !strings.HasPrefix(text, account.DeveloperKeyPrefix) {
		return of, key, &problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailNotDeveloperKey}, nil
	}
	unknown := &problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailDeveloperKeyUnknown}
	revoked := &problem.Problem{Type: problem.RevokedAccessToken, Detail: problem.DetailRevokedDeveloperKey}
	key, err = s.core.store.DeveloperKey(ctx, account.DeveloperKeyHash(text))
	switch {
	case errors.Is(err, token.ErrNotFound):
		return of, key, unknown, nil
	case err != nil:
		return of, key, nil, err
	case key.Revoked != 0:
		return of, key, revoked, nil
	}
	of, err = s.core.store.Account(ctx, key.Account)
	switch {
	case errors.Is(err, token.ErrNotFound): // erased meanwhile
		return of, key, unknown, nil
	case err != nil:
		return of, key, nil, err
	case !isDeveloper(s.config(), &of):
		return of, key, revoked, nil
	}
	restricted, err := s.isRestricted(ctx, of.Member)
	if restricted {
		p = &problem.Problem{Type: problem.RestrictedMember}
	}
	return of, key, p, err
}

// isRestricted reports it of the member that an account is, if it is one.
func (s *Server) isRestricted(ctx context.Context, member string) (bool, error) {
	if member == "" {
		return false, nil
	}
	var m *access.Member
	m, err := s.core.store.Member(ctx, member)
	if err != nil {
		return false, fmt.Errorf("find the member of a developer key: %w", err)
	}
	return m.Restricted.Load(), nil
}

// keyNoted is how often the use of a key is written down, in seconds.
const keyNoted = 60

// noteKey notes when a key was used last, unless the store may be the next instance's by now.
func (s *Server) noteKey(v *visit, key account.DeveloperKey, now int64) {
	if now-key.Used < keyNoted || s.draining.Load() {
		return
	}
	if err := s.core.store.UseDeveloperKey(v.r.Context(), key.ID, now); err != nil && v.r.Context().Err() == nil {
		s.log.Warn("it cannot be kept when a developer key was used last", "id", v.text(), "error", err)
	}
}

// isDeveloper reports whether an account is a developer's, by its own role or by what the configuration says.
func isDeveloper(cfg *config.Config, a *account.Account) bool {
	return a.Roles.Has(account.Developer) || cfg.WWW != nil && slices.Contains(cfg.WWW.Developers, a.Address())
}

// appsOf are the apps that somebody owns, of both origins; never nil.
func (s *Server) appsOf(email string) []string {
	all := []string{}
	if email == "" {
		return all
	}
	cfg, k := s.policyNow()
	for i := range cfg.Apps {
		if slices.Contains(cfg.Apps[i].Owners, email) {
			all = append(all, cfg.Apps[i].Name)
		}
	}
	for i := range k.created {
		if slices.Contains(k.created[i].Owners, email) {
			all = append(all, k.created[i].Name)
		}
	}
	return all
}
