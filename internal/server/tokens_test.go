package server_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/token"
)

// operator asks the running instance of a stage.
func operator(s *stage) *admin.Client {
	return admin.Dial(filepath.Join(s.words["data"], "admin.sock"))
}

// stopped are the tokens of an instance that has ended.
func stopped(t *testing.T, s *stage, replace ...string) *server.StoppedTokens {
	t.Helper()
	tokens, err := server.OpenTokens(t.Context(), s.config(replace...), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// untimed compares what is told, but for times.
var untimed = cmp.Options{
	cmpopts.IgnoreFields(admin.Grant{}, "CreatedAt", "LastUsedAt", "EndsAt"), cmpopts.IgnoreFields(admin.Token{}, "IssuedAt", "EndsAt", "GrantedAt"),
	cmpopts.IgnoreFields(admin.Key{}, "ID", "CreatedAt", "SignsFrom", "Until"),
}

func isFault(t *testing.T, err error, status int, words string) {
	t.Helper()
	f, ok := errors.AsType[*admin.Fault](err)
	if !ok || f.Status != status || !strings.Contains(f.Message, words) {
		t.Errorf("told %v, want %d with %q", err, status, words)
	}
}

// TestGrantsAreListedAndRevoked: what a running instance is told is at work at once, and what a stopped one is told after its start.
func TestGrantsAreListedAndRevoked(t *testing.T) {
	s := newStage(t)
	i := s.start()
	ada, bob, alone := i.mint("demo", "ada"), i.mint("partner", "bob"), i.mint("demo", "")
	list := func(from admin.Tokens, of admin.GrantFilter, want ...admin.Grant) {
		t.Helper()
		got, err := from.Grants(t.Context(), of)
		if err != nil {
			t.Fatal(err)
		}
		byName := cmpopts.SortSlices(func(a, b admin.Grant) bool { return a.App+a.Member < b.App+b.Member })
		if diff := cmp.Diff(admin.Grants{Grants: want}, got, untimed, byName); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", of, diff)
		}
		for _, g := range got.Grants {
			if time.Since(g.CreatedAt) > time.Hour || !g.EndsAt.After(g.CreatedAt) {
				t.Errorf("times of %+v", g)
			}
		}
	}
	grant := func(app, member string) admin.Grant {
		return admin.Grant{App: app, Member: member, Scopes: []string{"r_profile"}}
	}
	over := operator(s)
	if got := i.status("/v2/me", bob); got != (answer{Status: 200}) {
		t.Errorf("bob's: %+v", got)
	}
	used, err := over.Grants(t.Context(), admin.GrantFilter{Member: "bob"})
	if err != nil || len(used.Grants) != 1 || used.Grants[0].LastUsedAt == nil || time.Since(*used.Grants[0].LastUsedAt) > time.Minute {
		t.Errorf("used a moment ago: %+v, %v", used, err)
	}
	unused, err := over.Grants(t.Context(), admin.GrantFilter{Member: "ada"})
	if err != nil || len(unused.Grants) != 1 || unused.Grants[0].LastUsedAt != nil {
		t.Errorf("never used: %+v, %v", unused, err)
	}
	list(over, admin.GrantFilter{}, grant("demo", ""), grant("demo", "ada"), grant("partner", "bob"))
	list(over, admin.GrantFilter{App: "demo"}, grant("demo", ""), grant("demo", "ada"))
	list(over, admin.GrantFilter{Member: "bob"}, grant("partner", "bob"))
	list(over, admin.GrantFilter{App: "demo", Member: "b&b=?"}, []admin.Grant{}...)
	_, err = over.Grants(t.Context(), admin.GrantFilter{App: "nobody"})
	isFault(t, err, 404, `there is no app "nobody"`)
	_, err = over.RevokeGrant(t.Context(), admin.GrantFilter{App: "demo"})
	isFault(t, err, 400, "app and member are both to be named")

	revoke := func(from admin.Tokens, app, member, what string) {
		t.Helper()
		done, err := from.RevokeGrant(t.Context(), admin.GrantFilter{App: app, Member: member})
		if err != nil || done.What != what || done.App != app || done.Member != member || (done.Why == "") != (what == "grant") {
			t.Errorf("%s of %s: %+v, %v", member, app, done, err)
		}
	}
	revoked := answer{Status: 401, Problem: "revoked_access_token"}
	revoke(over, "demo", "ada", "grant")
	revoke(over, "demo", "ada", "nothing")
	if got := i.status("/v2/me", ada); got != revoked {
		t.Errorf("ada's: %+v", got)
	}
	for _, other := range []string{bob, alone} {
		if got := i.status("/v2/me", other); got != (answer{Status: 200}) {
			t.Errorf("of others: %+v", got)
		}
	}
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	off := stopped(t, s)
	list(off, admin.GrantFilter{}, grant("demo", ""), grant("partner", "bob"))
	revoke(off, "partner", "bob", "grant")
	if err := off.Close(); err != nil {
		t.Fatal(err)
	}
	i = s.start()
	if got := i.status("/v2/me", bob); got != revoked {
		t.Errorf("bob's after a restart: %+v", got)
	}
}

// exchanged makes a code, and one that was used and has given refresh tokens, in the store of an instance that does not run.
func exchanged(t *testing.T, s *stage) (code, used, first, second string) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), s.words["data"])
	must(t, err)
	keys, err := token.OpenKeys(filepath.Join(s.words["data"], "keys"), time.Now())
	must(t, err)
	now := time.Now()
	member, err := store.EnsureMember(t.Context(), "eve", now)
	must(t, err)
	for id := access.CodeID(5); id <= 6; id++ {
		must(t, store.AddCode(t.Context(), &access.Code{
			ID: id, App: 1, Member: member, Scopes: access.ScopeSet{}.With(0), ScopeText: "r_profile", RedirectURI: "https://x/", Created: now.Unix(), Ends: now.Unix() + 600,
		}))
	}
	line := access.Line{ID: 9, Code: 6, Key: keys.Active(), Issued: now.Unix(), Ends: now.Unix() + 3600}
	spec := token.GrantSpec{App: 1, Member: member.ID, Scopes: access.ScopeSet{}.With(0), ScopeText: "r_profile", Ends: now.Add(time.Hour), Refreshed: now.Add(time.Hour)}
	done, err := store.ExchangeCode(t.Context(), 6, now, func(*access.Code) token.CodeChange {
		return token.CodeChange{Redeem: &token.Redeem{Spec: spec, Token: token.RevokedToken{ID: token.ID{1}, Ends: now.Unix() + 60}, Line: &line}}
	})
	must(t, err)
	_, err = store.ExchangeLine(t.Context(), 9, now, func(*access.Line, *access.Grant) token.LineChange { return token.LineChange{Advance: 1} })
	must(t, err)
	must(t, store.Close())
	refresh := func(generation uint32) string {
		return string(keys.Mint(nil, token.Refresh, done.Grant.ID, line.Issued, 3600, token.LineToken(9, generation)))
	}
	of := func(id access.CodeID) string {
		return string(keys.Mint(nil, token.Code, access.GrantID(id), now.Unix(), 600, token.ID{2}))
	}
	return of(5), of(6), refresh(0), refresh(1)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestTokensAreInspected: every kind in every state, by an instance that runs and by one that does not.
