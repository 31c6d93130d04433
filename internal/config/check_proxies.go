package config

import (
	"net/netip"
	"slices"

	"github.com/candor-gateway/candor/internal/forwarded"
)

// checkBalancers notes what is missing to know who calls through balancers.
func (r *reader) checkBalancers(i int) {
	l := &r.cfg.Listeners[i]
	if len(l.TrustedProxies) == 0 {
		r.checkUntrusted(i)
		return
	}
	if l.ClientAddress == forwarded.ProxyProtocol && !l.ProxyProtocol && !r.failed("listeners", i, "proxy_protocol") {
		r.wrongAt("client_address: proxy is what a PROXY header says, and no connection has one here; say proxy_protocol: require", "listeners", i, "client_address")
	}
	if l.ClientAddress == forwarded.Peer && !r.cfg.Said("listeners", i, "client_address") {
		r.warn("who calls through these balancers is not known: the log, limits and failed credentials have a balancer's address; say client_address:"+
			" x-forwarded-for, forwarded or x-real-ip, the one that they write, or peer if that is meant", "listeners", i, "trusted_proxies")
	}
	r.checkProxies(l.TrustedProxies, "listeners", i, "trusted_proxies")
}

// checkUntrusted notes what needs somebody who is believed.
func (r *reader) checkUntrusted(i int) {
	l := &r.cfg.Listeners[i]
	if r.failed("listeners", i, "trusted_proxies") {
		return
	}
	const who = "; say trusted_proxies: with the addresses of the balancers in front"
	if l.ProxyProtocol {
		r.wrongAt("nobody may send a PROXY header here, so no connection could be taken"+who, "listeners", i, "proxy_protocol")
	}
	if l.ClientAddress != forwarded.Peer && r.cfg.Said("listeners", i, "client_address") {
		r.wrongAt("nobody is believed who says for whom a call is"+who, "listeners", i, "client_address")
	}
}

// checkProxies warns where everybody is believed.
func (r *reader) checkProxies(proxies []netip.Prefix, path ...any) {
	for j, p := range proxies {
		if p.IsValid() && p.Bits() == 0 {
			r.warn(p.String()+" is every address: any client can then choose the address that it is logged and counted by, and say where its calls came from; name the"+
				" addresses of the balancers alone", append(slices.Clip(path), j)...)
		}
	}
}
