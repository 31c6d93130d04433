package token

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// Granter keeps members and grants.
type Granter interface {
	// EnsureMember finds or makes the member with the operator's own id.
	EnsureMember(ctx context.Context, subject string, now time.Time) (*access.Member, error)
	// EnsureGrant finds the live grant with exactly these scopes or makes one, durable before it returns. Another scope
	// set of the same app and member is superseded in the same transaction. ErrNotFound says that there is no such app or
	// member.
	EnsureGrant(ctx context.Context, spec GrantSpec, now time.Time) (Granted, error)
}

// GrantSpec is what a grant is to be.
type GrantSpec struct {
	App       access.AppID
	Member    access.MemberID // 0: the app on its own, whose grants of different scopes stand beside each other
	Scopes    access.ScopeSet
	ScopeText string    // their names, by spaces
	Ends      time.Time // the end of the token that is about to be minted; the grant matters until the latest of them
	Refreshed time.Time // the end of the refresh token that goes with it, zero for none; the grant matters until then, too
}

// Until is when what is minted for the grant has ended, in unix seconds.
func (s *GrantSpec) Until() int64 { return max(s.Ends.Unix(), s.RefreshUntil()) }

// RefreshUntil is the end of the refresh token in unix seconds; 0 where there is none.
func (s *GrantSpec) RefreshUntil() int64 {
	if s.Refreshed.IsZero() {
		return 0
	}
	return s.Refreshed.Unix()
}

// Granted is a grant that tokens may now be minted for.
type Granted struct {
	Grant      *access.Grant
	New        bool
	Superseded []access.GrantID // revoked by it: their scope set is another
}

// Minter mints access tokens on an operator's order. It has what a running server has, and works without one.
type Minter struct {
	Keys     *Keyring
	Store    Granter
	Verifier *Verifier // told of what was granted; nil where none is running
	Apps     access.Apps
	Names    *access.Names
	Rand     io.Reader // nil: crypto/rand
}

// Order is what an operator asks for.
type Order struct {
	App    string
	Member string // the operator's own id of the member; "" for a token of the app alone
	Scopes []string
	Life   time.Duration
}

// Minted is what came of an order.
type Minted struct {
	Token        string
	ID           ID
	App          *access.App
	Grant        *access.Grant
	New          bool // the grant was made for it
	Superseded   int  // grants that this one put an end to, with all their tokens
	Issued, Ends time.Time
}

// OrderError says what is wrong with an order, and what to do: the operator's to mend. Every other error of Mint is a fault of the store.
type OrderError struct{ text string }

func (e *OrderError) Error() string { return e.text }

func orderErrorf(format string, args ...any) error { return &OrderError{fmt.Sprintf(format, args...)} }

// Mint makes an access token, and member and grant where they are missing. Its errors tell the operator what to do.
func (m *Minter) Mint(ctx context.Context, o Order, now time.Time) (Minted, error) {
	app, err := m.app(o.App)
	if err != nil {
		return Minted{}, err
	}
	scopes, err := m.scopes(app, o.Scopes)
	if err != nil {
		return Minted{}, err
	}
	if err = checkLife(o.Life); err != nil {
		return Minted{}, err
	}
	issued := now.UTC().Truncate(time.Second)
	done := Minted{App: app, Issued: issued, Ends: issued.Add(o.Life.Truncate(time.Second))}
	spec := GrantSpec{App: app.ID, Scopes: scopes, ScopeText: m.Names.ScopeText(scopes), Ends: done.Ends}
	granted, err := m.grant(ctx, spec, o.Member, now)
	if err != nil {
		return Minted{}, err
	}
	done.Grant, done.New, done.Superseded = granted.Grant, granted.New, len(granted.Superseded)
	if _, err := io.ReadFull(cmp.Or[io.Reader](m.Rand, rand.Reader), done.ID[:]); err != nil {
		return Minted{}, fmt.Errorf("mint a token: %w", err)
	}
	done.Token = string(m.Keys.Mint(nil, Access, granted.Grant.ID, issued.Unix(), int64(o.Life/time.Second), done.ID))
	return done, nil
}

func (m *Minter) grant(ctx context.Context, spec GrantSpec, subject string, now time.Time) (Granted, error) {
	if subject != "" {
		if err := CheckSubject(subject); err != nil {
			return Granted{}, err
		}
		member, err := m.Store.EnsureMember(ctx, subject, now)
		if err != nil {
			return Granted{}, err
		}
		spec.Member = member.ID
	}
	if m.Verifier == nil {
		return m.Store.EnsureGrant(ctx, spec, now)
	}
	done, err := m.Verifier.Write(func() (Exchanged, error) {
		granted, err := m.Store.EnsureGrant(ctx, spec, now)
		return Exchanged{Granted: granted}, err
	})
	return done.Granted, err
}

func (m *Minter) app(name string) (*access.App, error) {
	var names []string
	for _, a := range m.Apps {
		switch {
		case a == nil:
		case a.Name != name:
			if !a.Disabled && a.External == "" {
				names = append(names, a.Name)
			}
		case a.External != "":
			return nil, orderErrorf("app %q has its tokens from another issuer (external: %s), and Candor makes none for it", name, a.External)
		case a.Disabled && a.Origin == access.Created:
			return nil, orderErrorf("app %q is disabled; candor app enable %s puts it to work again", name, name)
		case a.Disabled:
			return nil, orderErrorf("app %q is disabled; put it (back) under apps: in the configuration", name)
		default:
			return a, nil
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return nil, orderErrorf("there is no app yet; add one under apps: in the configuration, or create one with candor app create")
	}
	if name == "" {
		return nil, orderErrorf("no app is named; the apps are: %s", strings.Join(names, ", "))
	}
	return nil, orderErrorf("there is no app %q; the apps are: %s", name, strings.Join(names, ", "))
}

func (m *Minter) scopes(app *access.App, names []string) (set access.ScopeSet, err error) {
	for _, name := range names {
		n, known := m.Names.Scope(name)
		if !known || !app.Scopes.Has(n) {
			return set, m.notAmong(app, name)
		}
		set = set.With(n)
	}
	return set, nil
}

// notAmong tells which scopes the app does have.
func (m *Minter) notAmong(app *access.App, name string) error {
	has := m.Names.AppendScopes(nil, app.Scopes)
	if len(has) == 0 {
		return orderErrorf("scope %q is not among those of app %q, which has none; give it a product that has the scope", name, app.Name)
	}
	slices.Sort(has)
	return orderErrorf("scope %q is not among those of app %q: %s; choose of these or give it a product that has the scope",
		name, app.Name, strings.Join(has, ", "))
}

// checkLife refuses what no token can live.
func checkLife(life time.Duration) error {
	if life < time.Second || life > MaxLife {
		return orderErrorf("a token cannot live %s; choose from 1s to %dd", life, MaxLife/(24*time.Hour))
	}
	return nil
}

// CheckSubject refuses, by an *OrderError, what is no operator's id of a member.
func CheckSubject(subject string) error {
	if err := access.CheckMember(subject); err != nil {
		return &OrderError{err.Error()}
	}
	return nil
}
