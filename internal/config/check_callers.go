package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/route"
)

// checkCallers warns where nobody could ever get through.
func (r *reader) checkCallers() {
	held := r.heldScopes()
	for i := range r.cfg.APIs {
		if takesExternal(&r.cfg.APIs[i]) {
			continue
		}
		for j := range r.cfg.APIs[i].Routes {
			s := &r.cfg.APIs[i].Routes[j]
			if s.Credentials == nil || s.Credentials.Need != route.Required || !enforces(s, route.CheckCredential) {
				continue
			}
			if len(r.cfg.Apps) == 0 {
				r.warn("routes ask for a token, but there are no apps: to hold one; add apps:, create one with candor app create, or say credentials: public", "apis", i)
				return
			}
			if !enforces(s, route.CheckPermission) {
				continue
			}
			r.checkScopesHeld(s.Scopes, held, "apis", i, "routes", j)
			r.checkProductsHeld(s.Products, "apis", i, "routes", j)
		}
	}
}

// enforces reports whether a route refuses what a check finds.
func enforces(s *route.Spec, c route.Check) bool {
	return s.Modes == nil || s.Modes[c] == route.Enforce
}

// butCreated is for what apps may have that candor app create made: they are not in the file.
const butCreated = ", but those of apps that were created with it"

// heldScopes are those that some app has by a product.
func (r *reader) heldScopes() map[string]bool {
	held := map[string]bool{}
	for i := range r.cfg.Products {
		p := &r.cfg.Products[i]
		if !r.hasApp(p.Name) {
			continue
		}
		for _, s := range p.Scopes {
			held[s] = true
		}
	}
	return held
}

func (r *reader) hasApp(product string) bool {
	return slices.ContainsFunc(r.cfg.Apps, func(a App) bool { return slices.Contains(a.Products, product) })
}

// checkScopesHeld warns of a route none of whose sets of scopes can be held as a whole.
func (r *reader) checkScopesHeld(sets [][]string, held map[string]bool, at ...any) {
	lacking := ""
	for _, set := range sets {
		k := slices.IndexFunc(set, func(s string) bool { return r.scopes.has[s] && !held[s] })
		if k < 0 {
			return
		}
		lacking = cmp.Or(lacking, set[k])
	}
	if lacking == "" {
		return
	}
	who, why := "", "is in no product"
	if names := r.productsWith(lacking); len(names) > 0 {
		who, why = butCreated, "comes only with products that no app here has ("+strings.Join(names, ", ")+")"
	}
	r.warn(fmt.Sprintf("every call to this route is refused (403)%s: it asks for the scope %s, which %s", who, quoted(lacking), why), append(at, "scopes")...)
}

func (r *reader) productsWith(scope string) (names []string) {
	for i := range r.cfg.Products {
		if p := &r.cfg.Products[i]; slices.Contains(p.Scopes, scope) {
			names = append(names, p.Name)
		}
	}
	return names
}

// checkProductsHeld warns of a route that asks for products of which no app has one.
func (r *reader) checkProductsHeld(products []string, at ...any) {
	if len(products) == 0 || slices.ContainsFunc(products, func(p string) bool { return !r.products.has[p] || r.hasApp(p) }) {
		return
	}
	r.warn(fmt.Sprintf("every call to this route is refused%s: no app here has the product %s", butCreated, quoted(products[0])), append(at, "products")...)
}
