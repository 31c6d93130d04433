//go:build linux

package fault_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

// failing is an API that fails, and what a caller, the access log and the record of the call say of it.
type failing struct {
	name, method string
	on           string              // the route; kept: over a connection that has carried a call already
	do           string              // what the API does
	before       func(a *api) func() // breaks it, and returns what mends it
	held         func(a *api)        // breaks it once it holds the call, and once the caller has the beginning of an answer that has begun
	after        func(a *api)        // mends it
	arrives      int                 // how often the call does
	want         seen
	linkedin     *seen // nil: as in the standard profile
}

// seen is what is seen of a call that failed.
type seen struct {
	Status, Came        int    // the upstream's
	Problem, Code       string // of the answer
	Applied, RetryAfter string
	Cut                 bool // the answer broke off
	Logged, By          string
	Attempts            int
	Note                string // how it begins
	Proxy               string // Proxy-Status (RFC 9209)
}

func dead(a *api) func()    { a.kill(); return a.start }
func stopped(a *api) func() { a.hang(); return a.goOn }
func release(a *api)        { a.tell("release") }

// proxyError begins what Proxy-Status says of an answer of ours.
const proxyError = "candor; error="

// broken is a 502 of a call that may have been applied.
func broken(problem, note string) seen {
	is := seen{Status: 502, Problem: problem, Code: "BAD_GATEWAY", Applied: "unknown", Logged: problem, By: "gateway", Attempts: 1, Note: note}
	is.Proxy = map[string]string{"upstream_broke": proxyError + "connection_terminated", "upstream_invalid": proxyError + "http_protocol_error"}[problem]
	return is
}

// cut is an answer that has begun.
func cut(note string) seen {
	return seen{Status: 200, Came: 200, Cut: true, Logged: "upstream_broke", By: "upstream", Attempts: 1, Note: note}
}

func (s seen) times(n int) seen       { s.Attempts = n; return s }
func (s seen) told(error string) seen { s.Proxy = proxyError + error; return s }

var (
	refused  = seen{Status: 502, Problem: "upstream_unreachable", Code: "BAD_GATEWAY", Applied: "no", Logged: "upstream_unreachable", By: "gateway", Attempts: 1, Note: "connection refused", Proxy: proxyError + "connection_refused"}
	silent   = seen{Status: 504, Problem: "gateway_timeout", Code: "GATEWAY_TIMEOUT", Applied: "unknown", Logged: "gateway_timeout", By: "gateway", Attempts: 1, Note: "first byte timed out", Proxy: proxyError + "connection_read_timeout"}
	unheard  = seen{Status: 504, Problem: "gateway_timeout", Code: "GATEWAY_TIMEOUT", Applied: "no", Logged: "gateway_timeout", By: "gateway", Attempts: 1, Note: "connect timed out", Proxy: proxyError + "connection_timeout"}
	stalled  = seen{Status: 200, Came: 200, Cut: true, Logged: "gateway_timeout", By: "gateway", Attempts: 1, Note: "gap in the answer timed out"}
	answered = seen{Status: 200, Came: 200, By: "upstream", Attempts: 1}
	away     = seen{Status: 503, Came: 503, RetryAfter: "7", By: "upstream", Attempts: 1}
	fails    = seen{Status: 500, Came: 500, By: "upstream", Attempts: 1}
	wrapped  = seen{
		Status: 503, Came: 503, RetryAfter: "7", Problem: "upstream_server_error; by=upstream", Code: "SERVICE_UNAVAILABLE", Applied: "unknown",
		Logged: "upstream_server_error", By: "upstream", Attempts: 1,
	}
	wrapped500 = seen{
		Status: 500, Came: 500, Problem: "upstream_server_error; by=upstream", Code: "INTERNAL_SERVER_ERROR", Applied: "unknown",
		Logged: "upstream_server_error", By: "upstream", Attempts: 1,
	}
)

