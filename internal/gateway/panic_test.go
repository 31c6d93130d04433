package gateway

import (
	"context"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
)

// panicking is a stage on which a call that asks for it panics.
type panicking struct{}

func (panicking) Asked(c *admission.Call) *Staged {
	if c.Head.Find("x-panic") != nil {
		panic("asked to")
	}
	return nil
}

func (panicking) Judged(context.Context, *admission.Call, admission.Verdict) *Staged { return nil }

func TestPanicIsA500OfItsCallAlone(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		log := &testkit.Lines{}
		p.Options.Portable, p.Options.Stage, p.Log = portable, panicking{}, log
		h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
		other := h.dial(t)
		other.send(h.get("/me"))
		other.read()
		t.Run("pipelined calls go on", func(t *testing.T) {
			c := h.dial(t)
			c.send(h.get("/me") + h.get("/me", "X-Panic: 1") + h.get("/me"))
			for i, want := range []int{204, 500, 204} {
				a := c.read()
				if a.status != want {
					t.Fatalf("answer %d: got %q, want %d", i, a.head, want)
				}
				if want == 500 && testkit.Field(a.head, "Candor-Problem") != "internal_error" {
					t.Errorf("got %q", a.head)
				}
			}
		})
		t.Run("a body that is here", func(t *testing.T) {
			c := h.dial(t)
			c.send("PUT /public/ HTTP/1.1\r\nHost: a\r\nX-Panic: 1\r\nContent-Length: 5\r\n\r\nhello" + h.get("/me"))
			if a := c.read(); a.status != 500 {
				t.Fatalf("got %q", a.head)
			}
			if a := c.read(); a.status != 204 {
				t.Fatalf("the next call got %q", a.head)
			}
		})
		t.Run("a body whose end is not here", func(t *testing.T) {
			c := h.dial(t)
			c.send("PUT /public/ HTTP/1.1\r\nHost: a\r\nX-Panic: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n")
			if a := c.read(); a.status != 500 || testkit.Field(a.head, "Connection") != "close" {
				t.Errorf("got %q", a.head)
			}
			if rest := c.end(); rest != "" {
				t.Errorf("after it: %q", rest)
			}
		})
		t.Run("other connections go on", func(t *testing.T) {
			other.send(h.get("/me"))
			if a := other.read(); a.status != 204 {
				t.Errorf("got %q", a.head)
			}
		})
		if got := log.All(); len(got) != 3 || !strings.Contains(got[0], "panic in a call") || !strings.Contains(got[0], "asked to") || !strings.Contains(got[0], noonUUID) {
			t.Errorf("logged %q", got)
		}
	})
}

// A panic behind the upstream's answer must give back the connection and the call's place.
func TestPanicWithinTheRelay(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable, p.Log = portable, &testkit.Lines{}
		var armed atomic.Bool
		p.Tick = func() {
			stack := string(debug.Stack()) // the answer to the panic before this one may still be logged
			if armed.Load() && strings.Contains(stack, "(*exchange).answered(") && !strings.Contains(stack, "(*exchange).panicked(") && armed.Swap(false) {
				panic("asked to")
			}
		}
		h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
		c := h.dial(t)
		for range 3 {
			armed.Store(true)
			c.send(h.get("/limited"))
			if a := c.read(); a.status != 500 {
				t.Fatalf("got %q", a.head)
			}
			testkit.Until(t, "closed", func() bool { return h.origin.open() == 0 })
		}
		c.send(h.get("/limited"))
		if a := c.read(); a.status != 204 {
			t.Fatalf("the next call got %q", a.head)
		}
		testkit.Until(t, "none in flight", func() bool { return h.Policy().Admission.Quota.InFlight() == 0 })
	})
}

// A panic behind an answer that was asked for beside calls gives back the same, and what is stored stays.
func TestPanicBesideCalls(t *testing.T) {
	p, later := caching(route.CacheShared)
	p.Log, p.Spec.InFlight = &testkit.Lines{}, 1
	var armed atomic.Bool
	p.Tick = func() {
		if armed.Load() && strings.Contains(string(debug.Stack()), "(*beside).answered(") && armed.Swap(false) {
			panic("asked to")
		}
	}
	h := p.open(t, answering(ok("one", "Cache-Control: max-age=1, stale-while-revalidate=60")))
	c := h.dial(t)
	c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n")
	armed.Store(true)
	later.Add(int64(3 * time.Second))
	if got := c.ask("/public/x", " HTTP/1.1\r\nHost: a.example\r\n\r\n"); got.status != 200 {
		t.Errorf("got %q", got.head)
	}
	testkit.Until(t, "closed", func() bool { return !armed.Load() && h.origin.open() == 0 })
	testkit.Until(t, "its place was given back", func() bool { return h.Policy().Upstreams[0].InFlight() == 0 })
	if n := h.o.Cache.Len(); n != 1 {
		t.Errorf("%d answers are stored", n)
	}
}

// A panic of the goroutine that sends a body ends that call alone, too.
func TestPanicWithinTheUpload(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable, p.Log = portable, &testkit.Lines{}
		var armed atomic.Bool
		p.Tick = func() {
			if armed.Load() && strings.Contains(string(debug.Stack()), "(*upload).run(") && armed.Swap(false) {
				panic("asked to")
			}
		}
		h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
		armed.Store(true)
		c := h.dial(t)
		c.send("PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhello")
		if a := c.read(); a.status != 500 || testkit.Field(a.head, "Connection") != "close" {
			t.Errorf("got %q", a.head)
		}
		if rest := c.end(); rest != "" {
			t.Errorf("after it: %q", rest)
		}
		testkit.Until(t, "closed", func() bool { return h.origin.open() == 0 })
	})
}

// Not even a panic behind a panic ends the process.
func TestPanicWithinTheAnswerToAPanic(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		log := &testkit.Lines{}
		p.Options.Portable, p.Options.Stage, p.Log = portable, panicking{}, log
		var armed atomic.Bool
		p.Tick = func() {
			if armed.Load() && strings.Contains(string(debug.Stack()), "(*exchange).panicked(") && armed.Swap(false) {
				panic("asked to again")
			}
		}
		h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
		armed.Store(true)
		c := h.dial(t)
		c.send(h.get("/me", "X-Panic: 1") + h.get("/me"))
		if got := c.cut(); strings.Contains(got, " 204 ") {
			t.Errorf("got %q", got)
		}
		if got := log.All(); len(got) != 2 || !strings.Contains(got[1], "asked to again") {
			t.Errorf("logged %q", got)
		}
	})
}
