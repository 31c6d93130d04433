package redact

import "bytes"

// A body of multipart/form-data (RFC 7578 §4.2) names each part in a line of
// its head, and the value stands behind the empty line that ends this.

// maxPartHead is how far the value of a part may stand behind its name: names
// without a value must not each cost a search of all that follows.
const maxPartHead = 8 << 10

// part hides the value of the part whose name begins at from, if that is the
// name of a secret.
func (h *hider) part(from int) {
	if string(h.name.last()) != "name" || !h.namesSecret(from) {
		return
	}
	near := h.src[from:min(len(h.src), from+maxPartHead)]
	for _, blank := range [...]string{"\r\n\r\n", "\n\n"} {
		head, _, found := bytes.Cut(near, []byte(blank))
		if start := from + len(head) + len(blank); found && !bytes.Contains(head, h.delimiter()) {
			h.hide(start, h.partEnd(start))
			return
		}
	}
}

// partEnd is where the next delimiter stands; the end where none does, so that
// rather too much is hidden of what was cut or has a preamble.
func (h *hider) partEnd(start int) int {
	end := bytes.Index(h.src[start:], h.delimiter())
	if end < 0 {
		return len(h.src)
	}
	if end > 0 && h.src[start+end-1] == '\r' {
		end--
	}
	return start + end
}

// delimiter is the line that stands between parts, with the line end before it.
// It is told by the first line, behind the '?' that a body is read with as a
// query is; without one nothing looks like it.
func (h *hider) delimiter() []byte {
	line, _, _ := bytes.Cut(h.src, []byte("\n"))
	line = bytes.TrimPrefix(line, []byte("?"))
	if !bytes.HasPrefix(line, []byte("--")) {
		return []byte("\n\x00--")
	}
	return append([]byte("\n"), bytes.TrimRight(line, "\r")...)
}
