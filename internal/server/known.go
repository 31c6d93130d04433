package server

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/config"
)

// known is what a configuration names and the store has numbered, with the apps that the store has beside: replaced by a reload, and where an app changes.
type known struct {
	names      *access.Names
	gives      map[string]access.ScopeSet // the scopes of each product
	configured access.Apps
	created    []access.CreatedApp
	apps       access.Apps // of both origins
	undefined  []undefinedProduct
	revisions  *revisions // of the configuration
}

// undefinedProduct is one that a created app was given and the configuration does not define, or no longer.
type undefinedProduct struct{ app, product string }

// bring makes what the configuration names known to the store: scopes and products get numbers forever, apps too.
func (c *core) bring(ctx context.Context, cfg *config.Config, now time.Time) (k known, err error) {
	if k.names, err = c.number(ctx, cfg); err != nil {
		return k, err
	}
	if k.gives, err = productScopes(cfg, k.names); err != nil {
		return k, err
	}
	created, err := c.store.CreatedApps(ctx)
	if err != nil {
		return k, fmt.Errorf("bring in the apps: %w", err)
	}
	if err = oneOrigin(cfg, created); err != nil {
		return k, err
	}
	apps, err := configuredApps(cfg, &k)
	if err != nil {
		return k, err
	}
	if k.configured, err = c.store.SyncApps(ctx, apps, now); err != nil {
		return k, fmt.Errorf("bring in the apps: %w", err)
	}
	k.take(created)
	return k, nil
}

// oneOrigin refuses a configuration that names an app which a command created: the one would stand under the other's tokens and grants.
func oneOrigin(cfg *config.Config, created []access.CreatedApp) error {
	names := make(map[string]bool, len(created))
	for i := range created {
		names[created[i].Name] = true
	}
	var all config.Mistakes
	for i := range cfg.Apps {
		if name := cfg.Apps[i].Name; names[name] {
			all = append(all, cfg.Mistake(fmt.Sprintf("the app %q was created by candor app create and lives in the store; leave it out here, or give this one another name", name), "apps", i, "name"))
		}
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

// take makes the apps anew, with these for those that were created. What a call or a reload goes by meanwhile stays as it is.
func (k *known) take(created []access.CreatedApp) {
	k.created, k.apps, k.undefined = created, slices.Clone(k.configured), nil
	for i := range created {
		app := created[i].App()
		for _, name := range created[i].Products {
			scopes, defined := k.gives[name]
			if !defined {
				k.undefined = append(k.undefined, undefinedProduct{app.Name, name})
				continue
			}
			n, _ := k.names.Product(name)
			app.Products, app.Scopes = app.Products.With(n), app.Scopes.Union(scopes)
		}
		if short := int(app.ID) + 1 - len(k.apps); short > 0 {
			k.apps = append(k.apps, make(access.Apps, short)...)
		}
		k.apps[app.ID] = app
	}
}

// warnOfProducts tells of products that created apps have in vain. A reload that takes one away is not refused: the apps are not the file's.
func (s *Server) warnOfProducts(k *known) {
	for _, u := range k.undefined {
		s.log.Warn("a created app has a product that the configuration does not define, and nothing of it; define it under products:, or give the app others with candor app set",
			"app", u.app, "product", u.product)
	}
}

// productScopes are the scopes that each product gives.
func productScopes(cfg *config.Config, names *access.Names) (map[string]access.ScopeSet, error) {
	gives := map[string]access.ScopeSet{}
	for _, p := range cfg.Products {
		var set access.ScopeSet
		for _, s := range p.Scopes {
			n, ok := names.Scope(s)
			if !ok {
				return nil, fmt.Errorf("product %s: scope %s is not known", p.Name, s)
			}
			set = set.With(n)
		}
		gives[p.Name] = set
	}
	return gives, nil
}

// configuredApps are the apps as candor.yaml has them, without numbers.
func configuredApps(cfg *config.Config, k *known) ([]*access.App, error) {
	var apps []*access.App
	for _, a := range cfg.Apps {
		app := &access.App{
			Name: a.Name, ClientID: a.ClientID, Disabled: a.Disabled, Public: a.Public, RedirectURIs: a.RedirectURIs, Secrets: a.Secrets(),
			TwoLegged: a.ApplicationTokens, Refreshes: a.RefreshTokens, Introspects: a.Introspect, External: a.External, Profile: a.Profile,
		}
		for _, p := range a.Products {
			n, ok := k.names.Product(p)
			if !ok {
				return nil, fmt.Errorf("app %s: product %s is not known", a.Name, p)
			}
			app.Products = app.Products.With(n)
			app.Scopes = app.Scopes.Union(k.gives[p])
		}
		apps = append(apps, app)
	}
	return apps, nil
}
