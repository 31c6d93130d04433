package observe

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// The bounds of what is counted apart; what comes beyond is counted together.
const (
	maxCauses  = 200
	maxMissing = 200
	maxShown   = 20
)

// others is the cause under which the rest is counted.
const others = "other causes"

// totals are the counts of all calls.
type totals struct {
	calls, failures int
	causes          map[string]int
	missing         map[string]*missingPath
	missingBeyond   int // calls of paths that are not counted apart any more
	malformed       map[string]*malformedKind
	past            []*past
}

type missingPath struct {
	count   int
	nearest string
}

type malformedKind struct {
	count     int
	tolerance string
}

func newTotals() totals {
	return totals{causes: map[string]int{}, missing: map[string]*missingPath{}, malformed: map[string]*malformedKind{}}
}

// call counts a call.
func (t *totals) call(e *accesslog.Entry, f *Failure, failed bool, r *route) {
	t.calls++
	t.tolerated(e)
	if !failed {
		return
	}
	t.failed(f.cause)
	if e.Status == 404 && e.ByUpstream {
		t.notFound(f, r)
	}
}

// failed counts a failure.
func (t *totals) failed(cause string) {
	t.failures++
	if _, known := t.causes[cause]; !known && len(t.causes) >= maxCauses {
		cause = others
	}
	t.causes[cause]++
}

// tolerated counts what of a call is not as it should be: what was let pass here, and what nothing lets pass.
func (t *totals) tolerated(e *accesslog.Entry) {
	for _, word := range e.Tolerated {
		t.odd(word, word)
	}
	if e.Seen != nil && e.Seen.Odd != "" {
		t.odd(e.Seen.Odd, "")
	}
	if e.Problem == "malformed_request" || e.Problem == "invalid_url" {
		t.odd(e.Cause.Detail, strings.Join(e.WouldPass, ", "))
	}
}

// odd counts a call that is not as it should be, by what it is, and by the tolerance that lets it pass; "" none does.
func (t *totals) odd(kind, tolerance string) {
	m := t.malformed[kind]
	if m == nil {
		if len(t.malformed) >= maxCauses {
			return
		}
		m = &malformedKind{tolerance: tolerance}
		t.malformed[kind] = m
	}
	m.count++
}

func (t *totals) notFound(f *Failure, r *route) {
	key := f.Method + " " + cut(r.pattern, maxPath)
	m := t.missing[key]
	if m == nil {
		if len(t.missing) >= maxMissing {
			t.missingBeyond++
			return
		}
		m = &missingPath{}
		t.missing[key] = m
	}
	m.count++
	if r.here == nil { // what is known grows: the latest is the best
		m.nearest = r.nearest(f.Method)
	}
}

// Summary is what was seen in all.
type Summary struct {
	Calls     int         `json:"calls"`
	Failures  int         `json:"failures"`
	Causes    []counted   `json:"causes"`
	NotFound  []notFound  `json:"not_found"`
	More      *moreCalls  `json:"not_found_more,omitempty"` // of paths that are not named
	Slow      []slowRoute `json:"slow"`
	Malformed []malformed `json:"malformed"`
	Past      []*past     `json:"leads_past,omitempty"`
}

type counted struct {
	Cause string `json:"cause"`
	Count int    `json:"count"`
}

type notFound struct {
	Call    string `json:"call"`
	Count   int    `json:"count"`
	Nearest string `json:"nearest,omitempty"`
}

// moreCalls is what a list leaves out.
type moreCalls struct {
	Paths   int  `json:"paths"`
	AtLeast bool `json:"at_least,omitempty"` // further paths came that were not told apart
	Calls   int  `json:"calls"`
}

// text says how much there is more.
func (m *moreCalls) text() string {
	switch {
	case m.AtLeast:
		return fmt.Sprintf("and %s of %d other paths or more", moreText(m.Calls), m.Paths)
	case m.Paths == 1:
		return fmt.Sprintf("and %s of another path", moreText(m.Calls))
	}
	return fmt.Sprintf("and %s of %d other paths", moreText(m.Calls), m.Paths)
}

type slowRoute struct {
	Route   string `json:"route"`
	Calls   int    `json:"calls"`
	Slowest int64  `json:"slowest_ms"`
	Mean    int64  `json:"mean_ms"`
}

