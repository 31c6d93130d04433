package redact

import "bytes"

// A body of multipart/form-data (RFC 7578 §4.2) names each part in a line of
// its head, and the value stands behind the empty line that ends this.

// parts is what is known of such a body: where the next empty lines and the
// next delimiter stand. Names are met from front to back, so that each byte is
// searched once for each of them, however many names there are.
type parts struct {
	mark                []byte // nil: not looked at yet
	crlf, lf, delimiter ahead
}

// ahead is where something stands next, seen from anywhere between.
type ahead struct {
	from, at int
	known    bool
}

// next is where sep begins at from or behind it; the end where it does not.
func (a *ahead) next(src, sep []byte, from int) int {
	if a.known && a.from <= from && from <= a.at {
		return a.at
	}
	a.from, a.at, a.known = from, len(src), true
	if i := bytes.Index(src[from:], sep); i >= 0 {
		a.at = from + i
	}
	return a.at
}

var blankLines = [...][]byte{[]byte("\r\n\r\n"), []byte("\n\n")}

// part hides the value of the part whose name begins at from, if that is the
// name of a secret.
func (h *hider) part(from int) {
	if string(h.name.last()) != "name" || !h.namesSecret(from) {
		return
	}
	p := &h.parts
	for i, next := range [...]*ahead{&p.crlf, &p.lf} {
		end := next.next(h.src, blankLines[i], from)
		if end < len(h.src) && p.delimiter.next(h.src, h.delimiter(), from) >= end {
			start := end + len(blankLines[i])
			h.hide(start, h.partEnd(start))
			return
		}
	}
}

// partEnd is where the next delimiter stands; the end where none does, so that
// rather too much is hidden of what was cut or has a preamble.
func (h *hider) partEnd(start int) int {
	end := h.parts.delimiter.next(h.src, h.delimiter(), start)
	if end > start && end < len(h.src) && h.src[end-1] == '\r' {
		end--
	}
	return end
}

// delimiter is the line that stands between parts, with the line end before it.
// It is told by the first line, behind the '?' that a body is read with as a
// query is; without one nothing looks like it.
func (h *hider) delimiter() []byte {
	if h.parts.mark != nil {
		return h.parts.mark
	}
	h.parts.mark = []byte("\n\x00--")
	line, _, _ := bytes.Cut(h.src, []byte("\n"))
	line = bytes.TrimPrefix(line, []byte("?"))
	if bytes.HasPrefix(line, []byte("--")) {
		h.parts.mark = append([]byte("\n"), bytes.TrimRight(line, "\r")...)
	}
	return h.parts.mark
}
