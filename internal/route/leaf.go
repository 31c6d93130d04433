package route

import (
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
)

// leaf is where a pattern ends: the routes of one path, by method.
type leaf struct {
	pattern []segment
	methods []methodRoute // in the order of Allow; HEAD is there wherever GET is
	every   *Route        // for every other method; nil: none
	seen    audience
	least   Credentials // for a call that finds none of its routes
	accept  Accept      // what all of its routes tolerate
	modes   Modes       // likewise
	other   *Route      // where that goes if nobody enforces the method; nil: nowhere
	wild    bool        // the pattern has a value or a tail
	guard   guarding
}

type methodRoute struct {
	method string
	route  *Route
}

// audience is who may see a route of some set.
type audience struct {
	all      bool              // everybody: a route of the set is not hidden
	products access.ProductSet // else apps with one of these
}

func (a *audience) add(r *Route) {
	a.all = a.all || !r.Hidden
	a.products |= r.Products
}

func (a *audience) includes(products access.ProductSet) bool {
	return a.all || a.products.Intersects(products)
}

// usual are the methods that a route without a list takes, in the order in which Allow tells them.
var usual = [...]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// route is the route for a method; nil: none.
func (l *leaf) route(method []byte) *Route {
	for i := range l.methods {
		if l.methods[i].method == string(method) {
			return l.methods[i].route
		}
	}
	if l.every != nil && (takesUnlisted(method) || l.every.API.Untouched || l.every.Accept.Has(AnyMethod) && string(method) != "CONNECT") {
		return l.every
	}
	return nil
}

// add gives the leaf a route. other is a route that has one of its methods already.
func (l *leaf) add(r *Route, methods []string) (other *Route, method string) {
	if len(methods) == 0 && l.every != nil {
		return l.every, ""
	}
	for _, m := range methods {
		if at := l.index(m); at >= 0 {
			return l.methods[at].route, m
		}
	}
	if len(methods) == 0 {
		l.every = r
	}
	for _, m := range methods {
		l.methods = append(l.methods, methodRoute{m, r})
	}
	l.least, l.modes = l.least.with(r.Credentials), l.modes.strictest(r.Modes)
	l.accept &= r.Accept
	if !r.Unlisted {
		l.seen.add(r)
	}
	return nil, ""
}

// finish adds HEAD where GET is (RFC 9110 §9.3.2) and brings the methods into order.
func (l *leaf) finish() {
	get := l.index("GET")
	if get >= 0 && l.index("HEAD") < 0 {
		l.methods = append(l.methods, methodRoute{"HEAD", l.methods[get].route})
	}
	slices.SortStableFunc(l.methods, func(a, b methodRoute) int { return compareMethods(a.method, b.method) })
}

func (l *leaf) index(method string) int {
	return slices.IndexFunc(l.methods, func(m methodRoute) bool { return m.method == method })
}

func compareMethods(a, b string) int {
	if c := rank(a) - rank(b); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func rank(method string) int {
	if at := slices.Index(usual[:], method); at >= 0 {
		return at
	}
	return len(usual)
}

// first is the first route, to say which API the path belongs to.
func (l *leaf) first() *Route {
	if len(l.methods) > 0 {
		return l.methods[0].route
	}
	return l.every
}

// visible is the whole path of a route that an app with these products may see.
func (l *leaf) visible(products access.ProductSet) string {
	for i := range l.methods {
		if r := l.methods[i].route; Visible(r, products) {
			return r.Pattern
		}
	}
	if l.every != nil && !l.every.Unlisted && Visible(l.every, products) {
		return l.every.Pattern
	}
	return ""
}

// appendAllow appends the methods of the routes that an app with these products may see.
func (l *leaf) appendAllow(dst []byte, products access.ProductSet) []byte {
	start := len(dst)
	for i := range l.methods {
		if Visible(l.methods[i].route, products) {
			dst = appendMethod(dst, start, l.methods[i].method)
		}
	}
	if l.every == nil || !Visible(l.every, products) {
		return dst
	}
	for _, m := range usual {
		if l.index(m) < 0 {
			dst = appendMethod(dst, start, m)
		}
	}
	return dst
}

func appendMethod(dst []byte, start int, method string) []byte {
	if len(dst) > start {
		dst = append(dst, ", "...)
	}
	return append(dst, method...)
}
