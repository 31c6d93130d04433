//go:build linux

package fault_test

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// caching are routes whose answers are kept. What is below /brief waits for no answer for long, and what is below /lively not for its next byte.
const caching = `{name: calls, path: /calls/**, cache: shared},
    {name: brief, path: /brief/**, timeouts: {first_byte: 1s}, cache: shared},
    {name: lively, path: /lively/**, timeouts: {gap: 200ms}, cache: shared},
    {name: healed, path: /healed/**, cache: shared, retry: {attempts: 3, within: 10s}},
    {name: kept, path: /kept/**, upstream: kept-NAME}`

// stale is an API that fails behind an answer that was kept.
type stale struct {
	name, on, do string
	says         string // of caches
	before       func(*api) func()
	status       int // what is answered then
	arrives      int // how often, up to then
}

const (
	ifError = "max-age=0,stale-if-error=600"
	never   = "max-age=0,stale-if-error=600,must-revalidate"
)

var stales = []stale{
	{"killed", "calls", "", ifError, dead, 200, 1},
	{"killed", "calls", "", never, dead, 502, 1},
	{"killed", "calls", "", "max-age=0", dead, 502, 1},
	{"killed", "healed", "", ifError, dead, 200, 1},
	{"hung", "brief", "", ifError, stopped, 200, 1},
	{"hung", "brief", "", never, stopped, 504, 1},
	{"accepts nobody", "calls", "", ifError, (*api).fill, 200, 1},
	{"resets", "calls", "serve,reset,serve", ifError, nil, 200, 2},
	{"half a head", "calls", "serve,half-head,serve", ifError, nil, 200, 2},
	{"TLS", "calls", "serve,tls,serve", ifError, nil, 200, 2},
	{"turned away", "calls", "serve,away,serve", ifError, nil, 200, 2},
	{"turned away", "calls", "serve,away,serve", never, nil, 503, 2},
	{"500", "calls", "serve,500,serve", ifError, nil, 200, 2},
	{"resets, and is asked again", "healed", "serve,reset,serve", ifError, nil, 200, 3},
}

// An API that fails is spared its callers where they may have an answer that was kept, and is asked again at once when it is back.
func TestStale(t *testing.T) { //nolint:tparallel // its parts break one API, one after the other
	t.Parallel()
	s := newScene(t, twoProfiles(caching, ""))
	for _, profile := range []string{"standard", "linkedin"} {
		for _, row := range stales {
			t.Run(profile+": "+row.name+" "+row.says, func(t *testing.T) { row.plays(s.of(t), profile) })
		}
	}
}

func (r *stale) plays(s *scene, profile string) {
	s.t.Helper()
	number := s.number()
	target := "/" + profile + "/" + r.on + "/" + number + "?do=" + r.do + "&f=Cache-Control:" + r.says
	s.api.goes(s, target, number, 1)
	mend := func() {}
	if r.before != nil {
		mend = r.before(s.api)
	}
	is := s.sends(get, target)
	healed := strings.Contains(r.name, "asked again")
	if is.Status != r.status || is.Cut != nil || (is.Age != "") != (r.status == 200 && !healed) {
		s.t.Errorf("want %d; got %+v", r.status, is)
	}
	if r.status == 200 && (is.Body != get.answer(number) || is.RetryAfter != "" || is.Problem != "") {
		s.t.Errorf("the answer that was kept is %+v", is)
	}
	if n := s.api.entries("arrived", number); n != r.arrives {
		s.t.Errorf("it arrived %d times, and was to %d", n, r.arrives)
	}
	mend()
	s.api.goes(s, target, number, s.api.entries("arrived", number)+1)
}

// goes expects a call to come to the API, and to be answered by it. One that hung may come with it.
func (a *api) goes(s *scene, target, number string, arrived int) {
	s.t.Helper()
	if is := s.sends(get, target); is.Status != 200 || is.Age != "" || is.Cut != nil || is.Body != get.answer(number) {
		s.t.Errorf("from the API: %+v", is)
	}
	if n := a.entries("arrived", number); n < arrived {
		s.t.Errorf("it arrived %d times, and was to %d times", n, arrived)
	}
}

