package http1

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/ascii"
)

// target splits the target by the form that its method can have (RFC 9112 §3.2).
func (h *Head) target(b []byte, lim *Limits) Kind {
	t := h.Target.Of(b)
	switch {
	case string(h.Method.Of(b)) == "CONNECT":
		return h.connectTarget(b)
	case t[0] == '/':
		h.Form = OriginForm
		h.splitPath(b, h.Target.Off)
		return OK
	case string(t) == "*" && string(h.Method.Of(b)) == "OPTIONS":
		h.Form = AsteriskForm
		return OK
	}
	return h.absoluteTarget(b, lim)
}

// splitPath splits what begins at off at its first '?'.
func (h *Head) splitPath(b []byte, off int32) {
	h.Path = Span{off, h.Target.End}
	if i := bytes.IndexByte(h.Path.Of(b), '?'); i >= 0 {
		h.HasQuery = true
		h.Query = Span{off + int32(i) + 1, h.Target.End}
		h.Path.End = off + int32(i)
	}
}

// connectTarget: host and port, both (RFC 9110 §9.3.6).
func (h *Head) connectTarget(b []byte) Kind {
	t := h.Target.Of(b)
	host, wrong := splitAuthority(t)
	if wrong < 0 && host+1 >= len(t) {
		wrong = len(t)
	}
	if wrong >= 0 {
		return h.failAuthority(ConnectTarget, t, 0, wrong)
	}
	h.Form = AuthorityForm
	h.Authority = h.Target
	return OK
}

// absoluteTarget: scheme, "://", authority, path and query.
func (h *Head) absoluteTarget(b []byte, lim *Limits) Kind {
	t := h.Target.Of(b)
	colon := bytes.IndexByte(t, ':')
	if colon < 1 || !isScheme(t[:colon]) || !bytes.HasPrefix(t[colon:], []byte("://")) {
		return h.failTarget(TargetForm, 0)
	}
	own := "http"
	if lim.TLS {
		own = "https"
	}
	if !ascii.EqualFold(t[:colon], own) {
		return h.fail(TargetScheme, int(h.Target.Off), Span{}, Span{h.Target.Off, h.Target.Off + int32(min(colon, excerptBytes))})
	}
	off := colon + len("://")
	end := len(t)
	if i := bytes.IndexAny(t[off:], "/?"); i >= 0 {
		end = off + i
	}
	if _, wrong := splitAuthority(t[off:end]); wrong >= 0 {
		return h.failAuthority(TargetAuthority, t[off:end], off, wrong)
	}
	h.Form = AbsoluteForm
	h.Authority = Span{h.Target.Off + int32(off), h.Target.Off + int32(end)}
	h.splitPath(b, h.Authority.End)
	if h.Path.Empty() { // RFC 9110 §4.2.3: it is "/"; the first one behind the scheme's colon lends itself
		slash := h.Target.Off + int32(colon) + 1
		h.Path = Span{slash, slash + 1}
	}
	return OK
}

// isScheme: RFC 3986 §3.1.
func isScheme(b []byte) bool {
	if !ascii.IsLetter(b[0]) {
		return false
	}
	for _, c := range b {
		if !scheme[c] {
			return false
		}
	}
	return true
}

// failTarget notes a fault of the target at its byte wrong, and quotes what stands before its query.
func (h *Head) failTarget(kind Kind, wrong int) Kind {
	at := int(h.Target.Off) + wrong
	excerpt := Span{h.Target.Off, min(h.Target.End, int32(at)+1)}
	excerpt.Off = max(excerpt.Off, excerpt.End-excerptBytes)
	return h.fail(kind, at, Span{}, excerpt)
}

// failAuthority notes a fault of the authority that stands at off of the target. Of a user and a password nothing is quoted but the '@' behind them.
func (h *Head) failAuthority(kind Kind, authority []byte, off, wrong int) Kind {
	user := userEnd(authority)
	if user < 0 {
		return h.failTarget(kind, off+wrong)
	}
	at := int(h.Target.Off) + off + user
	return h.fail(kind, at, Span{}, oneByte(at))
}

// userEnd is where the '@' stands behind a user, and perhaps a password, that an authority begins with (RFC 3986 §3.2.1); -1 if none does.
func userEnd(authority []byte) int { return bytes.LastIndexByte(authority, '@') }
