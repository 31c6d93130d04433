package config

import (
	"fmt"
	"strings"
)

// checkWWW notes what is wrong with the listener for people, and warns where its pages would be linked to by nobody.
func (r *reader) checkWWW() {
	w := r.cfg.WWW
	if w == nil || addressRule(w.Address) != "" {
		return
	}
	for j := range r.cfg.Listeners {
		if samePort(w.Address, r.cfg.Listeners[j].Address) {
			r.wrongAt(fmt.Sprintf("%s is taken by the listener on line %d", quoted(w.Address), r.line("listeners", j, "address")), "www", "address")
		}
	}
	if r.cfg.Admin != nil && samePort(w.Address, r.cfg.Admin.Address) {
		r.wrongAt(quoted(w.Address)+" is where admin listens; choose another address", "www", "address")
	}
	r.checkProxies(w.TrustedProxies, "www", "trusted_proxies")
	r.checkTLS(w.TLS, w.Address, "www", "tls", "certificates")
	switch {
	case w.PublicURL == "" && r.cfg.Docs.Errors == "" && !r.failed("www", "public_url"):
		r.warn("answers link to no page as long as it is not known how people reach these; say public_url:, as in https://api.example.com", "www")
	case w.TLS != nil && strings.HasPrefix(w.PublicURL, "http://"):
		r.warn(fmt.Sprintf("public_url: begins with http://, and www speaks TLS; write https://%s", strings.TrimPrefix(w.PublicURL, "http://")), "www", "public_url")
	}
}
