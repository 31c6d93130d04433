package sandbox

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/sandbox/api"
	"github.com/candor-gateway/candor/internal/store/memory"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// grants is a gateway's part in seeding, without the gateway.
type grants struct {
	token.Minter
	store *memory.Store
}

func (g *grants) RevokeGrant(ctx context.Context, id access.GrantID, why access.Reason) error {
	g.Verifier.Revoke(id, why)
	return g.store.RevokeGrant(ctx, id, why)
}

func (g *grants) RestrictMember(ctx context.Context, id access.MemberID, restricted bool) error {
	g.Verifier.Restrict(id, restricted)
	return g.store.RestrictMember(ctx, id, restricted)
}

func newGrants(t *testing.T, now time.Time) *grants {
	t.Helper()
	cfg := testConfig(t, problem.LinkedIn)
	names := access.NewNames(nil, nil)
	has := map[string]access.ScopeSet{}
	for _, p := range cfg.Products {
		for _, s := range p.Scopes {
			n, err := names.AddScope(s)
			if err != nil {
				t.Fatal(err)
			}
			has[p.Name] = has[p.Name].With(n)
		}
	}
	var configured []*access.App
	for _, a := range cfg.Apps {
		app := &access.App{Name: a.Name, ClientID: a.ClientID}
		for _, p := range a.Products {
			for i := range app.Scopes {
				app.Scopes[i] |= has[p][i]
			}
		}
		configured = append(configured, app)
	}
	store := memory.New()
	synced, err := store.SyncApps(t.Context(), configured, now)
	if err != nil {
		t.Fatal(err)
	}
	keys := token.Memory(now)
	verifier := token.NewVerifier(keys, store)
	return &grants{token.Minter{Keys: keys, Store: store, Verifier: verifier, Apps: synced, Names: names}, store}
}

// Each token is in the state that its name says, with the scopes and the member that belong to it; at a second start too.
func TestTokensAreWhatTheySay(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	g := newGrants(t, now)
	people := api.Members()
	type state struct {
		State  token.State
		App    string
		Member string
		Scopes string
		Alive  bool
	}
	const all = "r_liteprofile r_emailaddress openid profile email w_member_social"
	want := map[string]state{
		"good":              {token.Good, "demo", people[1].ID, all, true},
		"app":               {token.Good, "demo", "", "", true},
		"no_scope":          {token.Good, "demo", people[2].ID, "openid", true},
		"expired":           {token.Expired, "demo", people[3].ID, all, true},
		"revoked":           {token.Revoked, "demo", people[4].ID, all, false},
		"restricted_member": {token.Restricted, "demo", people[5].ID, all, true},
		"other_app":         {token.Good, "ads", people[6].ID, "r_liteprofile r_ads", true},
	}
	var before Tokens
	for _, start := range []string{"first", "second"} {
		tokens, err := mintAll(t.Context(), g, now)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]state{}
		for name, text := range map[string]string{
			"good": tokens.Good, "app": tokens.App, "no_scope": tokens.NoScope, "expired": tokens.Expired, "revoked": tokens.Revoked,
			"restricted_member": tokens.RestrictedMember, "other_app": tokens.OtherApp,
		} {
			var r token.Result
			g.Verifier.Verify([]byte(text), now.UnixNano(), &token.Scratch{}, &r)
			if r.Grant == nil {
				t.Fatalf("%s start, %s: no grant, %+v", start, name, r)
			}
			s := state{State: r.State, App: g.Apps.Get(r.Grant.App).Name, Scopes: r.Grant.ScopeText, Alive: !r.Grant.Revoked()}
			if r.Grant.Member != nil {
				s.Member = r.Grant.Member.Subject
			}
			got[name] = s
			if name == "expired" && r.ExpiredAt-r.Issued != int64(tokenLife/time.Second) || name == "expired" && r.ExpiredAt != now.Add(-24*time.Hour).Unix() {
				t.Errorf("%s start: expired lived %d s and ended at %d", start, r.ExpiredAt-r.Issued, r.ExpiredAt)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s start: %s", start, d)
		}
		if tokens == before {
			t.Error("the tokens were not minted again")
		}
		before = tokens
	}
}
