package heads

import (
	"bytes"
	"net/netip"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
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

// Origin is what we know of where a call came from.
type Origin struct {
	Silent   bool   // nothing of it is appended
	Believed bool   // who called us is a balancer, whose word counts
	Lines    []byte // OriginLines of who called us
}

// provenance decides about the fields that tell where a call came from. A balancer's pass. Anybody else's are dropped where credentials are enforced, since
// an API behind such a route may take them for facts; elsewhere they pass as they would without us.
func (o Of) provenance(from *Origin) (p provenance) {
	p.appends = !from.Silent
	p.passes = o.Call.Match.Credentials.Need != route.Required || from.Believed
	if !p.passes {
		return p
	}
	came := &o.Call.Head.First
	p.forwarded, p.list = came[http1.Forwarded] >= 0, came[http1.XForwardedFor] >= 0
	p.other = came[http1.XForwardedProto] >= 0 || came[http1.XForwardedHost] >= 0 || came[http1.XForwardedPort] >= 0 || came[http1.XForwardedPrefix] >= 0
	p.came = p.forwarded || p.list || p.other || came[http1.XRealIP] >= 0
	return p
}

// drops reports whether a field that tells an origin is not copied: one that is not believed, a spelling that CGI and its heirs take for the real one, and
// a list that is rewritten with us at its end.
func (p *provenance) drops(f *http1.Field) bool {
	return forwarding[f.Like] && (!p.passes || f.ID != f.Like || p.appends && listed[f.ID])
}

// appendOrigin appends who called us. Where a proxy before us has spoken, its lists are continued and nothing else is added: a second spelling beside the
// one that it chose would contradict it (an API would read http where the balancer said https).
func (o Of) appendOrigin(out []byte, from *Origin, p *provenance) []byte {
	h := o.Call.Head
	switch {
	case !p.appends:
		return out
	case !p.came:
		out = append(out, from.Lines...)
		if host := h.Get(http1.Host); len(host) > 0 {
			out = append(append(append(out, "X-Forwarded-Host: "...), host...), "\r\n"...)
		}
		return out
	}
	if p.forwarded {
		out = append(appendList(append(out, "Forwarded: "...), h, http1.Forwarded), node(from.Lines)...)
		out = append(out, "\r\n"...)
	}
	if p.list || p.other && !p.forwarded {
		out = appendList(append(out, "X-Forwarded-For: "...), h, http1.XForwardedFor)
		out = append(o.Call.Peer.Addr.AppendTo(out), "\r\n"...)
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

// OriginLines are the lines of a first hop, the same for every call of a connection from addr.
func OriginLines(addr netip.Addr, secure bool) []byte {
	text, proto := addr.String(), "http"
	if secure {
		proto = "https"
	}
	node := text
	if addr.Is6() {
		node = `"[` + text + `]"` // RFC 7239 §6
	}
	return []byte(forwardedName + "for=" + node + ";proto=" + proto + "\r\nX-Forwarded-For: " + text + "\r\nX-Forwarded-Proto: " + proto + "\r\n")
}

// node is who called us as an element of Forwarded (RFC 7239 §4).
func node(lines []byte) []byte {
	line, _, _ := bytes.Cut(lines, crlf)
	return line[len(forwardedName):]
}

var crlf = []byte("\r\n")
