//go:build linux

package fault_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// form is a way to make a call.
type form struct {
	name, method string
	framing      string // the fields of its body
	body         string // as it is framed
	old          bool   // HTTP/1.0, a connection for each call
}

var forms = []form{
	{name: "GET", method: http.MethodGet},
	{name: "GET of HTTP/1.0", method: http.MethodGet, old: true},
	{name: "POST", method: http.MethodPost, framing: "Content-Length: 4\r\n", body: "body"},
	{name: "POST in chunks", method: http.MethodPost, framing: "Transfer-Encoding: chunked\r\n", body: "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"},
	{name: "PUT", method: http.MethodPut, framing: "Content-Length: 4\r\n", body: "body"},
}

// text is the whole request.
func (f *form) text(target string) string {
	version := "HTTP/1.1"
	if f.old {
		version = "HTTP/1.0"
	}
	return f.method + " " + target + " " + version + "\r\nHost: api.example\r\n" + f.framing + "\r\n" + f.body
}

// answer is what its caller must have got, if it was carried out.
func (f *form) answer(number string) string {
	body := ""
	if f.body != "" {
		body = "body"
	}
	return f.method + " " + number + " " + body
}

// outcome is a call and what its caller was told.
type outcome struct {
	*form
	number string
	told
	err error
}

// callers make calls of every form without end, each over a connection that it keeps where it can.
type callers struct {
	s        *scene
	end      context.CancelFunc
	work     sync.WaitGroup
	good     atomic.Int64
	bad      atomic.Int64
	mu       sync.Mutex
	outcomes []outcome
}

// callsAt begins that on a route.
func (s *scene) callsAt(route string) *callers {
	s.t.Helper()
	var of []*form
	for i := range forms {
		of = append(of, &forms[i])
	}
	return s.callsBy(route, of...)
}

// callsBy does so with some forms.
func (s *scene) callsBy(route string, of ...*form) *callers {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	all := &callers{s: s, end: cancel}
	for _, f := range of {
		all.work.Go(func() { all.make(ctx, f, route) })
	}
	s.t.Cleanup(all.stop)
	return all
}

func (all *callers) make(ctx context.Context, f *form, route string) {
	var c *caller
	for n := 0; n < 200_000 && ctx.Err() == nil; n++ {
		var err error
		if c == nil || f.old {
			if c, err = all.s.dial(); err != nil {
				all.s.t.Errorf("Candor cannot be reached: %v", err)
				return
			}
		}
		o := outcome{form: f, number: all.s.number()}
		c.write(f.text(route + "/" + o.number + "?do=" + all.s.do))
		o.told, o.err = c.read(f.method, nil)
		all.note(o)
		if o.err != nil || o.Cut != nil || f.old || o.Close == "close" {
			c.c.Close()
			c = nil
		}
	}
}

func (all *callers) note(o outcome) {
	if o.err == nil && o.Status == 200 && o.Cut == nil {
		all.good.Add(1)
	} else {
		all.bad.Add(1)
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	all.outcomes = append(all.outcomes, o)
}

// sees waits for more calls that go well, or that do not.
func (all *callers) sees(what string, of *atomic.Int64, more int64) {
	all.s.t.Helper()
	until := of.Load() + more
	testkit.Until(all.s.t, what, func() bool { return of.Load() >= until })
}

func (all *callers) stop() {
	all.end()
	all.work.Wait()
}

// compare holds what callers were told against the ledger; most is how often a call may arrive, by its method, of which it is not known whether it was carried out.
func (all *callers) compare(most func(method string) int) {
	t := all.s.t
	t.Helper()
	ledger := all.s.api.count()
	kinds := map[string]int{}
	for _, o := range all.outcomes {
		arrived, kind := ledger["arrived "+o.number], fmt.Sprint(o.Status, " ", o.Applied)
		kinds[o.name+": "+kind]++
		switch {
		case o.err != nil:
			t.Errorf("%s %s was not answered: %v", o.name, o.number, o.err)
		case o.Status == 200 && o.Cut == nil && o.Body != o.answer(o.number):
			t.Errorf("%s %s got the answer %q", o.name, o.number, o.Body)
		case o.Status == 200 && (arrived < 1 || arrived > most(o.method) || ledger["read "+o.number] < 1):
			t.Errorf("%s %s was answered, and arrived %d times", o.name, o.number, arrived)
		case o.Status != 200 && o.Applied == "no" && arrived > 0:
			t.Errorf("%s %s was said not to have been applied, and arrived %d times", o.name, o.number, arrived)
		case o.Status != 200 && o.Applied == "unknown" && arrived > most(o.method):
			t.Errorf("%s %s arrived %d times", o.name, o.number, arrived)
		case o.Status != 200 && o.Applied != "no" && o.Applied != "unknown":
			t.Errorf("%s %s: %+v", o.name, o.number, o.told)
		}
	}
	t.Logf("%d calls: %v", len(all.outcomes), kinds)
}

// An API that goes and comes under load loses no call of which its caller is told that it was carried out, and does none twice that must not be.
func TestLedger(t *testing.T) {
	for _, c := range []struct {
		name, route string
		breaks      func(a *api)
		mends       func(a *api)
		failures    int64 // how many are waited for
		rounds      int
	}{
		{"killed", "/standard/kept", (*api).kill, (*api).start, 20, 6},
		{"killed, without kept connections", "/linkedin/calls", (*api).kill, (*api).start, 20, 3},
		{"hung", "/standard/brief", (*api).hang, (*api).goOn, 6, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t, twoProfiles(plain, ""))
			all := s.callsAt(c.route)
			for range c.rounds {
				all.sees("calls that go well", &all.good, 100)
				c.breaks(s.api)
				all.sees("calls that fail", &all.bad, c.failures)
				c.mends(s.api)
			}
			all.sees("calls that go well again", &all.good, 100)
			all.stop()
			all.compare(func(method string) int {
				if method == http.MethodPost {
					return 1
				}
				return 2 // over a kept connection that was lost, which is safe with these methods
			})
		})
	}
}
