package gateway

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
)

// What a caller gets from the store, to the byte, and what the upstream is asked where that is stale.
func TestCopies(t *testing.T) {
	p, later := caching(route.CachePerPrincipal)
	p.API.Headers.RequestID = "X-Call"
	p.API.CORS = &route.CORSSpec{Origins: []string{"https://app.example"}}
	h := p.open(t, answering(
		"HTTP/1.1 200 Fine\r\nServer: s\r\nDate: Sun, 01 Mar 2026 11:59:00 GMT\r\nConnection: x-hop\r\nX-Hop: 1\r\nX-Request-Id: theirs\r\nAge: 7\r\nRateLimit: \"a\";r=1;t=1\r\n"+
			"Cache-Status: cdn; fwd=miss\r\nCache-Control: max-age=600\r\nETag: \"v1\"\r\nContent-Type: text/plain\r\nAccess-Control-Allow-Origin: *\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=5\r\nContent-Type: x/y\r\n\r\n"))
	c := h.dial(t)
	c.send(h.get("/limited", "Origin: https://app.example"))
	c.read()
	<-h.origin.seen
	later.Add(int64(5 * time.Second))
	c.send(h.get("/limited"))
	const kept = "Server: s\r\nDate: Sun, 01 Mar 2026 11:59:00 GMT\r\nCache-Status: cdn; fwd=miss\r\nCache-Control: max-age=600\r\nETag: \"v1\"\r\n"
	ours := "X-Call: " + noonUUID + "\r\nRateLimit: \"app\";r=98;t=43246\r\nRateLimit-Policy: \"app\";q=100;w=86400\r\n"
	got := c.read()
	want := "HTTP/1.1 200 Fine\r\n" + kept + "Content-Type: text/plain\r\n" + ours + "Vary: Origin\r\nContent-Length: 3\r\nAge: 65\r\nCache-Status: candor; hit; ttl=535\r\n\r\none"
	if diff := cmp.Diff(want, got.head+got.body); diff != "" {
		t.Errorf("a hit (- want, + is):\n%s", diff)
	}
	c.send(h.get("/limited", `If-None-Match: "v1"`))
	want = "HTTP/1.1 304 Not Modified\r\n" + kept + strings.Replace(ours, "r=98", "r=97", 1) + "Vary: Origin\r\nAge: 65\r\nCache-Status: candor; hit; ttl=535\r\n\r\n"
	if diff := cmp.Diff(want, c.read().head); diff != "" {
		t.Errorf("not modified (- want, + is):\n%s", diff)
	}
	later.Add(int64(20 * time.Minute))
	c.send(h.get("/limited", `If-None-Match: "v9"`, "If-Modified-Since: "+noonDate, "X-A: b"))
	if got := c.read(); got.body != "one" || len(got.fields("Content-Type")) != 1 {
		t.Errorf("confirmed: %s%s", got.head, got.body)
	}
	asked := <-h.origin.seen
	if !strings.Contains(asked, "\r\nX-A: b\r\nIf-None-Match: \"v1\"\r\n") || strings.Contains(asked, "v9") || strings.Contains(asked, "If-Modified-Since") {
		t.Errorf("the upstream was asked %s", asked)
	}
	line := h.logged(t, 4)[1]
	for _, part := range []string{`"by":"upstream"`, `"status":200`, `"cache":"hit"`} {
		if !strings.Contains(line, part) {
			t.Errorf("%s is not in %s", part, line)
		}
	}
	if strings.Contains(line, `"upstream_status"`) || strings.Contains(line, "first_byte") {
		t.Errorf("an upstream is in %s", line)
	}
}

