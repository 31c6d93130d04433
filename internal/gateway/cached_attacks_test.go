package gateway

import (
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
)

// What a caller has of its own is no matter of a question that is asked beside its call: a 304 to that would make what is stored fresh again for everybody,
// though it was never asked about.
func TestNobodyElseConfirms(t *testing.T) {
	for _, condition := range []string{`If-None-Match: "v2"`, "If-Modified-Since: Sun, 01 Mar 2099 00:00:00 GMT"} {
		t.Run(condition, func(t *testing.T) {
			p, later := caching(route.CacheShared)
			h := p.open(t, answering(
				ok("one", "Cache-Control: max-age=1, stale-while-revalidate=60"),
				"HTTP/1.1 304 Not Modified\r\nETag: \"v2\"\r\nCache-Control: max-age=600\r\n\r\n",
				ok("two", "Cache-Control: max-age=600", `ETag: "v2"`)))
			const nobody = " HTTP/1.1\r\nHost: a.example\r\n"
			c := h.dial(t)
			c.ask("/public/x", nobody+"\r\n")
			<-h.origin.seen
			later.Add(int64(3 * time.Second))
			if got := c.ask("/public/x", nobody+condition+"\r\n\r\n"); len(got.fields("Age")) == 0 {
				t.Errorf("meanwhile %s%s", got.head, got.body)
			}
			if asked := <-h.origin.seen; strings.Contains(asked, condition[:8]) {
				t.Errorf("the upstream was asked %s", asked)
			}
			testkit.Until(t, "asked beside", func() bool { return h.o.Cache.Len() == 0 })
			if got := c.ask("/public/x", nobody+"\r\n"); got.body != "two" {
				t.Errorf("then %s%s", got.head, got.body)
			}
		})
	}
}

// Whoever is slow, an API or a caller who takes his time to read, keeps the others waiting once and not each of them anew.
func TestNobodyWaitsForTheSameAgain(t *testing.T) {
	m := newMirror("Cache-Control: max-age=60")
	m.waits = make(chan struct{})
	p, _ := caching(route.CacheShared)
	p.Options.Awaits = 50 * time.Millisecond
	h := p.open(t, m.origin)
	const call = "GET /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n"
	one, two, three := h.dial(t), h.dial(t), h.dial(t)
	one.send(call)
	<-m.asked
	two.send(call)
	<-m.asked // it has waited it out
	three.send(call)
	waited := false
	for asked := false; !asked; {
		select {
		case <-m.asked:
			asked = true
		default:
			waited = waited || h.waiting.Load() > 0
		}
	}
	if waited {
		t.Error("a call has waited for what another one did not bring in time")
	}
	close(m.waits)
	for _, c := range []*client{one, two, three} {
		if got := c.read(); got.head[9:12] != "200" {
			t.Errorf("%s", got.head)
		}
	}
}

// Who wants nothing of his own kept takes nothing away that others have.
func TestNoStoreOfACaller(t *testing.T) {
	const nobody = " HTTP/1.1\r\nHost: a.example\r\n"
	for _, c := range []struct {
		name, says, asks string
		confirms         bool
		then             string // Cache-Status of the next call
	}{
		{"that still holds", "max-age=60", "no-cache, no-store", true, "hit; ttl=57"},
		{"that holds, asked beside", "max-age=1, stale-while-revalidate=60", "no-store", true, "hit; ttl=-2; detail=stale-while-revalidate"},
		{"that does not, asked beside", "max-age=1, stale-while-revalidate=60", "no-store", false, "hit; ttl=-2; detail=stale-while-revalidate"},
		{"that does not hold", "max-age=60", "no-cache, no-store", false, "fwd=uri-miss; stored"},
	} {
		t.Run(c.name, func(t *testing.T) {
			second := ok("two", "Cache-Control: "+c.says)
			if c.confirms {
				second = "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"
			}
			p, later := caching(route.CacheShared)
			h := p.open(t, answering(ok("one", "Cache-Control: "+c.says, `ETag: "a"`), second))
			cl := h.dial(t)
			cl.ask("/public/x", nobody+"\r\n")
			<-h.origin.seen
			later.Add(int64(3 * time.Second))
			if got := cl.ask("/public/x", nobody+"Cache-Control: "+c.asks+"\r\n\r\n").fields("Cache-Status"); strings.Contains(got[0], "stored") {
				t.Errorf("to whom wants nothing kept %q", got)
			}
			<-h.origin.seen
			testkit.Until(t, "nothing is asked beside", func() bool { return h.besides.asking() == 0 })
			if got := cl.ask("/public/x", nobody+"\r\n").fields("Cache-Status"); got[0] != "Cache-Status: candor; "+c.then {
				t.Errorf("then %q", got)
			}
		})
	}
}

// asking is how many questions are asked beside calls.
func (s *besides) asking() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all)
}

// A cookie that comes with a 304 is for whoever was on the way, and for nobody else.
func TestCookieOfAConfirmation(t *testing.T) {
	for _, condition := range []string{"", "If-None-Match: \"a\"\r\n"} {
		p, _ := caching(route.CacheShared)
		h := p.open(t, answering(ok("one", "Cache-Control: no-cache", `ETag: "a"`),
			"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=60\r\nSet-Cookie: s=1\r\nSet-Cookie: t=2\r\n\r\n"))
		const nobody = " HTTP/1.1\r\nHost: a.example\r\n"
		c := h.dial(t)
		c.ask("/public/x", nobody+"\r\n")
		if got := c.ask("/public/x", nobody+condition+"\r\n"); strings.Join(got.fields("Set-Cookie"), " ") != "Set-Cookie: s=1 Set-Cookie: t=2" {
			t.Errorf("%s", got.head)
		}
		if got := c.ask("/public/x", nobody+"\r\n"); len(got.fields("Set-Cookie")) > 0 || !strings.Contains(got.head, "candor; hit") {
			t.Errorf("then %s", got.head)
		}
	}
}

// Of an error from the store nothing has been applied by the call that gets it: it was never sent.
func TestStoredErrorsAreNotApplied(t *testing.T) {
	p, _ := caching(route.CacheShared)
	h := p.open(t, answering("HTTP/1.1 503 Service Unavailable\r\nCache-Control: max-age=60\r\nContent-Length: 0\r\n\r\n"))
	c := h.dial(t)
	for _, want := range []string{`"applied":"unknown"`, `"applied":"no"`, `"applied":"no"`} {
		if got := c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n"); !strings.Contains(got.body, want) {
			t.Errorf("want %s\n%s%s", want, got.head, got.body)
		}
	}
}

// An API that compresses and forgets to say so in Vary breaks nobody who cannot read that.
func TestEncodedWithoutVary(t *testing.T) {
	p, later := caching(route.CacheShared)
	zipped := ok("zip", "Cache-Control: max-age=60", "Content-Encoding: gzip", `ETag: "z"`)
	h := p.open(t, answering(zipped, ok("plain", "Cache-Control: max-age=1"), "HTTP/1.1 304 Not Modified\r\n\r\n"))
	h.play(t, later, []step{
		{0, "GET /public/x|Accept-Encoding: gzip", "200 zip", "fwd=uri-miss; stored", "", true},
		{0, "GET /public/x|Accept-Encoding: gzip", "200 zip", "hit; ttl=60", "0", false},
		{0, "GET /public/x", "200 plain", "fwd=vary-miss; stored", "", true},
		{0, "GET /public/x|Accept-Encoding: br", "200 plain", "hit; ttl=1", "0", false},
	})
}