// While an API is given a rest, what was kept of it stands in, and the rest is refused.
func TestStaleWhileItRests(t *testing.T) {
	s := newScene(t, twoProfiles(caching, ", breaker: {failures: 1%, of: 1, within: 1h, open: 1h}"))
	for _, profile := range []string{"standard", "linkedin"} {
		number, other := s.number(), s.number()
		target := "/" + profile + "/calls/" + number + "?f=Cache-Control:" + ifError
		s.api.goes(s, target, number, 1)
		if is := s.sends(get, "/"+profile+"/calls/"+other+"?do=500,reset"); is.Status != 500 {
			t.Errorf("no failure yet: %+v", is)
		}
		for _, want := range []int{502, 503, 503} {
			if is := s.sends(get, "/"+profile+"/calls/"+other+"?do=500,reset"); is.Status != want {
				t.Errorf("want %d; got %+v", want, is)
			}
		}
		if is := s.sends(get, target); is.Status != 200 || is.Age == "" || is.Body != get.answer(number) {
			t.Errorf("nothing stood in: %+v", is)
		}
		if n, of := s.api.entries("arrived", number), s.api.entries("arrived", other); n != 1 || of != 2 {
			t.Errorf("they arrived %d and %d times", n, of)
		}
	}
}

// An answer that does not come whole is not kept, however it is framed and whoever broke it off.
func TestCutAnswersAreNotKept(t *testing.T) {
	s := newScene(t, twoProfiles(caching, ""))
	leave := func(*api) {}
	for _, c := range []struct {
		name, on, do string
		held         func(*api)
		after        func(*api)
	}{
		{"reset", "calls", "mid-reset", release, nil},
		{"ended", "calls", "mid-end", release, nil},
		{"reset in chunks", "calls", "chunk-reset", release, nil},
		{"ended in chunks", "calls", "chunk-end", release, nil},
		{"no chunk", "calls", "chunk-bad", release, nil},
		{"reset in a body to the close", "calls", "close-reset", release, nil},
		{"silent", "lively", "stall", nil, nil},
		{"killed", "calls", "mid-end", (*api).kill, (*api).start},
		{"its caller left", "calls", "mid-end", leave, release},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, number := s.of(t), s.number()
			target := "/standard/" + c.on + "/" + number + "?do=" + c.do + ",serve&f=Cache-Control:public,max-age=600"
			caller := at.connect()
			caller.write(get.text(target))
			answer := caller.awaits(get.method)
			at.api.holds(number)
			testkit.Receive(t, "the beginning of the answer", answer.begun)
			if c.held != nil {
				c.held(at.api)
			}
			if c.name == "its caller left" {
				caller.c.Close()
				at.lineOf("/" + number + "?")
			} else if is := answer.whole(); is.Cut == nil || is.Status != 200 {
				t.Errorf("it was not cut: %+v", is)
			}
			if c.after != nil {
				c.after(at.api)
			}
			at.api.goes(at, target, number, 2)
			if is := at.sends(get, target); is.Age == "" || is.Body != get.answer(number) || at.api.entries("arrived", number) != 2 {
				t.Errorf("a whole answer was not kept: %+v", is)
			}
		})
	}
}

// Calls that wait for another's answer are answered also where that never comes, each by itself.
func TestWhoIsWaitedForIsKilled(t *testing.T) {
	s := newScene(t, twoProfiles(caching, ""))
	number := s.number()
	target := "/standard/calls/" + number + "?do=hold,serve&f=Cache-Control:public,max-age=600"
	var all []*awaited
	for range 20 {
		c := s.connect()
		c.write(get.text(target))
		all = append(all, c.awaits(get.method))
	}
	s.api.holds(number)
	s.api.kill()
	for _, a := range all {
		if is := a.whole(); is.Status != 502 || is.Code != "BAD_GATEWAY" {
			t.Errorf("%+v", is)
		}
	}
	s.api.start()
	s.api.goes(s, target, number, s.api.entries("arrived", number)+1)
}

// A Candor that is killed loses what it has kept, and keeps again.
func TestKilledWithItsCache(t *testing.T) {
	s := newScene(t, twoProfiles(caching, ""))
	number := s.number()
	target := "/standard/calls/" + number + "?f=Cache-Control:public,max-age=600"
	s.api.goes(s, target, number, 1)
	if is := s.sends(get, target); is.Age == "" {
		t.Errorf("it was not kept: %+v", is)
	}
	s.candor.kill()
	s.candor = s.serve()
	s.api.goes(s, target, number, 2)
	if is := s.sends(get, target); is.Age == "" || s.api.entries("arrived", number) != 2 {
		t.Errorf("it was not kept: %+v", is)
	}
}
