package server

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/store/memory"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/token"
)

// TryStopped tells what would become of a call, by a configuration that no instance runs: its keys and its store are read, and nothing is written.
func TryStopped(ctx context.Context, cfg *config.Config, asked admin.RouteRequest, now time.Time) (told admin.RouteAnswer, err error) {
	s := &Server{
		o: Options{Now: func() time.Time { return now }}, clock: clock.New(time.Now).Since(time.Since), numbers: &route.Numbers{}, cfg: cfg,
		core: &core{store: memory.New()}, limiter: quota.New(quota.Options{}),
	}
	k, release, err := s.look(ctx, now)
	defer func() { err = errors.Join(err, release()) }()
	if err != nil {
		return told, err
	}
	ups, byName, err := s.upstreams(cfg)
	if err != nil {
		return told, err
	}
	defer func() {
		for _, u := range ups {
			u.Close()
		}
	}()
	table, err := s.routes(ctx, cfg, k, byName)
	if err != nil {
		return told, err
	}
	policy, err := gateway.NewPolicy(s.spec(cfg, k, table, ups))
	if err != nil {
		return told, err
	}
	if book := policy.Admission.Issuers; book != nil {
		defer book.Close()
	}
	if s.core.verifier == nil {
		policy.Admission.Tokens = blind{}
	}
	t := trial{policy: policy, now: now.UnixNano()}
	told, err = t.run(ctx, &asked)
	told.Asked = "configuration"
	return told, err
}

// look reads what a trial needs of keys and store. Where they are not there, or cannot be read, no token can be verified.
func (s *Server) look(ctx context.Context, now time.Time) (k known, release func() error, err error) {
	release = func() error { return nil }
	view, err := s.view(ctx)
	if err != nil {
		return k, release, err
	}
	kept := lookedAt{}
	if view != nil {
		release = view.Close
		if kept, err = readView(ctx, view); err != nil {
			return k, release, err
		}
	}
	k.names = access.NewNames(withMissing(kept.scopes, scopeNames(s.cfg)), withMissing(kept.products, productNames(s.cfg)))
	if k.gives, err = productScopes(s.cfg, k.names); err != nil {
		return k, release, err
	}
	configured, err := configuredApps(s.cfg, &k)
	if err != nil || kept.view == nil {
		return k, release, err
	}
	if err = oneOrigin(s.cfg, kept.created); err != nil {
		return k, release, err
	}
	if k.configured, err = kept.view.Apps(ctx, configured); err != nil {
		return k, release, err
	}
	k.take(kept.created)
	return k, release, s.verifyBy(ctx, kept.view, now)
}

// view is the store, nil where there is none.
func (s *Server) view(ctx context.Context) (*sqlite.View, error) {
	if s.cfg.Data == "" {
		return nil, nil
	}
	view, err := sqlite.OpenView(ctx, s.cfg.Data)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return view, err
}

// verifyBy makes a verifier of the keys, if they are there.
func (s *Server) verifyBy(ctx context.Context, view *sqlite.View, now time.Time) error {
	if _, err := os.Stat(s.cfg.Tokens.Keys); !keptKeys(s.cfg) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	keys, err := token.ReadKeys(s.cfg.Tokens.Keys)
	if err != nil || keys == nil {
		return err
	}
	live, err := view.LoadLive(ctx, now)
	if err != nil {
		return err
	}
	s.core.verifier = token.NewVerifier(keys, view)
	s.core.verifier.Load(live)
	return nil
}

// lookedAt is what a store knows by name.
type lookedAt struct {
	view             *sqlite.View
	scopes, products []string
	created          []access.CreatedApp
}

func readView(ctx context.Context, view *sqlite.View) (k lookedAt, err error) {
	k.view = view
	if k.scopes, err = view.Names(ctx, kindScope); err != nil {
		return k, err
	}
	if k.products, err = view.Names(ctx, kindProduct); err != nil {
		return k, err
	}
	k.created, err = view.CreatedApps(ctx)
	return k, err
}

func scopeNames(cfg *config.Config) (names []string) {
	for i := range cfg.Scopes {
		names = append(names, cfg.Scopes[i].Name)
	}
	return names
}

func productNames(cfg *config.Config) (names []string) {
	for i := range cfg.Products {
		names = append(names, cfg.Products[i].Name)
	}
	return names
}

// withMissing is kept, and behind it what of wanted it lacks: the numbers that a store would give.
func withMissing(kept, wanted []string) []string {
	has := make(map[string]bool, len(kept))
	for _, name := range kept {
		has[name] = true
	}
	for _, name := range wanted {
		if !has[name] {
			kept = append(kept, name)
		}
	}
	return kept
}

// blind verifies no token: neither keys nor grants are known.
type blind struct{}

func (blind) Verify(_ []byte, _ int64, _ *token.Scratch, r *token.Result) {
	*r = token.Result{State: token.Failed}
}

func (blind) Fetch(context.Context, access.GrantID) error { return nil }

func (blind) Still(*access.Grant, token.ID) token.State { return token.Failed }

func (blind) News() uint64 { return 0 }
