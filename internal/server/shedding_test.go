package server_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

// TestBreakerIsTold: what becomes of an upstream's breaker is in the log, with the cause, and in the metrics; and a reload that changes the upstream changes nothing of it.
func TestBreakerIsTold(t *testing.T) {
	const (
		closed, open = `candor_upstream_breaker{state="closed",upstream="people"}`, `candor_upstream_breaker{state="open",upstream="people"}`
		inFlight     = `candor_upstream_calls_in_flight{upstream="people"}`
	)
	s := newStage(t)
	s.words["people"] = "http://" + testkit.Nowhere
	with := func(keys string) []string {
		return []string{`targets: ["{{people}}"]`, `targets: ["{{people}}"], ` + keys}
	}
	i := s.start(with("breaker: {of: 3, open: 1h}")...)
	problems := func(n int) (all []string) {
		for range n {
			all = append(all, testkit.Field(i.head("/v2/news"), "Candor-Problem"))
		}
		return all
	}
	if diff := cmp.Diff(map[string]string{closed: "1", open: "0"}, i.metrics(closed, open, inFlight)); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	const down, rests = "upstream_unreachable", "service_unavailable"
	if diff := cmp.Diff([]string{down, down, down, rests}, problems(4)); diff != "" {
		t.Errorf("the answers (-want +got):\n%s", diff)
	}
	s.reload(i, with("in_flight: 7, timeouts: {connect: 1s}, breaker: {of: 30, open: 1m}")...)
	if diff := cmp.Diff([]string{rests, rests}, problems(2)); diff != "" {
		t.Errorf("behind a reload (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{closed: "0", open: "1", inFlight: "0"}, i.metrics(closed, open, inFlight)); diff != "" {
		t.Errorf("behind it (-want +got):\n%s", diff)
	}
	s.reload(i)
	if diff := cmp.Diff([]string{down}, problems(1)); diff != "" {
		t.Errorf("without a breaker (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{}, i.metrics(closed, open, inFlight)); diff != "" {
		t.Errorf("of none there is nothing to tell (-want +got):\n%s", diff)
	}
	var told []string
	for _, line := range s.log.All() {
		if strings.Contains(line, "breaker") {
			told = append(told, line)
		}
	}
	const want = `level=WARN msg="an upstream failed too often: its breaker is open, and its calls are refused" upstream=people failed=3 of=3 last="connection refused: dial tcp ` + testkit.Nowhere + `: `
	if len(told) != 1 || !strings.Contains(told[0], want) || !strings.Contains(told[0], "open_for=1h0m0s") {
		t.Errorf("logged %q, want %s", told, want)
	}
}

// head is the head of an answer.
func (i *instance) head(path string) string {
	i.t.Helper()
	w := i.dial().say("GET " + path + " HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n")
	defer w.Close()
	head, _, _ := strings.Cut(w.whole(), "\r\n\r\n")
	return head + "\r\n\r\n"
}