// What is stale is the answer while the upstream is asked beside that, once, and what that brings is the next one.
func TestMeanwhile(t *testing.T) {
	m := newMirror("Cache-Control: max-age=1, stale-while-revalidate=60")
	p, later := caching(route.CacheShared)
	h := p.open(t, m.origin)
	const nobody = " HTTP/1.1\r\nHost: a.example\r\n\r\n"
	c := h.dial(t)
	c.ask("/public/x", nobody)
	<-m.asked
	m.set(func() { m.waits = make(chan struct{}) })
	later.Add(int64(3 * time.Second))
	for range 3 {
		if got := c.ask("/public/x", nobody).fields("Cache-Status", "Age"); !cmp.Equal(got, []string{"Age: 3", "Cache-Status: candor; hit; ttl=-2; detail=stale-while-revalidate"}) {
			t.Errorf("meanwhile %q", got)
		}
	}
	<-m.asked
	close(m.waits)
	testkit.Until(t, "asked beside", func() bool {
		got := c.ask("/public/x", nobody).fields("Cache-Status")
		return cmp.Equal(got, []string{"Cache-Status: candor; hit; ttl=1"})
	})
	if len(m.asked) > 0 {
		t.Error("the upstream was asked more than once")
	}
}

// The gateway's end waits for what is asked beside calls, and cuts it short.
func TestEndOfWhatIsAskedBeside(t *testing.T) {
	m := newMirror("Cache-Control: max-age=1, stale-while-revalidate=60")
	p, later := caching(route.CacheShared)
	h := p.open(t, m.origin)
	c := h.dial(t)
	c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n")
	m.set(func() { m.waits = make(chan struct{}) })
	later.Add(int64(3 * time.Second))
	c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n")
	<-m.asked
	<-m.asked
	t.Cleanup(func() { close(m.waits) }) // before the origin ends, and after nothing: the gateway does not wait for the answer
	h.besides.close()
	if len(h.besides.all) > 0 {
		t.Error("something is still asked")
	}
}

// An upstream that cannot be reached, or breaks, or is slow, is no failure as long as what is stored may stand in.
func TestStandIn(t *testing.T) {
	calls := make(chan func(*net.TCPConn), 10)
	first := func(c *net.TCPConn) {
		_, _ = c.Write([]byte(ok("one", "Cache-Control: max-age=1, stale-if-error=600", "Connection: close")))
	}
	for name, second := range map[string]func(*net.TCPConn){
		"closes":             func(c *net.TCPConn) { _ = c.Close() },
		"resets":             func(c *net.TCPConn) { _ = c.SetLinger(0); _ = c.Close() },
		"breaks in the head": func(c *net.TCPConn) { _, _ = c.Write([]byte("HTTP/1.1 200 OK\r\nContent-Le")); _ = c.Close() },
		"garbage":            func(c *net.TCPConn) { _, _ = c.Write([]byte("\x00\x01\r\n\r\n")) },
		"is slow":            func(c *net.TCPConn) { _, _ = c.Read(make([]byte, 1)) },
	} {
		t.Run(name, func(t *testing.T) {
			p, later := caching(route.CacheShared)
			if name == "is slow" {
				p.Spec.FirstByte = 400 * time.Millisecond // in which the first answer has to come
			}
			h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
				if _, err := readCall(r); err == nil {
					(<-calls)(c)
				}
			}))
			calls <- first
			c := h.dial(t)
			c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n")
			later.Add(int64(3 * time.Second))
			calls <- second
			got := c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n")
			if got.body != "one" || !cmp.Equal(got.fields("Cache-Status"), []string{"Cache-Status: candor; fwd=stale; ttl=-2; detail=stale-if-error"}) {
				t.Errorf("%s%s", got.head, got.body)
			}
			if line := h.logged(t, 2)[1]; !strings.Contains(line, `"cache":"stale"`) || !strings.Contains(line, `"note":"`) || strings.Contains(line, `"problem"`) {
				t.Errorf("%s", line)
			}
			later.Add(int64(time.Hour)) // nothing may stand in any more
			calls <- second
			last := h.dial(t).ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n")
			if last.status < 502 || !cmp.Equal(last.fields("Cache-Status"), []string{"Cache-Status: candor; fwd=stale"}) {
				t.Errorf("%s%s", last.head, last.body)
			}
		})
	}
}

