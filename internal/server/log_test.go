package server_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

// whole reads all that comes until the connection ends.
func (w *wire) whole() string {
	w.t.Helper()
	all, _ := io.ReadAll(w.r) // a reset ends it as well
	return string(all)
}

// TestAccessLog: one complete line for each call, however it ends.
func TestAccessLog(t *testing.T) {
	s := newStage(t)
	i := s.start()
	token := i.mint("demo", "alice")
	plain, secure := i.APIAddrs()[0], i.APIAddrs()[1]
	type line = map[string]any
	base := func(with line) line {
		all := line{"listener": plain, "client": "127.0.0.1", "version": "HTTP/1.1", "method": "GET", "by": "gateway"}
		for k, v := range with {
			if all[k] = v; v == nil {
				delete(all, k)
			}
		}
		return all
	}
	forwarded := func(with line) line {
		with["api"], with["by"], with["upstream"] = "people", "upstream", strings.TrimPrefix(s.up.URL, "http://")
		return base(with)
	}
	cases := []struct {
		name, at, request string
		want              line
		stations          []string // beside duration_us
	}{
		{
			"forwarded, with a token", plain, "GET /v2/me?a=1 HTTP/1.1\r\nHost: api\r\nConnection: close\r\nX-Request-Id: mine\r\nAuthorization: Bearer " + token + "\r\n\r\n",
			forwarded(line{"route": "people/me", "target": "/v2/me?a=1", "status": 200., "app": "demo", "member": "alice", "request_id": "mine", "upstream_status": 200.}),
			[]string{"admit_us", "connect_us", "first_byte_us"},
		},
		{
			"forwarded again", plain, "HEAD /v2/news HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n",
			forwarded(line{"method": "HEAD", "route": "people/news", "target": "/v2/news", "status": 200., "reused": true, "upstream_status": 200.}),
			[]string{"admit_us", "first_byte_us"},
		},
		{
			"after an interim answer", plain, "GET /v2/hints HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n",
			forwarded(line{"route": "people/hints", "target": "/v2/hints", "status": 200., "reused": true, "upstream_status": 200.}),
			[]string{"admit_us", "first_byte_us"},
		},
		{
			"the upstream broke off", plain, "GET /v2/cut HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n",
			forwarded(line{"route": "people/cut", "target": "/v2/cut", "status": 200., "problem": "upstream_broke", "reused": true, "upstream_status": 200., "note": "ended early", "detail": "ended_early"}),
			[]string{"admit_us", "first_byte_us"},
		},
		{
			"refused, its token redacted", plain, "GET /v2/me?access_token=" + token + " HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n",
			base(line{"api": "people", "route": "people/me", "target": "/v2/me?access_token=REDACTED", "status": 401., "problem": "token_in_url", "detail": "token_in_query"}), nil,
		},
		{
			"no route", plain, "GET /v2/nothing HTTP/1.1\r\nHost: api\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n\r\n",
			base(line{"api": "people", "target": "/v2/nothing", "status": 404., "problem": "resource_not_found", "detail": "unknown_path", "excerpt": "nothing", "app": "demo", "member": "alice"}), nil,
		},
		{"no API", plain, "GET /v3 HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n", base(line{"target": "/v3", "status": 401., "problem": "empty_access_token", "detail": "no_authorization"}), nil},
		{"no HTTP", plain, "GET /v2/news HTTP/1.1\r\nHost : api\r\n\r\n", base(line{"target": "/v2/news", "status": 400., "problem": "malformed_request", "detail": "space_in_name", "part": "request head", "line": 2., "at": 5., "excerpt": "Host "}), nil},
		{"no HTTP at all", plain, "\x16\x03\x01\r\n\r\n", base(line{"method": nil, "version": nil, "status": 400., "problem": "malformed_request", "detail": "tls_on_plain", "part": "request head", "line": 1., "at": 1., "excerpt": "\x16\x03"}), nil},
		{"OPTIONS *", plain, "OPTIONS * HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n", base(line{"method": "OPTIONS", "target": "*", "status": 204.}), nil},
		{
			"HTTP/1.0", plain, "GET /v2/news HTTP/1.0\r\n\r\n",
			forwarded(line{"version": "HTTP/1.0", "route": "people/news", "target": "/v2/news", "status": 200., "upstream_status": 200.}),
			[]string{"admit_us", "connect_us", "first_byte_us"},
		},
		{
			"plain HTTP on the TLS port", secure, "GET /v2/news HTTP/1.1\r\nHost: api\r\n\r\n",
			base(line{"listener": secure, "method": nil, "version": nil, "status": 400., "problem": "malformed_request", "detail": "plain_on_tls"}), nil,
		},
	}
	answers := make([]string, len(cases))
	for n, c := range cases {
		w := dialTo(t, c.at).say(c.request)
		answers[n] = w.whole()
		w.Close()
	}
	w := i.dial().ask("/v2/slow")
	s.up.wait(t)
	w.Close()
	if got := s.up.wait(t); got != "gone" {
		t.Errorf("a client left, and the upstream sees %q", got)
	}
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	got := entries(t, s.out.String())
	if len(got) != len(cases)+1 {
		t.Fatalf("%d lines for %d calls", len(got), len(cases)+1)
	}
	for n, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := got[n]
			if e["out"] != float64(len(answers[n])) || c.at == plain && e["in"] != float64(len(c.request)) {
				t.Errorf("in %v, out %v; were %d and %d", e["in"], e["out"], len(c.request), len(answers[n]))
			}
			for _, name := range append([]string{"duration_us", "time", "id"}, c.stations...) {
				if e[name] == nil || e[name] == 0. {
					t.Errorf("%s is %v", name, e[name])
				}
				delete(e, name)
			}
			delete(e, "in")
			delete(e, "out")
			delete(e, "head_us") // where the head came in pieces
			if diff := cmp.Diff(c.want, e); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if e := got[len(cases)]; e["status"] != 0. || e["problem"] != "client_gone" || e["route"] != "people/slow" || e["out"] != 0. || e["by"] != "gateway" {
		t.Errorf("the client left: %v", e)
	}
}

