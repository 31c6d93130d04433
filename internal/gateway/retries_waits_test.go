package gateway

import (
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/retry"
)

// long is a policy that lets a call wait for as long as a test takes.
func long() *retry.Policy {
	p := retry.Usual()
	p.Within = time.Hour
	return &p
}

const (
	muchLater = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 600\r\nContent-Length: 5\r\n\r\nlater"
	soon      = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nsoon"
)

// A client that leaves while its call waits is noticed: nothing more is sent, and the call is over.
func TestRetryEndsWithTheClient(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		s := newScript(t, muchLater, good)
		p := tried(s, long())
		p.Options.Portable = portable
		h := p.over(t, s)
		c := h.dial(t)
		c.send(getting)
		testkit.Until(t, "waiting", func() bool { return s.hasFailed(1) })
		c.reset()
		line := h.logged(t, 1)[0]
		if !strings.Contains(line, `"status":0,"problem":"client_gone"`) || !strings.Contains(line, `"not_retried":"left"`) {
			t.Errorf("logged %s", line)
		}
		if n := len(s.sent()); n != 1 {
			t.Errorf("%d calls came", n)
		}
		if diff := cmp.Diff(map[upstream.Retried]int64{upstream.LeftWaiting: 1}, h.retried()); diff != "" {
			t.Errorf("counted (-want +got):\n%s", diff)
		}
	})
}

// A gateway that is to end waits for nothing: what has come is passed on, as it came.
func TestRetryEndsWithTheGateway(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for name, c := range map[string]struct {
			step, want string
			waits      int // behind which attempt it does
		}{
			"an answer":  {muchLater, "503 Service Unavailable", 1},
			"no answer":  {closes, "502 Bad Gateway", 8},
			"no address": {refuses, "502 Bad Gateway", 8},
		} {
			t.Run(name, func(t *testing.T) {
				s := newScript(t, append(slices.Repeat([]string{c.step}, c.waits), good)...)
				p := tried(s, &retry.Policy{Attempts: 10, Within: time.Hour, On: retry.Every})
				p.Options.Portable = portable
				p.Options.Random = func() uint64 {
					if s.next(); s.hasFailed(c.waits) {
						return uint64(20 * time.Second)
					}
					return 0
				}
				h := p.over(t, s)
				cl := h.dial(t)
				cl.send(getting)
				testkit.Until(t, "waiting", func() bool { return s.hasFailed(c.waits) })
				h.Finish()
				a := cl.read()
				if !strings.Contains(a.head, c.want) || !strings.Contains(a.head, "Connection: close") {
					t.Errorf("got %q %q", a.head, a.body)
				}
				if line := h.logged(t, 1)[0]; !strings.Contains(line, `"not_retried":"drained"`) {
					t.Errorf("logged %s", line)
				}
				h.Return()
				if name != "no address" {
					return
				}
				cl = h.dial(t)
				cl.send(getting)
				if a := cl.read(); a.status != 200 {
					t.Errorf("after it has come back: %q", a.head)
				}
			})
		}
	})
}

// A Retry-After within the time is waited for, and not a moment less.
func TestRetryWaits(t *testing.T) {
	s := newScript(t, soon, good)
	h := tried(s, long()).over(t, s)
	c, begun := h.dial(t), time.Now()
	c.send(getting)
	if a := c.read(); a.status != 200 {
		t.Errorf("got %q", a.head)
	}
	if took := time.Since(begun); took < time.Second {
		t.Errorf("it was sent again after %v", took)
	}
}

// A call that waits is one call: of its limit, and of what is in flight. What never left is given back.
func TestRetryCountsOnce(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		s := newScript(t, refuses, refuses, refuses, down, good)
		p := tried(s, new(retry.Usual()))
		p.Options.Portable, p.Limits[0].N = portable, 2
		h := p.over(t, s)
		c := h.dial(t)
		c.send(h.get("/counted"))
		if a := c.read(); a.status != 502 || !strings.Contains(a.body, `"applied":"no"`) {
			t.Errorf("refused: %q %q", a.head, a.body)
		}
		for i, want := range []string{"RateLimit: \"people\"", "", "429"} {
			c.send(h.get("/counted"))
			a := c.read()
			if i < 2 && a.status != 200 || i == 2 && a.status != 429 {
				t.Errorf("call %d: %q, want %q", i, a.head, want)
			}
		}
		if n := h.Policy().Admission.Quota.InFlight(); n != 0 {
			t.Errorf("%d calls are in flight", n)
		}
	})
}