func TestTokensAreInspected(t *testing.T) {
	s := newStage(t)
	i := s.start()
	good, alone, single, dead, blocked, off := i.mint("demo", "ada"), i.mint("demo", ""), i.mint("demo", "ada"), i.mint("partner", "bob"), i.mint("partner", "carl"), i.mint("partner", "")
	short, err := i.Mint(t.Context(), token.Order{App: "demo", Member: "ada", Scopes: []string{"r_profile"}, Life: time.Second}, time.Now().Add(-time.Hour))
	must(t, err)
	over := operator(s)
	if done, failed := over.RevokeToken(t.Context(), single); failed != nil || done.What != "token" || done.App != "demo" || done.Member != "ada" {
		t.Errorf("%+v, %v", done, failed)
	}
	_, err = over.RevokeGrant(t.Context(), admin.GrantFilter{App: "partner", Member: "bob"})
	must(t, err)
	must(t, i.end())
	store, err := sqlite.Open(t.Context(), s.words["data"])
	must(t, err)
	carl, err := store.EnsureMember(t.Context(), "carl", time.Now())
	must(t, err)
	must(t, store.RestrictMember(t.Context(), carl.ID, true))
	must(t, store.Close())
	code, used, first, second := exchanged(t, s)
	of := func(kind, state, app, member, why string) admin.Token {
		is := admin.Token{Kind: kind, Genuine: true, State: state, Why: why, App: app, Member: member}
		if app != "" {
			is.Scopes = []string{"r_profile"}
		}
		return is
	}
	altered := good[:len(good)-1] + "-"
	if altered == good {
		altered = good[:len(good)-1] + "_"
	}
	rows := map[string]struct {
		text string
		want admin.Token // its Why is a part
	}{
		"good":            {good, of("access_token", "good", "demo", "ada", "")},
		"of an app":       {alone, of("access_token", "good", "demo", "", "")},
		"with blanks":     {" " + good + "\n", of("access_token", "good", "demo", "ada", "")},
		"taken back":      {single, of("access_token", "revoked", "demo", "ada", "taken back alone")},
		"of a dead grant": {dead, of("access_token", "revoked", "partner", "bob", "whoever runs the API took the access back")},
		"restricted":      {blocked, of("access_token", "restricted", "partner", "carl", "its member is restricted")},
		"disabled":        {off, of("access_token", "disabled", "partner", "", "its app is disabled")},
		"ended":           {short.Token, of("access_token", "expired", "demo", "ada", "it ended at ")},
		"altered":         {altered, admin.Token{Kind: "access_token", State: "invalid", Why: "its MAC does not hold"}},
		"cut":             {good[:40], admin.Token{Kind: "access_token", State: "invalid", Why: "its end is missing (character 41)"}},
		"of others":       {"eyJhbGciOiJSUzI1NiJ9.e30.x", admin.Token{Kind: "unknown", State: "invalid", Why: "another issuer"}},
		"a code":          {code, of("code", "good", "demo", "eve", "")},
		"a used code":     {used, of("code", "used", "demo", "eve", "it was used at ")},
		"refresh":         {second, of("refresh_token", "good", "demo", "eve", "")},
		"replaced":        {first, of("refresh_token", "replaced", "demo", "eve", "a later one")},
	}
	withoutPartner := []string{", {name: partner, products: [profile, ads]}", ""}
	check := func(from admin.Tokens) {
		t.Helper()
		for name, c := range rows {
			got, failed := from.InspectToken(t.Context(), c.text)
			must(t, failed)
			if !strings.Contains(got.Why, c.want.Why) || (got.Why == "") != (c.want.Why == "") {
				t.Errorf("%s: why %q, want %q", name, got.Why, c.want.Why)
			}
			c.want.Why = got.Why
			if diff := cmp.Diff(c.want, got, untimed); diff != "" {
				t.Errorf("%s (-want +got)\n%s", name, diff)
			}
			if got.Genuine && (got.IssuedAt == nil || got.EndsAt == nil || got.Kind != "code" && got.GrantedAt == nil) {
				t.Errorf("%s: times of %+v", name, got)
			}
		}
	}
	from := stopped(t, s, withoutPartner...)
	check(from)
	must(t, from.Close())
	i = s.start(withoutPartner...)
	check(over)

	for _, c := range []struct{ name, text, what string }{
		{"what has ended", short.Token, "nothing"},
		{"what was taken back", single, "nothing"},
		{"a code", code, "nothing"},
		{"a refresh token", second, "grant"},
		{"a refresh token again", second, "nothing"},
	} {
		if done, failed := over.RevokeToken(t.Context(), c.text); failed != nil || done.What != c.what || (done.Why == "") != (c.what == "grant") {
			t.Errorf("%s: %+v, %v", c.name, done, failed)
		}
	}
	_, err = over.RevokeToken(t.Context(), altered)
	isFault(t, err, 400, "this is no token of this instance: it was altered")
	if got := i.status("/v2/me", good); got != (answer{Status: 200}) {
		t.Errorf("another token of the member: %+v", got)
	}
	must(t, i.end())
	for _, secret := range []string{good, altered, code, second} {
		if strings.Contains(s.log.String()+s.out.String(), secret) {
			t.Error("a token is in the log")
		}
	}
}

