package config

import (
	"fmt"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/route"
)

// defined is the set of names that one part of the file defines, for those that use them.
type defined struct {
	what, where string
	names       []string
	has         map[string]bool
}

func define[T any](what, where string, items []T, name func(*T) string) defined {
	d := defined{what: what, where: where, has: make(map[string]bool, len(items))}
	for i := range items {
		n := name(&items[i])
		d.names = append(d.names, n)
		d.has[n] = true
	}
	return d
}

// hintedMistakes: whoever has more mistakes than this does not read the hints.
const hintedMistakes = 500

// known notes a name that is used and defined nowhere.
func (r *reader) known(name string, d *defined, path ...any) {
	if name == "" || d.has[name] {
		return
	}
	say := fmt.Sprintf("there is no %s %s in %s", d.what, quoted(name), d.where)
	if len(r.mistakes) < hintedMistakes {
		say += didYouMean(name, d.names)
	}
	r.wrongAt(say, path...)
}

func (r *reader) checkScopes() {
	if n := len(r.scopes.names); n > access.MaxScopes {
		r.wrongAt(fmt.Sprintf("there are %d scopes; Candor tells %d apart", n, access.MaxScopes), "scopes")
	}
	if n := len(r.products.names); n > access.MaxProducts {
		r.wrongAt(fmt.Sprintf("there are %d products; Candor tells %d apart", n, access.MaxProducts), "products")
	}
	seen := map[string]bool{}
	for i, s := range r.scopes.names {
		if seen[s] {
			r.wrongAt(fmt.Sprintf("the scope %s is here twice", quoted(s)), "scopes", i)
		}
		seen[s] = true
	}
	for _, p := range r.cfg.Products {
		for j, s := range p.Scopes {
			r.known(s, &r.scopes, "products", p.Name, "scopes", j)
		}
	}
}

func (r *reader) checkApps() {
	names, ids := map[string]int{}, map[string]int{}
	apis := define("API", "apis", r.cfg.APIs, func(a *route.APISpec) string { return a.Name })
	for i := range r.cfg.Apps {
		app := &r.cfg.Apps[i]
		if before, twice := names[app.Name]; twice && app.Name != "" {
			r.wrongAt(fmt.Sprintf("the app %s is here twice; the first is on line %d", quoted(app.Name), r.line("apps", before)), "apps", i, "name")
		} else if before, twice := ids[app.ClientID]; twice && app.ClientID != "" {
			r.wrongAt(fmt.Sprintf("the client_id %s is that of the app on line %d", quoted(app.ClientID), r.line("apps", before)), "apps", i, "client_id")
		}
		names[app.Name], ids[app.ClientID] = i, i
		r.checkApp(i, &apis)
		for j, p := range app.Products {
			r.known(p, &r.products, "apps", i, "products", j)
		}
		for _, q := range app.Quotas {
			r.known(q.Name, &r.quotas, "apps", i, "quotas", q.Name)
			r.checkQuota(&q, r.base(q.Name), "apps", i, "quotas", q.Name)
		}
	}
	for i := range r.cfg.Quotas {
		r.checkQuota(&r.cfg.Quotas[i], nil, "quotas", r.cfg.Quotas[i].Name)
	}
	r.checkUnused()
}
