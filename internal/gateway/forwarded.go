package gateway

import (
	"bytes"
	"net/netip"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
)

// Proxies are the addresses of balancers in front of a listener: what they say of a call's origin is believed.
type Proxies []netip.Prefix

// Trust reports whether a connection from addr is one of a balancer's.
func (p Proxies) Trust(addr netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// forwarding are the fields by which proxies tell a server whom they speak for.
var forwarding = set(http1.Forwarded, http1.XForwardedFor, http1.XForwardedHost, http1.XForwardedPort, http1.XForwardedProto, http1.XForwardedPrefix,
	http1.XRealIP)

// listed are those among them that are lists, which each proxy appends to.
var listed = set(http1.Forwarded, http1.XForwardedFor)

// provenance is what the call says of where it came from, and what becomes of that.
type provenance struct {
	passes    bool // what came passes; else it is dropped
	appends   bool // we append who called us
	forwarded bool // Forwarded came and passes
	list      bool // X-Forwarded-For likewise
	other     bool // another X-Forwarded field likewise
	came      bool // any of them all, X-Real-IP too
}

// originFor decides about the fields that tell where a call came from. A balancer's pass. Anybody else's are dropped where credentials are enforced, since
// an API behind such a route may take them for facts; elsewhere they pass as they would without us.
func (x *exchange) originFor(u *upstream.Upstream) (o provenance) {
	o.appends = !u.Spec().NoForwarded
	o.passes = x.call.Match.Credentials != route.Bearer || x.policy.trusts(x.listener.Number, x.from.Peer().Addr)
	if !o.passes {
		return o
	}
	came := &x.call.Head.First
	o.forwarded, o.list = came[http1.Forwarded] >= 0, came[http1.XForwardedFor] >= 0
	o.other = came[http1.XForwardedProto] >= 0 || came[http1.XForwardedHost] >= 0 || came[http1.XForwardedPort] >= 0 || came[http1.XForwardedPrefix] >= 0
	o.came = o.forwarded || o.list || o.other || came[http1.XRealIP] >= 0
	return o
}

func (p *Policy) trusts(listener int, from netip.Addr) bool {
	return listener < len(p.Proxies) && p.Proxies[listener].Trust(from)
}

// drops reports whether a field that tells an origin is not copied: one that is not believed, a spelling that CGI and its heirs take for the real one, and
// a list that is written anew with us at its end.
func (o *provenance) drops(f *http1.Field) bool {
	return forwarding[f.Like] && (!o.passes || f.ID != f.Like || o.appends && listed[f.ID])
}

// appendOrigin appends who called us. Where a proxy before us has spoken, its lists are continued and nothing else is added: a second spelling beside the
// one that it chose would contradict it (an API would read http where the balancer said https).
func (x *exchange) appendOrigin(out []byte, o *provenance) []byte {
	peer, h := x.from.Peer(), x.call.Head
	switch {
	case !o.appends:
		return out
	case !o.came:
		out = append(out, originLines(peer)...)
		if host := h.Get(http1.Host); len(host) > 0 {
			out = append(append(append(out, "X-Forwarded-Host: "...), host...), "\r\n"...)
		}
		return out
	}
	if o.forwarded {
		out = append(appendList(append(out, "Forwarded: "...), h, http1.Forwarded), node(peer)...)
		out = append(out, "\r\n"...)
	}
	if o.list || o.other && !o.forwarded {
		out = appendList(append(out, "X-Forwarded-For: "...), h, http1.XForwardedFor)
		out = append(peer.Addr.AppendTo(out), "\r\n"...)
	}
	return out
}

// appendList appends the values of a list field in one line, each with the comma behind it: there are servers that read the first line alone.
func appendList(out []byte, h *http1.Head, name http1.Name) []byte {
	for i := range h.Fields {
		f := &h.Fields[i]
		if value := f.Value.Of(h.Buf); f.ID == name && len(value) > 0 {
			out = append(append(out, value...), ", "...)
		}
	}
	return out
}

// forwardedName is what the lines of a first hop begin with.
const forwardedName = "Forwarded: "

// originLines are the lines of a first hop, which are the same for every call of a connection.
func originLines(p *downstream.Peer) []byte {
	if len(p.Lines) == 0 {
		addr, proto := p.Addr.String(), "http"
		if p.TLS {
			proto = "https"
		}
		node := addr
		if p.Addr.Is6() {
			node = `"[` + addr + `]"` // RFC 7239 §6
		}
		p.Lines = []byte(forwardedName + "for=" + node + ";proto=" + proto + "\r\nX-Forwarded-For: " + addr + "\r\nX-Forwarded-Proto: " + proto + "\r\n")
	}
	return p.Lines
}

// node is the connection's client as an element of Forwarded (RFC 7239 §4).
func node(p *downstream.Peer) []byte {
	line, _, _ := bytes.Cut(originLines(p), crlf)
	return line[len(forwardedName):]
}

var crlf = []byte("\r\n")
