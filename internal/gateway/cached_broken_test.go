package gateway

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/retry"
)

// What had come of an answer that broke, and for which a stored one stands in, is nobody's answer: not now, and not from the store.
func TestWhatBrokeIsNotStored(t *testing.T) {
	const x = "GET /public/x"
	const half = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nno chunk\r\n"
	for name, stored := range map[string]struct{ answer, told string }{
		"an answer":              {ok("one", "Cache-Control: max-age=60, stale-if-error=100"), "200 one"},
		"an error that is ours":  {"HTTP/1.1 404 Not Found\r\nCache-Control: max-age=60, stale-if-error=100\r\nContent-Length: 4\r\n\r\nnope", "404 {}"},
		"an answer without body": {"HTTP/1.1 204 No Content\r\nCache-Control: max-age=60, stale-if-error=100\r\n\r\n", "204 "},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p, later := caching(route.CacheShared)
				p.Options.Portable = portable
				h := p.open(t, answering(stored.answer, half))
				const standsIn = "fwd=stale; ttl=-10; detail=stale-if-error"
				h.play(t, later, []step{
					{0, x, stored.told, "fwd=uri-miss; stored", "", true},
					{70 * time.Second, x, stored.told, standsIn, "70", true},
					{0, x, stored.told, standsIn, "70", true},
				})
				if n := h.o.Cache.Len(); n != 1 {
					t.Errorf("%d answers are stored", n)
				}
			})
		})
	}
}

// An answer that breaks while it is read for the store alone is tried again as any other is of which nothing was passed on.
func TestRetryOfWhatIsReadForTheStore(t *testing.T) {
	const two = `HTTP/1.1 200 OK|Content-Length: 3|Cache-Control: max-age=60|ETag: "v2"||`
	answers := make(chan string, 3)
	p, later := caching(route.CacheShared)
	p.Options.Random = func() uint64 { return 0 }
	for i := range p.API.Routes {
		p.API.Routes[i].Retry = new(retry.Usual())
	}
	h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
		if _, err := readCall(r); err == nil {
			_, _ = io.WriteString(c, strings.ReplaceAll(<-answers, "|", "\r\n")) // and closes
		}
	}))
	c := h.dial(t)
	answers <- strings.ReplaceAll(two, "v2", "v1") + "one"
	c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n")
	later.Add(int64(2 * time.Minute))
	answers <- two + "t"
	answers <- two + "two"
	got := c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\nIf-None-Match: \"v2\"\r\n\r\n")
	if got.status != 304 || !cmp.Equal(got.fields("Cache-Status"), []string{"Cache-Status: candor; fwd=stale; fwd-status=200; stored"}) {
		t.Errorf("got %s%s", got.head, got.body)
	}
	if line := h.logged(t, 2)[1]; !strings.Contains(line, `"attempts":2,"retried":["ended early"]`) {
		t.Errorf("logged %s", line)
	}
}

// Nobody waits for an answer that turns out to be too large to be kept while it passes.
func TestNobodyWaitsForWhatIsNotKept(t *testing.T) {
	rest := make(chan struct{})
	p, _ := caching(route.CacheShared)
	for i := range p.API.Routes {
		p.API.Routes[i].Cache.MaxEntry = 1 << 10
	}
	asked := make(chan bool, 2)
	h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
		for _, err := readCall(r); err == nil; _, err = readCall(r) {
			asked <- true
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n"+strings.Repeat("x", 2<<10)+"\r\n")
			<-rest
			_, _ = io.WriteString(c, "0\r\n\r\n")
		}
	}))
	const call = "GET /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n"
	one, two := h.dial(t), h.dial(t)
	one.send(call)
	<-asked
	two.send(call)
	<-asked // while the first is still on its way
	close(rest)
	if a, b := one.read(), two.read(); !cmp.Equal(a.body, b.body) {
		t.Errorf("%q %q", a.body, b.body)
	}
}

// An answer for which there is no room just now passes as it came, and says why it is not kept; the next one is.
func TestNoRoomForWhatIsOnItsWay(t *testing.T) {
	p, later := caching(route.CacheShared)
	h := p.open(t, answering(ok("one", "Cache-Control: max-age=60")))
	room := h.o.Cache.Size() / 4
	if !h.o.Cache.Hold(room) {
		t.Fatal("there is no room")
	}
	h.play(t, later, []step{{0, "GET /public/x", "200 one", "fwd=uri-miss; detail=full", "", true}})
	h.o.Cache.Release(room)
	h.play(t, later, []step{{0, "GET /public/x", "200 one", "fwd=uri-miss; stored", "", true}})
	if !h.o.Cache.Hold(room) {
		t.Error("something is held still")
	}
}
