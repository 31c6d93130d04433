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
	http1.XLiUUID, http1.XLiFabric, http1.XLiRequestID,
	http1.CandorApp, http1.CandorMember, http1.CandorScopes, http1.CandorProblem, http1.CandorHops,
)

// callIDs are the fields in which an id of ours and the caller's own go to the upstream, unless its request_id: says otherwise.
var callIDs = set(http1.XRequestID, http1.XClientRequestID)

// notAnswered are the fields of an answer that we write anew, or that say what only we may say.
var notAnswered = set(http1.ContentLength, http1.TransferEncoding, http1.Connection, http1.KeepAlive, http1.ProxyConnection,
	http1.CandorProblem, http1.CandorApp, http1.CandorMember, http1.CandorScopes, http1.CandorHops)

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
	h := x.call.Head
	out = append(out, h.Method.Of(h.Buf)...)
	out = append(out, ' ')
	out = x.appendTarget(out)
	out = append(out, " HTTP/1.1\r\n"...)
	if h.First[http1.Host] < 0 {
		out = append(append(append(out, "Host: "...), u.Host()...), "\r\n"...)
	}
	from := x.originFor(u)
	out = x.appendForwarded(out, u, &from)
	out = x.appendHop(out, u.Via())
	out = x.appendOrigin(out, &from)
	out = x.appendIdentity(out)
	out = x.appendID(out, u.Spec().RequestID)
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
	h := x.call.Head
	out = append(out, h.Path.Of(h.Buf)...)
	if !h.HasQuery {
		return out
	}
	q, cut := h.Query.Of(h.Buf), x.call.InQuery
	if x.call.Token.Grant == nil && !x.call.Bare || cut.Off == cut.End {
		return append(append(out, '?'), q...)
	}
	if len(q) == cut.End-cut.Off {
		return out
	}
	out = append(append(out, '?'), q[:cut.Off]...)
	return append(out, q[cut.End:]...)
}

// appendForwarded appends the field lines that pass.
func (x *exchange) appendForwarded(out []byte, u *upstream.Upstream, from *provenance) []byte {
	h, idName := x.call.Head, u.Spec().RequestID
	ownCredential := x.call.Token.Grant != nil && !x.call.Match.Route.ForwardCredential
	final := x.call.Match.Route.PathIsFinal
	return h.AppendFields(out, func(f *http1.Field) bool {
		return f.Drop || notForwarded[f.Like] || isProxy(f, h.Buf) || final && moves(f, h.Buf) || f.ID == http1.Authorization && ownCredential || from.drops(f) ||
			x.voice.identifies(f, h.Buf) || dropsID(f, h.Buf, idName) || x.call.Bare && !asks(f, h.Buf)
	})
}

// appendHop appends how often the call came through us. RFC 9110 §7.6.3 asks for Via, too, with the version that the message came in; it is sent where it is
// configured, since nginx compresses nothing for whoever sends one.
func (x *exchange) appendHop(out []byte, via string) []byte {
	if via != "" {
		out = append(append(out, "Via: 1."...), '0'+x.call.Head.Minor, ' ')
		out = append(append(out, via...), "\r\n"...)
	}
	out = append(out, "Candor-Hops: "...)
	return append(strconv.AppendInt(out, int64(x.call.Hops)+1, 10), "\r\n"...)
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

// appendID appends our id under the name that the upstream has it by, none where that is "". Under the common name the caller's own goes beside it, never
// taken for ours; under another one what the caller sent passes as it came.
func (x *exchange) appendID(out []byte, name string) []byte {
	if name == "" {
		return out
	}
	out = append(append(out, name...), ": "...)
	out = append(x.call.ID.AppendUUID(out), "\r\n"...)
	if name != commonID {
		return out
	}
	if id := x.clientID(); id != nil {
		out = append(append(append(out, "X-Client-Request-Id: "...), id...), "\r\n"...)
	}
	return out
}

// commonID is the name of an id that most servers know.
const commonID = "X-Request-Id"

// dropsID reports whether a field is one in which an id of ours goes to the upstream.
func dropsID(f *http1.Field, buf []byte, name string) bool {
	switch name {
	case "":
		return false
	case commonID:
		return callIDs[f.Like]
	}
	return http1.SameName(f.Name.Of(buf), name)
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

const (
	chunkedLength = -1
	noLength      = -2
)
