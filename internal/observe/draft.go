package observe

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Front is what of the command line belongs into a draft.
type Front struct {
	Listen      string
	Target      string // scheme, host and port of the URL
	Prefix      string // its path
	KeepHost    bool
	NoForwarded bool
	Lenient     []string // what of answers was let pass
	CA          string
	Insecure    bool
}

// Draft is a configuration that does what was done here: nothing is refused, everything is noted. It is learnt from good calls alone, and written for whoever
// goes on from there. now dates it.
func (s *Screen) Draft(of *Front, now time.Time) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := draft{l: &s.learnt}
	d.walk([]*node{&s.routes.root}, "", 0)
	slices.SortStableFunc(d.routes, func(a, b drafted) int { return cmp.Compare(a.path, b.path) })
	d.head(of, now)
	d.limits()
	d.upstream(of)
	d.api(of)
	return d.out
}

// draft is one that is being written.
type draft struct {
	out    []byte
	l      *learnt
	routes []drafted
}

type drafted struct {
	path    string
	methods []string
	calls   int
}

// maxRoutes bounds the routes of a draft; what is beyond them is for the last one.
const maxRoutes = 1000

// walk finds the routes below places that are one: words that are proven stand for themselves, and values where there are enough of them.
func (d *draft) walk(group []*node, path string, depth int) {
	d.add(group, path)
	words := map[string][]*node{}
	var rest []*node
	for _, n := range group {
		for word, to := range n.literals {
			words[word] = append(words[word], to)
		}
		if n.value != nil {
			rest = append(rest, n.value)
		}
	}
	unproven := 0
	for _, word := range slices.Sorted(maps.Keys(words)) {
		to := words[word]
		switch {
		case word == "":
			d.add(to, path+"/")
		case passed(to).proven():
			d.walk(to, path+"/"+word, depth)
		default:
			rest = append(rest, to...)
			unproven++
		}
	}
	if unproven >= siblings || enough(rest) {
		d.walk(rest, path+"/"+valueName(depth), depth+1)
	}
}

// valueName is that of a value in a pattern, in which each has a name of its own.
func valueName(depth int) string {
	if depth == 0 {
		return value
	}
	return fmt.Sprintf("{id%d}", depth+1)
}

func passed(all []*node) (p passage) {
	for _, n := range all {
		p = p.with(n.passage)
	}
	return p
}

// add adds the route of a path, if something was good there.
func (d *draft) add(group []*node, path string) {
	r := drafted{path: path}
	for _, n := range group {
		for _, s := range n.methods {
			if s.good > 0 && !slices.Contains(r.methods, s.method) && listable(s.method) {
				r.methods = append(r.methods, s.method)
			}
			r.calls += s.good
		}
	}
	if len(r.methods) > 0 && path != "" && len(d.routes) < maxRoutes {
		slices.Sort(r.methods)
		d.routes = append(d.routes, r)
	}
}

// listable reports whether a route may list a method.
func listable(method string) bool {
	return method != "TRACE" && method != "CONNECT" && strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}

func (d *draft) line(format string, args ...any) {
	d.out = append(fmt.Appendf(d.out, format, args...), '\n')
}

func (d *draft) head(of *Front, now time.Time) {
	d.line("# A draft that candor observe has learnt from %s of %s, at %s.", callsOf(d.l.calls, "good call"), of.Target+of.Prefix, now.UTC().Format(time.RFC3339))
	d.line("# Served, it does what candor observe did: nothing is refused, and what a check would refuse is noted in the access log (would). Switch the checks on")
	d.line("# route by route with mode: (docs/adopting.md).")
	d.line("version: 1")
	d.line("listeners: [%q]", of.Listen)
}

func callsOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// A limit of the configuration, what it is unless said, and the unit in which it is written.
type limitKey struct {
	key       string
	usual, at int64
	text      func(int64) string
}

// above is a value above the largest that was seen: twice as much, in a round number; usual where that is enough.
func (k *limitKey) above() int64 {
	v := k.usual
	for v < 2*k.at {
		v *= 2
	}
	return v
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%dGiB", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%dMiB", n>>20)
	}
	return fmt.Sprintf("%dKiB", n>>10)
}

func numberText(n int64) string { return fmt.Sprint(n) }

func secondsText(us int64) string { return fmt.Sprintf("%ds", us/1e6) }

// said are the limits that have to be larger than usual, as they are written.
func said(keys []limitKey) string {
	var all []string
	for i := range keys {
		if v := keys[i].above(); keys[i].at*10 > keys[i].usual*8 && v > keys[i].usual { // too near to it counts too
			all = append(all, keys[i].key+": "+keys[i].text(v))
		}
	}
	return strings.Join(all, ", ")
}

func (d *draft) limits() {
	m := &d.l.largest
	if text := said([]limitKey{
		{"request_line", 8 << 10, m.target + 64, bytesText},
		{"head", 32 << 10, m.head, bytesText},
		{"fields", 128, m.fields, numberText},
		{"body", 10 << 20, m.body, bytesText},
		{"upstream_head", 64 << 10, m.answerHead, bytesText},
		{"upstream_fields", 1000, m.answerFields, numberText},
	}); text != "" {
		d.line("limits: {%s} # above the largest that was seen", text)
	}
}

func (d *draft) upstream(of *Front) {
	d.line("upstreams:")
	d.line("  api:")
	d.line("    targets: [%q]", of.Target)
	if !of.KeepHost {
		d.line("    host: target")
	}
	d.line("    request_id: off")
	if of.NoForwarded {
		d.line("    forwarded: off")
	}
	m := &d.l.largest
	if text := said([]limitKey{
		{"connect", 3e6, m.connect, secondsText}, {"first_byte", 30e6, m.firstByte, secondsText}, {"gap", 30e6, m.gap, secondsText},
	}); text != "" {
		d.line("    timeouts: {%s} # above the longest that was seen", text)
	}
	if len(of.Lenient) > 0 {
		d.line("    lenient: [%s]", strings.Join(of.Lenient, ", "))
	}
	switch {
	case of.CA != "":
		d.line("    tls: {ca: %q}", of.CA)
	case of.Insecure:
		d.line("    tls: {insecure_skip_verify: true}")
	}
}

func wordsIn(set map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(set)), ", ") }

func (d *draft) api(of *Front) {
	d.line("apis:")
	d.line("  - name: api")
	d.line("    upstream: api")
	d.line("    credentials: public")
	for _, iss := range slices.Sorted(maps.Keys(d.l.issuers)) {
		d.line("    # JWT, iss %s (unverified), %s", appendVisible(nil, iss), callsText(d.l.issuers[iss]))
	}
	if d.l.peak > 0 {
		d.line("    # peak %d/min per address (limits by address come later)", d.l.peak)
	}
	d.line("    preflight: pass")
	d.line("    guard: off")
	d.line("    mode: observe")
	if of.Prefix != "" {
		d.line("    request: {rewrite: %q}", of.Prefix+"{/}")
	}
	if len(d.l.tolerate) > 0 {
		d.line("    http: {accept: [%s]}", wordsIn(d.l.tolerate))
	}
	d.line("    routes:")
	for i := range d.routes {
		r := &d.routes[i]
		d.line("      - {path: %q, methods: [%s]} # %s", r.path, strings.Join(r.methods, ", "), callsText(r.calls))
	}
	d.line("      - {path: \"/**\"} # all else")
}
