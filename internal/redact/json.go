package redact

// JSON, and what looks like it, can stand in a value and in a path:
// ?filter={"password":"x"}, {password:x}, (login:(pin:1)), in escapes or not.
// A member's name is the word before a ':', in quotes or not.

// noteMember keeps track of the member's name that may be under way.
func (h *hider) noteMember(c byte) {
	switch {
	case isWord(c), c >= 'A' && c <= 'Z', c == '-':
		if h.memberEnded {
			h.member.clear()
			h.memberEnded = false
		}
		h.member.add(c)
	case c == '"', c == '\'', c == '\\', c == ' ', c == '+', c == '\t':
		h.memberEnded = true
	default:
		h.member.clear()
		h.memberEnded = false
	}
}

// memberValue is called past the ':' behind a member's name. It hides what
// follows if the name is secret: what stands in quotes, or else all that value
// would, since nothing tells where it ends.
func (h *hider) memberValue(level int) {
	from, escapes := h.at, 0
	if h.member.n == 0 {
		return
	}
	if !h.member.secret() && !h.pair(&h.member, h.at) {
		if from = h.scheme(h.at); from == 0 {
			return
		}
		h.hide(from, h.textEnd(from, level))
		return
	}
	for {
		c, l, size := next(h.rest(from))
		switch {
		case size > 0 && (c == ' ' || c == '+' || c == '\t'):
			from += size
			continue
		case size > 0 && c == '\\':
			from, escapes = from+size, escapes+1
			continue
		case size > 0 && (c == '"' || c == '\''):
			if end := h.quoted(from+size, c, l, escapes); end > 0 {
				h.hide(from+size, end)
				return
			}
		}
		h.hide(h.at, h.valueEnd(level))
		return
	}
}

// textEnd is where the text goes no further that is under way at from: at a quote, or with the value.
func (h *hider) textEnd(from, level int) int {
	return h.endBefore(from, level, func(c byte, _ int) bool { return c == '"' || c == '\'' || c == '\\' })
}

// rest is src from a place on; a lone byte that means nothing at its end.
func (h *hider) rest(from int) []byte {
	if from < len(h.src) {
		return h.src[from:]
	}
	return nothing
}

var nothing = []byte{0}

// quoted is where the string that begins at from ends, before its quote and
// the backslashes that belong to it; 0 if it does not end. JSON within JSON
// has its quotes behind as many backslashes as the string began with.
func (h *hider) quoted(from int, quote byte, level, escapes int) int {
	before, end := 0, from
	for at := from; at < len(h.src); {
		c, l, size := next(h.src[at:])
		if c == quote && l <= level && before <= escapes {
			return end
		}
		at += size
		if c == '\\' {
			before++
			continue
		}
		before, end = 0, at
	}
	return 0
}