var apiFails = []failing{
	{name: "killed", method: "GET", on: "calls", before: dead, want: refused},
	{name: "killed", method: "POST", on: "calls", before: dead, want: refused},
	{name: "killed behind a kept connection", method: "GET", on: "kept", before: dead, want: refused},
	{name: "killed behind a kept connection", method: "POST", on: "kept", before: dead, want: refused},
	{name: "killed while it works", method: "GET", on: "calls", do: "hold", held: (*api).kill, after: (*api).start, arrives: 1, want: broken("upstream_broke", "ended early")},
	{name: "killed while it works", method: "POST", on: "calls", do: "hold", held: (*api).kill, after: (*api).start, arrives: 1, want: broken("upstream_broke", "ended early")},
	{name: "hung", method: "GET", on: "brief", before: stopped, want: silent},
	{name: "hung", method: "POST", on: "brief", before: stopped, want: silent},
	{name: "accepts nobody", method: "GET", on: "calls", before: (*api).fill, want: unheard},
	{name: "accepts nobody", method: "POST", on: "calls", before: (*api).fill, want: unheard},
	{name: "resets", method: "GET", on: "calls", do: "reset", arrives: 1, want: broken("upstream_broke", "connection broke")},
	{name: "resets", method: "POST", on: "calls", do: "reset", arrives: 1, want: broken("upstream_broke", "connection broke")},
	{name: "resets a kept connection, and another", method: "GET", on: "kept", do: "reset", arrives: 2, want: broken("upstream_broke", "connection broke").times(2)},
	{name: "resets a kept connection", method: "GET", on: "kept", do: "reset,serve", arrives: 2, want: answered.times(2)},
	{name: "ends a kept connection", method: "GET", on: "kept", do: "end,serve", arrives: 2, want: answered.times(2)},
	{name: "resets a kept connection", method: "POST", on: "kept", do: "reset,serve", arrives: 1, want: broken("upstream_broke", "connection broke")},
	{name: "ends", method: "POST", on: "calls", do: "end", arrives: 1, want: broken("upstream_broke", "ended early")},
	{name: "half a head", method: "GET", on: "kept", do: "half-head", arrives: 1, want: broken("upstream_broke", "ended early")},
	{name: "half a head, then reset", method: "GET", on: "kept", do: "half-reset", held: release, arrives: 1, want: broken("upstream_broke", "connection broke")},
	{name: "TLS", method: "GET", on: "kept", do: "tls", arrives: 1, want: broken("upstream_invalid", "invalid answer: control_byte at line 1, column 1")},
	{name: "no head", method: "GET", on: "kept", do: "old", arrives: 1, want: broken("upstream_invalid", "invalid answer: version_syntax at line 1, column 1")},
	{name: "two lengths", method: "GET", on: "kept", do: "twice", arrives: 1, want: broken("upstream_invalid", "invalid answer: length_repeated in the field Content-Length at line 3, column 17")},
	{name: "NUL in a name", method: "GET", on: "kept", do: "nul", arrives: 1, want: broken("upstream_invalid", `invalid answer: control_byte at line 2, column 3: "X-\x00: 2"`)},
	{name: "a huge head", method: "GET", on: "kept", do: "huge", arrives: 1, want: broken("upstream_invalid", "past a limit of ours: head_too_large in the field X at line 2").told("http_response_header_section_size")},
	{name: "reset in the body", method: "GET", on: "kept", do: "mid-reset", held: release, arrives: 1, want: cut("connection broke")},
	{name: "ended in the body", method: "GET", on: "kept", do: "mid-end", held: release, arrives: 1, want: cut("ended early")},
	{name: "a body too short", method: "POST", on: "kept", do: "short", arrives: 1, want: cut("ended early")},
	{name: "killed in the body", method: "GET", on: "kept", do: "mid-end", held: (*api).kill, after: (*api).start, arrives: 1, want: cut("ended early")},
	{name: "reset in chunks", method: "GET", on: "kept", do: "chunk-reset", held: release, arrives: 1, want: cut("connection broke")},
	{name: "ended in chunks", method: "GET", on: "kept", do: "chunk-end", held: release, arrives: 1, want: cut("ended early")},
	{name: "no chunk", method: "GET", on: "kept", do: "chunk-bad", held: release, arrives: 1, want: cut("invalid answer: chunk_size in chunk 2, column 1")},
	{name: "reset in a body to the close", method: "GET", on: "kept", do: "close-reset", held: release, arrives: 1, want: cut("connection broke")},
	{name: "silent in the body", method: "GET", on: "lively", do: "stall", arrives: 1, want: stalled},
	{name: "an answer too much", method: "GET", on: "kept", do: "surplus", arrives: 1, want: answered},
	{name: "turned away", method: "GET", on: "kept", do: "away", arrives: 1, want: away, linkedin: &wrapped},
	{name: "500", method: "POST", on: "kept", do: "500", arrives: 1, want: fails, linkedin: &wrapped500},
	{name: "byte for byte", method: "GET", on: "kept", do: "drip", arrives: 1, want: answered},
}