// A budget is the upstream's: what one call after the other has used up is not there for the next, which is answered at once.
func TestRetryBudget(t *testing.T) {
	s := newScript(t, down)
	h := tried(s, &retry.Policy{Attempts: 10, Within: time.Minute, On: retry.Status503}).over(t, s)
	c := h.dial(t)
	for range 3 {
		c.send(getting)
		if a := c.read(); a.status != 503 || a.body != "down" {
			t.Errorf("got %q %q", a.head, a.body)
		}
	}
	if n := len(s.sent()); n < 13 || n > 14 { // another second may have begun
		t.Errorf("%d calls came of 3, and 10 may be sent again", n)
	}
	if line := h.logged(t, 3)[2]; !strings.Contains(line, `"not_retried":"budget"`) {
		t.Errorf("logged %s", line)
	}
}

// A body of which nothing has been taken waits with its call; one that has gone on its way is gone.
func TestRetryOfABodyOnItsWay(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		half := strings.Repeat("x", 100<<10)
		head := "PUT /again/x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 204800\r\n\r\n"
		for name, c := range map[string]struct {
			step string
			want int
			sent int
			log  string
		}{
			"refused":               {refuses, 200, 1, `"attempts":2,"retried":["connection refused"]`},
			"closed in the midst":   {"HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 503, 1, `"not_retried":"body"`},
			"closed after the head": {closes, 502, 1, `"not_retried":"body"`},
		} {
			t.Run(name, func(t *testing.T) {
				s := newScript(t, c.step, good)
				p := tried(s, new(retry.Usual()))
				p.Options.Portable = portable
				h := p.over(t, s)
				cl := h.dial(t)
				go func() {
					cl.send(head + half)
					cl.send(half)
				}()
				a := cl.read()
				if a.status != c.want {
					t.Errorf("got %q %q", a.head, a.body)
				}
				if line := h.logged(t, 1)[0]; !strings.Contains(line, c.log) {
					t.Errorf("logged %s", line)
				}
				if n := h.retried()[upstream.BodyGone]; n != int64(strings.Count(c.log, "body")) {
					t.Errorf("%d counted that could not be sent again for their bodies", n)
				}
				sent := s.sent()
				if len(sent) != c.sent || !strings.HasSuffix(sent[0], half+half) {
					t.Errorf("%d calls came, the first with %d bytes", len(sent), len(sent[0]))
				}
			})
		}
	})
}

// What has been answered to a handshake is for its client to judge; a connection that did not come about is made once more.
func TestRetryOfAHandshake(t *testing.T) {
	handshake := "GET /again/x HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	for name, c := range map[string]struct {
		steps []string
		want  int
	}{
		"refused": {[]string{refuses, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"}, 101},
		"503":     {[]string{down, good}, 503},
		"closed":  {[]string{closes, good}, 502},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t, c.steps...)
			p := tried(s, new(retry.Usual()))
			again(p).Upgrade = &route.Upgrade{Protocols: []string{"websocket"}, Idle: time.Minute}
			h := p.over(t, s)
			cl := h.dial(t)
			cl.send(handshake)
			if a := cl.readTo("HEAD"); a.status != c.want {
				t.Errorf("got %q", a.head)
			}
			cl.reset()
		})
	}
}

