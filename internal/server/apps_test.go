package server_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/server"
)

var (
	noApps   = []string{"apps: [{name: demo, products: [profile]}, {name: partner, products: [profile, ads]}]", "apps: []"}
	disabled = answer{Status: 403, Problem: "app_disabled"}
	shop     = admin.AppRequest{Name: "shop", Owners: []string{"Ada@Example.com"}, Products: []string{"profile"}, RedirectURIs: []string{"https://shop.example/cb"}}
)

func create(t *testing.T, apps admin.Apps, asked admin.AppRequest) admin.AppAnswer {
	t.Helper()
	made, err := apps.CreateApp(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func change(t *testing.T, apps admin.Apps, name string, asked admin.AppChange) admin.AppAnswer {
	t.Helper()
	is, err := apps.ChangeApp(t.Context(), name, asked)
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// unlike compares apps without what is made at random or by the clock.
func unlike(want, got any) string {
	return cmp.Diff(want, got, cmpopts.IgnoreFields(admin.App{}, "ClientID", "CreatedAt", "ScopeUses"), cmpopts.IgnoreFields(admin.AppSecret{}, "CreatedAt", "EndsAt"))
}

func shopShown() admin.App {
	return admin.App{
		Name: "shop", Origin: "created", Products: []string{"profile"}, Scopes: []string{"r_profile"}, RedirectURIs: []string{"https://shop.example/cb"},
		ApplicationTokens: true, RefreshTokens: true, Owners: []string{"ada@example.com"}, Secrets: []admin.AppSecret{{}},
	}
}

// TestACreatedAppLives: an instance all of whose apps are created; each change is at work at once, and a reload and a restart undo none.
func TestACreatedAppLives(t *testing.T) {
	s := newStage(t)
	i := s.start(noApps...)
	made := create(t, i, shop)
	if diff := unlike(shopShown(), made.App); diff != "" || len(made.Secret) != 43 || made.Note != "" {
		t.Errorf("secret %q, note %q, -want +got\n%s", made.Secret, made.Note, diff)
	}
	bearer := i.mint("shop", "ada")
	good := answer{Status: 200}
	is := func(when string, i *instance, want answer) {
		t.Helper()
		if got := i.status("/v2/me", bearer); got != want {
			t.Errorf("%s: %+v, want %+v", when, got, want)
		}
	}
	is("created", i, good)
	change(t, i, "shop", admin.AppChange{Disabled: new(true)})
	is("disabled", i, disabled)
	if err := i.Reload(t.Context(), s.config(append(noApps, "app: 100/day", "app: 99/day")...)); err != nil {
		t.Fatal(err)
	}
	is("disabled, after a reload that changes no app", i, disabled)
	if err := i.Reload(t.Context(), s.config()); err != nil {
		t.Fatal(err)
	}
	is("disabled, after a reload that brings in apps", i, disabled)
	change(t, i, "shop", admin.AppChange{Disabled: new(false)})
	is("enabled", i, good)
	if err := i.Reload(t.Context(), s.config(noApps...)); err != nil {
		t.Fatal(err)
	}
	is("enabled, after a reload that takes apps away", i, good)
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	i = s.start(noApps...)
	is("after a restart", i, good)
	all, err := i.Apps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []admin.App{gone("demo"), gone("partner"), shopShown()}
	if diff := unlike(want, all); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func gone(name string) admin.App {
	return admin.App{
		Name: name, Origin: "configuration", Disabled: true, Gone: true, Products: []string{}, Scopes: []string{}, RedirectURIs: []string{},
		Owners: []string{}, Secrets: []admin.AppSecret{},
	}
}

// TestAProductThatVanishes is told, and no reason to refuse a reload: the app is not the file's.
func TestAProductThatVanishes(t *testing.T) {
	s := newStage(t)
	i := s.start(noApps...)
	asked := shop
	asked.Products = []string{"profile", "ads"}
	create(t, i, asked)
	bearer := i.mint("shop", "ada")
	without := append([]string{"ads: {scopes: [r_ads]}", "other: {scopes: [r_ads]}"}, noApps...)
	for range 2 {
		if err := i.Reload(t.Context(), s.config(without...)); err != nil {
			t.Fatal(err)
		}
	}
	if got := i.status("/v2/me", bearer); got.Status != 200 {
		t.Errorf("%+v", got)
	}
	if n := strings.Count(s.log.String(), "a created app has a product that the configuration does not define"); n != 1 {
		t.Errorf("told %d times in\n%s", n, s.log)
	}
	all, err := i.Apps(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if diff := cmp.Diff([][]string{{"profile", "ads"}, {"ads"}, {"r_profile"}}, [][]string{all[0].Products, all[0].UndefinedProducts, all[0].Scopes}); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if err = i.Reload(t.Context(), s.config(noApps...)); err != nil {
		t.Fatal(err)
	}
	if all, err = i.Apps(t.Context()); err != nil || len(all[0].UndefinedProducts) != 0 || len(all[0].Scopes) != 2 {
		t.Errorf("after it is back: %+v %v", all, err)
	}
}

// TestANameHasOneOrigin, whether the file comes first or the command.
func TestANameHasOneOrigin(t *testing.T) {
	s := newStage(t)
	i := s.start(noApps...)
	create(t, i, admin.AppRequest{Name: "demo", Owners: []string{"ada@example.com"}})
	const want = `:14:15: the app "demo" was created by candor app create and lives in the store; leave it out here, or give this one another name`
	err := i.Reload(t.Context(), s.config())
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("a reload: %v\nwant …%s", err, want)
	}
	all, err := i.Apps(t.Context())
	if err != nil || len(all) != 1 {
		t.Errorf("what is refused changes nothing: %+v %v", all, err)
	}
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	if sv, err := server.Start(t.Context(), s.config(), s.options()); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("a start: %v %v", sv, err)
	}
	if told, err := server.TryStopped(t.Context(), s.config(), admin.RouteRequest{Method: "GET", URL: "/v2/me"}, time.Now()); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("a trial: %v %v", told, err)
	}
}

// TestAppMistakes: what the operator can mend is said so, by a running instance and over a stopped one alike, and leaves nothing behind.
func TestAppMistakes(t *testing.T) {
	s := newStage(t)
	before := s.start()
	create(t, before, shop)
	create(t, before, admin.AppRequest{Name: "phone", Owners: []string{"ada@example.com"}, Public: true})
	cfg := s.config(", {name: partner, products: [profile, ads]}", "")
	if err := before.Reload(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	many := make([]string, 33)
	for i := range many {
		many[i] = "https://shop.example/" + strings.Repeat("a", i)
	}
	ada := []string{"ada@example.com"}
	of := func(r admin.AppRequest) func(admin.Apps) error {
		return func(a admin.Apps) error { _, err := a.CreateApp(t.Context(), r); return err }
	}
	to := func(name string, c admin.AppChange) func(admin.Apps) error {
		return func(a admin.Apps) error { _, err := a.ChangeApp(t.Context(), name, c); return err }
	}
	for name, c := range map[string]struct {
		do     func(admin.Apps) error
		status int
		want   string
	}{
		"a name taken by a created app":     {of(shop), 409, `there is an app "shop" already; candor app show shop tells of it`},
		"a name taken by a configured app":  {of(admin.AppRequest{Name: "demo", Owners: ada}), 409, `there is an app "demo" already, configured at FILE:14; choose another name`},
		"a name of an app that is gone":     {of(admin.AppRequest{Name: "partner", Owners: ada}), 409, `an app "partner" was configured once, and its tokens and grants live on under its name; choose another, or put that app back under apps: in FILE`},
		"no name":                           {of(admin.AppRequest{Owners: ada}), 400, `the app cannot be called "": a name must not be empty`},
		"no owner":                          {of(admin.AppRequest{Name: "x"}), 400, `app "x" has no owner; name one by --owner, as in ada@example.com`},
		"an owner that is none":             {of(admin.AppRequest{Name: "x", Owners: []string{"ada"}}), 400, `"ada" is no e-mail address; expected one like ada@example.com`},
		"an unknown product":                {of(admin.AppRequest{Name: "x", Owners: ada, Products: []string{"add"}}), 400, `there is no product "add"; the products are: profile, ads`},
		"a bad redirect URI":                {of(admin.AppRequest{Name: "x", Owners: ada, RedirectURIs: []string{"http://shop.example/"}}), 400, `the redirect URI "http://shop.example/" cannot be registered: http is for localhost, 127.0.0.1 and [::1] alone, since the code would cross the network unencrypted; use https`},
		"too many redirect URIs":            {to("shop", admin.AppChange{RedirectURIs: &many}), 400, "an app has at most 32 redirect URIs, these are 33"},
		"an unknown API":                    {of(admin.AppRequest{Name: "x", Owners: ada, Introspect: []string{"peeple"}}), 400, `there is no API "peeple"; the APIs are: people`},
		"look into an unknown API":          {to("shop", admin.AppChange{Introspect: &ada}), 400, `there is no API "ada@example.com"; the APIs are: people`},
		"tokens of a new public app":        {of(admin.AppRequest{Name: "x", Owners: ada, Public: true, AppRights: rights(true)}), 409, `app "x" is public and cannot prove that it is itself, so it has no tokens of its own`},
		"tokens of a public app":            {to("phone", admin.AppChange{AppRights: rights(true)}), 409, `app "phone" is public and cannot prove that it is itself, so it has no tokens of its own`},
		"tokens of a configured app":        {to("demo", admin.AppChange{AppRights: rights(false)}), 409, `app "demo" is configured: write application_tokens: false in its entry under apps:, at FILE:14, and reload (candor reload)`},
		"refresh of a configured app":       {to("demo", admin.AppChange{AppRights: admin.AppRights{RefreshTokens: new(true)}}), 409, `app "demo" is configured: write refresh_tokens: true in its entry under apps:, at FILE:14, and reload (candor reload)`},
		"introspection of a configured app": {to("demo", admin.AppChange{Introspect: &ada}), 409, `app "demo" is configured: write introspect: in its entry under apps:, at FILE:14, and reload (candor reload)`},
		"an unknown app":                    {to("shup", admin.AppChange{}), 404, `there is no app "shup"; the apps are: demo, partner, phone, shop`},
		"disable a configured app":          {to("demo", admin.AppChange{Disabled: new(true)}), 409, `app "demo" is configured: write disabled: true in its entry under apps:, at FILE:14, and reload (candor reload)`},
		"enable a configured app":           {to("demo", admin.AppChange{Disabled: new(false)}), 409, `app "demo" is configured: write disabled: false in its entry under apps:, at FILE:14, and reload (candor reload)`},
		"rotate a configured app":           {to("demo", admin.AppChange{RotateSecret: true}), 409, `app "demo" is configured: write client_secret: in its entry under apps:, at FILE:14, and reload (candor reload)`},
		"products of a configured app":      {to("demo", admin.AppChange{Products: &ada}), 409, `app "demo" is configured: write products: in its entry under apps:, at FILE:14, and reload (candor reload)`},
		"redirect of a configured app":      {to("demo", admin.AppChange{RedirectURIs: &ada}), 409, `app "demo" is configured: write redirect_uris: in its entry under apps:, at FILE:14, and reload (candor reload)`},
		"an owner of a configured app":      {to("demo", admin.AppChange{AddOwners: ada}), 409, `app "demo" is configured: write owners: in its entry under apps:, at FILE:14, and reload (candor reload)`},
		"an app that is gone":               {to("partner", admin.AppChange{Disabled: new(false)}), 409, `app "partner" was configured and no longer is, so it is disabled; put it back under apps: in FILE`},
		"remove who is no owner":            {to("shop", admin.AppChange{RemoveOwners: []string{"eve@example.com"}}), 404, `eve@example.com is no owner of app "shop"; its owners are: ada@example.com`},
		"remove the last owner":             {to("shop", admin.AppChange{RemoveOwners: ada}), 409, `app "shop" would have no owner; add another one first, with candor app owner add`},
		"a secret of a public app":          {to("phone", admin.AppChange{RotateSecret: true}), 409, `app "phone" is public and keeps no secret`},
		"a secret kept for too long":        {to("shop", admin.AppChange{RotateSecret: true, Keep: 91 * 86400}), 400, "the secret before can stay good for 0s to 90d"},
		"half of a change":                  {to("shop", admin.AppChange{Disabled: new(true), Products: &many}), 400, `there is no product "https://shop.example/"; the products are: profile, ads`},
	} {
		check := func(apps admin.Apps, where string) {
			t.Helper()
			err := c.do(apps)
			f := (*admin.Fault)(nil)
			if !errors.As(err, &f) {
				t.Errorf("%s, %s: %v", name, where, err)
				return
			}
			want := &admin.Fault{Status: c.status, Message: c.want}
			f.Message = maskFile(f.Message)
			if diff := cmp.Diff(want, f); diff != "" {
				t.Errorf("%s, %s: -want +got\n%s", name, where, diff)
			}
		}
		check(before, "running")
	}
	all, err := before.Apps(t.Context())
	if err != nil || len(all) != 4 || all[3].Disabled {
		t.Errorf("after what was refused: %+v %v", all, err)
	}
	if err = before.end(); err != nil {
		t.Fatal(err)
	}
	stopped, err := server.OpenApps(t.Context(), cfg, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer stopped.Close()
	if _, err := stopped.CreateApp(t.Context(), shop); err == nil || err.Error() != `there is an app "shop" already; candor app show shop tells of it` {
		t.Error(err)
	}
	if got, err := stopped.Apps(t.Context()); err != nil || cmp.Diff(all, got) != "" {
		t.Errorf("%v, -running +stopped\n%s", err, cmp.Diff(all, got))
	}
}

func rights(own bool) admin.AppRights { return admin.AppRights{ApplicationTokens: &own} }

// maskFile hides in which folder a test's configuration stands.
func maskFile(s string) string {
	before, after, found := strings.Cut(s, "candor.yaml")
	if !found {
		return s
	}
	return before[:strings.LastIndexByte(before, ' ')+1] + "FILE" + after
}

// TestManyChangeAppsAtOnce, while the configuration is reloaded: nothing is lost.
func TestManyChangeAppsAtOnce(t *testing.T) {
	s := newStage(t)
	i := s.start()
	create(t, i, shop)
	with := s.config("scopes: {r_profile: Read", "scopes: {more: More, r_profile: Read")
	var all sync.WaitGroup
	for n := range 4 {
		name := "app" + string(rune('0'+n))
		all.Go(func() {
			create(t, i, admin.AppRequest{Name: name, Owners: []string{"ada@example.com"}})
			change(t, i, "shop", admin.AppChange{AddOwners: []string{name + "@example.com"}})
		})
		all.Go(func() {
			if err := i.Reload(t.Context(), with); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := i.CreateApp(t.Context(), admin.AppRequest{Name: "one", Owners: []string{"ada@example.com"}}); err != nil && !strings.Contains(err.Error(), "already") {
				t.Error(err)
			}
		})
	}
	all.Wait()
	apps, err := i.Apps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range apps {
		names = append(names, a.Name)
	}
	if diff := cmp.Diff("app0 app1 app2 app3 demo one partner shop", strings.Join(names, " ")); diff != "" || len(apps[7].Owners) != 5 {
		t.Errorf("owners %v, -want +got\n%s", apps[7].Owners, diff)
	}
	for _, name := range []string{"app3", "one"} {
		if _, err := i.Mint(t.Context(), order(name, "ada"), time.Now()); err == nil || !strings.Contains(err.Error(), "which has none") {
			t.Errorf("%s is known to who mints: %v", name, err)
		}
	}
}

// TestAppsNeedAStore: where no token is asked for there is none, and an app would be lost.
func TestAppsNeedAStore(t *testing.T) {
	s := newStage(t)
	public := append([]string{"scopes: [r_profile], quota: people}", "credentials: public}", "quotas: {people: {app: 100/day}}\n", ""}, noApps...)
	const want = "no route asks for a token and there are no apps, so there is no store"
	i := s.start(public...)
	if _, err := i.CreateApp(t.Context(), shop); err == nil || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
	if all, err := i.Apps(t.Context()); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := server.OpenApps(t.Context(), s.config(public...), time.Now()); err == nil || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
}

func TestAppsWithoutADataFolder(t *testing.T) {
	s := newStage(t)
	i := s.start(append([]string{"data: {{data}}", "data: none"}, noApps...)...)
	made := create(t, i, shop)
	if want := "with data: none it lives in the running instance alone, and is gone when that ends"; made.Note != want {
		t.Errorf("note %q, want %q", made.Note, want)
	}
	if got := i.status("/v2/me", i.mint("shop", "ada")); got.Status != 200 {
		t.Errorf("%+v", got)
	}
}