// TestKeysAreRotated: what a key has signed stays good, and the next one signs when it is its turn.
func TestKeysAreRotated(t *testing.T) {
	s := newStage(t)
	i := s.start(authorizing("")...)
	over, app := operator(s), create(t, i, shop)
	before := i.mint("shop", "ada")
	key := func(kind, state string) admin.Key { return admin.Key{Kind: kind, State: state} }
	is := func(what string, got []admin.Key, err error, want ...admin.Key) {
		t.Helper()
		if diff := cmp.Diff(want, got, untimed); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", what, err, diff)
		}
	}
	i.reads(t, keysPath, new(map[string]any)) // the first is there
	all, err := over.Keys(t.Context())
	is("at first", all, err, key("tokens", "signs"), key("signing", "signs"))
	all, err = over.RotateKeys(t.Context(), "tokens")
	is("tokens", all, err, key("tokens", "retired"), key("tokens", "signs"))
	for _, bearer := range []string{before, i.mint("shop", "ada")} {
		if got := i.status("/v2/me", bearer); got != (answer{Status: 200}) {
			t.Errorf("a token of %s: %+v", app.Name, got)
		}
	}
	all, err = over.RotateKeys(t.Context(), "signing")
	is("signing", all, err, key("signing", "signs"), key("signing", "published"))
	if from, to := all[0].SignsFrom, all[1].SignsFrom; to.Sub(from) < 23*time.Hour || all[0].Until == nil || all[1].Until != nil {
		t.Errorf("times of %+v", all)
	}
	_, err = over.RotateKeys(t.Context(), "signing")
	isFault(t, err, 409, "is published already and signs from")
	_, err = over.RotateKeys(t.Context(), "house")
	isFault(t, err, 400, `there are no keys of the kind "house"`)
	must(t, i.end())

	off := stopped(t, s, authorizing("")...)
	all, err = off.Keys(t.Context())
	is("of a stopped instance", all, err, key("tokens", "retired"), key("tokens", "signs"), key("signing", "signs"), key("signing", "published"))
	must(t, off.Close())
}

// TestThereIsNothingToLookAfter: an instance that keeps nothing says so.
func TestThereIsNothingToLookAfter(t *testing.T) {
	s := newStage(t)
	nothing := append(noApps, "scopes: [r_profile], quota: people}", "credentials: public}")
	i := s.start(nothing...)
	_, err := operator(s).Grants(t.Context(), admin.GrantFilter{})
	isFault(t, err, 409, "there are no tokens: by ")
	must(t, i.end())
	_, err = server.OpenTokens(t.Context(), s.config(nothing...), time.Now())
	isFault(t, err, 409, "there are no tokens: by ")
}

// TestSigningKeysWithoutAServer: there is nothing to rotate.
func TestSigningKeysWithoutAServer(t *testing.T) {
	s := newStage(t)
	s.start()
	_, err := operator(s).RotateKeys(t.Context(), "signing")
	isFault(t, err, 409, "add oauth: to the configuration first")
}
