package heads

import (
	"bytes"
	"strings"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
)

// Back is by what an answer says hosts and paths as the caller does, where the call was rewritten.
type Back struct {
	Location, Cookies bool
	Target            string // the upstream's authority
	Sent              string // what Host said to it; "" the caller's
	Secure            bool   // it is spoken to over TLS
	Origin            Origin
}

// back writes what is said in the caller's words.
type back struct{ Of }

// restates reports whether a field of an answer is written anew in the caller's words.
func (o Of) restates(f *http1.Field, buf []byte) bool {
	switch {
	case o.Back == nil:
		return false
	case f.ID == http1.SetCookie:
		return o.Back.Cookies
	case f.ID == http1.Location, f.ID == http1.ContentLocation:
		return o.Back.Location
	}
	return o.Back.Location && f.ID == http1.Other && ascii.EqualFold(f.Name.Of(buf), "refresh")
}

// appendRestated appends the fields that say hosts and paths, in their order; of an error that is wrapped those that are kept.
func (o Of) appendRestated(out []byte, h *http1.ResponseHead, wrapped bool) []byte {
	if o.Back == nil {
		return out
	}
	to, edit := back{o}, o.toCaller()
	for i := range h.Fields {
		f := &h.Fields[i]
		if f.Drop || !o.restates(f, h.Buf) || wrapped && !keptFields[f.ID] || edits(edit, f, h.Buf) {
			continue
		}
		out = append(append(out, f.Name.Of(h.Buf)...), ": "...)
		switch value := f.Value.Of(h.Buf); f.ID {
		case http1.SetCookie:
			out = to.appendCookie(out, value)
		case http1.Other:
			out = to.appendRefresh(out, value)
		default:
			out = to.appendReference(out, value)
		}
		out = append(out, "\r\n"...)
	}
	return out
}

// appendRefresh appends seconds and a URL, as in 0; url=/login, which may stand in quotes.
func (o back) appendRefresh(out, value []byte) []byte {
	at := bytes.IndexByte(value, '=')
	if at < 0 {
		return append(out, value...)
	}
	at++
	for at < len(value) && (value[at] == ' ' || value[at] == '\t') {
		at++
	}
	end := len(value)
	if at < end && (value[at] == '"' || value[at] == '\'') {
		at++
		if size := bytes.IndexByte(value[at:], value[at-1]); size >= 0 {
			end = at + size
		}
	}
	return append(o.appendReference(append(out, value[:at]...), value[at:end]), value[end:]...)
}

// appendReference appends a reference to a resource (RFC 3986 §4.1). One that names another server is none of ours, and one that is relative to the call's own
// path is so for the caller, too.
func (o back) appendReference(out, ref []byte) []byte {
	scheme, authority, rest := cutReference(ref)
	end := len(rest)
	if at := bytes.IndexAny(rest, "?#"); at >= 0 {
		end = at
	}
	switch {
	case len(authority) > 0 && !o.isOwn(authority), len(authority) == 0 && (end == 0 || rest[0] != '/'):
		return append(out, ref...)
	}
	start := len(out)
	if len(authority) > 0 {
		out = o.appendServer(out, scheme, authority)
	}
	path := len(out)
	h := o.Call.Head
	out, found := o.Call.Match.Route.AppendBack(out, h.Path.Of(h.Buf), rest[:end])
	switch {
	case !found && len(authority) == 0:
		return append(out[:start], ref...)
	case !found:
		out = append(out, rest[:end]...)
	case len(out) == path:
		out = append(out, '/')
	}
	if path == start && namesServer(out[start:]) && !bytes.Equal(out[start:], ref[:min(end, len(ref))]) {
		return o.appendHere(out, start, ref, rest[end:])
	}
	return append(out, rest[end:]...)
}

