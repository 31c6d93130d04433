package gateway

import (
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/route"
)

// caching is a plan whose routes keep answers, and a clock of its own that a test moves.
func caching(mode route.CacheMode) (*plan, *atomic.Int64) {
	p := newPlan()
	for i := range p.API.Routes {
		p.API.Routes[i].Cache = &route.Cache{Mode: mode}
	}
	p.Options.Cache = cache.New(4<<20, [32]byte{1})
	var later atomic.Int64
	p.Options.Now = func() int64 { return noon.UnixNano() + later.Load() }
	return p, &later
}

// fields are the lines of a head whose names are asked for, in their order.
func (a answer) fields(names ...string) (lines []string) {
	for line := range strings.SplitSeq(a.head, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		for _, asked := range names {
			if strings.EqualFold(name, asked) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// ok is a 200 with these fields, and a body that tells it apart.
func ok(body string, fields ...string) string {
	return "HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n" + strings.Join(append(fields, ""), "\r\n") + "\r\n" + body
}

// step is one call of a test, and what came of it.
type step struct {
	after  time.Duration // since the call before
	call   string        // its request line without the version, then its fields
	want   string        // status and body
	status string        // Cache-Status; "" none
	age    string        // Age; "" none
	reach  bool          // it reaches the upstream
}

func (h *house) play(t *testing.T, later *atomic.Int64, steps []step) {
	t.Helper()
	for i, s := range steps {
		later.Add(int64(s.after))
		line, fields, _ := strings.Cut(s.call, "|")
		raw := line + " HTTP/1.1\r\nHost: a.example\r\n"
		for field := range strings.SplitSeq(fields, "|") {
			if field != "" {
				raw += strings.ReplaceAll(field, "TOKEN", h.token) + "\r\n"
			}
		}
		c := h.dial(t)
		c.send(raw + "\r\n")
		method, _, _ := strings.Cut(line, " ")
		got := c.readTo(method)
		reached := false
		select {
		case <-h.origin.seen:
			reached = true
		default:
		}
		is := []string{got.head[9:12] + " " + got.body}
		want := []string{s.want}
		for _, f := range []struct{ name, want string }{{"Cache-Status", s.status}, {"Age", s.age}} {
			is = append(is, got.fields(f.name)...)
			if f.want != "" {
				want = append(want, f.name+": "+f.want)
			}
		}
		if diff := cmp.Diff(want, is); diff != "" || reached != s.reach {
			t.Errorf("step %d, %s: reached %v, want %v\n%s\n%s", i+1, s.call, reached, s.reach, diff, got.head)
		}
	}
}

func TestCache(t *testing.T) {
	const public = "GET /public/x"
	fresh := ok("one", "Cache-Control: max-age=60", `ETag: "v1"`)
	for _, c := range []struct {
		name    string
		mode    route.CacheMode
		answers []string
		steps   []step
	}{
		{"hit, and then stale and confirmed", route.CacheShared, []string{fresh, "HTTP/1.1 304 Not Modified\r\nX-New: 1\r\nCache-Control: max-age=5\r\n\r\n", ok("two")}, []step{
			{0, public, "200 one", "candor; fwd=uri-miss; stored", "", true},
			{10 * time.Second, public, "200 one", "candor; hit; ttl=50", "10", false},
			{60 * time.Second, public, "200 one", "candor; fwd=stale; fwd-status=304; stored", "0", true},
			{2 * time.Second, public, "200 one", "candor; hit; ttl=3", "2", false},
			{9 * time.Second, public, "200 two", "candor; fwd=stale; detail=no-lifetime", "", true},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, later := caching(c.mode)
			p.Log = t.Output()
			h := p.open(t, answering(c.answers...))
			h.play(t, later, c.steps)
		})
	}
}
