//go:build linux

package fault_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// healing are routes whose failed calls are sent again. What is below /kept goes over kept connections.
const healing = `{name: calls, path: /calls/**, retry: {attempts: 10, within: 15s}},
    {name: kept, path: /kept/**, upstream: kept-NAME, retry: {attempts: 10, within: 15s}},
    {name: thrice, path: /thrice/**, retry: {attempts: 3, within: 10s}},
    {name: short, path: /short/**, retry: {attempts: 3, within: 2s}},
    {name: brief, path: /brief/**, timeouts: {first_byte: 300ms}, retry: {attempts: 5, within: 10s, on: [timeout]}},
    {name: promised, path: /promised/**, retry: {attempts: 3, within: 10s, idempotent: true}},
    {name: keyed, path: /keyed/**, retry: {attempts: 3, within: 10s, idempotent: key}}`

var (
	get     = &forms[0]
	get10   = &forms[1]
	post    = &forms[2]
	chunked = &forms[3]
	put     = &forms[4]
	keyed   = &form{name: "POST with a key", method: http.MethodPost, framing: "Idempotency-Key: k\r\nContent-Length: 4\r\n", body: "body"}
	chunks  = &form{name: "PUT in chunks", method: http.MethodPut, framing: chunked.framing, body: chunked.body}
)

// healed is a call to an API that fails for a while, or for good.
type healed struct {
	*form
	on, do  string
	status  int
	applied string // of an answer of ours
	arrives int    // how often, each time the whole call; -1: more than once
	after   string // Retry-After
}

var heals = []healed{
	{get, "calls", "reset,serve", 200, "", 2, ""},
	{get, "calls", "end,503,serve", 200, "", 3, ""},
	{get, "calls", "half-head,serve", 200, "", 2, ""},
	{get10, "calls", "reset,serve", 200, "", 2, ""},
	{put, "calls", "reset,reset,serve", 200, "", 3, ""},
	{chunks, "calls", "reset,serve", 200, "", 2, ""},
	{get, "kept", "reset,reset,serve", 200, "", 3, ""},
	{get, "brief", "hold,serve", 200, "", -1, ""},
	{get, "thrice", "reset", 502, "unknown", 3, ""},
	{get, "thrice", "503", 503, "", 3, ""},
	{get, "short", "away,serve", 503, "", 1, "7"},
	{get, "calls", "500,serve", 500, "", 1, ""},
	{get, "calls", "tls,serve", 502, "unknown", 1, ""},
	{post, "calls", "reset,serve", 502, "unknown", 1, ""},
	{chunked, "calls", "reset,serve", 502, "unknown", 1, ""},
	{post, "calls", "503,serve", 503, "", 1, ""},
	{post, "promised", "reset,503,serve", 200, "", 3, ""},
	{chunked, "promised", "reset,serve", 200, "", 2, ""},
	{keyed, "keyed", "reset,serve", 200, "", 2, ""},
	{post, "keyed", "reset,serve", 502, "unknown", 1, ""},
}

// What is sent again comes to its end before its caller sees anything of a failure; what may not be is told as what it is. Each arrival has the whole call.
func TestHealed(t *testing.T) { //nolint:tparallel // its parts share one API, and its budget
	t.Parallel()
	s := newScene(t, twoProfiles(healing, ""))
	for _, profile := range []string{"standard", "linkedin"} {
		s.saves("/"+profile+"/calls", 500)
		s.saves("/"+profile+"/kept", 100)
		for _, h := range heals {
			t.Run(profile+": "+h.name+" "+h.on+" "+h.do, func(t *testing.T) { h.plays(s.of(t), profile) })
		}
	}
}

func (h *healed) plays(s *scene, profile string) {
	s.t.Helper()
	number := s.number()
	is := s.sends(h.form, "/"+profile+"/"+h.on+"/"+number+"?do="+h.do)
	if is.Status != h.status || is.Cut != nil || is.RetryAfter != h.after || h.applied != "" && is.Applied != h.applied {
		s.t.Errorf("want %d, applied %q, Retry-After %q; got %+v", h.status, h.applied, h.after, is)
	}
	if want := h.answer(number); h.status == 200 && is.Body != want {
		s.t.Errorf("got %q, want %q", is.Body, want)
	}
	ledger := s.api.count()
	arrived, read := ledger["arrived "+number], ledger["read "+number]
	if wrong := arrived != h.arrives || read != h.arrives; wrong && (h.arrives != -1 || read < 2) {
		s.t.Errorf("it arrived %d times, and whole %d times; want %d", arrived, read, h.arrives)
	}
}

// saves makes calls that go well, of which a tenth may be sent again in the next ten seconds: more than the one a second that always may.
func (s *scene) saves(route string, calls int) {
	s.t.Helper()
	for c := s.connect(); calls > 0; calls-- {
		if is, err := c.call(http.MethodGet, route+"/"+s.number(), ""); err != nil || is.Status != 200 {
			s.t.Fatalf("a call that goes well: %+v, %v", is, err)
		}
	}
}

// sends makes a call over a connection of its own.
func (s *scene) sends(f *form, target string) told {
	s.t.Helper()
	c := s.connect()
	c.write(f.text(target))
	is, err := c.read(f.method, nil)
	if err != nil {
		s.t.Errorf("no answer: %v", err)
	}
	return is
}

