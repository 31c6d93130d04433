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
	"github.com/candor-gateway/candor/internal/upstream"
)

// caching is a plan whose routes keep answers, and a clock of its own that a test moves.
func caching(mode route.CacheMode) (*plan, *atomic.Int64) {
	p := newPlan()
	p.cache(mode)
	p.Spec.Wrap = upstream.WrapAll
	var later atomic.Int64
	p.Options.Now = func() int64 { return noon.UnixNano() + later.Load() }
	return p, &later
}

// cache makes all routes of the plan keep answers.
func (p *plan) cache(mode route.CacheMode) {
	for i := range p.API.Routes {
		p.API.Routes[i].Cache = &route.Cache{Mode: mode}
	}
	p.Options.Cache = cache.New(4<<20, [32]byte{1})
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
	want   string        // status and body, {} for a problem of ours
	status string        // what Cache-Status says of us; "" nothing
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
		reached := len(h.origin.seen) > 0
		for range len(h.origin.seen) {
			<-h.origin.seen
		}
		if len(got.fields("Candor-Problem")) > 0 {
			got.body = "{}"
		}
		is := []string{got.head[9:12] + " " + got.body}
		want := []string{s.want}
		for _, f := range []struct{ name, says, want string }{{"Cache-Status", "candor; ", s.status}, {"Age", "", s.age}} {
			is = append(is, got.fields(f.name)...)
			if f.want != "" {
				want = append(want, f.name+": "+f.says+f.want)
			}
		}
		if diff := cmp.Diff(want, is); diff != "" || reached != s.reach {
			t.Errorf("step %d, %s: reached %v, want %v\n%s\n%s", i+1, s.call, reached, s.reach, diff, got.head)
		}
	}
}

