package redact

// XML can stand in a value: ?q=<user><password>x</password></user>.

// tag is how far the reading of a start tag is.
type tag uint8

const (
	noTag tag = iota
	tagName
	tagRest // attributes
)

// noteTag keeps track of the start tag that may be under way, and hides what
// follows one that is named for a secret.
func (h *hider) noteTag(c, last byte, level int) {
	switch {
	case c == '<':
		h.tag = tagName
		h.element.clear()
	case h.tag == noTag:
	case c == '>':
		if h.tag = noTag; last != '/' && h.element.n > 0 && h.element.secret() {
			h.hide(h.at, h.elementEnd(level))
		}
	case h.tag == tagRest:
	case c == ':': // what stood before is a namespace
		h.element.clear()
	case c == ' ' || c == '+' || c == '\t':
		h.tag = tagRest
	case c == '/' || c == '&' || c == '=':
		h.tag = noTag
	default:
		h.element.add(c)
	}
}

// elementEnd is where the next end tag begins, or else the value ends.
func (h *hider) elementEnd(level int) int {
	return h.endBefore(h.at, level, func(c byte, behind int) bool {
		slash, _, _ := next(h.rest(behind))
		return c == '<' && slash == '/'
	})
}
