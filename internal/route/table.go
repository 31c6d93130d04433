package route

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/ascii"
)

// Table is all routes. It is immutable and safe for concurrent use.
type Table struct {
	named    map[string]*node // tries by host, in small letters, with a port where the configuration says one
	wild     map[string]*node // by ".example.com"
	any      *node            // for every host; nil: none
	routes   []*Route
	apis     []*API
	allow    string // what the routes that are not hidden take
	warnings []*Mistake
	least    Credentials
	modes    Modes // of calls that no API keeps
}

// Pending is a fault of the call's target, answered when its turn has come.
type Pending uint8

// The faults.
const (
	Nothing     Pending = iota
	WrongHost           // the host is not served here: 421
	NoAPI               // no base covers the path: 404
	UnknownPath         // 404
	WrongMethod         // 405, or 501 if the method is not one that Knows
)

// Match is what a call is for.
type Match struct {
	API     *API   // nil: WrongHost, NoAPI
	Route   *Route // nil: see Pending; a route beside a Pending is where the call goes whose fault is not enforced
	Pending Pending
	// Credentials is what the call must show, whether a route was found or not.
	Credentials Credentials
	// Tolerated is what of the URL was let pass: see CheckURL.
	Tolerated Accept

	leaf   *leaf
	modes  *Modes   // where there is no route
	method []byte   // borrowed
	tries  [3]*node // those that may serve the host, the more specific first
}

// Match finds the route of a call. host is what the call's Host or authority says, path its raw path ("" is "/"). Nothing is allocated; of the arguments
// m borrows the method alone.
func (t *Table) Match(host, method, path []byte, m *Match) {
	*m = Match{Credentials: t.least, modes: &t.modes, method: method}
	t.hosts(host, &m.tries)
	if m.tries[0] == nil {
		m.Pending = WrongHost
		return
	}
	m.Pending = NoAPI
	path = rooted(path)
	if path[0] != '/' {
		return
	}
	for _, trie := range &m.tries {
		if trie != nil && trie.match(method, path, m) {
			m.tries = [3]*node{trie}
			return
		}
	}
}

// match finds the route in the API that keeps the call; false if no base covers the path.
func (n *node) match(method, path []byte, m *Match) bool {
	base, at := n.base(path)
	if base == nil {
		return false
	}
	m.leaf = base.find(path, at)
	if m.leaf == nil {
		m.API, m.Credentials, m.Pending, m.modes = base.group.api, base.group.least, UnknownPath, &base.group.modes
		return true
	}
	if m.Route = m.leaf.route(method); m.Route == nil {
		m.Route = m.leaf.other
	}
	if m.Route != nil {
		m.API, m.Credentials, m.Pending = m.Route.API, m.Route.Credentials, m.Route.Pending
		return true
	}
	m.API, m.Credentials, m.Pending, m.modes = m.leaf.first().API, m.leaf.least, WrongMethod, &m.leaf.modes
	return true
}

// base is the longest base that covers the path, and where the path goes on behind it.
func (n *node) base(path []byte) (longest *node, rest int) {
	at := 0
	for {
		if n.group != nil {
			longest, rest = n, at
		}
		if !n.bases || at == len(path) {
			return longest, rest
		}
		var seg []byte
		seg, at = cutSegment(path, at)
		if n = n.literal(seg); n == nil {
			return longest, rest
		}
	}
}

// Accept is what is tolerated of the call: what its route says, where its path has routes for other methods alone what all of them say, else what the API says.
func (m *Match) Accept() Accept {
	switch {
	case m.Route != nil:
		return m.Route.Accept
	case m.leaf != nil:
		return m.leaf.accept
	case m.API != nil:
		return m.API.Accept
	}
	return 0
}

// As is the match's fault as an app with these products must see it: a hidden route is no route for an app that lacks its products, and a path with none
// but hidden routes is unknown.
func (m *Match) As(products access.ProductSet) Pending {
	switch {
	case m.leaf == nil || m.Route != nil && Visible(m.Route, products):
		return m.Pending
	case m.leaf.visible(products) != "":
		return WrongMethod
	}
	return UnknownPath
}

// AppendAllow appends the value of Allow (RFC 9110 §10.2.1) for an app with these products: "GET, HEAD". Where it may see no route it appends nothing.
func (t *Table) AppendAllow(dst []byte, m *Match, products access.ProductSet) []byte {
	if m.leaf == nil {
		return dst
	}
	return m.leaf.appendAllow(dst, products)
}

// AppendMethods appends all methods that some route takes, for OPTIONS *. Hidden routes do not count.
func (t *Table) AppendMethods(dst []byte) []byte { return append(dst, t.allow...) }

// Routes are all routes in the order of the configuration.
func (t *Table) Routes() []*Route { return t.routes }

// APIs are all APIs in the order of the configuration.
func (t *Table) APIs() []*API { return t.apis }

// hosts finds the tries that may serve a host, the more specific first.
func (t *Table) hosts(host []byte, tries *[3]*node) {
	trie, wild := t.named[string(host)], (*node)(nil) // nearly always as it is configured
	if len(t.wild) > 0 || trie == nil && len(t.named) > 0 {
		trie, wild = t.hostsFolded(host)
	}
	n := 0
	for _, found := range [...]*node{trie, wild, t.any} {
		if found != nil {
			tries[n] = found
			n++
		}
	}
}

// hostsFolded finds the tries of a host in other letters, with a port or a final dot, or below a wildcard.
func (t *Table) hostsFolded(host []byte) (named, wild *node) {
	var buf [maxHost]byte
	withPort, name := fold(host, &buf)
	if named = t.named[string(withPort)]; named == nil {
		named = t.named[string(name)]
	}
	return named, t.wildcard(name)
}

// wildcard is the trie of *.example.com for a.example.com and a.b.example.com; the longest such name counts.
func (t *Table) wildcard(name []byte) *node {
	if len(t.wild) == 0 {
		return nil
	}
	for dot := bytes.IndexByte(name, '.'); dot >= 0; {
		if trie := t.wild[string(name[dot:])]; trie != nil && dot > 0 {
			return trie
		}
		next := bytes.IndexByte(name[dot+1:], '.')
		if next < 0 {
			return nil
		}
		dot += 1 + next
	}
	return nil
}

// maxHost is longer than any host with its port (RFC 1035 §2.3.4).
const maxHost = 264

// fold is the host in small letters, with its port and without, and without the final dot of a fully qualified name.
func fold(host []byte, buf *[maxHost]byte) (withPort, name []byte) {
	if len(host) > len(buf) {
		return nil, nil
	}
	for i, c := range host {
		buf[i] = ascii.Lower(c)
	}
	withPort = buf[:len(host)]
	name = withPort
	if colon := bytes.LastIndexByte(name, ':'); colon >= 0 && bytes.IndexByte(name[colon:], ']') < 0 {
		name = name[:colon]
	}
	return withPort, bytes.TrimSuffix(name, dot)
}

var (
	dot  = []byte(".")
	root = []byte("/")
)

// rooted reads an empty path as "/" (RFC 9112 §3.2.1).
func rooted(path []byte) []byte {
	if len(path) == 0 {
		return root
	}
	return path
}