// What becomes of calls one after another, by what the upstream answers to those that reach it.
func TestCache(t *testing.T) {
	const x, tag = "GET /public/x", `ETag: "v1"`
	minute := ok("one", "Cache-Control: max-age=60", tag)
	const unchanged = "HTTP/1.1 304 Not Modified\r\n\r\n"
	const missing = "HTTP/1.1 404 Not Found\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nnope"
	only := func(s string) string { return "HTTP/1.1 " + s + "\r\nContent-Length: 0\r\n\r\n" }
	for _, c := range []struct {
		name    string
		answers []string
		steps   []step
	}{
		{"a hit, then confirmed, then another", []string{minute, "HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=5\r\n\r\n", ok("two")}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{10 * time.Second, x, "200 one", "hit; ttl=50", "10", false},
			{60 * time.Second, x, "200 one", "fwd=stale; fwd-status=304; stored", "0", true},
			{2 * time.Second, x, "200 one", "hit; ttl=3", "2", false},
			{9 * time.Second, x, "200 two", "fwd=stale; detail=no-lifetime", "", true},
			{0, x, "200 two", "fwd=uri-miss; detail=no-lifetime", "", true},
		}},
		{"another target is another", []string{minute, ok("two", "Cache-Control: max-age=60")}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, x + "?a", "200 two", "fwd=uri-miss; stored", "", true},
			{0, x + "?a", "200 two", "hit; ttl=60", "0", false},
			{0, x, "200 one", "hit; ttl=60", "0", false},
		}},
		{"stale without a tag", []string{ok("one", "Cache-Control: max-age=60"), ok("two", "Cache-Control: max-age=60")}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{60 * time.Second, x, "200 two", "fwd=stale; stored", "", true},
		}},
		{"HEAD is answered from a GET", []string{only("200 OK\r\nCache-Control: max-age=60"), minute}, []step{
			{0, "HEAD /public/x", "200 ", "fwd=uri-miss; detail=method", "", true},
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, "HEAD /public/x", "200 ", "hit; ttl=60", "0", false},
		}},
		{"a caller's own conditions", []string{minute, unchanged, unchanged, ok("two", "Cache-Control: max-age=60", `ETag: "v2"`)}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, x + `|If-None-Match: "v1"`, "304 ", "hit; ttl=60", "0", false},
			{0, x + `|If-None-Match: "v2"`, "200 one", "hit; ttl=60", "0", false},
			{60 * time.Second, x + `|If-None-Match: "v1"`, "304 ", "fwd=stale; fwd-status=304; stored", "0", true},
			{60 * time.Second, x + `|If-None-Match: "v2"`, "200 one", "fwd=stale; fwd-status=304; stored", "0", true},
			{60 * time.Second, x + `|If-None-Match: "v1"`, "200 two", "fwd=stale; stored", "", true},
			{0, x, "200 two", "hit; ttl=60", "0", false},
		}},
		{"a caller who holds the new version already", []string{minute, ok("two", "Cache-Control: max-age=60", `ETag: "v2"`)}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{60 * time.Second, x + `|If-None-Match: "v2"`, "304 ", "fwd=stale; fwd-status=200; stored", "0", true},
			{0, x, "200 two", "hit; ttl=60", "0", false},
		}},
		{"a condition with nothing stored is the upstream's to answer", []string{unchanged, minute}, []step{
			{0, x + `|If-None-Match: "v1"`, "304 ", "fwd=uri-miss; detail=not-final", "", true},
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
		}},
		{"variants", []string{ok("one", "Cache-Control: max-age=60", "Vary: Accept-Language"), ok("two", "Cache-Control: max-age=60", "Vary: accept-language")}, []step{
			{0, x + "|Accept-Language: de", "200 one", "fwd=uri-miss; stored", "", true},
			{0, x, "200 two", "fwd=vary-miss; stored", "", true},
			{0, x + "|accept-language: de", "200 one", "hit; ttl=60", "0", false},
			{0, x, "200 two", "hit; ttl=60", "0", false},
		}},
		{"what varies by a field of ours is not kept", []string{ok("one", "Cache-Control: max-age=60", "Vary: X-Forwarded-For")}, []step{
			{0, x, "200 one", "fwd=uri-miss; detail=vary", "", true},
		}},
		{"a change drops the target, in all variants", []string{ok("one", "Cache-Control: max-age=60", "Vary: Accept"), only("409 Conflict"), only("204 No Content")}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, "POST /public/x|Content-Length: 0", `409 {}`, "fwd=method", "", true},
			{0, x, "200 one", "hit; ttl=60", "0", false},
			{0, "DELETE /public/x", "204 ", "fwd=method", "", true},
			{0, x + "|Cache-Control: only-if-cached", "504 {}", "", "", false},
		}},
		{"a change drops what its answer names", []string{minute, only("201 Created\r\nLocation: /public/x"), only("201 Created\r\nContent-Location: http://a.example/public/x"), only("201 Created\r\nLocation: http://b.example/public/x")}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, "POST /public/all|Content-Length: 0", "201 ", "fwd=method", "", true},
			{0, x + "|Cache-Control: only-if-cached", "504 {}", "", "", false},
		}},
		{"and nothing of another server", []string{minute, only("201 Created\r\nLocation: http://b.example/public/x")}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, "POST /public/all|Content-Length: 0", "201 ", "fwd=method", "", true},
			{0, x, "200 one", "hit; ttl=60", "0", false},
		}},
		{"only if cached", []string{minute}, []step{
			{0, x + "|Cache-Control: only-if-cached", "504 {}", "", "", false},
			{0, x + "|Range: bytes=0-1|Cache-Control: only-if-cached", "504 {}", "", "", false},
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, x + "|Cache-Control: only-if-cached", "200 one", "hit; ttl=60", "0", false},
			{60 * time.Second, x + "|Cache-Control: only-if-cached", "504 {}", "", "", false},
		}},
		{"a caller who wants the API asked", []string{minute, unchanged, ok("two", "Cache-Control: max-age=60")}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, x + "|Cache-Control: no-cache", "200 one", "fwd=request; fwd-status=304; stored", "0", true},
			{time.Second, x + "|Cache-Control: max-age=0", "200 two", "fwd=request; stored", "", true},
			{0, x + "|Pragma: no-cache", "200 two", "fwd=request; stored", "", true},
		}},
		{"a part is the upstream's to cut", []string{minute, "HTTP/1.1 206 Partial Content\r\nCache-Control: max-age=60\r\nContent-Range: bytes 0-0/3\r\nContent-Length: 1\r\n\r\no"}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, x + "|Range: bytes=0-0", "206 o", "fwd=bypass", "", true},
			{0, x, "200 one", "hit; ttl=60", "0", false},
		}},
		{"what may make another call of it", []string{ok("one", "Cache-Control: max-age=60")}, []step{
			{0, x + "|X-Original-URL: /admin", "200 one", "fwd=bypass", "", true},
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{0, x + "|X-Forwarded-Host: evil.example", "200 one", "fwd=uri-miss; stored", "", true},
		}},
		{"a stored error is wrapped for each", []string{missing}, []step{
			{0, x, "404 {}", "fwd=uri-miss; stored", "", true},
			{time.Second, x, "404 {}", "hit; ttl=59", "1", false},
		}},
		{"an error of which not all is read to word it", []string{"HTTP/1.1 404 Not Found\r\nCache-Control: max-age=60\r\nContent-Length: 500000\r\n\r\n" + strings.Repeat("x", 500_000)}, []step{
			{0, x, "404 {}", "fwd=uri-miss; detail=not-read", "", true},
			{0, x, "404 {}", "fwd=uri-miss; detail=not-read", "", true},
		}},
		{"chunks", []string{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\nTrailer: X-A\r\n\r\n2\r\non\r\n1\r\ne\r\n0\r\nX-A: 1\r\n\r\n"}, []step{
			{0, x, "200 2\r\non\r\n1\r\ne\r\n0\r\nX-A: 1\r\n\r\n", "fwd=uri-miss; stored", "", true},
			{0, x, "200 one", "hit; ttl=60", "0", false},
		}},
		{"204", []string{"HTTP/1.1 204 No Content\r\nCache-Control: max-age=60\r\n\r\n"}, []step{
			{0, x, "204 ", "fwd=uri-miss; stored", "", true},
			{0, x, "204 ", "hit; ttl=60", "0", false},
		}},
		{"not kept", []string{
			ok("one", "Cache-Control: no-store"), ok("one", "Cache-Control: private, max-age=60"), ok("one", "Cache-Control: max-age=60", "Set-Cookie: a=b"),
			ok("one", "Cache-Control: max-age=60", "Vary: *"), ok(strings.Repeat("x", 2<<20), "Cache-Control: max-age=60"),
		}, []step{
			{0, x, "200 one", "fwd=uri-miss; detail=no-store", "", true},
			{0, x, "200 one", "fwd=uri-miss; detail=private", "", true},
			{0, x, "200 one", "fwd=uri-miss; detail=set-cookie", "", true},
			{0, x, "200 one", "fwd=uri-miss; detail=vary", "", true},
			{0, x, "200 " + strings.Repeat("x", 2<<20), "fwd=uri-miss; detail=too-large", "", true},
		}},
		{"an error for which a stale answer stands in", []string{
			ok("one", "Cache-Control: max-age=60, stale-if-error=100"), only("503 Service Unavailable"), "nonsense\r\n\r\n", only("404 Not Found"), only("500 Internal Server Error"),
		}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{70 * time.Second, x, "200 one", "fwd=stale; fwd-status=503; ttl=-10; detail=stale-if-error", "70", true},
			{0, x, "200 one", "fwd=stale; ttl=-10; detail=stale-if-error", "70", true},
			{0, x, "404 {}", "fwd=stale; detail=no-lifetime", "", true},
			{100 * time.Second, x, "500 {}", "fwd=stale; detail=no-lifetime", "", true},
		}},
		{"none where it may never be stale", []string{ok("one", "Cache-Control: max-age=60, stale-if-error=100, must-revalidate"), only("503 Service Unavailable")}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{70 * time.Second, x, "503 {}", "fwd=stale; detail=no-lifetime", "", true},
		}},
		{"a 304 that is about another version", []string{
			ok("one", "Cache-Control: max-age=60", "Last-Modified: Sun, 01 Mar 2026 11:00:00 GMT"),
			"HTTP/1.1 304 Not Modified\r\nLast-Modified: Sun, 01 Mar 2026 12:00:00 GMT\r\n\r\n", ok("two", "Cache-Control: max-age=60"),
		}, []step{
			{0, x, "200 one", "fwd=uri-miss; stored", "", true},
			{70 * time.Second, x, "200 two", "fwd=stale; stored", "", true},
			{0, x, "200 two", "hit; ttl=60", "0", false},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p, later := caching(route.CacheShared)
				p.Options.Portable = portable
				h := p.open(t, answering(c.answers...))
				h.play(t, later, c.steps)
			})
		})
	}
}
