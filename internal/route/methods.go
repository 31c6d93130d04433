package route

import "github.com/candor-gateway/candor/internal/access"

// takesUnlisted reports whether a route without a list of methods takes it: every method but two, since APIs have methods of their own. TRACE would show
// the client what Candor adds for the upstream alone, and CONNECT asks for a tunnel. That it is a token the codec has seen to.
func takesUnlisted(method []byte) bool {
	return string(method) != "TRACE" && string(method) != "CONNECT"
}

// Unlisted reports whether the route of m takes a method only since AnyMethod lets it.
func (m *Match) Unlisted(method []byte) bool { return m.Route != nil && !takesUnlisted(method) }

// WouldTake reports whether the path of m would take a method that it lacks if AnyMethod were tolerated. A list of methods holds whatever is tolerated.
func (m *Match) WouldTake(method []byte) bool {
	return m.leaf != nil && m.leaf.every != nil && !m.leaf.every.Hidden && string(method) != "CONNECT" && m.leaf.index(string(method)) < 0
}

// AsksNoMore reports whether no route of the path of m asks a caller for more than the one that has taken the call.
func (m *Match) AsksNoMore() bool {
	for _, o := range m.leaf.methods {
		if o.route.asksMore(m.Route) {
			return false
		}
	}
	return m.leaf.every == nil || !m.leaf.every.asksMore(m.Route)
}

// takers is who could use a method somewhere in an API. A zero one is nobody.
type takers struct {
	unlisted audience            // of the routes without a list
	listed   map[string]audience // of the routes that list the method
}

func (t *takers) add(r *Route, methods []string) {
	if len(methods) == 0 {
		t.unlisted.add(r)
	}
	for _, m := range methods {
		if t.listed == nil {
			t.listed = map[string]audience{}
		}
		who := t.listed[m]
		who.add(r)
		t.listed[m] = who
	}
}

func (t *takers) include(method []byte, products access.ProductSet) bool {
	who := t.listed[string(method)]
	return who.includes(products) || t.unlisted.includes(products) && takesUnlisted(method)
}

// Knows reports whether a method that the path of m lacks is 405 and not 501: HTTP knows it, or an app with these products may see a route for it in the
// same API. What only hidden routes take is told apart from nothing by nobody else. Methods are case-sensitive (RFC 9110 §9.1).
func (t *Table) Knows(m *Match, method []byte, products access.ProductSet) bool {
	return Registered(method) || m.leaf != nil && m.leaf.known(method, products)
}

// known looks in each API that has a route of this path which the app may see.
func (l *leaf) known(method []byte, products access.ProductSet) bool {
	for i := range l.methods {
		if r := l.methods[i].route; Visible(r, products) && r.API.takers.include(method, products) {
			return true
		}
	}
	return l.every != nil && Visible(l.every, products) && l.every.API.takers.include(method, products)
}

// Takes reports whether the path of m takes a method, and brings it to the same upstream.
func (t *Table) Takes(m *Match, method []byte) bool {
	if m.leaf == nil || m.Route == nil {
		return false
	}
	r := m.leaf.route(method)
	return r != nil && r.Upstream == m.Route.Upstream
}

// Registered reports whether a method is in IANA's registry (but PRI, which is HTTP/2's preface).
func Registered(method []byte) bool {
	switch string(method) {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
		"ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL",
		"MKREDIRECTREF", "MKWORKSPACE", "MOVE", "ORDERPATCH", "PROPFIND", "PROPPATCH", "QUERY", "REBIND", "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT",
		"UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF", "VERSION-CONTROL":
		return true
	}
	return false
}