// While a call waits it is not among those that its upstream has, and what the breaker refuses is no failure that is tried again.
func TestRetryBesideABound(t *testing.T) {
	s := newScript(t, muchLater, good)
	p := tried(s, long())
	p.Spec.InFlight = 1
	h := p.over(t, s)
	waiting, other := h.dial(t), h.dial(t)
	waiting.send(getting)
	testkit.Until(t, "waiting", func() bool { return s.hasFailed(1) && h.upstream.InFlight() == 0 })
	other.send(getting)
	if a := other.read(); a.status != 200 {
		t.Errorf("beside one that waits: %q", a.head)
	}
	waiting.reset()
	h.logged(t, 2)
	if n := h.upstream.InFlight(); n != 0 {
		t.Errorf("%d calls are in flight", n)
	}

	s = newScript(t, down)
	p = tried(s, new(retry.Usual()))
	p.Spec.Breaker = &upstream.BreakerSpec{Failures: 1, Of: 1, Within: time.Minute, Open: time.Hour, Statuses: []int{503}}
	h = p.over(t, s)
	c := h.dial(t)
	c.send(getting)
	if a := c.read(); testkit.Field(a.head, "Candor-Problem") != "service_unavailable" || !strings.Contains(a.body, `"applied":"unknown"`) {
		t.Errorf("%q %q", a.head, a.body)
	}
	if line := h.logged(t, 1)[0]; len(s.sent()) != 1 || !strings.Contains(line, `"attempts":2,"retried":["503"]`) {
		t.Errorf("%d calls came; logged %s", len(s.sent()), line)
	}
}

// In a total outage retries add a tenth to the load and no more, from the first second on; a minute later everything is well again, and a call that fails alone is sent again.
func TestRetryInAnOutage(t *testing.T) {
	for name, step := range map[string]string{"503": down, "no connection": refuses} {
		t.Run(name, func(t *testing.T) {
			const calls = 1500 // a hundred a second
			s := newScript(t, step)
			p := tried(s, new(retry.Usual()))
			p.Shift, p.Stands, p.Sink = &atomic.Int64{}, true, io.Discard
			h := p.over(t, s)
			c := h.dial(t)
			for i := range calls {
				p.Shift.Store(int64(i) * int64(10*time.Millisecond))
				c.send(getting)
				if a := c.read(); a.status < 500 {
					t.Fatalf("got %q", a.head)
				}
			}
			again := h.retried()[upstream.FailedAgain]
			if again > calls/10 || again < calls/10-calls/50 {
				t.Errorf("%d of %d calls were sent again", again, calls)
			}
			if n := int64(len(s.sent())); step == down && n != calls+again {
				t.Errorf("%d came of %d calls, %d of them sent again", n, calls, again)
			}
			p.Shift.Add(int64(time.Minute))
			c.send(getting)
			c.read()
			if n := h.retried()[upstream.FailedAgain] - again; n != 2 {
				t.Errorf("a call alone was sent again %d times", n)
			}
		})
	}
}

// What was seen and recorded of an answer that broke before it was passed on is forgotten with it.
func TestRetryForgetsAnAnswer(t *testing.T) {
	const none = `{"status":404,"code":"NONE","message":"There is none"}` // which speaks the contract, so that it passes
	s := newScript(t, breaks, "HTTP/1.1 404 Not Found\r\nContent-Length: 54\r\n\r\n"+none)
	p := tried(s, new(retry.Usual()))
	seen := make(sinking, 1)
	yes := true
	p.Spec.Wrap, p.Options.Sink, again(p).RecordBody = upstream.WrapAll, seen, &yes
	records := p.recorded(t, requestlog.Options{}, requestlog.Settings{})
	h := p.over(t, s)
	c := h.dial(t)
	c.send(getting)
	if a := c.read(); a.status != 404 || a.body != none {
		t.Errorf("got %q %q", a.head, a.body)
	}
	if body := testkit.Receive(t, "what was seen", seen); body != none {
		t.Errorf("seen: %q", body)
	}
	r := records(1)[0]
	if text := r.Answer.Body.Text; strings.Count(text, "{") != 1 || !strings.Contains(text, "There is none") || r.TriedText() != "2: ended early, 404" {
		t.Errorf("recorded: %q, %s", r.Answer.Body.Text, r.TriedText())
	}
}

// Whoever looks into a call that failed sees why it was not sent again.
func TestRetryThatWasNotIsRecorded(t *testing.T) {
	s := newScript(t, down)
	p := tried(s, new(retry.Usual()))
	records := p.recorded(t, requestlog.Options{}, requestlog.Settings{})
	c := p.over(t, s).dial(t)
	c.send(posting)
	c.read()
	if r := records(1)[0]; r.NotRetriedText() != "applied: it may have taken effect" {
		t.Errorf("recorded: %+v", r.Upstream)
	}
}

// sinking tells the body that was seen of an answer.
type sinking chan string

func (s sinking) Call(e *accesslog.Entry) { s <- string(e.Seen.Answer.Body) }
