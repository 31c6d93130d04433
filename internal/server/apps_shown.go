package server

import (
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
)

// list is every app, by name.
func (d *desk) list() []admin.App {
	created := make(map[string]*access.CreatedApp, len(d.known.created))
	for i := range d.known.created {
		created[d.known.created[i].Name] = &d.known.created[i]
	}
	var all []admin.App
	for _, app := range d.known.apps {
		if app != nil {
			all = append(all, d.shown(app, created[app.Name]))
		}
	}
	slices.SortFunc(all, func(a, b admin.App) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// shown is an app as the operator is told of it. Lists are never null in JSON, so that whoever reads them need not ask.
func (d *desk) shown(app *access.App, created *access.CreatedApp) admin.App {
	a := admin.App{
		Name: app.Name, ClientID: app.ClientID, Origin: app.Origin.String(), Disabled: app.Disabled, External: app.External, Public: app.Public,
		RedirectURIs: orEmpty(app.RedirectURIs), ApplicationTokens: app.TwoLegged, RefreshTokens: app.Refreshes, Profile: app.Profile, Introspect: app.Introspects,
		Secrets: d.secrets(app),
	}
	a.Scopes = orEmpty(d.known.names.AppendScopes(nil, app.Scopes))
	slices.Sort(a.Scopes)
	switch at := d.configuredAt(app.Name); {
	case created != nil:
		a.Products, a.Owners = orEmpty(created.Products), orEmpty(created.Owners)
		a.CreatedAt = timeOf(created.Created)
	case at >= 0:
		a.Products, a.Owners = orEmpty(d.cfg.Apps[at].Products), orEmpty(d.cfg.Apps[at].Owners)
	default:
		a.Products, a.Owners, a.Gone = []string{}, []string{}, true
	}
	for _, u := range d.known.undefined {
		if u.app == app.Name {
			a.UndefinedProducts = append(a.UndefinedProducts, u.product)
		}
	}
	return a
}

// secrets are those that are good.
func (d *desk) secrets(app *access.App) []admin.AppSecret {
	all := []admin.AppSecret{}
	for _, s := range app.Secrets {
		if s.Good(d.now.Unix()) {
			all = append(all, admin.AppSecret{CreatedAt: timeOf(s.Created), EndsAt: timeOf(s.Ends)})
		}
	}
	return all
}

// timeOf is nil for 0.
func timeOf(unix int64) *time.Time {
	if unix == 0 {
		return nil
	}
	t := time.Unix(unix, 0).UTC()
	return &t
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// answer is an app after a change.
func (d *desk) answer(name, secret string) admin.AppAnswer {
	a := admin.AppAnswer{Secret: secret}
	for _, app := range d.list() {
		if app.Name == name {
			a.App = app
		}
	}
	if d.cfg.Data == "" {
		a.Note = "with data: none it lives in the running instance alone, and is gone when that ends"
	}
	return a
}
