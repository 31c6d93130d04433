package httpcache

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// maxVary bounds how many names a Vary may have: what varies by more is not stored.
const maxVary = 16

// variance looks at the Vary lines of an answer.
func variance(h Header) Variance {
	names := 0
	for n := range maxLines + 1 {
		line := h.Line("vary", n)
		if line == nil {
			break
		}
		for len(line) > 0 {
			var name []byte
			if name, line, _ = cutElement(line); len(name) == 0 {
				continue
			}
			if names++; names > maxVary || !isName(name) || len(name) == 1 && name[0] == '*' {
				return Anything
			}
		}
	}
	if names == 0 {
		return Nothing
	}
	return Fields
}

// isName reports whether b is a token (RFC 9110 §5.6.2).
func isName(b []byte) bool {
	for _, c := range b {
		letter := fold(c) >= 'a' && fold(c) <= 'z' || c >= '0' && c <= '9'
		if !letter && bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) < 0 {
			return false
		}
	}
	return len(b) > 0
}

// VaryNames are the names in the Vary lines of an answer whose VariesBy is Fields: in lower case, sorted, each once.
func VaryNames(h Header) (names []string) {
	for n := range maxLines {
		line := h.Line("vary", n)
		if line == nil {
			break
		}
		for len(line) > 0 {
			var name []byte
			if name, line, _ = cutElement(line); len(name) > 0 {
				names = append(names, string(bytes.ToLower(name)))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// AppendVariant appends what a request says in the fields that an answer varies by: two requests for which the same bytes are appended get the same variant (RFC
// 9111 §4.1). Lines of one field are joined, and blanks around commas do not count; everything else does.
func AppendVariant(dst []byte, names []string, request Header) []byte {
	for _, name := range names {
		dst = append(append(dst, name...), 0)
		mark := len(dst)
		dst = append(dst, 0, 0, 0, 0) // of the value's length, and 0 for a field that is not there
		for n := 0; ; n++ {
			line := request.Line(name, n)
			if line == nil {
				break
			}
			dst = appendNormal(dst, line)
		}
		if size := len(dst) - mark - 4; size > 0 {
			binary.BigEndian.PutUint32(dst[mark:], uint32(size))
		}
	}
	return dst
}

// appendNormal appends one line: each element behind a comma, without the blanks around it.
func appendNormal(dst, line []byte) []byte {
	for {
		element, rest, closed := cutElement(line)
		if !closed { // its quotes do not tell what is an element
			return append(append(dst, ','), line...)
		}
		dst = append(append(dst, ','), element...)
		if rest == nil {
			return dst
		}
		line = rest
	}
}
