package config

import (
	"fmt"
	"slices"

	"github.com/candor-gateway/candor/internal/route"
)

// checkListenerCORS checks the blocks that listeners have of their own; those of APIs are checked with their routes.
func (r *reader) checkListenerCORS() {
	for i := range r.cfg.Listeners {
		if !r.cfg.Said("listeners", i, "cors") || r.failed("listeners", i, "cors") {
			continue
		}
		if _, err := route.NewCORS(r.cfg.Listeners[i].CORS); err != nil {
			r.wrongAt(err.Error(), "listeners", i, "cors")
		}
	}
}

// checkPreflight warns where scripts of web pages cannot call an API that asks for a token, or cannot read why they may not, and nobody has said that this is meant.
func (r *reader) checkPreflight(i int) {
	api := &r.cfg.APIs[i]
	pass := api.Preflight == route.PassPreflights
	switch {
	case api.CORS != nil && pass:
		r.warn("preflight: pass does nothing beside cors:, by which Candor answers preflights itself; leave one of them out", "apis", i, "preflight")
	case api.CORS != nil:
	case pass && asks(api, route.Optional):
		r.warn("under preflight: pass scripts of other origins cannot read what Candor itself refuses (401, 403, 429 and the like): their browser reports a network error in its place. "+
			`To let them, write cors: {origins: ["https://app.example.com"]} with the origins of your pages here; Candor then answers preflights too`, "apis", i, "preflight")
	case !r.cfg.Said("apis", i, "preflight") && asks(api, route.Required):
		r.warn(fmt.Sprintf("scripts of other origins cannot call the API %s: the preflights of its protected routes are refused. "+
			"Say which origins may with cors:, or preflight: pass if the API answers preflights itself; preflight: refuse if this is meant", quoted(api.Name)), "apis", i)
	}
}

// asks reports whether a route of the API needs a credential so much, or more.
func asks(api *route.APISpec, least route.Need) bool {
	return slices.ContainsFunc(api.Routes, func(s route.Spec) bool {
		return s.Credentials != nil && s.Credentials.Need <= least && enforces(&s, route.CheckCredential) && enforces(&s, route.CheckPreflight)
	})
}
