package admin

import (
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/tally"
)

// metrics are the lines of /metrics that begin with prefix.
func metrics(t *testing.T, o Options, prefix string) string {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(o).ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("got %d: %s", w.Code, w.Body)
	}
	var b strings.Builder
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, prefix) {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestCallMetrics(t *testing.T) {
	calls := tally.New(1)
	for i, c := range []tally.Call{
		{Route: 1, Status: 200, ByUpstream: true, Micros: 1000, In: 10, Out: 100},
		{Route: 1, Status: 429, Problem: 9, Micros: 20, In: 10, Out: 50},
		{Route: tally.NoRoute, Problem: 4, Micros: 40_000_000},
	} {
		calls.Count(uint32(i), &c)
	}
	for shard, of := range []uint32{1, 1, 2, tally.NoRoute} {
		calls.CountWould(of, uint32(shard), 3, 9)
	}
	got := metrics(t, Options{
		Calls:       calls,
		RouteName:   func(n uint32) string { return map[uint32]string{1: "a/me", 2: "a/"}[n] },
		CheckName:   func(n uint8) string { return map[uint8]string{3: "quota"}[n] },
		ProblemName: func(n uint8) string { return map[uint8]string{9: "throttled", 4: "client_gone"}[n] },
		Version:     "1.2.3", Commit: "abc",
		Numbers: []Number{
			{Name: "candor_connections", Help: "Open.", Value: func() float64 { return 7 }},
			{Name: "candor_log_dropped_total", Help: "Lines.", Total: true, Value: func() float64 { return 3 }},
		},
	}, "candor_")
	want := `candor_build_info{commit="abc",go="` + runtime.Version() + `",version="1.2.3"} 1
candor_connections 7
candor_log_dropped_total 3
candor_received_bytes_total{route="a/me"} 20
candor_received_bytes_total{route="none"} 0
candor_request_duration_seconds_bucket{route="a/me",le="0.0005"} 1
candor_request_duration_seconds_bucket{route="a/me",le="0.001"} 2
candor_request_duration_seconds_bucket{route="a/me",le="0.0025"} 2
candor_request_duration_seconds_bucket{route="a/me",le="0.005"} 2
candor_request_duration_seconds_bucket{route="a/me",le="0.01"} 2
candor_request_duration_seconds_bucket{route="a/me",le="0.025"} 2
candor_request_duration_seconds_bucket{route="a/me",le="0.05"} 2
candor_request_duration_seconds_bucket{route="a/me",le="0.1"} 2
candor_request_duration_seconds_bucket{route="a/me",le="0.25"} 2
candor_request_duration_seconds_bucket{route="a/me",le="0.5"} 2
candor_request_duration_seconds_bucket{route="a/me",le="1"} 2
candor_request_duration_seconds_bucket{route="a/me",le="2.5"} 2
candor_request_duration_seconds_bucket{route="a/me",le="5"} 2
candor_request_duration_seconds_bucket{route="a/me",le="10"} 2
candor_request_duration_seconds_bucket{route="a/me",le="30"} 2
candor_request_duration_seconds_bucket{route="a/me",le="+Inf"} 2
candor_request_duration_seconds_sum{route="a/me"} 0.00102
candor_request_duration_seconds_count{route="a/me"} 2
candor_request_duration_seconds_bucket{route="none",le="0.0005"} 0
candor_request_duration_seconds_bucket{route="none",le="0.001"} 0
candor_request_duration_seconds_bucket{route="none",le="0.0025"} 0
candor_request_duration_seconds_bucket{route="none",le="0.005"} 0
candor_request_duration_seconds_bucket{route="none",le="0.01"} 0
candor_request_duration_seconds_bucket{route="none",le="0.025"} 0
candor_request_duration_seconds_bucket{route="none",le="0.05"} 0
candor_request_duration_seconds_bucket{route="none",le="0.1"} 0
candor_request_duration_seconds_bucket{route="none",le="0.25"} 0
candor_request_duration_seconds_bucket{route="none",le="0.5"} 0
candor_request_duration_seconds_bucket{route="none",le="1"} 0
candor_request_duration_seconds_bucket{route="none",le="2.5"} 0
candor_request_duration_seconds_bucket{route="none",le="5"} 0
candor_request_duration_seconds_bucket{route="none",le="10"} 0
candor_request_duration_seconds_bucket{route="none",le="30"} 0
candor_request_duration_seconds_bucket{route="none",le="+Inf"} 1
candor_request_duration_seconds_sum{route="none"} 40
candor_request_duration_seconds_count{route="none"} 1
candor_requests_total{by="gateway",class="4xx",problem="throttled",route="a/me"} 1
candor_requests_total{by="gateway",class="none",problem="client_gone",route="none"} 1
candor_requests_total{by="upstream",class="2xx",problem="",route="a/me"} 1
candor_sent_bytes_total{route="a/me"} 150
candor_sent_bytes_total{route="none"} 0
candor_would_refuse_total{api="",check="quota",problem="throttled",route="none"} 1
candor_would_refuse_total{api="a",check="quota",problem="throttled",route="a/me"} 2
candor_would_refuse_total{api="a",check="quota",problem="throttled",route="none"} 1
`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestRuntimeMetrics(t *testing.T) {
	if metrics(t, Options{}, "go_goroutines ") == "" {
		t.Error("the Go runtime's metrics are missing")
	}
	if runtime.GOOS == "linux" && metrics(t, Options{}, "process_open_fds ") == "" {
		t.Error("the process's metrics are missing")
	}
}

func TestNamesWithoutNames(t *testing.T) {
	calls := tally.New(1)
	calls.Count(0, &tally.Call{Route: 12, Status: 404, Problem: 34})
	want := `candor_requests_total{by="gateway",class="4xx",problem="34",route="12"} 1` + "\n"
	if got := metrics(t, Options{Calls: calls}, "candor_requests"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestStatusesBeyond600 are one class: an upstream may answer with any of 400 statuses that HTTP does not define.
func TestStatusesBeyond600(t *testing.T) {
	calls := tally.New(1)
	for _, status := range []int{600, 700, 999} {
		calls.Count(0, &tally.Call{Route: 1, Status: status, ByUpstream: true})
	}
	got := metrics(t, Options{Calls: calls}, "candor_requests_total")
	if want := `candor_requests_total{by="upstream",class="other",problem="",route="1"} 3` + "\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