// What an API that is a process does wrong is told its caller, the access log and the request log as what it is, and the next call after it goes well at once.
func TestTheAPIFails(t *testing.T) { //nolint:tparallel // its parts break one API, one after the other
	t.Parallel()
	s := newScene(t, twoProfiles(plain, ""))
	answers := map[string]told{}
	each := func(t *testing.T, do func(f *failing, s *scene, profile, name string)) {
		for _, profile := range []string{"standard", "linkedin"} {
			for _, f := range apiFails {
				name := profile + ": " + f.method + ", " + f.name
				t.Run(name, func(t *testing.T) { do(&f, s.of(t), profile, name) })
			}
		}
	}
	t.Run("answer", func(t *testing.T) {
		each(t, func(f *failing, s *scene, profile, name string) { answers[name] = f.plays(s, profile) })
	})
	t.Run("logs", func(t *testing.T) { // of all calls at last, since lines are written once a second
		each(t, func(f *failing, s *scene, profile, name string) { f.isTold(s, profile, answers[name]) })
	})
}

// plays makes the call, and two after it.
func (f *failing) plays(s *scene, profile string) told {
	s.t.Helper()
	c, number, body := s.connect(), s.number(), ""
	if f.on == "kept" { // on the same connection: the API's is given back before the next call on ours is looked at
		s.works(c, "GET", "/"+profile+"/kept")
	}
	if f.method == "POST" {
		body = "body"
	}
	mend := func() {}
	if f.before != nil {
		mend = f.before(s.api)
	}
	c.send(f.method, "/"+profile+"/"+f.on+"/"+number+"?do="+f.do, body)
	answer := c.awaits(f.method)
	if f.held != nil {
		s.api.holds(number)
		if f.want.Cut {
			testkit.Receive(s.t, "the beginning of an answer", answer.begun)
		}
		f.held(s.api)
	}
	is := answer.whole()
	if n := s.api.entries("arrived", number); n != f.arrives {
		s.t.Errorf("it arrived %d times, and was to %d", n, f.arrives)
	}
	mend()
	if f.after != nil {
		f.after(s.api)
	}
	s.works(s.connect(), "GET", "/"+profile+"/kept")
	s.works(s.connect(), "POST", "/"+profile+"/calls")
	return is
}

// isTold compares what the caller was told with what is wanted, with the line of the call and with its record.
func (f *failing) isTold(s *scene, profile string, is told) {
	s.t.Helper()
	want := f.want
	if profile == "linkedin" && f.linkedin != nil {
		want = *f.linkedin
	}
	l := s.line(is.ID)
	got := seen{
		Status: is.Status, Came: l.UpstreamStatus, Problem: is.Problem, Code: is.Code, Applied: is.Applied, RetryAfter: is.RetryAfter, Cut: is.Cut != nil,
		Logged: l.Problem, By: l.By, Attempts: max(l.Attempts, 1), Note: l.Note[:min(len(l.Note), len(want.Note))],
		Proxy: is.ProxyStatus,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("want -, got + (the note is %q)\n%s", l.Note, diff)
	}
	if is.Problem != "" && is.BodyID != is.ID {
		s.t.Errorf("the answer is of %s, its body of %s", is.ID, is.BodyID)
	}
	if l.Problem == "" {
		return
	}
	r := s.record(is.ID)
	kept := seen{Status: r.Status, Logged: r.Problem, By: r.By, Note: r.Note}
	if diff := cmp.Diff(seen{Status: l.Status, Logged: l.Problem, By: l.By, Note: l.Note}, kept); diff != "" {
		s.t.Errorf("line -, record +\n%s", diff)
	}
	if said := r.Said; is.Problem != "" && (said == nil || said.Applied != is.Applied || said.Code != is.Code) {
		s.t.Errorf("the record has the words %+v, the answer %q, %q", said, is.Code, is.Applied)
	}
	if up := r.Upstream; up != nil && (up.Status != l.UpstreamStatus || max(up.Attempts, 1) != max(l.Attempts, 1)) {
		s.t.Errorf("the record has %+v, the line status %d, %d attempts", up, l.UpstreamStatus, l.Attempts)
	}
}
