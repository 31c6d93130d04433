package route

import "github.com/candor-gateway/candor/internal/ascii"

// decode puts the decoded segment into buf. It fails if that is too small: no literal is as long. What is no escape stands for itself.
func decode(seg []byte, buf *[maxLiteral]byte) (decoded []byte, ok bool) {
	n := 0
	for i := 0; i < len(seg); i++ {
		if n == len(buf) {
			return nil, false
		}
		buf[n] = seg[i]
		if c, escape := ascii.Unescape(seg[i:]); escape {
			buf[n] = c
			i += 2
		}
		n++
	}
	return buf[:n], true
}

// cutBefore is where seg goes on after the decoded literal before, -1 if it does not begin with it.
func cutBefore(seg []byte, before string) int {
	at := 0
	for i := range len(before) {
		c, size := first(seg[at:])
		if size == 0 || c != before[i] {
			return -1
		}
		at += size
	}
	return at
}

// cutAfter is where the decoded literal after begins at seg's end, -1 if seg does not end with it. Escapes cannot overlap, so reading them from behind
// finds the same ones.
func cutAfter(seg []byte, after string) int {
	at := len(seg)
	for i := len(after) - 1; i >= 0; i-- {
		c, size := last(seg[:at])
		if size == 0 || c != after[i] {
			return -1
		}
		at -= size
	}
	return at
}

func first(seg []byte) (c byte, size int) {
	if len(seg) == 0 {
		return 0, 0
	}
	if c, ok := ascii.Unescape(seg); ok {
		return c, 3
	}
	return seg[0], 1
}

func last(seg []byte) (c byte, size int) {
	n := len(seg)
	if n == 0 {
		return 0, 0
	}
	if n >= 3 {
		if c, ok := ascii.Unescape(seg[n-3:]); ok {
			return c, 3
		}
	}
	return seg[n-1], 1
}
