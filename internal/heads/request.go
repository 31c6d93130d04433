package heads

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
)

// Target is where a call goes to, as far as its head tells.
type Target struct {
	Host      string // what Host says where the call has none, or Fixed
	Fixed     bool   // the caller's own Host is not kept
	Scheme    string // of the upstream
	Prefix    string // stands before the path
	Via       string // our name in Via; "" none
	RequestID string // the field of our id; "" none
	Origin    Origin
	Upgrade   string // the protocol that the call asks for; "" none
	Validates []byte // lines that ask whether what is stored still holds, in the place of the caller's own conditions; nil: those pass
}

// What AppendRequest takes for the length of a body that has none that is known.
const (
	Chunked = -1
	NoBody  = -2
)

// AppendRequest appends the head for the upstream, whole: field lines keep their order, spelling and bytes. length is the body's, Chunked or NoBody.
func (o Of) AppendRequest(out []byte, to *Target, length int64) []byte {
	if o.untouched() {
		return o.appendUntouched(out, to, length)
	}
	h := o.Call.Head
	out = append(out, h.Method.Of(h.Buf)...)
	out = append(out, ' ')
	out = o.appendTarget(out)
	out = append(out, " HTTP/1.1\r\n"...)
	if to.Fixed || h.First[http1.Host] < 0 {
		out = append(append(append(out, "Host: "...), to.Host...), "\r\n"...)
	}
	from := o.provenance(&to.Origin)
	out = append(o.appendPassing(out, to, &from), to.Validates...)
	out = o.appendHop(out, to.Via)
	out = o.appendOrigin(out, &to.Origin, &from)
	out = o.appendIdentity(out)
	if e := o.Call.Match.Route.ToUpstream; e != nil && !o.Call.Bare { // a bare call must not bring a credential of ours either
		out = append(out, e.Lines...)
	}
	out = o.appendID(out, to.RequestID)
	out = appendOptions(out, h, to)
	return append(appendFraming(out, length), "\r\n"...)
}

// appendOptions appends what is said to the upstream about the connection: another protocol that the call asks for, or that trailers are taken.
func appendOptions(out []byte, h *http1.Head, to *Target) []byte {
	switch {
	case to.Upgrade != "":
		out = append(append(append(out, "Upgrade: "...), to.Upgrade...), "\r\nConnection: Upgrade\r\n"...)
	case h.HasTrailersTE && h.Minor == 1:
		out = append(out, "TE: trailers\r\nConnection: TE\r\n"...)
	}
	return out
}

// appendTarget appends the target in origin-form, as it came or as its route rewrites it, without a token that we took from it.
func (o Of) appendTarget(out []byte) []byte {
	h := o.Call.Head
	w := o.Call.Match.Route.Rewrite
	switch {
	case w == nil:
		out = append(out, h.Path.Of(h.Buf)...)
	case w.Query:
		return o.appendTemplate(out, w)
	default:
		out = w.AppendPath(out, h.Path.Of(h.Buf))
	}
	if !h.HasQuery {
		return out
	}
	q, cut := h.Query.Of(h.Buf), o.Call.InQuery
	if !o.Call.Caller.Known() && !o.Call.Bare || cut.Off == cut.End {
		return append(append(out, '?'), q...)
	}
	if len(q) == cut.End-cut.Off {
		return out
	}
	out = append(append(out, '?'), q[:cut.Off]...)
	return append(out, q[cut.End:]...)
}

// appendTemplate appends a target whose template has a query, too.
func (o Of) appendTemplate(out []byte, w *route.Rewrite) []byte {
	h := o.Call.Head
	path, before, after := h.Path.Of(h.Buf), h.Query.Of(h.Buf), []byte(nil)
	if cut := o.Call.InQuery; (o.Call.Caller.Known() || o.Call.Bare) && cut.Off < cut.End {
		before, after = before[:cut.Off], before[cut.End:]
	}
	out = append(w.AppendPath(out, path), '?')
	bare := len(out)
	if out = w.AppendQuery(out, path, before, after); len(out) == bare {
		return out[:bare-1]
	}
	return out
}

// appendPassing appends the field lines that pass.
func (o Of) appendPassing(out []byte, to *Target, from *provenance) []byte {
	h := o.Call.Head
	ownCredential := o.Call.Caller.Known() && !o.Call.Match.Route.ForwardCredential
	final, edit := o.Call.Match.Route.PathIsFinal, o.Call.Match.Route.ToUpstream
	return h.AppendFields(out, func(f *http1.Field) bool {
		if f.ID == http1.Expect && o.Call.Tolerated.Has(route.Expect) && !o.Call.Bare {
			return ascii.EqualFold(f.Value.Of(h.Buf), "100-continue") // ours alone
		}
		return f.Drop || notForwarded[f.Like] || isProxy(f, h.Buf) || final && Moves(f, h.Buf) || f.ID == http1.Authorization && ownCredential || from.drops(f) || to.replaces(f) ||
			o.Voice.identifies(f, h.Buf) || dropsID(f, h.Buf, to.RequestID) || to.Fixed && f.ID == http1.Host || edits(edit, f, h.Buf) || o.Call.Bare && !asks(f, h.Buf)
	})
}

// replaces reports whether a field is a condition of the caller's that ours takes the place of.
func (t *Target) replaces(f *http1.Field) bool {
	return t.Validates != nil && (f.ID == http1.IfNoneMatch || f.ID == http1.IfModifiedSince)
}

// appendHop appends how often the call came through us. RFC 9110 §7.6.3 asks for Via, too, with the version that the message came in; it is sent where it is
// configured, since nginx compresses nothing for whoever sends one.
func (o Of) appendHop(out []byte, via string) []byte {
	if via != "" {
		out = append(append(out, "Via: 1."...), '0'+o.Call.Head.Minor, ' ')
		out = append(append(out, via...), "\r\n"...)
	}
	out = append(out, "Candor-Hops: "...)
	return append(strconv.AppendInt(out, int64(o.Call.Hops)+1, 10), "\r\n"...)
}

// appendIdentity tells the upstream who was found to call.
func (o Of) appendIdentity(out []byte) []byte {
	v, by := o.Voice, &o.Call.Caller
	if by.App == nil {
		return out
	}
	out = appendField(out, v.App, by.App.Name)
	if by.Member != nil {
		out = appendField(out, v.Member, by.Member.Subject)
	}
	return appendField(out, v.Scopes, by.ScopeText)
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
func (o Of) appendID(out []byte, name string) []byte {
	if name == "" {
		return out
	}
	out = append(append(out, name...), ": "...)
	out = append(o.Call.ID.AppendUUID(out), "\r\n"...)
	if name != commonID {
		return out
	}
	if id := ClientID(o.Call.Head); id != nil {
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

// ClientID is the caller's own id, if it can be one: visible ASCII, at most 128 bytes.
func ClientID(h *http1.Head) []byte {
	id := h.Get(http1.XRequestID)
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
