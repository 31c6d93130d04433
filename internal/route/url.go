package route

import (
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/problem"
)

// URLFault is the first byte of a path or query that cannot stand there. The zero value is none.
type URLFault struct {
	Detail  problem.Detail
	Part    string // "path" or "query"
	At      int    // position in the part, from 1
	Excerpt []byte // the wrong bytes, borrowed from the part: "%zz", "//", a whole dot segment
}

// Bad reports whether there is a fault.
func (f URLFault) Bad() bool { return f.Detail != problem.NoDetail }

// CheckURL finds the first fault of a call's path and query that is not tolerated, by the profile of its API (standard where it has none). What it lets pass
// reads the same here and behind us, but for what is tolerated: that it notes in m.Tolerated.
func (t *Table) CheckURL(m *Match, path, query []byte) URLFault {
	accept := m.Accept()
	if suspicion(path, 0) >= 0 {
		if f := checkPath(path, accept, &m.Tolerated); f.Bad() {
			return f
		}
	}
	if len(query) == 0 {
		return URLFault{}
	}
	profile := problem.Standard
	if m.API != nil {
		profile = m.API.Profile
	}
	return checkQuery(query, profile, accept, &m.Tolerated)
}

// Needs is what would have to be tolerated beside what is, so that a path and query which CheckURL has found wrong would pass; 0 if nothing would help.
func (t *Table) Needs(m *Match, path, query []byte) (needed Accept) {
	if checkPath(path, AcceptAll, &needed).Bad() || checkQuery(query, problem.LinkedIn, AcceptAll, &needed).Bad() {
		return 0
	}
	if m.API == nil || m.API.Profile == problem.Standard {
		var anyway Accept
		if !checkQuery(query, problem.Standard, 0, &anyway).Bad() {
			needed &^= QueryRaw
		}
	}
	return needed &^ m.Accept()
}

// checkQuery finds the first byte of a raw query that cannot stand there: a control byte, a raw byte beyond ASCII, '#'; in the linkedin profile all that
// RFC 3986 §3.4 does not allow. What that does not allow and passes is noted as used, also where the profile lets it pass by itself.
func checkQuery(query []byte, profile problem.Profile, accept Accept, used *Accept) URLFault {
	passes := control // every kind before it
	if profile == problem.LinkedIn {
		passes = escape
	}
	for i := range query {
		kind := queryBytes[query[i]]
		if kind == plain || kind == escape && isEscape(query[i:]) {
			continue
		}
		if kind < passes || kind != control && accept.Has(QueryRaw) {
			*used |= QueryRaw
			continue
		}
		f := URLFault{faults[kind], "query", i + 1, query[i : i+1]}
		if kind == escape {
			f.Excerpt = query[i:min(i+3, len(query))]
		}
		return f
	}
	return URLFault{}
}

func isEscape(rest []byte) bool {
	_, ok := ascii.Unescape(rest)
	return ok
}

// byteKind is what a byte is in a path or query. Those before control are let pass in a query of the standard profile.
type byteKind uint8

const (
	plain byteKind = iota
	escape
	odd // RFC 3986 does not allow it, yet nobody misreads it
	control
	beyond
	backslash
	hash
	slash
)

// faults holds the fault of each kind.
var faults = [...]problem.Detail{
	escape: problem.DetailBadEscape, odd: problem.DetailQueryByte, control: problem.DetailRawControl, beyond: problem.DetailRawByte,
	backslash: problem.DetailBackslash, hash: problem.DetailFragment, slash: problem.DetailEmptySegment,
}

var queryBytes = func() (kinds [256]byteKind) {
	for c := range kinds {
		switch {
		case c < ' ', c == 0x7f:
			kinds[c] = control
		case c > 0x7f:
			kinds[c] = beyond
		}
	}
	for _, c := range []byte(` "<>[\]^{|}` + "`") {
		kinds[c] = odd
	}
	kinds['%'], kinds['#'] = escape, hash
	return kinds
}()

// pathBytes differ from queryBytes in what a path could be misread by.
var pathBytes = func() [256]byteKind {
	kinds := queryBytes
	for c, kind := range kinds {
		if kind == odd {
			kinds[c] = plain
		}
	}
	kinds[' '] = control
	kinds['\\'], kinds['/'] = backslash, slash
	return kinds
}()
