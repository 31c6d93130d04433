package httpcache

import "bytes"

// Directive is one thing that Cache-Control can say, and a set of them.
type Directive uint32

// The directives (RFC 9111 §5.2, RFC 5861, RFC 8246), of requests and of answers.
const (
	NoStore Directive = 1 << iota
	NoCache
	NoTransform
	OnlyIfCached
	MaxAge
	MaxStale
	MinFresh
	SMaxAge
	Public
	Private
	MustRevalidate
	ProxyRevalidate
	MustUnderstand
	Immutable
	StaleWhileRevalidate
	StaleIfError
)

// directives is how each is written, and whether it has a number. An argument of one that has no number makes no difference: no-cache="field"
// and private="field" are taken for the whole answer (RFC 9111 §5.2.2.4, §5.2.2.7 allow that).
var directives = [...]struct {
	name   string
	is     Directive
	number bool
}{
	{"no-store", NoStore, false},
	{"no-cache", NoCache, false},
	{"no-transform", NoTransform, false},
	{"only-if-cached", OnlyIfCached, false},
	{"max-age", MaxAge, true},
	{"max-stale", MaxStale, true},
	{"min-fresh", MinFresh, true},
	{"s-maxage", SMaxAge, true},
	{"public", Public, false},
	{"private", Private, false},
	{"must-revalidate", MustRevalidate, false},
	{"proxy-revalidate", ProxyRevalidate, false},
	{"must-understand", MustUnderstand, false},
	{"immutable", Immutable, false},
	{"stale-while-revalidate", StaleWhileRevalidate, true},
	{"stale-if-error", StaleIfError, true},
}

// Control is what the Cache-Control fields of a message say. The zero Control says nothing. A number counts only where its directive was said; it is in
// seconds, from 0 to Forever.
type Control struct {
	Said Directive

	MaxAge, SMaxAge, MinFresh, StaleWhileRevalidate, StaleIfError int64
	// MaxStale is Forever where the directive came without a number (RFC 9111 §5.2.1.2: any staleness).
	MaxStale int64
}

// Has reports whether all of these were said.
func (c *Control) Has(d Directive) bool { return c.Said&d == d }

// ReadControl reads all Cache-Control lines. It errs on the side of asking: of a directive that is said twice the stricter one counts, a number that is none is
// 0, and where a quote is not closed, so that what stands behind it cannot be told, it is as if no-store was said. A directive that nobody knows is passed over; in what is
// no directive at all, as where semicolons stand for commas, those words count that forbid.
func ReadControl(h Header) (c Control) {
	for n := range maxLines + 1 {
		line := h.Line("cache-control", n)
		if line == nil {
			return c
		}
		if n == maxLines || !c.read(line) {
			c.Said |= NoStore
		}
	}
	return c
}

// read reads one line. It reports false where that has no end.
func (c *Control) read(line []byte) bool {
	for len(line) > 0 {
		element, rest, closed := cutElement(line)
		if !closed {
			return false
		}
		c.add(element)
		line = rest
	}
	return true
}

// add takes one directive, with its argument.
func (c *Control) add(element []byte) {
	name, argument, has := cutArgument(element)
	if !isDirective(element) {
		c.Said |= forbidden(element)
	}
	for i := range directives {
		d := &directives[i]
		if !equalFold(name, d.name) {
			continue
		}
		if d.number {
			c.count(d.is, c.number(d.is), argument, has)
		}
		c.Said |= d.is
		return
	}
}

// isDirective reports whether an element is name, name=token or name="quoted" (RFC 9111 §5.2).
func isDirective(element []byte) bool {
	name, argument, has := bytes.Cut(element, []byte{'='})
	return isName(name) && (!has || len(argument) == 0 || argument[0] == '"' || isName(argument))
}

// forbidden are the directives among the words of an element that make a cache do less.
func forbidden(element []byte) (said Directive) {
	for len(element) > 0 {
		n := 0
		for n < len(element) && isName(element[n:n+1]) {
			n++
		}
		for i := range directives {
			if d := &directives[i]; d.is&(NoStore|NoCache|Private|MustRevalidate|ProxyRevalidate) != 0 && equalFold(element[:n], d.name) {
				said |= d.is
			}
		}
		element = element[min(n+1, len(element)):]
	}
	return said
}

// number is where the number of a directive goes: no pointer in the table, so that what is read stays off the heap.
func (c *Control) number(is Directive) *int64 {
	switch is {
	case MaxAge:
		return &c.MaxAge
	case MaxStale:
		return &c.MaxStale
	case MinFresh:
		return &c.MinFresh
	case SMaxAge:
		return &c.SMaxAge
	case StaleWhileRevalidate:
		return &c.StaleWhileRevalidate
	default:
		return &c.StaleIfError
	}
}

// count takes the number of a directive. Of two the smaller one is stricter, but for min-fresh.
func (c *Control) count(is Directive, to *int64, argument []byte, has bool) {
	n, ok := seconds(argument)
	switch {
	case is == MaxStale && !has:
		n = Forever
	case is == MinFresh && !ok:
		n = Forever
	}
	switch {
	case !c.Has(is):
		*to = n
	case is == MinFresh:
		*to = max(*to, n)
	default:
		*to = min(*to, n)
	}
}
