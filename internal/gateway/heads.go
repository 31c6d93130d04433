package gateway

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// notForwarded are the fields of a request that we write anew, or that only we may say: compared without case and with '_' for '-', since CGI and its heirs
// behind us do not tell them apart.
var notForwarded = set(
	http1.ContentLength, http1.TransferEncoding, http1.Expect, http1.Upgrade, http1.TE, http1.Connection, http1.KeepAlive,
	http1.ProxyConnection, http1.ProxyAuthenticate, http1.ProxyAuthorization,
	http1.XRequestID, http1.XClientRequestID, http1.XLiUUID, http1.XLiFabric, http1.XLiRequestID,
	http1.CandorApp, http1.CandorMember, http1.CandorScopes, http1.CandorProblem,
	http1.Forwarded, http1.XForwardedFor, http1.XForwardedHost, http1.XForwardedPort, http1.XForwardedProto, http1.XForwardedPrefix, http1.XRealIP,
)

// notAnswered are the fields of an answer that we write anew, or that say what only we may say.
var notAnswered = set(http1.ContentLength, http1.TransferEncoding, http1.Connection, http1.KeepAlive, http1.ProxyConnection,
	http1.CandorProblem, http1.CandorApp, http1.CandorMember, http1.CandorScopes)

// linkedInIDs are an upstream's own spellings of the ids that the linkedin profile sets.
var linkedInIDs = set(http1.XLiUUID, http1.XLiFabric, http1.XLiRequestID)

// crossOrigin are the fields that an API with cors: says itself.
var crossOrigin = set(http1.AccessControlAllowOrigin, http1.AccessControlAllowMethods, http1.AccessControlAllowHeaders,
	http1.AccessControlAllowCredentials, http1.AccessControlExposeHeaders, http1.AccessControlMaxAge)

type names [http1.NameCount]bool

func set(of ...http1.Name) (s names) {
	for _, n := range of {
		s[n] = true
	}
	return s
}

// appendRequest appends the head for the upstream (DESIGN, "Heads forwarded"): field lines keep their order, spelling and bytes. length is the body's, -1 for
// chunked, -2 for none.
func (x *exchange) appendRequest(out []byte, u *upstream.Upstream, length int64) []byte {
	h := &x.call.Head
	out = append(out, h.Method.Of(h.Buf)...)
	out = append(out, ' ')
	out = x.appendTarget(out)
	out = append(out, " HTTP/1.1\r\n"...)
	if h.First[http1.Host] < 0 {
		out = append(append(append(out, "Host: "...), u.Host()...), "\r\n"...)
	}
	out = x.appendForwarded(out)
	out = x.appendHop(out)
	out = x.appendIdentity(out)
	out = x.appendClientID(out)
	if h.First[http1.Traceparent] < 0 {
		out = x.appendTrace(out)
	}
	if h.HasTrailersTE && h.Minor == 1 {
		out = append(out, "TE: trailers\r\nConnection: TE\r\n"...)
	}
	switch {
	case length >= 0:
		out = append(out, "Content-Length: "...)
		out = append(strconv.AppendInt(out, length, 10), "\r\n"...)
	case length == chunkedLength:
		out = append(out, "Transfer-Encoding: chunked\r\n"...)
	}
	return append(out, "\r\n"...)
}

// appendTarget appends the target in origin-form, as it came, without a token that we took from it.
func (x *exchange) appendTarget(out []byte) []byte {
	h := &x.call.Head
	out = append(out, h.Path.Of(h.Buf)...)
	if !h.HasQuery {
		return out
	}
	q, cut := h.Query.Of(h.Buf), x.call.InQuery
	if x.call.Token.Grant == nil || cut.Off == cut.End {
		return append(append(out, '?'), q...)
	}
	if len(q) == cut.End-cut.Off {
		return out
	}
	out = append(append(out, '?'), q[:cut.Off]...)
	return append(out, q[cut.End:]...)
}

