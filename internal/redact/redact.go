// Package redact hides what nobody may see: credentials in a request target or
// query, before it reaches a log, a report or an error.
//
// It errs on the side of hiding. A parameter is judged by its name alone,
// however the name is spelled, and all of its value goes; what looks like a
// token goes wherever it stands. What it cannot know is a secret that stands
// where no name, no '@' and no look of its own tells of it.
package redact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

// Mark stands where something was hidden.
const Mark = "REDACTED"

// Fingerprint identifies a secret to support without telling it: the first 8
// hex digits of its SHA-256.
func Fingerprint(secret []byte) string {
	return string(AppendFingerprint(nil, secret))
}

// AppendFingerprint appends what Fingerprint returns.
func AppendFingerprint(dst, secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return hex.AppendEncode(dst, sum[:4])
}

// AppendTarget appends a request target of any form, well-formed or not. Mark
// replaces the values of secret parameters (in the query, in path parameters
// such as ;token=, in a URL that is itself a percent-encoded value, and in JSON
// within one), the userinfo of every authority, and wherever they stand what
// follows the prefix of our own tokens, JWTs, keys with the prefix of a known
// maker, and segments of the path behind a word such as reset or token. All
// else is appended as it came.
func AppendTarget(dst, target []byte) []byte {
	if isPlain(target) && !mayHoldKey(target) {
		return append(dst, target...)
	}
	h := newHider(dst, target)
	return h.target()
}

// Hidden is what AppendTarget hides of a target, each in its place.
func Hidden(target []byte) (all [][]byte) {
	h := newHider(nil, target)
	h.hidden = func(secret []byte) { all = append(all, secret) }
	h.target()
	return all
}

func (h *hider) target() []byte {
	h.inPath = true
	if len(h.src) > 0 && h.src[0] != '/' {
		h.userinfo(0) // authority-form; absolute-form is found by its "//"
	}
	return h.run()
}

// isPlain spares most targets the walk: nothing can be hidden in them.
func isPlain(b []byte) bool {
	return bytes.IndexByte(b, '=') < 0 && bytes.IndexByte(b, '%') < 0 && bytes.IndexByte(b, '@') < 0 && bytes.IndexByte(b, ':') < 0 &&
		!bytes.Contains(b, ourPrefix) && !bytes.Contains(b, jwtStart)
}

// hider walks over src once; src[:flushed] is in dst, hidden or not.
type hider struct {
	dst, src    []byte
	at, flushed int
	inPath      bool // no '?' was met yet
	nameEnded   bool // a '=' was met since the last separator
	colons      bool // there may be ':' behind names, too, or tags: JSON, XML and their like
	name        name // that may end in '='
	member      name // that may end in ':'
	memberEnded bool
	noJWT       int  // none begins before
	named       bool // a value before was the name of a secret
	tag         tag
	element     name // of the start tag under way
	parts       parts
	hidden      func(secret []byte) // is told of what is hidden; nil: nobody is
}

func newHider(dst, src []byte) hider {
	return hider{dst: dst, src: src, colons: bytes.IndexByte(src, ':') >= 0 || bytes.IndexByte(src, '%') >= 0 || bytes.IndexByte(src, '<') >= 0}
}

func (h *hider) run() []byte {
	var last byte
	for h.at < len(h.src) {
		start := h.at
		if b := h.src[start]; h.nameEnded && !h.colons && !means[b] {
			h.at, last = start+1, b
			continue
		}
		c, level, size := next(h.src[start:])
		h.at += size
		switch {
		case c == '/' && last == '/':
			h.userinfo(h.at)
		case c == '=' && !h.nameEnded:
			h.value(level)
		case c == ':' && h.colons:
			h.memberValue(level)
		case c == 'c' || c == 'e':
			h.token(start)
		}
		h.note(c, level)
		if h.colons {
			h.noteTag(c, last, level)
		}
		last = c
	}
	return append(h.dst, h.src[h.flushed:]...)
}

// means has the bytes that say something within a value: separators, '%', and
// the first ones of tokens.
var means = [256]bool{'/': true, '?': true, '#': true, '&': true, ';': true, '%': true, 'c': true, 'e': true}

// note keeps track of the parameter name that may be under way.
func (h *hider) note(c byte, level int) {
	if h.colons {
		h.noteMember(c)
	}
	switch c {
	case '?', '#':
		h.inPath = h.inPath && level > 0
		h.begin()
	case '&', ';':
		h.begin()
	case '/':
		if h.inPath {
			h.segment(level)
			h.begin()
		}
	case '=':
		h.nameEnded = true
	default:
		h.name.add(c)
	}
}

func (h *hider) begin() {
	h.name.clear()
	h.nameEnded = false
}

// value is called past a name's '='. It hides what follows if the name is
// secret.
func (h *hider) value(level int) {
	if h.name.secret() || h.pair(&h.name, h.at) {
		h.hide(h.at, h.valueEnd(level))
	} else if from := h.scheme(h.at); from > 0 {
		h.hide(from, h.valueEnd(level))
	} else {
		h.part(h.at)
		h.key()
	}
}

// valueEnd finds the end of a value whose '=' was encoded level times over: an
// '&' at least as bare as that, or in a path the '?'. A ';' or '/' does not end
// it, since the secret itself may hold one.
func (h *hider) valueEnd(level int) int {
	return h.endBefore(h.at, level, func(byte, int) bool { return false })
}

// endBefore is where the value ends, or before that the first character
// at which stops says so. That is told the place behind it, too.
func (h *hider) endBefore(from, level int, stops func(c byte, behind int) bool) int {
	end := byte('&')
	if h.inPath && level == 0 {
		end = '?'
	}
	for i := from; i < len(h.src); {
		c, l, size := next(h.src[i:])
		if c == end && l <= level || stops(c, i+size) {
			return i
		}
		i += size
	}
	return len(h.src)
}

// userinfo hides what stands before the last '@' of the authority that begins
// at from (RFC 9110 §4.2.4).
func (h *hider) userinfo(from int) {
	at := from
	for i := from; i < len(h.src); {
		c, _, size := next(h.src[i:])
		if c == '/' || c == '?' || c == '#' || c == '&' {
			break
		}
		if c == '@' {
			at = i
		}
		i += size
	}
	h.hide(from, at)
}

// hide puts Mark in the place of src[from:to], if there is anything.
func (h *hider) hide(from, to int) {
	if from >= to {
		return
	}
	h.dst = append(h.dst, h.src[h.flushed:from]...)
	h.dst = append(h.dst, Mark...)
	if h.hidden != nil {
		h.hidden(h.src[from:to])
	}
	h.at, h.flushed = to, to
}
