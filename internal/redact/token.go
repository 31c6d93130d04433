package redact

import "github.com/candor-gateway/candor/internal/ascii"

// ourPrefix begins every token of ours; two letters and '_' follow.
var ourPrefix = []byte("cdr_")

// jwtStart begins a JWT, or a part of one: it is '{"' in base64url (RFC 7519).
var jwtStart = []byte("eyJ")

// token hides a token that begins at from, however it is spelled: what follows
// cdr_at_, cdr_rt_ or any such prefix, and a JWT's parts. A word that begins as
// a JWT does and has no second part, as pagination cursors are, is none.
func (h *hider) token(from int) {
	if secret := h.prefix(from, ourPrefix); secret > 0 {
		for range 2 { // the kind
			_, _, size := unescape(h.src[secret:], maxLevels)
			secret += size
		}
		if c, _, size := unescape(h.src[secret:], maxLevels); c == '_' {
			h.hide(secret+size, h.base64URL(secret+size))
		}
		return
	}
	first := h.prefix(from, jwtStart)
	if first == 0 || from < h.noJWT {
		return
	}
	dot := h.base64URL(first)
	for parts := 0; ; parts++ {
		c, _, size := unescape(h.src[dot:], maxLevels)
		end := h.base64URL(dot + size)
		if c != '.' || end == dot+size && parts == 0 {
			if parts > 0 {
				h.hide(from, dot)
			}
			h.noJWT = dot // what else begins before ends there too, and is none either: nothing is read again and again
			return
		}
		dot = end
	}
}

// prefix is where src goes on behind a prefix at from; 0 if it is not there.
func (h *hider) prefix(from int, prefix []byte) int {
	for _, want := range prefix {
		c, _, size := unescape(h.src[from:], maxLevels)
		if size == 0 || c != want {
			return 0
		}
		from += size
	}
	return from
}

// base64URL is where the characters of base64url that begin at from end.
func (h *hider) base64URL(from int) int {
	for {
		c, _, size := unescape(h.src[from:], maxLevels)
		if size == 0 || !isBase64URL(c) {
			return from
		}
		from += size
	}
}

func isBase64URL(c byte) bool {
	return ascii.IsAlnum(c) || c == '-' || c == '_'
}