// Whoever waits goes on by himself, at once and beside all others, where the first call brings nothing for him; and stops waiting where he leaves.
func TestNobodyWaitsInVain(t *testing.T) {
	for name, c := range map[string]struct {
		says  string
		leave bool // the first caller leaves
		reach int  // calls that reach the upstream
	}{
		"not for others":   {"Cache-Control: private, max-age=60", false, 4},
		"too large":        {"Cache-Control: max-age=60\r\nX: " + strings.Repeat("x", 9000), false, 4},
		"the first leaves": {"Cache-Control: max-age=60", true, 4},
		"it is for all":    {"Cache-Control: max-age=60", false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMirror(c.says)
			m.waits = make(chan struct{})
			p, _ := caching(route.CacheShared)
			for i := range p.API.Routes {
				p.API.Routes[i].Cache.MaxEntry = 4 << 10
			}
			h := p.open(t, m.origin)
			const call = "GET /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n"
			one := h.dial(t)
			one.send(call)
			<-m.asked
			others := make([]*client, 3)
			for i := range others {
				others[i] = h.dial(t)
				others[i].send(call)
			}
			left := h.dial(t)
			left.send(call)
			testkit.Until(t, "all wait", func() bool { return h.waiting.Load() == 4 })
			left.reset()
			testkit.Until(t, "one has left", func() bool { return h.waiting.Load() == 3 })
			if c.leave {
				one.reset()
				for range others { // all at once: none of them has an answer yet
					<-m.asked
				}
			}
			close(m.waits)
			for _, other := range others {
				if got := other.read(); got.body != "/public/x" {
					t.Errorf("%s%s", got.head, got.body)
				}
			}
			if m.served != c.reach {
				t.Errorf("%d calls reached the upstream, want %d", m.served, c.reach)
			}
		})
	}
}

// An answer that was on its way while its target was changed is given to whoever asked, and to nobody after him.
func TestChangedOnTheWay(t *testing.T) {
	m := newMirror("Cache-Control: max-age=60")
	p, _ := caching(route.CacheShared)
	h := p.open(t, m.origin)
	m.waits = make(chan struct{})
	one, two := h.dial(t), h.dial(t)
	one.send("GET /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n")
	<-m.asked
	waits := m.waits
	m.set(func() { m.waits = nil })
	two.send("DELETE /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n")
	two.read()
	<-m.asked
	close(waits)
	one.read()
	got := two.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n")
	if len(got.fields("Age")) > 0 || m.served != 3 {
		t.Errorf("%d calls reached the upstream\n%s", m.served, got.head)
	}
	if n := h.o.Cache.Len(); n != 1 {
		t.Errorf("%d answers are stored", n)
	}
}

// Nobody waits for another caller longer than he would for the upstream.
func TestWaitingHasAnEnd(t *testing.T) {
	m := newMirror("Cache-Control: max-age=60")
	m.waits = make(chan struct{})
	p, _ := caching(route.CacheShared)
	p.Options.Awaits = 5 * time.Millisecond
	h := p.open(t, m.origin)
	one, two := h.dial(t), h.dial(t)
	one.send("GET /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n")
	<-m.asked
	two.send("GET /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n")
	<-m.asked
	close(m.waits)
	if a, b := one.read(), two.read(); a.body != b.body {
		t.Errorf("%s %s", a.body, b.body)
	}
}

// An error that is stored is recorded as one that has just come, each time that it is given: with the answer and how it begins.
func TestStoredErrorsAreRecorded(t *testing.T) {
	p, _ := caching(route.CacheShared)
	p.API.RecordBody = true
	kept := p.recorded(t, requestlog.Options{}, requestlog.Settings{Detail: 1000})
	h := p.open(t, answering("HTTP/1.1 404 Not Found\r\nCache-Control: max-age=60\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"))
	c := h.dial(t)
	for range 2 {
		c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n")
	}
	got := kept(2)
	for _, r := range got {
		if r.Status != 404 || r.Problem != "entity_not_found" || r.By != got[0].By {
			t.Errorf("%+v", r)
		}
	}
	if got[0].Cache+" "+got[1].Cache != "miss hit" && got[0].Cache+" "+got[1].Cache != "hit miss" {
		t.Errorf("%q and %q", got[0].Cache, got[1].Cache)
	}
	if lines := h.logged(t, 2); !strings.Contains(lines[1], `"problem":"entity_not_found","by":"upstream"`) || !strings.Contains(lines[1], `"cache":"hit"`) {
		t.Errorf("%s", lines[1])
	}
}
