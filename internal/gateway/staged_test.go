package gateway

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/problem"
)

// staging stages what a call asks for in X-Stage, and tells which calls are over.
type staging struct {
	asked chan struct{} // one has to wait
	over  atomic.Int32
}

func (s *staging) Asked(c *admission.Call) *Staged { return s.played(c, "asked") }

func (s *staging) Judged(ctx context.Context, c *admission.Call, v admission.Verdict) *Staged {
	if string(c.Head.Find("x-stage")) == "wait" {
		s.asked <- struct{}{}
		<-ctx.Done()
	}
	if v == admission.Refuses {
		return s.played(c, "refused")
	}
	return s.played(c, "admitted")
}

func (s *staging) played(c *admission.Call, moment string) *Staged {
	at, what, _ := strings.Cut(string(c.Head.Find("x-stage")), " ")
	if at != moment {
		return nil
	}
	of := &Staged{Note: "staged", Fields: []byte("Staged: " + moment + "\r\n"), Over: func() { s.over.Add(1) }}
	switch what {
	case "refuse":
		c.Problem, of.Refuses = problem.Problem{Type: problem.Conflict}, true
	case "give back":
		c.Problem, of.Refuses, of.Outcome = problem.Problem{Type: problem.Throttled, RetryAfter: 1}, true, admission.Unsent
	}
	return of
}

// What a stage says of a call becomes of it, is told in its answer, and ends with it.
func TestStaged(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for _, tt := range []struct {
			name, stage, path  string
			bad                bool // the token
			status             int
			staged, left, over string
		}{
			{name: "nothing", path: "/limited", status: 204, left: `"app";r=99;t=43251`},
			{name: "at its head", stage: "asked refuse", path: "/limited", status: 409, staged: "asked", over: "1"},
			{name: "named at its head", stage: "asked", path: "/limited", status: 204, staged: "asked", left: `"app";r=99;t=43251`, over: "1"},
			{name: "admitted", stage: "admitted", path: "/limited", status: 204, staged: "admitted", left: `"app";r=99;t=43251`, over: "1"},
			{name: "refused, and counted", stage: "admitted refuse", path: "/limited", status: 409, staged: "admitted", over: "1"},
			{name: "refused, and given back", stage: "admitted give back", path: "/limited", status: 429, staged: "admitted", over: "1"},
			{name: "refused anyway", stage: "refused", path: "/limited", bad: true, status: 401, staged: "refused", over: "1"},
			{name: "refused otherwise", stage: "refused refuse", path: "/limited", bad: true, status: 409, staged: "refused", over: "1"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				p, s := newPlan(), &staging{}
				p.Options.Portable, p.Options.Stage = portable, s
				h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
				if tt.bad {
					h.token = "cdr_at_nobody"
				}
				c := h.dial(t)
				c.send(h.get(tt.path, "X-Stage: "+tt.stage))
				a := c.read()
				if a.status != tt.status || testkit.Field(a.head, "Staged") != tt.staged || testkit.Field(a.head, "RateLimit") != tt.left {
					t.Errorf("got %q", a.head)
				}
				if line := h.logged(t, 1)[0]; strings.Contains(line, `"note":"staged"`) != (tt.staged != "") {
					t.Errorf("logged %s", line)
				}
				testkit.Until(t, "none in flight", func() bool { return h.Policy().Admission.Quota.InFlight() == 0 })
				testkit.Until(t, "the call is over", func() bool { return tt.over == "" || s.over.Load() == 1 })
			})
		}
	})
}

// Of calls that were refused on purpose those count that are said to.
func TestStagedCalls(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable, p.Options.Stage = portable, &staging{}
		h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
		c := h.dial(t)
		for _, stage := range []string{"admitted refuse", "admitted give back", "admitted refuse"} {
			c.send(h.get("/limited", "X-Stage: "+stage))
			c.read()
		}
		c.send(h.get("/limited"))
		if left := testkit.Field(c.read().head, "RateLimit"); !strings.Contains(left, ";r=97;") { // of 100: this one and two before
			t.Errorf("left: %s", left)
		}
	})
}

// When the client leaves while a stage takes its time, nobody waits any more.
func TestGoneWhileAStageWaits(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p, s := newPlan(), &staging{asked: make(chan struct{}, 1)}
		p.Options.Portable, p.Options.Stage = portable, s
		h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
		c := h.dial(t)
		c.send(h.get("/me", "X-Stage: wait"))
		<-s.asked
		_ = c.tcp.Close()
		if line := h.logged(t, 1)[0]; !strings.Contains(line, `"problem":"client_gone"`) {
			t.Errorf("logged %s", line)
		}
		testkit.Until(t, "none in flight", func() bool { return h.Policy().Admission.Quota.InFlight() == 0 })
	})
}
