package storetest

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/access"
)

func shop() access.CreatedApp {
	return access.CreatedApp{
		Name: "shop", Created: Noon.Unix(), TwoLegged: true, Refreshes: true, Products: []string{"profile", "ads"},
		Owners: []string{"eve@example.com", "ada@example.com"}, RedirectURIs: []string{"https://b.example/", "https://a.example/?x=1&y='"},
		Introspects: []string{"people"}, Secrets: []access.Secret{access.NewSecret("first", 1), access.NewSecret("second", 2)},
	}
}

func (f *fixture) create(app access.CreatedApp) access.CreatedApp {
	f.Helper()
	made, err := f.CreateApp(f.Context(), app)
	f.must(err)
	return made
}

func (f *fixture) created() []access.CreatedApp {
	f.Helper()
	all, err := f.CreatedApps(f.Context())
	f.must(err)
	return all
}

func createdAppsAreKept(f *fixture) {
	f.equal("none yet", len(f.created()), 0)
	f.apps("demo")
	want := shop()
	want.Secrets[0].Ends = 99
	made := f.create(want)
	if want.ID, want.ClientID = 2, made.ClientID; len(made.ClientID) < 16 {
		f.Errorf("the client id %q could be guessed", made.ClientID)
	}
	f.equal("as it was made", made, want)
	bare := f.create(access.CreatedApp{Name: "bare", ClientID: "chosen", Disabled: true, Public: true})
	f.equal("without anything", bare, access.CreatedApp{ID: 3, Name: "bare", ClientID: "chosen", Disabled: true, Public: true})
	f.equal("as they are kept", f.created(), []access.CreatedApp{want, bare})

	own := f.created()
	own[0].Products[0], own[0].Secrets[0].Ends = "other", 1
	f.equal("what is returned is the caller's own", f.created(), []access.CreatedApp{want, bare})

	granted := spec(f.member("ada").ID, 1)
	granted.App = 2
	f.equal("a grant of it", factsOf(f.ensure(granted).Grant).App, access.AppID(2))
}

func createdAppsChangeWhole(f *fixture) {
	other := f.create(access.CreatedApp{Name: "other", ClientID: "o", Owners: []string{"ada@example.com"}, Products: []string{"ads"}})
	made := f.create(shop())
	want := made
	want.Products, want.Owners, want.RedirectURIs, want.Introspects = []string{"ads", "new"}, nil, []string{"https://c.example/"}, nil
	want.Secrets = []access.Secret{made.Secrets[1], access.NewSecret("third", 3)}
	want.Disabled, want.Public, want.TwoLegged, want.Refreshes = true, true, false, false
	got, err := f.ChangeApp(f.Context(), "shop", func(a *access.CreatedApp) error {
		f.equal("as it was", *a, made)
		*a = want
		a.ID, a.Name, a.ClientID, a.Created = 99, "x", "y", 5
		return nil
	})
	f.must(err)
	f.equal("as it is", got, want)
	f.equal("as they are kept", f.created(), []access.CreatedApp{other, want})

	no := errors.New("no")
	_, err = f.ChangeApp(f.Context(), "shop", func(a *access.CreatedApp) error {
		a.Disabled, a.Products, a.Secrets = false, nil, nil
		return no
	})
	f.equal("the error of a change", err == no, true) //nolint:errorlint // as it is
	twice := func(a *access.CreatedApp) error {
		return nil
	}
	_, err = f.ChangeApp(f.Context(), "nobody", twice)
	f.notFound("change nobody", err)
	f.apps("demo")
	_, err = f.ChangeApp(f.Context(), "demo", twice)
	f.notFound("change one of the configuration", err)
	f.equal("after changes that failed", f.created(), []access.CreatedApp{other, want})
}

// appsHaveOneOrigin: a reload changes nothing of what was created, and neither origin takes a name of the other.
func appsHaveOneOrigin(f *fixture) {
	f.apps("demo", "gone")
	made := f.create(shop())
	f.equal("of the configuration", appsOf(f.apps("demo", "new")), []appFacts{{1, "demo", false}, {2, "gone", true}, {4, "new", false}})
	f.equal("none", appsOf(f.apps()), []appFacts{{1, "demo", true}, {2, "gone", true}, {4, "new", true}})
	f.equal("created", f.created(), []access.CreatedApp{made})

	_, err := f.SyncApps(f.Context(), []*access.App{{Name: "later"}, {Name: "shop"}}, Noon)
	if want := "app shop was created by a command; give the one of the configuration another name"; err == nil || err.Error() != want {
		f.Errorf("a created app's name in the configuration: %v, want %s", err, want)
	}
	for _, name := range []string{"shop", "demo", "gone"} {
		if _, err := f.CreateApp(f.Context(), access.CreatedApp{Name: name}); err == nil {
			f.Errorf("%s is created beside the one that has the name", name)
		}
	}
	if _, err := f.CreateApp(f.Context(), access.CreatedApp{Name: "thief", ClientID: made.ClientID}); err == nil {
		f.Error("two apps have one client id")
	}
	f.equal("after what was refused", f.created(), []access.CreatedApp{made})
	f.equal("and of the configuration", appsOf(f.apps("demo")), []appFacts{{1, "demo", false}, {2, "gone", true}, {4, "new", true}})
}

func manyCallersCreateOneApp(f *fixture) {
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := f.CreateApp(f.Context(), shop()); err == nil {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	f.equal("made once", made.Load(), int32(1))
	for range 8 {
		wg.Go(func() {
			_, err := f.ChangeApp(f.Context(), "shop", func(a *access.CreatedApp) error {
				a.Created, a.Secrets[0].Ends = 0, a.Secrets[0].Ends+1
				return nil
			})
			if err != nil {
				f.Error(err)
			}
		})
	}
	wg.Wait()
	f.equal("changed one after the other", f.created()[0].Secrets[0].Ends, int64(8))
}
