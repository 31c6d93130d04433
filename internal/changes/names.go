package changes

import (
	"bytes"
	"slices"

	"github.com/candor-gateway/candor/internal/ascii"
)

// maxLong is how much of a name is looked at: what is longer is kept as a hash anyhow.
const maxLong = 128

// AppendField appends the name of a header field, in lower case, unless it is there or says what a feature of its own says, or what the way did to the call.
func AppendField(dst []string, name []byte) []string {
	var room [maxLong]byte
	b := room[:0]
	for _, c := range name[:min(len(name), maxLong)] {
		b = append(b, ascii.Lower(c))
	}
	if len(b) == 0 || saidOtherwise[string(b)] || bytes.HasPrefix(b, []byte("x-forwarded-")) || bytes.HasPrefix(b, []byte("cf-")) {
		return dst
	}
	dst, _ = appendName(dst, 0, b)
	return dst
}

// saidOtherwise are fields that a feature tells of, that belong to the connection, or that a proxy before us writes.
var saidOtherwise = map[string]bool{
	"authorization": true, "candor-debug": true, "connection": true, "content-length": true, "content-type": true, "date": true, "forwarded": true, "host": true,
	"keep-alive": true, "proxy-authorization": true, "proxy-connection": true, "transfer-encoding": true, "upgrade": true, "user-agent": true, "via": true,
	"x-real-ip": true,
}

// AppendParams appends the names of the parameters of a query (what follows the question mark), decoded, each once.
func AppendParams(dst []string, query []byte) []string {
	from := len(dst)
	for len(query) > 0 && len(dst)-from < MaxNames {
		var one []byte
		one, query, _ = bytes.Cut(query, []byte{'&'})
		name, _, _ := bytes.Cut(one, []byte{'='})
		if len(name) == 0 {
			continue
		}
		var room [maxLong]byte
		dst, _ = appendName(dst, from, appendDecoded(room[:0], name))
	}
	return dst
}

// appendDecoded appends a name of a query without its escapes, cut at maxLong. What is no escape stays as it is.
func appendDecoded(dst, name []byte) []byte {
	for i := 0; i < len(name) && len(dst) < maxLong; i++ {
		c := name[i]
		switch d, ok := ascii.Unescape(name[i:]); {
		case ok:
			c = d
			i += 2
		case c == '+':
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}

// CutAgent is the first product of a User-Agent and its version: "python-requests" and "2.31.0".
func CutAgent(agent []byte) (product, number []byte) {
	first, _, _ := bytes.Cut(agent, []byte{' '})
	product, number, _ = bytes.Cut(first, []byte{'/'})
	return product, number
}

// Shape is what a path looks like, without what stands in it: "3-segments", and whether it ends in a slash, has escapes, or segments with nothing in them.
func Shape(path []byte) string {
	path = bytes.TrimPrefix(path, []byte{'/'})
	rest, slash := bytes.CutSuffix(path, []byte{'/'})
	n := bytes.Count(rest, []byte{'/'}) + 1
	if len(rest) == 0 {
		n = 0
	}
	b := append(append(make([]byte, 0, 40), number(int64(n))...), "-segments"...)
	if n == 0 {
		b = append(b[:0], "root"...)
	}
	if slash {
		b = append(b, "-slash"...)
	}
	if bytes.IndexByte(rest, '%') >= 0 {
		b = append(b, "-escaped"...)
	}
	if bytes.Contains(path, []byte("//")) {
		b = append(b, "-empty"...)
	}
	return string(b)
}

// appendName appends a name that is not in the list from there on. It reports whether the list has it now: there is room for MaxNames.
func appendName(dst []string, from int, name []byte) ([]string, bool) {
	if slices.Contains(dst[from:], string(name)) {
		return dst, true
	}
	if len(dst)-from >= MaxNames {
		return dst, false
	}
	return append(dst, string(name)), true
}