// An API that is killed and started again while calls are under way and come fails no call that may be sent twice, and one that may not only where it had been sent.
func TestKilledAndStartedAgain(t *testing.T) {
	s := newScene(t, twoProfiles(healing, ""))
	for _, route := range []string{"/standard/kept", "/linkedin/calls"} {
		all := s.callsAt(route)
		for range 4 {
			all.sees("calls that go well", &all.good, 500) // a tenth may be sent again
			s.api.kill()
			s.api.start()
		}
		all.sees("calls that go well again", &all.good, 100)
		all.stop()
		for _, o := range all.outcomes {
			if posted := o.method == http.MethodPost && o.Status == 502 && o.Applied == "unknown"; o.Status != 200 && !posted {
				t.Errorf("%s %s: %+v", o.name, o.number, o.told)
			}
		}
		all.compare(func(method string) int {
			if method == http.MethodPost {
				return 1
			}
			return 10
		})
	}
}

// One that is killed while it works on a call gets it once more where that may be, from the process that is started in its place.
func TestKilledWhileItWorks(t *testing.T) {
	s := newScene(t, twoProfiles(healing, ""))
	for _, c := range []struct {
		*form
		status, arrives int
		applied         string
	}{{get, 200, 2, ""}, {put, 200, 2, ""}, {post, 502, 1, "unknown"}, {chunked, 502, 1, "unknown"}} {
		t.Run(c.name, func(t *testing.T) {
			at, number := s.of(t), s.number()
			caller := at.connect()
			caller.write(c.text("/standard/calls/" + number + "?do=hold,serve"))
			answer := caller.awaits(c.method)
			at.api.holds(number)
			at.api.kill()
			at.api.start()
			is := answer.whole()
			if is.Status != c.status || is.Applied != c.applied || at.api.entries("arrived", number) != c.arrives {
				t.Errorf("want %d, applied %q, %d arrivals; got %+v, %d", c.status, c.applied, c.arrives, is, at.api.entries("arrived", number))
			}
		})
	}
}

// One that is up for a moment and down for a moment, over and over, answers every call that may be sent twice.
func TestFlapping(t *testing.T) {
	t.Parallel()
	s := newScene(t, twoProfiles(healing, ""))
	all := s.callsBy("/standard/kept", get)
	for range 5 {
		all.sees("calls that go well", &all.good, 200)
		s.api.kill()
		pause(t.Context(), 200*time.Millisecond)
		s.api.start()
	}
	all.sees("calls that go well again", &all.good, 10)
	all.stop()
	for _, o := range all.outcomes {
		if o.err != nil || o.Status != 200 || o.Cut != nil {
			t.Errorf("call %s: %+v, %v", o.number, o.told, o.err)
		}
	}
	all.compare(func(string) int { return 10 })
}

// Where every call fails, retries add a tenth, and no more, however many attempts a route allows.
func TestOutageIsNotAmplified(t *testing.T) { //nolint:tparallel // its parts share one API, and its budget
	t.Parallel()
	s := newScene(t, twoProfiles(healing, ""))
	for _, do := range []string{"reset", "503"} {
		t.Run(do, func(t *testing.T) {
			at, begun := s.of(t), time.Now()
			at.do = do
			before := at.api.total("arrived")
			all := at.callsBy("/standard/thrice", slices.Repeat([]*form{get}, 20)...) // since those wait that are sent again
			all.sees("calls that fail", &all.bad, 1000)
			all.stop()
			calls, arrived := len(all.outcomes), at.api.total("arrived")-before
			most := calls + calls/10 + 10 + int(time.Since(begun).Seconds())
			t.Logf("%d calls arrived %d times", calls, arrived)
			if arrived > most || arrived <= calls {
				t.Errorf("%d calls arrived %d times; at most %d", calls, arrived, most)
			}
		})
	}
}

// A caller that leaves while its call waits for another attempt ends that: it does not arrive again.
func TestLeavesBetweenAttempts(t *testing.T) {
	t.Parallel()
	s := newScene(t, twoProfiles(healing, ""))
	number := s.number()
	c := s.connect()
	c.write(get.text("/standard/calls/" + number + "?do=away,serve")) // to be waited for 7 s
	testkit.Until(t, "the call has arrived", func() bool { return s.api.entries("answered", number) == 1 })
	c.c.Close()
	if l := s.lineOf("/calls/" + number + "?"); l.Problem != "client_gone" {
		t.Errorf("the line is %+v", l)
	}
	if n := s.api.entries("arrived", number); n != 1 {
		t.Errorf("it arrived %d times", n)
	}
}

// What no attempt has helped is told with all attempts: that one may have been carried out, though the last found nobody.
func TestAllAttemptsFail(t *testing.T) {
	t.Parallel()
	s := newScene(t, twoProfiles(healing, ""))
	for _, profile := range []string{"standard", "linkedin"} {
		number, c := s.number(), s.connect()
		c.write(get.text("/" + profile + "/thrice/" + number + "?do=hold"))
		answer := c.awaits(get.method)
		s.api.holds(number)
		s.api.kill()
		is := answer.whole()
		if is.Status != 502 || is.Applied != "unknown" || strings.Contains(is.Body, "did not reach") {
			t.Errorf("%+v", is)
		}
		if l := s.line(is.ID); l.Attempts != 3 {
			t.Errorf("the line has %d attempts: %+v", l.Attempts, l)
		}
		if r := s.record(is.ID); r.Upstream == nil || r.Upstream.Attempts != 3 || len(r.Tries) != 3 {
			t.Errorf("the record has %+v, %+v", r.Upstream, r.Tries)
		}
		number = s.number()
		is = s.sends(post, "/"+profile+"/thrice/"+number)
		if l := s.line(is.ID); is.Applied != "no" || is.Problem != "upstream_unreachable" || l.Attempts != 3 {
			t.Errorf("nobody was there: %+v, %+v", is, l)
		}
		s.api.start()
		if n := s.api.entries("arrived", number); n != 0 {
			t.Errorf("it arrived %d times", n)
		}
	}
}
