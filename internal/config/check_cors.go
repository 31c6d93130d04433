package config

import (
	"fmt"

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

// checkPreflight warns where scripts of web pages cannot call an API that asks for a token, and nobody has said that this is meant.
func (r *reader) checkPreflight(i int) {
	api := &r.cfg.APIs[i]
	if api.CORS != nil && api.Preflight == route.PassPreflights {
		r.warn("preflight: pass does nothing beside cors:, by which Candor answers preflights itself; leave one of them out", "apis", i, "preflight")
	}
	if api.CORS != nil || r.cfg.Said("apis", i, "preflight") {
		return
	}
	for j := range api.Routes {
		if c := api.Routes[j].Credentials; c != nil && c.Need == route.Required {
			r.warn(fmt.Sprintf("scripts of other origins cannot call the API %s: the preflights of its protected routes are refused. "+
				"Say which origins may with cors:, or preflight: pass if the API answers preflights itself; preflight: refuse if this is meant", quoted(api.Name)), "apis", i)
			return
		}
	}
}
