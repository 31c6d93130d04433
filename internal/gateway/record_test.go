package gateway

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"iter"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

var update = flag.Bool("update", false, "write the records into testdata")

// records keeps what a log writes: no more of a store is needed here.
type records struct {
	requestlog.Store
	mu  sync.Mutex
	all []*requestlog.Record
}

func (s *records) Add(_ context.Context, batch []*requestlog.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, batch...)
	return nil
}

func (s *records) SaveCounts(context.Context, []requestlog.Count) error { return nil }
func (s *records) Close() error                                         { return nil }
func (s *records) SaveNotes(context.Context, string, iter.Seq2[string, []byte]) error {
	return nil
}

func (s *records) Notes(context.Context, string) (map[string][]byte, error) { return nil, nil }

func (s *records) list() []*requestlog.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// recorded gives a plan a recorder. n waits until so many records are there.
func (p *plan) recorded(tb testing.TB, o requestlog.Options, s requestlog.Settings) (n func(int) []*requestlog.Record) {
	tb.Helper()
	kept := &records{}
	o.Now, o.Open = time.Now, func(context.Context) (requestlog.Store, error) { return kept, nil }
	to := requestlog.New(o, s)
	to.Begin()
	tb.Cleanup(func() { _ = to.Close(context.Background()) })
	p.Options.Recorder = to
	return func(n int) (got []*requestlog.Record) {
		testkit.Until(tb, "recorded", func() bool {
			if err := to.Flush(tb.Context()); err != nil {
				tb.Fatal(err)
			}
			got = kept.list()
			return len(got) >= n
		})
		return got
	}
}

// lending lends the same place to one call after the other, whichever connections they come by, and keeps nothing.
type lending chan *requestlog.Call

func newLending() lending {
	l := make(lending, 1) // empty while the place is lent: who comes then waits
	l <- &requestlog.Call{}
	return l
}

func (l lending) Failed(uint32, uint8, int64) *requestlog.Call        { return <-l }
func (l lending) Good(uint32, uint32, uint64, int64) *requestlog.Call { return <-l }
func (l lending) Debugged(bool) *requestlog.Call                      { return <-l }
func (l lending) Keep(c *requestlog.Call)                             { l <- c }

// failing is a call that fails, and what stands at its ends.
type failing struct {
	plan   func(*plan)
	origin *origin
	in     string // {token} is a good one
	leaves bool   // before an answer comes
	breaks bool   // the answer is cut
}

func failures() map[string]failing {
	const host = "Host: a.example\r\n"
	silent := func() *origin {
		return acting(func(_ *net.TCPConn, r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) })
	}
	hidden := func(p *plan) {
		p.API.Routes = append(p.API.Routes, route.Spec{Name: "inner", Path: "/inner", Hidden: true, Products: []string{"inside"}})
	}
	return map[string]failing{
		"no token": {in: "GET /me?page=2 HTTP/1.1\r\n" + host + "User-Agent: shop/1.0\r\nX-Request-Id: mine-1\r\n\r\n"},
		"a balancer's word": {
			plan: func(p *plan) {
				p.Front = Front{Trust: forwarded.Trust{Proxies: prefixes("127.0.0.0/8"), Source: forwarded.Peer}}
			},
			in: "GET /me HTTP/1.1\r\n" + host + "X-Forwarded-Proto: https\r\n\r\n",
		},
		"nobody's word":  {in: "GET /me HTTP/1.1\r\n" + host + "X-Forwarded-Proto: https\r\n\r\n"},
		"a stranger":     {in: "GET /me HTTP/1.1\r\n" + host + "Authorization: Bearer {stranger}\r\n\r\n"},
		"half a token":   {in: "GET /me HTTP/1.1\r\n" + host + "Authorization: Bearer cdr_at_AAAA\r\n\r\n"},
		"another scheme": {in: "GET /me HTTP/1.1\r\n" + host + "Authorization: Basic YWRhOnNlY3JldA==\r\n\r\n"},
		"token in the URL": {
			in: "GET /me?access_token={token} HTTP/1.1\r\n" + host + "\r\n",
		},
		"an unknown path": {in: "GET /nowhere HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n"},
		"a hidden path":   {plan: hidden, in: "GET /inner HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n"},
		"a malformed head": {
			in: "GET /me?a=1 HTTP/1.1\r\n" + host + "Authorization Bearer {token}\r\n\r\n",
		},
		"no HTTP":   {in: "\x16\x03\x01\x02\x00\x01\r\n\r\n"},
		"no JSON":   {in: "POST /json HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nContent-Length: 3\r\n\r\n{a}"},
		"too large": {in: "POST /small HTTP/1.1\r\n" + host + "Content-Length: 101\r\n\r\n"},
		"a denied method": {
			plan: func(p *plan) { p.API.Routes[0].Methods = []string{"GET"} },
			in:   "DELETE /me HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n",
		},
		"used up": {
			plan: func(p *plan) { p.Limits[0].N = 0 },
			in:   "GET /limited HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n",
		},
		"HEAD": {in: "HEAD /me HTTP/1.1\r\n" + host + "\r\n"},
		"the API's own 404": {
			origin: answering("HTTP/1.1 404 Not Found\r\nX-Request-Id: theirs\r\nSet-Cookie: sid=PLANTED-cookie\r\nContent-Length: 2\r\n\r\nno"),
			in:     "GET /limited HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n",
		},
		"a wrapped 500": {
			plan:   func(p *plan) { p.Spec.Wrap = upstream.WrapAll },
			origin: answering("HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nstack"),
			in:     "GET /limited HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n",
		},
		"an answer that breaks": {
			origin: acting(func(c *net.TCPConn, r *bufio.Reader) {
				_, _ = r.ReadString('\n')
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
				_ = c.Close()
			}),
			in: "GET /public/x HTTP/1.1\r\n" + host + "\r\n", breaks: true,
		},
		"a silent upstream": {
			plan:   func(p *plan) { p.Spec.FirstByte = 20 * time.Millisecond },
			origin: silent(), in: "GET /public/x HTTP/1.1\r\n" + host + "\r\n",
		},
		"a client that leaves": {origin: silent(), in: "GET /public/x HTTP/1.1\r\n" + host + "\r\n", leaves: true},
		"only observed": {
			plan: func(p *plan) { p.API.Modes = route.All(route.Observe) },
			in:   "GET /me HTTP/1.1\r\n" + host + "Authorization: Bearer their-own\r\n\r\n",
		},
		"a preflight": {
			plan: func(p *plan) { p.API.CORS = &route.CORSSpec{Origins: []string{"https://good.example"}} },
			in:   "OPTIONS /me HTTP/1.1\r\n" + host + "Origin: https://other.example\r\nAccess-Control-Request-Method: GET\r\n\r\n",
		},
	}
}

