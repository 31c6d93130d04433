package route

// text is a path as it came, or a pattern.
type text interface{ ~string | ~[]byte }

// unescape decodes the percent-escape with which s begins.
func unescape[T text](s T) (c byte, ok bool) {
	if len(s) < 3 || s[0] != '%' {
		return 0, false
	}
	hi, lo := hex[s[1]], hex[s[2]]
	return hi<<4 | lo&15, hi < 16 && lo < 16
}

// hex holds the value of each hexadecimal digit and 16 for what is none.
var hex = func() (t [256]byte) {
	for i := range t {
		t[i] = 16
	}
	for i := range byte(10) {
		t['0'+i] = i
	}
	for i := range byte(6) {
		t['a'+i], t['A'+i] = 10+i, 10+i
	}
	return t
}()

// decode puts the decoded segment into buf. It fails if that is too small: no literal is as long. What is no escape stands for itself.
func decode(seg []byte, buf *[maxLiteral]byte) (decoded []byte, ok bool) {
	n := 0
	for i := 0; i < len(seg); i++ {
		if n == len(buf) {
			return nil, false
		}
		buf[n] = seg[i]
		if c, escape := unescape(seg[i:]); escape {
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
	if c, ok := unescape(seg); ok {
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
		if c, ok := unescape(seg[n-3:]); ok {
			return c, 3
		}
	}
	return seg[n-1], 1
}
