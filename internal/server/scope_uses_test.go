package server_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/server"
)

// uses are what is shown of the scopes of an app.
func uses(t *testing.T, of admin.Apps, name string) map[string][3]int64 {
	t.Helper()
	all, err := of.Apps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if all[i].Name == name {
			return counted(&all[i])
		}
	}
	t.Fatalf("there is no app %s", name)
	return nil
}

func counted(a *admin.App) map[string][3]int64 {
	got := map[string][3]int64{}
	for _, u := range a.ScopeUses {
		if u.Unknown {
			u.Scope += "?"
		}
		got[u.Scope] = [3]int64{u.Asked, u.Granted, u.Refused}
	}
	return got
}

// TestScopeUsesAreShown: each way in which an app asks for scopes is counted once, whatever pages it goes through, and is there after a restart and while nothing runs.
func TestScopeUsesAreShown(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			r := newRealm(t, profile)
			b := r.browser(t)
			if got := uses(t, r, "shop"); len(got) != 0 {
				t.Errorf("before the first: %v", got)
			}
			r.redeems(t, r.code(b, "ada", r.link("scope", "r_profile r_ads"))) // sign-in and consent
			tokens := r.redeems(t, r.code(b, "ada", r.link("scope", "r_profile r_ads")))
			want := map[string][3]int64{"r_ads": {2, 2, 0}, "r_profile": {2, 2, 0}}
			r.sees(t, want)

			b.get(r.link("scope", "r_profile")) // and nobody allows it
			b.follow()
			question := b.last
			for range 2 { // a button that is pressed twice is one answer
				b.last = question
				b.submit("/oauth/v2/consent", "decision", "cancel").to(t)
			}
			want["r_profile"] = [3]int64{3, 2, 1}
			r.sees(t, want)

			b.get(r.link("scope", "r_profile r_other r_invented r_made_up"))
			b.get(r.link("redirect_uri", "https://evil.example/", "scope", "r_other"))
			want["r_profile"], want["r_other"], want["?"] = [3]int64{4, 2, 1}, [3]int64{1, 0, 1}, [3]int64{1, 0, 1}
			r.sees(t, want)

			refresh := tokens.text("refresh_token")
			if got := r.refreshes(t, &r.shop, refresh, "scope", "r_profile openid x"); got.text("error") != "invalid_scope" {
				t.Errorf("%v", got)
			}
			if got := r.refreshes(t, &r.shop, refresh, "scope", "r_profile"); got.Status != 200 {
				t.Errorf("%v", got)
			}
			want["openid"], want["?"] = [3]int64{0, 0, 1}, [3]int64{1, 0, 2}
			r.sees(t, want)

			for _, scope := range []string{"r_ads", "r_ads r_other", "nothing"} {
				r.exchange(t, &r.shop, "grant_type", "client_credentials", "scope", scope)
			}
			r.exchange(t, &admin.AppAnswer{App: r.shop.App, Secret: "wrong"}, "grant_type", "client_credentials", "scope", "email")
			want["r_ads"], want["r_other"], want["?"] = [3]int64{4, 3, 0}, [3]int64{2, 0, 2}, [3]int64{2, 0, 3}
			r.sees(t, want)

			r.exchange(t, &r.other, "grant_type", "client_credentials")
			all := map[string][3]int64{"email": {1, 1, 0}, "openid": {1, 1, 0}, "r_profile": {1, 1, 0}}
			if diff := cmp.Diff(all, uses(t, r, "other")); diff != "" {
				t.Errorf("all scopes of an app: -want +got\n%s", diff)
			}
			r.exchange(t, &r.shop, "grant_type", "client_credentials", "scope", "r_ads") // which only the end writes down
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			want["r_ads"] = [3]int64{5, 4, 0}
			r.seenStopped(t, want)
			r.open()
			r.sees(t, want)
			r.wait(25*time.Hour + time.Minute)
			r.sees(t, map[string][3]int64{})
		})
	}
}

// TestScopeUsesWithoutAStore: apps are listed all the same, and what was asked for meanwhile is counted afterwards.
func TestScopeUsesWithoutAStore(t *testing.T) {
	r := newRealm(t, "standard")
	s := r.spoilt(t)
	mend := s.unreadable("scope_uses")
	is(t, "a token", r.exchange(t, &r.shop, "grant_type", "client_credentials", "scope", "r_ads"), 200)
	all, err := r.Apps(t.Context())
	if err != nil || len(all) == 0 || all[0].ScopeUses != nil {
		t.Errorf("%+v, %v", all, err)
	}
	mend()
	r.sees(t, map[string][3]int64{"r_ads": {1, 1, 0}})
}

func (r *realm) sees(t *testing.T, want map[string][3]int64) {
	t.Helper()
	if diff := cmp.Diff(want, uses(t, r, "shop")); diff != "" {
		t.Errorf("asked, granted, refused: -want +got\n%s", diff)
	}
}

// seenStopped looks at an instance that does not run.
func (r *realm) seenStopped(t *testing.T, want map[string][3]int64) {
	t.Helper()
	stopped, err := server.OpenApps(t.Context(), r.s.config(realmConfig(r.profile)...), time.Unix(r.now(), 0))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, uses(t, stopped, "shop")); diff != "" {
		t.Errorf("of one that does not run: -want +got\n%s", diff)
	}
	if err := stopped.Close(); err != nil {
		t.Fatal(err)
	}
}
