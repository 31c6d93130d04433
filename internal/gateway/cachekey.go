package gateway

import (
	"encoding/binary"
	"slices"

	"github.com/candor-gateway/candor/httpcache"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/redact"
	"github.com/candor-gateway/candor/internal/upstream"
)

// keyOf is what the answer to a call is found by: what the upstream is asked for, and all by which its answers may differ though no Vary says so.
func keyOf(x *exchange) cache.Key {
	c, s := x.cached, x.g.o.Cache
	c.target = x.heads().AppendTarget(append(c.target[:0], x.upstream().Spec().Prefix...))
	k := cache.Key{}
	c.text, k.Target = targetID(s, c.text, x.upstream(), c.target)
	c.text = appendFor(s.Begin(c.text[:0]), x)
	if c.keep.rules.Own {
		c.text = appendPrincipal(c.text, x)
	}
	k.Who = cache.Sum(c.text)
	return k
}

// targetID is of what is asked for: the same for every call that it changes or gets, whatever its method and whoever sends it.
func targetID(s *cache.Store, text []byte, u *upstream.Upstream, target []byte) ([]byte, cache.ID) {
	text = cache.AppendPart(s.Begin(text[:0]), u.Spec().Name)
	text = cache.AppendPart(text, u.Scheme())
	text = cache.AppendPart(cache.AppendPart(text, u.Target()), target)
	return text, cache.Sum(text)
}

// appendFor appends how the upstream is asked: by which address and route, in which version, and who it is told to be called by.
func appendFor(text []byte, x *exchange) []byte {
	h, r := x.call.Head, x.call.Match.Route
	text = cache.AppendPart(text, schemeOf(x, true))
	text = appendLower(text, h.Authority.Of(h.Buf))
	text = binary.BigEndian.AppendUint32(text, r.Number)
	at := x.policy.Changed[r.Number]
	text = binary.BigEndian.AppendUint64(append(text, at.Hash[:]...), uint64(at.Number))
	if r.Version != nil {
		text = cache.AppendPart(text, h.Find(r.Version.Header))
	}
	text = appendIdentity(text, x)
	return appendWay(text, x)
}

// appendIdentity appends who the upstream is told that calls: its answers may differ by that, as if Vary named it.
func appendIdentity(text []byte, x *exchange) []byte {
	v, by := x.voice, &x.call.Caller
	if by.App == nil {
		return append(text, 0)
	}
	text = append(text, 1)
	if v.App != "" {
		text = cache.AppendPart(text, by.App.Name)
	}
	if v.Member != "" && by.Member != nil {
		text = cache.AppendPart(append(text, 2), by.Member.Subject)
	}
	if v.Scopes != "" {
		text = cache.AppendPart(append(text, 3), by.ScopeText)
	}
	return text
}

// way are fields by which servers write their own address, or judge how they were called, beside all that begin as wayPrefixes do. They may pass to the upstream:
// whoever sends one gets no answer into the store that others are given. A '_' is read as '-' (see heads.Moves).
var (
	way = [...]string{
		"x-host", "x-http-host-override", "x-url-scheme", "front-end-https", "forwarded-host", "forwarded-proto", "x-scheme", "x-proto", "x-protocol", "x-real-host",
		"x-rewrite-host", "x-backend-host", "x-script-name",
	}
	wayPrefixes = [...]string{"x-forwarded-", "x-original-", "x-envoy-original-"}
)

// isWay reports whether a field is one of those. What we write in each call from what is known of it is none.
func isWay(f *http1.Field, b []byte) bool {
	name := f.Name.Of(b)
	if f.Like == http1.XForwardedFor {
		return false
	}
	for _, prefix := range wayPrefixes {
		if len(name) > len(prefix) && http1.SameName(name[:len(prefix)], prefix) {
			return true
		}
	}
	return slices.ContainsFunc(way[:], func(known string) bool { return http1.SameName(name, known) })
}

// appendWay appends what the call says of the way that it came.
func appendWay(text []byte, x *exchange) []byte {
	h := x.call.Head
	for i := range h.Fields {
		if f := &h.Fields[i]; isWay(f, h.Buf) {
			text = cache.AppendPart(appendLower(append(text, 1), f.Name.Of(h.Buf)), f.Value.Of(h.Buf))
		}
	}
	text = append(text, 0)
	if x.voice.CORS == nil { // an API that sees to that itself answers each with its own
		text = appendLines(text, h, "origin")
	}
	if h.First[http1.Forwarded] >= 0 && !x.policy.front(x.listener.Number).believes(x.from.Peer()) {
		text = appendLines(text, h, "forwarded")
	}
	return text
}

