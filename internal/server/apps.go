package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
)

var (
	_ admin.Apps = (*Server)(nil)
	_ admin.Apps = (*StoppedApps)(nil)
)

// desk is where apps are created and changed, whether an instance runs or not. What it writes is in the store before it is in known.
type desk struct {
	store store
	cfg   *config.Config
	known known
	now   time.Time
	rand  io.Reader
}

// Apps are all apps of the running instance; it and what follows is admin.Apps'.
func (s *Server) Apps(ctx context.Context) ([]admin.App, error) {
	s.noteScopes(ctx, s.o.Now())
	s.mu.Lock()
	d := s.desk()
	s.mu.Unlock()
	all, err := d.listUsed(ctx)
	if err != nil {
		s.log.Warn("it cannot be read what became of the scopes that apps asked for; they are listed without", "error", err)
	}
	return all, nil
}

// CreateApp creates an app, which may call from now on.
func (s *Server) CreateApp(ctx context.Context, asked admin.AppRequest) (made admin.AppAnswer, err error) {
	err = s.atDesk(ctx, func(d *desk) (err error) {
		made, err = d.create(ctx, &asked)
		return err
	})
	return made, err
}

// ChangeApp changes an app; what it may do from now on is that.
func (s *Server) ChangeApp(ctx context.Context, name string, asked admin.AppChange) (is admin.AppAnswer, err error) {
	err = s.atDesk(ctx, func(d *desk) (err error) {
		is, err = d.change(ctx, name, &asked)
		return err
	})
	return is, err
}

func (s *Server) desk() *desk {
	return &desk{store: s.core.store, cfg: s.cfg, known: s.known, now: s.o.Now(), rand: rand.Reader}
}

// atDesk changes apps, and makes what has come of it the policy's: no reload is under way meanwhile, and the next one finds it.
func (s *Server) atDesk(ctx context.Context, change func(*desk) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.draining.Load(): // the store may be the next instance's by now
		return &admin.Fault{Status: 503, Message: "this instance is about to end; ask again in a moment"}
	case s.cfg.Data != "" && !s.core.kept:
		return keepsNothing(s.cfg, "an app")
	}
	d := s.desk()
	err := change(d)
	if _, refused := errors.AsType[*admin.Fault](err); refused {
		return err
	}
	if err != nil {
		err = errors.Join(err, d.readAgain(ctx))
	}
	s.known = d.known
	p := *s.gateway.Policy()
	p.Admission.Apps, p.Admission.Heads = s.known.apps, &p.Heads[0]
	s.totals.swap(s.gateway, &p)
	return err
}

// readAgain takes the apps as the store has them, where it cannot be known what of a change is there: a commit that fails may have been written all the same.
func (d *desk) readAgain(ctx context.Context) error {
	created, err := d.store.CreatedApps(context.WithoutCancel(ctx))
	if err == nil {
		d.known.take(created)
	}
	return err
}

// keepsNothing is the refusal of an instance that has no store.
func keepsNothing(cfg *config.Config, what string) error {
	return &admin.Fault{Status: 409, Message: fmt.Sprintf("there is nothing that %s could be kept in: by %s no route asks for a token and there are no apps, so there is no store; let a route ask for a token (the default of credentials:), restart the instance if it runs, and try again", what, cfg.File)}
}

// StoppedApps keeps the apps of an instance that does not run.
type StoppedApps struct {
	core *core
	d    *desk
}

// OpenApps opens the store of an instance that does not run, as Start would. One that runs holds the lock: *sqlite.HeldError.
func OpenApps(ctx context.Context, cfg *config.Config, now time.Time) (*StoppedApps, error) {
	if !needsTokens(cfg) {
		return nil, keepsNothing(cfg, "an app")
	}
	c, k, err := openStopped(ctx, cfg, now)
	if err != nil {
		return nil, err
	}
	return &StoppedApps{c, &desk{store: c.store, cfg: cfg, known: k, now: now, rand: rand.Reader}}, nil
}

// Apps is admin.Apps', as what follows.
func (s *StoppedApps) Apps(ctx context.Context) ([]admin.App, error) { return s.d.listUsed(ctx) }

// CreateApp creates an app.
func (s *StoppedApps) CreateApp(ctx context.Context, asked admin.AppRequest) (admin.AppAnswer, error) {
	return s.d.create(ctx, &asked)
}

// ChangeApp changes an app.
func (s *StoppedApps) ChangeApp(ctx context.Context, name string, asked admin.AppChange) (admin.AppAnswer, error) {
	return s.d.change(ctx, name, &asked)
}

// Close lets go of the store.
func (s *StoppedApps) Close() error { return s.core.close() }

// openStopped opens what an instance that does not run would.
func openStopped(ctx context.Context, cfg *config.Config, now time.Time) (*core, known, error) {
	if err := lookBefore(cfg, lookAtKept); err != nil {
		return nil, known{}, err
	}
	c, err := openCore(ctx, cfg, now)
	if err != nil {
		return nil, known{}, err
	}
	k, err := c.bring(ctx, cfg, now)
	if err != nil {
		return nil, k, errors.Join(err, c.giveUp())
	}
	return c, k, nil
}

