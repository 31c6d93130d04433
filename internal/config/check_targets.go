package config

import (
	"fmt"
	"net/url"

	"github.com/candor-gateway/candor/internal/access"
)

// checkTargets warns of an upstream that is Candor itself, and of TLS where there is none.
func (r *reader) checkTargets() {
	for i := range r.cfg.Upstreams {
		u := &r.cfg.Upstreams[i]
		plain := len(u.Targets) > 0
		for _, target := range u.Targets {
			to, err := url.Parse(target)
			if err != nil || targetRule(target) != "" {
				plain = false
				continue
			}
			plain = plain && to.Scheme == "http"
			r.checkLoop(u.Name, to)
		}
		for _, k := range []struct {
			key  string
			said bool
		}{{"name", u.TLSName != ""}, {"ca", u.CA != ""}, {"insecure_skip_verify", u.InsecureSkipVerify}} {
			if plain && k.said && r.cfg.Said("upstreams", u.Name, "tls", k.key) {
				r.warn(k.key+": does nothing here, since the upstream's URL begins with http://; write https://, or leave it out", "upstreams", u.Name, "tls", k.key)
			}
		}
		if u.TLSName != "" && u.InsecureSkipVerify {
			r.warn("name: is asked for and not looked at, since insecure_skip_verify takes every certificate; leave one of them out", "upstreams", u.Name, "tls", "name")
		}
	}
}

// checkLoop warns of an upstream that is a listener of this file: by its own address, or by one of this machine where the listener has every one.
func (r *reader) checkLoop(name string, to *url.URL) {
	port := to.Port()
	switch {
	case port == "" && to.Scheme == "https":
		port = "443"
	case port == "":
		port = "80"
	}
	for j := range r.cfg.Listeners {
		host, own := splitAddress(r.cfg.Listeners[j].Address)
		if own != port || !sameHost(host, to.Hostname()) {
			continue
		}
		r.warn(fmt.Sprintf("this is the listener on line %d itself, so every call would go in a circle until it is refused (508); name the server of the API",
			r.line("listeners", j, "address")), "upstreams", name)
		return
	}
}

func sameHost(listener, target string) bool {
	if access.IsLoopback(target) {
		return listener == target || isEvery(listener) || listener == "localhost" || target == "localhost" && access.IsLoopback(listener)
	}
	return listener == target || isEvery(target)
}
