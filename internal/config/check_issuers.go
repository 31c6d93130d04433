package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/issuer"
	"github.com/candor-gateway/candor/internal/route"
)

// checkIssuers notes issuers that cannot be told apart, and tokens that nobody takes.
func (r *reader) checkIssuers() {
	if n := len(r.cfg.Issuers); n > issuer.MaxIssuers {
		r.wrongAt(fmt.Sprintf("there are %d issuers; Candor tells %d apart", n, issuer.MaxIssuers), "issuers")
	}
	for i := range r.cfg.Issuers {
		of := &r.cfg.Issuers[i]
		if of.Name == ownTokens {
			r.wrongAt("own stands for the tokens of this gateway in tokens:, and cannot be the name of another issuer", "issuers", of.Name)
		}
		if !slices.ContainsFunc(r.cfg.APIs, func(a route.APISpec) bool { return a.Credentials.Issuers&(1<<i) != 0 }) && !r.noted("apis") {
			r.warn(fmt.Sprintf("no API takes tokens of this issuer; say tokens: [own, %s] at one", of.Name), "issuers", of.Name)
		}
	}
	for i := range r.cfg.APIs {
		r.checkTokens(i)
	}
	r.checkExternalApps()
}

// checkTokens: of two issuers with one iss nobody could say whose a token is.
func (r *reader) checkTokens(api int) {
	seen := map[string]string{}
	for i := range r.cfg.Issuers {
		of := &r.cfg.Issuers[i]
		if r.cfg.APIs[api].Credentials.Issuers&(1<<i) == 0 || of.Issuer == "" {
			continue
		}
		if other, twice := seen[of.Issuer]; twice {
			r.wrongAt(fmt.Sprintf("the issuers %s and %s are both %s, and a token could be either's; take one of them here", other, of.Name, quoted(of.Issuer)), "apis", api, "tokens")
		}
		seen[of.Issuer] = of.Name
	}
}

// checkExternalApps notes apps of issuers that there are not, and what such an app cannot have.
func (r *reader) checkExternalApps() {
	seen := map[string]int{}
	for i := range r.cfg.Apps {
		app := &r.cfg.Apps[i]
		from, _, both := strings.Cut(app.External, "|")
		if !both || r.noted("apps", i, "external") {
			continue
		}
		before, twice := seen[app.External]
		switch {
		case !slices.Contains(r.issuerNames(), from):
			r.wrongAt(fmt.Sprintf("there is no issuer %s in issuers%s", quoted(from), didYouMean(from, r.issuerNames())), "apps", i, "external")
		case twice:
			r.wrongAt(fmt.Sprintf("this is the app on line %d", r.line("apps", before)), "apps", i, "external")
		case app.ClientID != "":
			r.wrongAt("an app of another issuer has its client id in external:; leave client_id out", "apps", i, "client_id")
		case app.Secret.Value() != "":
			r.wrongAt("an app of another issuer shows its secret there; leave client_secret out", "apps", i, "client_secret")
		}
		seen[app.External] = i
	}
}

// settleExternal names the issuer of an app as issuers: does, where its URL was written.
func (r *reader) settleExternal(app *App) {
	from, id, _ := strings.Cut(app.External, "|")
	if i := slices.IndexFunc(r.cfg.Issuers, func(i Issuer) bool { return i.Issuer == from && from != "" }); i >= 0 {
		app.External = r.cfg.Issuers[i].Name + "|" + id
	}
}

// takesExternal reports whether an API takes tokens of other issuers: their apps need not be listed, and may hold any scope.
func takesExternal(a *route.APISpec) bool { return a.Credentials.Kinds.Has(access.ExternalToken) }