// create makes an app of what was asked.
func (d *desk) create(ctx context.Context, asked *admin.AppRequest) (admin.AppAnswer, error) {
	if err := d.isFree(asked.Name); err != nil {
		return admin.AppAnswer{}, err
	}
	app := access.CreatedApp{
		Name: asked.Name, Created: d.now.Unix(), Public: asked.Public, TwoLegged: !asked.Public, Refreshes: d.cfg.GivesRefreshTokens(),
	}
	var err error
	if app.Owners, err = owners(asked.Owners); err == nil && len(app.Owners) == 0 {
		err = refusal(400, "app %q has no owner; name one by --owner, as in ada@example.com", asked.Name)
	}
	if err == nil {
		app.Products, err = d.products(asked.Products)
	}
	if err == nil {
		app.RedirectURIs, err = redirectURIs(asked.RedirectURIs)
	}
	if err == nil {
		err = d.entitle(&app, &asked.AppRights, &asked.Introspect)
	}
	if err != nil {
		return admin.AppAnswer{}, err
	}
	secret := ""
	if !app.Public {
		if secret, err = d.giveSecret(&app, 0); err != nil {
			return admin.AppAnswer{}, err
		}
	}
	made, err := d.store.CreateApp(ctx, app)
	if err != nil {
		return admin.AppAnswer{}, err
	}
	d.known.take(append(slices.Clone(d.known.created), made))
	return d.answer(made.Name, secret), nil
}

// isFree refuses a name that cannot be one, or that another app has.
func (d *desk) isFree(name string) error {
	if err := access.CheckName(name); err != nil {
		return refusal(400, "the app cannot be called %q: %w", name, err)
	}
	app := d.known.apps.Named(name)
	at := d.configuredAt(name)
	switch {
	case app == nil:
		return nil
	case app.Origin == access.Created:
		return refusal(409, "there is an app %q already; candor app show %s tells of it", name, name)
	case at < 0:
		return refusal(409, "an app %q was configured once, and its tokens and grants live on under its name; choose another, or put that app back under apps: in %s", name, d.cfg.File)
	}
	return refusal(409, "there is an app %q already, configured at %s; choose another name", name, d.at(at, "name"))
}

// giveSecret gives an app a new secret. The one before it stays good for keep seconds, and no other.
func (d *desk) giveSecret(app *access.CreatedApp, keep int64) (string, error) {
	var random [access.SecretBytes]byte
	if _, err := io.ReadFull(d.rand, random[:]); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	now, text := d.now.Unix(), access.SecretText(random)
	good := slices.DeleteFunc(slices.Clone(app.Secrets), func(s access.Secret) bool { return !s.Good(now) })
	if len(good) > access.MaxSecrets-1 {
		good = good[len(good)-(access.MaxSecrets-1):]
	}
	for i := range good {
		if good[i].Ends == 0 || good[i].Ends > now+keep {
			good[i].Ends = now + keep
		}
	}
	good = slices.DeleteFunc(good, func(s access.Secret) bool { return !s.Good(now) })
	app.Secrets = append(good, access.NewSecret(text, now))
	return text, nil
}

// configuredAt is where an app stands under apps:, -1 if it does not.
func (d *desk) configuredAt(name string) int {
	return slices.IndexFunc(d.cfg.Apps, func(a config.App) bool { return a.Name == name })
}

// at names file and line of a key of a configured app.
func (d *desk) at(i int, key string) string {
	line, _ := d.cfg.Position("apps", i, key)
	return fmt.Sprintf("%s:%d", d.cfg.File, line)
}

// refusal is what the operator can mend.
func refusal(status int, format string, args ...any) error {
	return &admin.Fault{Status: status, Message: fmt.Errorf(format, args...).Error()}
}

// mostOfAKind bounds the owners and the redirect URIs of an app: who needs more of them has several apps.
const mostOfAKind = 32

func owners(said []string) (all []string, err error) {
	for _, s := range said {
		one, err := access.Email(s)
		if err != nil {
			return nil, refusal(400, "%w", err)
		}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all, fewEnough(all, "owners")
}

func redirectURIs(said []string) (all []string, err error) {
	for _, one := range said {
		if err := access.CheckRedirectURI(one); err != nil {
			return nil, refusal(400, "the redirect URI %q cannot be registered: %w", one, err)
		}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all, fewEnough(all, "redirect URIs")
}

func fewEnough(all []string, what string) error {
	if len(all) > mostOfAKind {
		return refusal(400, "an app has at most %d %s, these are %d", mostOfAKind, what, len(all))
	}
	return nil
}

func (d *desk) products(said []string) (all []string, err error) {
	for _, one := range said {
		if _, defined := d.known.gives[one]; !defined {
			return nil, d.noProduct(one)
		}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all, nil
}

func (d *desk) noProduct(name string) error {
	if len(d.cfg.Products) == 0 {
		return refusal(400, "there is no product %q: %s defines none; add it under products: and reload", name, d.cfg.File)
	}
	return refusal(400, "there is no product %q; the products are: %s", name, strings.Join(productNames(d.cfg), ", "))
}