// appendForwarded copies the field lines that pass, run by run.
func (x *exchange) appendForwarded(out []byte) []byte {
	h := &x.call.Head
	ownCredential := x.call.Token.Grant != nil && !x.call.Match.Route.ForwardCredential
	run := -1
	for i := range h.Fields {
		f := &h.Fields[i]
		drop := f.Drop || notForwarded[f.Like] || f.ID == http1.Authorization && ownCredential || x.voice.sets(f, h.Buf)
		if drop && run >= 0 {
			out = append(out, h.Buf[h.Fields[run].Line.Off:f.Line.Off]...)
			run = -1
		}
		if !drop && run < 0 {
			run = i
		}
	}
	if run >= 0 {
		out = append(out, h.Buf[h.Fields[run].Line.Off:h.Fields[len(h.Fields)-1].Line.End]...)
	}
	return out
}

// appendHop appends who we are (RFC 9110 §7.6.3: with the version that the message came in) and who calls, which is the same for every call of a connection.
func (x *exchange) appendHop(out []byte) []byte {
	c := x.conn
	if len(c.hop) == 0 {
		c.hop = c.makeHop()
	}
	out = append(out, "Via: 1."...)
	out = append(out, '0'+x.call.Head.Minor, ' ')
	out = append(append(out, x.policy.Admission.Via...), "\r\n"...)
	out = append(out, c.hop...)
	if host := x.call.Head.Get(http1.Host); len(host) > 0 {
		out = append(append(append(out, "X-Forwarded-Host: "...), host...), "\r\n"...)
	}
	return out
}

func (c *conn) makeHop() []byte {
	proto := "http"
	if c.secure() {
		proto = "https"
	}
	addr := c.from.String()
	node := addr
	if c.from.Is6() {
		node = `"[` + addr + `]"` // RFC 7239 §6
	}
	return []byte("Forwarded: for=" + node + ";proto=" + proto + "\r\nX-Forwarded-For: " + addr +
		"\r\nX-Forwarded-Proto: " + proto + "\r\n")
}

// appendIdentity tells the upstream who was found to call.
func (x *exchange) appendIdentity(out []byte) []byte {
	g := x.call.Token.Grant
	if g == nil || x.call.App == nil {
		return out
	}
	v := x.voice
	out = appendField(out, v.App, x.call.App.Name)
	if g.Member != nil {
		out = appendField(out, v.Member, g.Member.Subject)
	}
	return appendField(out, v.Scopes, g.ScopeText)
}

func appendField(out []byte, name, value string) []byte {
	if name == "" || value == "" {
		return out
	}
	out = append(append(out, name...), ": "...)
	return append(append(out, value...), "\r\n"...)
}

// maxClientID bounds a caller's own id.
const maxClientID = 128

// appendClientID appends our id, and the caller's own beside it, never taken for ours.
func (x *exchange) appendClientID(out []byte) []byte {
	out = append(out, "X-Request-Id: "...)
	out = append(x.call.ID.AppendUUID(out), "\r\n"...)
	if id := x.clientID(); id != nil {
		out = append(append(append(out, "X-Client-Request-Id: "...), id...), "\r\n"...)
	}
	return out
}

// clientID is the caller's own id, if it can be one: visible ASCII, at most 128 bytes.
func (x *exchange) clientID() []byte {
	id := x.call.Head.Get(http1.XRequestID)
	if len(id) == 0 || len(id) > maxClientID {
		return nil
	}
	for _, b := range id {
		if b <= ' ' || b > '~' {
			return nil
		}
	}
	return id
}

// appendTrace begins a trace (W3C Trace Context §3.2): our id is its trace id, its second half the parent's.
func (x *exchange) appendTrace(out []byte) []byte {
	out = append(out, "traceparent: 00-"...)
	at := len(out)
	out = x.call.ID.AppendHex(out)
	out = append(out, '-')
	out = append(out, out[at+16:at+32]...)
	return append(out, "-00\r\n"...)
}

const (
	chunkedLength = -1
	noLength      = -2
)