// appendHere puts the caller's server before the path out[start:], which would be taken for another server's name by itself: what the upstream meant as a path of
// its own stays one. Where the caller has named none, the reference stays as it came.
func (o back) appendHere(out []byte, start int, ref, more []byte) []byte {
	secure, public := o.public()
	if len(public) == 0 {
		return append(out[:start], ref...)
	}
	size := len(out) - start
	out = append(append(append(out, schemes[secure]...), "//"...), public...)
	out = append(out, out[start:start+size]...)
	return append(out[:start+copy(out[start:], out[start+size:])], more...)
}

// namesServer reports whether what stands for a path begins as the name of a server does: with two slashes (RFC 3986 §4.2), for which browsers take backslashes,
// too, and leave out control bytes between them.
func namesServer(path []byte) bool {
	slashes := 0
	for _, c := range path {
		switch {
		case c == '/' || c == '\\':
			slashes++
		case c >= ' ':
			return slashes > 1
		}
	}
	return slashes > 1
}

// cutReference cuts scheme and authority off a reference to a server of HTTP.
func cutReference(ref []byte) (scheme, authority, rest []byte) {
	rest = ref
	if at := bytes.Index(ref, []byte("://")); at > 0 && (ascii.EqualFold(ref[:at], "http") || ascii.EqualFold(ref[:at], "https")) {
		scheme, rest = ref[:at], ref[at+1:]
	}
	if !bytes.HasPrefix(rest, []byte("//")) {
		return nil, nil, ref
	}
	rest = rest[2:]
	end := len(rest)
	if at := bytes.IndexAny(rest, "/?#"); at >= 0 {
		end = at
	}
	return scheme, rest[:end], rest[end:]
}

// isOwn reports whether an authority is one by which the upstream calls itself: the host of its URL, that of the Host which it got, or the caller's, with the
// port of one of them or none.
func (o back) isOwn(authority []byte) bool {
	_, public := o.public()
	host, port := cutAuthority(authority)
	sent := o.Call.Head.Authority.Of(o.Call.Head.Buf)
	named, ported := false, len(port) == 0 || string(port) == "80" || string(port) == "443"
	for _, name := range [...][]byte{[]byte(o.Back.Target), []byte(o.Back.Sent), sent, public} {
		own, at := cutAuthority(name)
		named = named || len(own) > 0 && ascii.EqualFold(host, own)
		ported = ported || bytes.Equal(port, at)
	}
	return named && ported
}

// appendServer appends scheme and authority as the caller knows them. An upstream that says https though it is spoken to without, or of the host that the caller
// named, wants that.
func (o back) appendServer(out, scheme, authority []byte) []byte {
	secure, public := o.public()
	if len(public) == 0 {
		return out
	}
	host, _ := cutAuthority(authority)
	own, _ := cutAuthority(public)
	known := ascii.EqualFold(host, own)
	https := secure || ascii.EqualFold(scheme, "https") && (known || !o.Back.Secure)
	if len(scheme) > 0 {
		out = append(out, schemes[https]...)
	}
	out = append(out, "//"...)
	if https != secure && known {
		return append(out, authority...)
	}
	if https != secure {
		return append(out, own...)
	}
	return append(out, public...)
}

var schemes = map[bool]string{false: "http:", true: "https:"}

// isAuthority reports whether a name is a host, or an address in brackets, with a port or none.
func isAuthority(name []byte) bool {
	host, port := cutAuthority(name)
	also := ".-_"
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		host, also = host[1:len(host)-1], ".:"
	}
	for _, c := range host {
		if !ascii.IsAlnum(c) && strings.IndexByte(also, c) < 0 {
			return false
		}
	}
	for _, c := range port {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(host) > 0
}

func cutAuthority(authority []byte) (host, port []byte) {
	if colon := bytes.LastIndexByte(authority, ':'); colon >= 0 && bytes.IndexByte(authority[colon:], ']') < 0 {
		return authority[:colon], authority[colon+1:]
	}
	return authority, nil
}