// appendPrincipal appends for whom an answer is: by whom the call was found to be, and by every other credential that goes up with it.
func appendPrincipal(text []byte, x *exchange) []byte {
	h, by := x.call.Head, &x.call.Caller
	text = append(text, byte(by.Kind))
	if by.App != nil {
		text = binary.BigEndian.AppendUint64(append(text, 1), uint64(by.App.ID))
	}
	if by.Member != nil {
		text = binary.BigEndian.AppendUint64(append(text, 2), uint64(by.Member.ID))
		text = cache.AppendPart(text, by.Member.Subject)
	}
	text = cache.AppendPart(text, by.ScopeText)
	text = appendLines(text, h, "cookie")
	text = appendSecrets(text, h)
	if !by.Known() || x.call.Match.Route.ForwardCredential {
		text = appendLines(text, h, "authorization")
	}
	return text
}

// appendSecrets appends the fields by whose names they are credentials, of which we know nothing more: as X-Api-Key, X-Auth-Token.
func appendSecrets(text []byte, h *http1.Head) []byte {
	for i := range h.Fields {
		if f := &h.Fields[i]; isSecret(f, h.Buf) {
			text = cache.AppendPart(appendLower(append(text, 1), f.Name.Of(h.Buf)), f.Value.Of(h.Buf))
		}
	}
	return append(text, 0)
}

// isSecret reports whether a field is a credential by its name. Those that have a meaning in HTTP are looked at one by one.
func isSecret(f *http1.Field, b []byte) bool {
	return f.ID == http1.XAPIKey || f.ID == http1.ProxyAuthorization || f.ID == http1.Other && (redact.IsSecretField(f.Name.Of(b)) || tellsWho(f.Name.Of(b)))
}

// persons are words in the names of fields by which a proxy before us, that has seen to it, tells who calls: Remote-User, X-Client-Cert, X-Auth-Request-Email,
// X-Amzn-Oidc-Identity, Cf-Access-Jwt-Assertion. To who answers they are as good as a credential.
var persons = [...]string{
	"user", "userid", "username", "userinfo", "uid", "email", "login", "member", "account", "consumer", "principal", "identity", "subject", "assertion", "cert", "certificate", "dn",
}

// tellsWho reports whether the name of a field has one of those words. User-Agent and its like tell of a program.
func tellsWho(name []byte) bool {
	for len(name) > 0 {
		n := 0
		for n < len(name) && name[n] != '-' && name[n] != '_' {
			n++
		}
		word := name[:n]
		name = name[min(n+1, len(name)):]
		if slices.ContainsFunc(persons[:], func(person string) bool { return ascii.EqualFold(word, person) }) && !ascii.EqualFold(name, "agent") {
			return true
		}
	}
	return false
}

// appendLines appends all lines of a field.
func appendLines(text []byte, h *http1.Head, name string) []byte {
	for n := 0; ; n++ {
		line := h.Line(name, n)
		if line == nil {
			return append(text, 0)
		}
		text = cache.AppendPart(append(text, 1), line)
	}
}

// appendLower appends a part without the case of its letters.
func appendLower(text, part []byte) []byte {
	text = cache.AppendPart(text, part)
	for i := len(text) - len(part); i < len(text); i++ {
		if c := text[i]; c >= 'A' && c <= 'Z' {
			text[i] = c + 'a' - 'A'
		}
	}
	return text
}

// flightOf is the key of calls that wait for one another: whoever asks the same, in the same languages, and is the same.
func flightOf(x *exchange) cache.Key {
	c := x.cached
	c.text = append(x.g.o.Cache.Begin(c.text[:0]), c.keep.key.Who[:]...)
	c.text = appendPrincipal(c.text, x)
	for _, name := range [...]string{"accept", "accept-encoding", "accept-language"} {
		c.text = appendLines(c.text, x.call.Head, name)
	}
	return cache.Key{Target: c.keep.key.Target, Who: cache.Sum(c.text)}
}

// hasCredential reports whether a call came with a credential of any kind, also one that is not looked at or goes no further: it is treated as one with
// Authorization (RFC 9111 §3.5).
func hasCredential(x *exchange) bool {
	h := x.call.Head
	return x.call.Caller.Known() || x.call.Peer.Certificate != nil || h.First[http1.Authorization] >= 0 || h.First[http1.Cookie] >= 0 ||
		admission.HasQueryToken(h.Query.Of(h.Buf)) || slices.ContainsFunc(h.Fields, func(f http1.Field) bool { return isSecret(&f, h.Buf) })
}

// toCaches are the fields of a call that ReadQuestion looks at: most have none of them but a credential.
var toCaches = [...]http1.Name{
	http1.CacheControl, http1.Pragma, http1.Range, http1.IfNoneMatch, http1.IfModifiedSince, http1.IfMatch, http1.IfUnmodifiedSince,
}

// questionOf is what the call says to caches.
func questionOf(x *exchange) (q httpcache.Question) {
	h := x.call.Head
	if slices.ContainsFunc(toCaches[:], func(n http1.Name) bool { return h.First[n] >= 0 }) {
		q = httpcache.ReadQuestion(h)
	}
	q.Credentials = q.Credentials || hasCredential(x)
	return q
}
