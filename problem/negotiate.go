package problem

import "bytes"

// Negotiate chooses the dialect of an answer by the caller's Accept (RFC 9110 §12.5.1) and Sec-Fetch-Mode; nil is none.
// The catalogue's own dialect, the operator's envelope or else the profile's, answers to its own type, to application/json, application/* and */*, and to whatever fits nothing;
// another one is chosen only if its type is named and not liked less, or, among those in JSON, if our own type is refused by q=0.
// A page is for a navigation alone: many a client prefers text/html and reads JSON.
// An element that is no media range, or whose weight is no number from 0 to 1, is passed over. Several Accept fields are one list.
func (c *Catalogue) Negotiate(accept, fetchMode []byte) Dialect {
	var liked weights
	for len(accept) > 0 {
		var element []byte
		element, accept = cutList(accept, ',')
		liked.note(element, c.ownType)
	}
	best := c.Default()
	most, named, own := liked.of(best, true), liked[best] > 0, best
	for _, d := range [...]Dialect{RFC9457, Contract, Markdown, HTML} {
		if d == own || d == HTML && !liked.navigates(fetchMode) {
			continue
		}
		w := liked.of(d, d <= RFC9457 && liked[own] == refused)
		if w > most || w == most && w > refused && liked[d] > 0 && !named {
			best, most, named = d, w, liked[d] > 0
		}
	}
	return best
}

// Default is the dialect of a caller that has no wish.
func (c *Catalogue) Default() Dialect {
	switch {
	case c.options.Envelope != nil:
		return Own
	case c.options.Profile == Standard:
		return RFC9457
	}
	return Contract
}

// ContentType is the media type of a body in a dialect.
func (c *Catalogue) ContentType(d Dialect) string {
	if d == Own && c.options.Envelope != nil {
		return c.options.Envelope.ContentType
	}
	return d.ContentType()
}

// weights are the weights of the ranges that matter, in thousandths plus one; 0 is not named, 1 is refused by q=0.
// The first are those of the dialects' own types.
type weights [forAll + 1]int

const (
	forXHTML = iota + int(dialectCount)
	forJSON
	forApplication
	forAll

	refused = 1
)

// ranges are the media ranges that matter, in the order of weights.
var ranges = [len(weights{})]string{
	Contract:       "application/vnd.candor.contract+json",
	RFC9457:        "application/problem+json",
	Markdown:       "text/markdown",
	HTML:           "text/html",
	forXHTML:       "application/xhtml+xml",
	forJSON:        "application/json",
	forApplication: "application/*",
	forAll:         "*/*",
}

// navigates reports whether the call is a navigation of a browser. Over plain HTTP none says so; there it is known by XHTML, which nobody else accepts.
func (w *weights) navigates(fetchMode []byte) bool {
	if len(fetchMode) > 0 {
		return equalFold(fetchMode, "navigate")
	}
	return w[forXHTML] > refused
}

// note takes one element of the list. own is the type of the operator's envelope, where it is one of its own.
func (w *weights) note(element []byte, own string) {
	mediaRange, params := cutList(element, ';')
	mediaRange = bytes.Trim(mediaRange, " \t")
	for i, name := range ranges {
		if i == int(Own) {
			name = own
		}
		if name == "" || !equalFold(mediaRange, name) {
			continue
		}
		if q, ok := weight(params); ok {
			w[i] = max(w[i], q+1)
		}
	}
}

// of is the weight of a dialect: that of the most specific range that names it, at least 1.
func (w *weights) of(d Dialect, generic bool) int {
	if w[d] > 0 || !generic {
		return max(w[d], refused)
	}
	for _, i := range [...]int{forJSON, forApplication, forAll} {
		if w[i] > 0 {
			return w[i]
		}
	}
	return refused
}

// weight reads q from the parameters of a range, in thousandths. Other parameters do not matter: our types have none.
func weight(params []byte) (q int, ok bool) {
	for len(params) > 0 {
		var param []byte
		param, params = cutList(params, ';')
		param = bytes.Trim(param, " \t")
		if len(param) >= 2 && param[0]|0x20 == 'q' && param[1] == '=' {
			return thousandths(param[2:])
		}
	}
	return 1000, true
}

// thousandths reads a qvalue: 0 or 1, and up to three digits behind a point (RFC 9110 §12.4.2).
func thousandths(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > len("0.000") || b[0] != '0' && b[0] != '1' || len(b) > 1 && b[1] != '.' {
		return 0, false
	}
	n, unit := int(b[0]-'0')*1000, 100
	for _, c := range b[min(2, len(b)):] {
		if c < '0' || c > '9' {
			return 0, false
		}
		n += int(c-'0') * unit
		unit /= 10
	}
	return n, n <= 1000
}

// cutList cuts b at the first sep that is not inside a quoted string.
func cutList(b []byte, sep byte) (before, after []byte) {
	quoted := false
	for i := 0; i < len(b); i++ {
		switch {
		case quoted && b[i] == '\\':
			i++
		case b[i] == '"':
			quoted = !quoted
		case b[i] == sep && !quoted:
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// equalFold compares with a lower-case ASCII string.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