// Of each call that fails all that is known is kept, as testdata/records.json says: in both profiles, whoever has refused it.
func TestRecords(t *testing.T) {
	got := map[string]*requestlog.Record{}
	for name, c := range failures() {
		for profile, is := range map[string]problem.Profile{"": problem.Standard, " (linkedin)": problem.LinkedIn} {
			p := newPlan()
			p.API.Profile = is
			t.Run(name+profile, func(t *testing.T) { got[name+profile] = c.record(t, p) })
		}
	}
	b := &bytes.Buffer{}
	to := json.NewEncoder(b)
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	if err := to.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/records.json", b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/records.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("the records (-want +got):\n%s", diff)
	}
	for _, secret := range []string{"YWRhOnNlY3JldA", "PLANTED", "cdr_at_A"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%s is in a record", secret)
		}
	}
}

// record lets the call fail, and returns its record without what differs from run to run.
func (c failing) record(t *testing.T, p *plan) *requestlog.Record {
	t.Helper()
	if c.plan != nil {
		c.plan(p)
	}
	if c.origin == nil {
		c.origin = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	}
	recorded := p.recorded(t, requestlog.Options{}, requestlog.Settings{})
	h := p.open(t, c.origin)
	d := h.dial(t)
	d.send(strings.NewReplacer("{token}", h.token, "{stranger}", h.stranger).Replace(c.in))
	switch {
	case c.leaves:
		d.reset()
	case c.breaks:
		d.cut()
	default:
		d.readTo(strings.Fields(c.in)[0])
	}
	all := recorded(1)
	if len(all) != 1 {
		t.Fatalf("%d records of one call", len(all))
	}
	r := all[0]
	if r.ID != noonID || !r.Time.Equal(noon) || r.Stations.Done == 0 || !r.Client.IsLoopback() || (r.Out == 0) != c.leaves {
		t.Errorf("the record of another call: %+v", r)
	}
	if text, err := json.Marshal(r); err != nil || bytes.Contains(text, []byte(h.token[:20])) || bytes.Contains(text, []byte(h.stranger[:20])) {
		t.Errorf("the token is in %s: %v", text, err)
	}
	r.Stations, r.Out = requestlog.Stations{}, 0
	if r.Upstream != nil && r.Upstream.Address == h.origin.addr {
		r.Upstream.Address = "its address"
	}
	if r.Token != nil && r.Token.Genuine { // the keys are made anew each time
		r.Token.Hash = strings.Repeat("x", len(r.Token.Hash))
	}
	return r
}
