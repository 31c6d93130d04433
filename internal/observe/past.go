package observe

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// pastFix is what to do about answers that lead past Candor.
const pastFix = "Give the API the address that callers use (its setting of a public or base URL; --keep-host sends it in Host), or let candor serve rewrite it (response.location)."

// leading is an answer that names a URL of the upstream's own: whoever follows it does not come through here.
type leading struct {
	Time   string `json:"time"`
	Status int    `json:"status"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Field  string `json:"field"`
	URL    string `json:"url"` // without query
	What   string `json:"what"`
	Fix    string `json:"fix"`
	ID     string `json:"id"`
}

// past is what is counted of one scheme, host and port.
type past struct {
	To    string `json:"to"`
	Count int    `json:"count"`
	Field string `json:"field"` // the first
	Call  string `json:"call"`  // likewise
}

// origins are where the upstream is.
type origins struct {
	host, port string
	machine    bool // it is this one, which has many names
}

func originsOf(text string) (o origins) {
	if u, err := url.Parse(text); err == nil {
		o.host, o.port = u.Hostname(), portOf(u)
		o.machine = ofThisMachine(o.host)
	}
	return o
}

// portOf is the port of a URL; one without a scheme is taken for what the upstream's is, whose usual port cannot be known.
func portOf(u *url.URL) string {
	switch port := u.Port(); {
	case port != "":
		return port
	case u.Scheme == "https":
		return "443"
	case u.Scheme == "http":
		return "80"
	}
	return ""
}

// ofThisMachine reports whether a host is this machine, as nobody else can reach it. What listens on every address often names itself 0.0.0.0.
func ofThisMachine(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback() || a.IsUnspecified()
	}
	return strings.EqualFold(host, "localhost")
}

// has reports whether a URL is one of the upstream's own, or https of its host.
func (o *origins) has(u *url.URL) bool {
	host := u.Hostname()
	if host == "" || !strings.EqualFold(host, o.host) && (!o.machine || !ofThisMachine(host)) {
		return false
	}
	port := portOf(u)
	return port == o.port || port == "" || u.Scheme == "https" && port == "443"
}

// pastOf finds out whether an answer leads past, by which field and to where; nil: it does not.
func (s *Screen) pastOf(e *accesslog.Entry) (field string, to *url.URL) {
	if e.Seen == nil || !e.ByUpstream {
		return "", nil
	}
	a := &e.Seen.Answer
	for _, f := range []struct {
		name  string
		value []byte
	}{{"Location", a.Location}, {"Content-Location", a.ContentLocation}, {"Refresh", refreshed(a.Refresh)}} {
		value := string(f.value)
		if !strings.Contains(value, "//") {
			continue
		}
		u, err := url.Parse(value)
		if err == nil && s.upstream.has(u) && !strings.EqualFold(u.Host, string(e.Seen.Host)) {
			return f.name, u
		}
	}
	return "", nil
}

// refreshed is the URL of a Refresh (HTML §4.2.5.3), nil where it has none.
func refreshed(value []byte) []byte {
	text := strings.TrimLeft(string(value), " \t0123456789.")
	if text == "" || text[0] != ';' && text[0] != ',' {
		return nil
	}
	text = strings.TrimLeft(text[1:], " \t")
	if len(text) > 3 && strings.EqualFold(text[:3], "url") {
		if after, named := strings.CutPrefix(strings.TrimLeft(text[3:], " \t"), "="); named {
			text = strings.TrimLeft(after, " \t")
		}
	}
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		text, _, _ = strings.Cut(text[1:], text[:1])
	}
	return []byte(text)
}

// follow counts an answer that leads past, and says so of the first to each scheme, host and port.
func (s *Screen) follow(e *accesslog.Entry) {
	field, u := s.pastOf(e)
	if u == nil {
		return
	}
	to := strings.ToLower(u.Host)
	if u.Scheme != "" {
		to = u.Scheme + "://" + to
	} else {
		to = "//" + to
	}
	for _, p := range s.totals.past {
		if p.To == to {
			p.Count++
			return
		}
	}
	if len(s.totals.past) == maxShown {
		return
	}
	var f Failure
	f.about(e)
	l := leading{Time: f.Time, Status: f.Status, Method: f.Method, Path: f.Path, Field: field, URL: to + pathShown([]byte(u.EscapedPath())), Fix: pastFix, ID: f.ID}
	l.What = fmt.Sprintf("answers lead past Candor: %s %s; calls of who follows it are not seen", field, l.URL)
	s.totals.past = append(s.totals.past, &past{to, 1, field, f.Method + " " + f.Path})
	if s.ended {
		return
	}
	if s.o.JSON {
		s.line = appendObject(s.line[:0], struct {
			LeadsPast *leading `json:"leads_past"`
		}{&l})
	} else {
		f.What, f.Fix = l.What, l.Fix
		s.line = f.appendLine(s.line[:0], s.o.Colours, s.o.Location)
	}
	_, _ = s.o.Out.Write(s.line) // an outlet: it never fails
}

// byCount puts what was met most often first.
func byCount(a, b *past) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.To, b.To)) }

// appendPast appends for people where answers lead past.
func appendPast(dst []byte, all []*past) []byte {
	if len(all) > 0 {
		dst = append(dst, "\nanswers lead past Candor, and calls of who follows them are not seen:\n"...)
	}
	for _, p := range all {
		dst = appendVisible(fmt.Appendf(dst, "%6d  ", p.Count), p.To)
		dst = append(appendVisible(append(dst, "  first: "...), p.Field+", "+p.Call), '\n')
	}
	return dst
}
