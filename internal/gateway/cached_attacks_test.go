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
			testkit.Until(t, "asked beside", func() bool { return h.Gateway.o.Cache.Len() == 0 })
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