type malformed struct {
	Kind      string `json:"kind"`
	Count     int    `json:"count"`
	Tolerance string `json:"tolerance,omitempty"`
}

func (m *malformed) text() string {
	switch m.Tolerance {
	case m.Kind:
		return m.Kind
	case "":
		return m.Kind + ": there is none"
	}
	return m.Kind + ": " + m.Tolerance
}

// slowFrom is from when on a route is slow, in µs.
const slowFrom = 1_000_000

func (t *totals) summary(r *routes) *Summary {
	s := &Summary{Calls: t.calls, Failures: t.failures, Causes: []counted{}, NotFound: []notFound{}, Slow: []slowRoute{}, Malformed: []malformed{}}
	for cause, n := range t.causes {
		s.Causes = append(s.Causes, counted{cause, n})
	}
	slices.SortFunc(s.Causes, func(a, b counted) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Cause, b.Cause)) })
	for call, m := range t.missing {
		s.NotFound = append(s.NotFound, notFound{call, m.count, m.nearest})
	}
	slices.SortFunc(s.NotFound, func(a, b notFound) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Call, b.Call)) })
	s.NotFound, s.More = t.notNamed(s.NotFound)
	for kind, m := range t.malformed {
		s.Malformed = append(s.Malformed, malformed{kind, m.count, m.tolerance})
	}
	slices.SortFunc(s.Malformed, func(a, b malformed) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Kind, b.Kind)) })
	s.Past = slices.SortedFunc(slices.Values(t.past), byCount)
	s.Slow = append(s.Slow, r.slowest(slowFrom, maxShown)...)
	return s
}

// notNamed cuts a list to what is shown, and says what is left out; nil: nothing.
func (t *totals) notNamed(all []notFound) (shown []notFound, more *moreCalls) {
	shown = all[:min(len(all), maxShown)]
	more = &moreCalls{Paths: len(all) - len(shown), Calls: t.missingBeyond}
	for _, n := range all[len(shown):] {
		more.Calls += n.Count
	}
	if t.missingBeyond > 0 {
		more.Paths++
		more.AtLeast = true
	}
	if more.Calls == 0 {
		return shown, nil
	}
	return shown, more
}

// appendText appends the summary for people.
func (s *Summary) appendText(dst []byte) []byte {
	dst = fmt.Appendf(dst, "\n%s, %d failed\n", callsText(s.Calls), s.Failures)
	for i, c := range s.Causes {
		if i == maxShown {
			dst = fmt.Appendf(dst, "       and %d more causes\n", len(s.Causes)-i)
			break
		}
		dst = append(appendVisible(fmt.Appendf(dst, "%6d  ", c.Count), c.Cause), '\n')
	}
	if len(s.NotFound) > 0 {
		dst = append(dst, "\nnot found, and the nearest that was good here:\n"...)
	}
	for _, n := range s.NotFound {
		dst = appendVisible(fmt.Appendf(dst, "%6d  ", n.Count), n.Call)
		dst = append(appendVisible(append(dst, "  nearest: "...), either(n.Nearest, "none")), '\n')
	}
	if s.More != nil {
		dst = append(append(append(dst, "        "...), s.More.text()...), '\n')
	}
	if len(s.Slow) > 0 {
		dst = append(dst, "\nslow, up to the first byte of the answer:\n"...)
	}
	for _, r := range s.Slow {
		dst = appendVisible(append(dst, "        "...), r.Route)
		dst = fmt.Appendf(dst, "  slowest %s, mean %s of %s\n", millisText(r.Slowest), millisText(r.Mean), callsText(r.Calls))
	}
	if len(s.Malformed) > 0 {
		dst = append(dst, "\nmalformed calls, and the tolerance (http.accept) that candor serve would need for them:\n"...)
	}
	for i := range s.Malformed {
		m := &s.Malformed[i]
		dst = fmt.Appendf(dst, "%6d  %s\n", m.Count, m.text())
	}
	return appendPast(dst, s.Past)
}

func moreText(n int) string {
	if n == 1 {
		return "1 more call"
	}
	return fmt.Sprintf("%d more calls", n)
}

func callsText(n int) string {
	if n == 1 {
		return "1 call"
	}
	return fmt.Sprintf("%d calls", n)
}