// TestAccessLogIsReopened on reload: what was renamed keeps its lines, and the new file has the later ones.
func TestAccessLogIsReopened(t *testing.T) {
	s := newStage(t)
	s.words["log"] = filepath.Join(t.TempDir(), "access.log")
	i := s.start()
	i.toItsEnd("/v2/news?1")
	mustRename(t, s.words["log"], s.words["log"]+".1")
	i.toItsEnd("/v2/news?2")
	s.reload(i)
	i.toItsEnd("/v2/news?3")
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]any{s.words["log"] + ".1": {"/v2/news?1", "/v2/news?2"}, s.words["log"]: {"/v2/news?3"}} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var got []any
		for _, e := range entries(t, string(text)) {
			got = append(got, e["target"])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filepath.Base(file), diff)
		}
	}
}

// TestMetrics: the operator's page counts the calls by what became of them.
func TestMetrics(t *testing.T) {
	s := newStage(t)
	i := s.start()
	token := i.mint("demo", "alice")
	for range 3 {
		i.toItsEnd("/v2/news")
	}
	i.get("/v2/me", token)
	i.get("/v2/me", "")
	i.get("/v2/nothing", token)
	slow := i.dial().ask("/v2/slow")
	s.up.wait(t)
	want := map[string]string{
		`candor_requests_total{by="upstream",class="2xx",problem="",route="people/news"}`:                "3",
		`candor_requests_total{by="upstream",class="2xx",problem="",route="people/me"}`:                  "1",
		`candor_requests_total{by="gateway",class="4xx",problem="empty_access_token",route="people/me"}`: "1",
		`candor_requests_total{by="gateway",class="4xx",problem="resource_not_found",route="none"}`:      "1",
		`candor_request_duration_seconds_count{route="people/news"}`:                                     "3",
		`candor_build_info{commit="abc",go="` + runtime.Version() + `",version="1.2.3"}`:                 "1",
		`candor_calls_in_flight`: "1", `candor_connections`: "1", `candor_body_bytes_held`: "0", `candor_access_log_lines_dropped_total`: "0",
		`candor_upstream_connections_failed_total`: "0",
	}
	names := make([]string, 0, len(want))
	for name := range want {
		names = append(names, name)
	}
	testkit.Until(t, "the connections of the calls before have ended", func() bool { return i.metrics("candor_connections")["candor_connections"] == "1" })
	if diff := cmp.Diff(want, i.metrics(names...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.up.let <- struct{}{}
	slow.answer()
	testkit.Until(t, "nothing is in flight", func() bool { return i.metrics("candor_calls_in_flight")["candor_calls_in_flight"] == "0" })
}
