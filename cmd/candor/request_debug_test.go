package main

import (
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// TestADebuggedCallIsShownWhole, and of another nothing of that stands there.
func TestADebuggedCallIsShownWhole(t *testing.T) {
	r := &requestlog.Record{
		Method: "GET", Target: "/me", Status: 200, Debug: true, Rewrite: &requestlog.Rewritten{Target: "/v2/me", Added: []string{"candor-app", "candor-hops"}, Dropped: []string{"candor-debug"}},
		Checks: []requestlog.Check{{Check: "quota", Mode: "observe", Verdict: "would refuse", Problem: "throttled"}, {Check: "body", Mode: "enforce", Verdict: "cannot tell", Why: "a trial sends no body"}},
		Tries:  []requestlog.Try{{Address: "10.0.0.7:80", Ended: 3000, Fault: "ended early"}, {Address: "10.0.0.8:80", Ended: 4000}, {Address: "10.0.0.9:80", Ended: 5000, Status: 503}},
	}
	words := []string{
		"Every check", "observe, would refuse throttled", "enforce, cannot tell: a trial sends no body", "Attempts", "10.0.0.7:80, ended early after 3", "10.0.0.8:80, an answer after 4", "10.0.0.9:80, 503 after 5",
		"As it was sent on", "candor-app, candor-hops", "candor-debug",
	}
	text := requestText(r, time.Time{})
	for _, want := range words {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	r.Debug = false
	if text = requestText(r, time.Time{}); strings.Contains(text, "Every check") || strings.Contains(text, "As it was sent on") {
		t.Error(text)
	}
	r.Upstream = &requestlog.Upstream{Name: "people", Attempts: 3, NotRetried: "budget"}
	for _, want := range []string{"attempts       3: ended early, an answer, 503\n", "not retried    budget: many were", "Attempts\n", "10.0.0.9:80, 503 after 5"} { // also of a call that was sent again
		if text := requestText(r, time.Time{}); !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
