package gateway

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/problem"
)

// The line of a call whose head is wrong says what of it was read, and no more.
func TestLogOfAWrongHead(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for in, want := range map[string]map[string]any{
			"\x00":                       {"status": 400.0, "problem": "malformed_request"},
			"G\x00":                      {"status": 400.0, "problem": "malformed_request"},
			"GET \r\n":                   {"status": 400.0, "problem": "malformed_request", "method": "GET"},
			"GET /a\x00":                 {"status": 400.0, "problem": "malformed_request", "method": "GET"},
			"GET /a\r\n":                 {"status": 400.0, "problem": "malformed_request", "method": "GET"},
			"GET /a?b HTTP/3.0\r\n":      {"status": 505.0, "problem": "http_version", "method": "GET", "target": "/a?b"},
			"GET /a HTTP/1.1\r\nX\r\n":   {"status": 400.0, "problem": "malformed_request", "method": "GET", "target": "/a", "version": "HTTP/1.1"},
			"GET /a HTTP/1.1\r\nX: \x00": {"status": 400.0, "problem": "malformed_request", "method": "GET", "target": "/a", "version": "HTTP/1.1"},
		} {
			t.Run(in, func(t *testing.T) {
				p := newPlan()
				said := &testkit.Lines{}
				p.Options.Portable, p.Log = portable, said
				h := p.open(t, answering("unused"))
				c := h.dial(t)
				c.send(in)
				c.read()
				c.halfClose()
				c.end()
				if said := said.All(); len(said) > 0 {
					t.Error(said)
				}
				var got map[string]any
				if err := json.Unmarshal([]byte(h.logged(t, 1)[0]), &got); err != nil {
					t.Fatal(err)
				}
				line := map[string]any{}
				for _, name := range []string{"status", "problem", "method", "target", "version", "route"} {
					if v, ok := got[name]; ok {
						line[name] = v
					}
				}
				if diff := cmp.Diff(want, line); diff != "" {
					t.Errorf("the line (-want +got):\n%s", diff)
				}
			})
		}
	})
}

// The id of an answer leads to what was wrong: the line of a call with a problem says it by name and place, and whose program it was.
func TestLogOfAProblem(t *testing.T) {
	type line map[string]any
	const agent = "User-Agent: shop/1.0\r\n"
	host := "Host: a.example\r\n"
	for name, c := range map[string]struct {
		plan   func(*plan)
		origin *origin
		in     string // {token} is a good one
		leaves bool   // before an answer comes
		want   line
	}{
		"a byte of the path": {
			in:   "GET /public/%zz HTTP/1.1\r\n" + host + agent + "\r\n",
			want: line{"problem": "invalid_url", "detail": "bad_escape", "part": "path", "at": 9.0, "excerpt": "%zz", "user_agent": "shop/1.0"},
		},
		"a secret in what was wrong": {
			in:   "GET /public/?access_token=abc%zz HTTP/1.1\r\n" + host + "\r\n",
			plan: func(p *plan) { p.API.Profile = problem.LinkedIn },
			want: line{"problem": "invalid_url", "detail": "bad_escape", "part": "query", "at": 17.0, "excerpt": "%zz", "id_hex": noonHex, "id_base64": "AZypRQoAfe+BI0VniavN7w=="},
		},
		"no token": {
			in:   "GET /me HTTP/1.1\r\n" + host + agent + "\r\n",
			want: line{"problem": "empty_access_token", "detail": "no_authorization", "user_agent": "shop/1.0"},
		},
		"half a token": {
			in:   "GET /me HTTP/1.1\r\n" + host + "Authorization: Bearer cdr_at_AAAA\r\n\r\n",
			want: line{"problem": "invalid_access_token", "detail": "token_truncated", "at": 12.0, "sent": 11.0, "unit": "characters"},
		},
		"an unknown path": {
			in:   "GET /nowhere/at/all HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n",
			want: line{"problem": "resource_not_found", "detail": "unknown_path", "excerpt": "nowhere"},
		},
		"a body over the limit of its route": {
			in:   "POST /small HTTP/1.1\r\n" + host + "Content-Length: 101\r\n\r\n",
			want: line{"problem": "payload_too_large", "detail": "body_too_large", "limit": "body", "limit_value": 100.0, "sent": 101.0, "unit": "bytes"},
		},
		"no JSON": {
			in:   "POST /json HTTP/1.1\r\n" + host + "Content-Type: application/json\r\nContent-Length: 3\r\n\r\n{a}",
			want: line{"problem": "invalid_body", "detail": "bare_name", "part": "JSON body", "line": 1.0, "at": 2.0, "excerpt": "a"},
		},
		"a quota": {
			plan: func(p *plan) { p.Limits = []quota.Limit{{Key: quota.App, Window: quota.Day, N: 0}} },
			in:   "GET /limited HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n",
			want: line{"problem": "throttled", "detail": "quota_used_up", "quota": "few", "limit": "application", "window": "DAY"},
		},
		"an upstream that is silent": {
			plan:   func(p *plan) { p.Spec.FirstByte = 20 * time.Millisecond },
			origin: acting(func(_ *net.TCPConn, r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) }),
			in:     "GET /public/ HTTP/1.1\r\n" + host + "\r\n",
			want:   line{"problem": "gateway_timeout", "detail": "first_byte_time", "limit": "upstreams.up.timeouts.first_byte", "limit_value": 20.0, "unit": "ms"},
		},
		"a chunk": {
			in:   "POST /public/ HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\n",
			want: line{"problem": "malformed_request", "detail": "chunk_size", "part": "chunked body", "chunk": 2.0, "at": 1.0, "excerpt": "z"},
		},
		"a client that goes": {
			origin: acting(func(_ *net.TCPConn, r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) }),
			in:     "GET /public/ HTTP/1.1\r\n" + host + "\r\n", leaves: true,
			want: line{"problem": "client_gone", "detail": "connection_ended"},
		},
		"the ids of the linkedin profile": {
			plan: func(p *plan) { p.API.Profile = problem.LinkedIn },
			in:   "GET /me HTTP/1.1\r\n" + host + "\r\n",
			want: line{"problem": "empty_access_token", "detail": "no_authorization", "id_hex": noonHex, "id_base64": "AZypRQoAfe+BI0VniavN7w=="},
		},
		"a call that is good": {in: "GET /public/ HTTP/1.1\r\n" + host + agent + "\r\n", want: line{}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan()
			if c.plan != nil {
				c.plan(p)
			}
			if c.origin == nil {
				c.origin = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
			h := p.open(t, c.origin)
			d := h.dial(t)
			d.send(strings.ReplaceAll(c.in, "{token}", h.token))
			if c.leaves {
				d.reset()
			} else {
				d.read()
			}
			var got line
			if err := json.Unmarshal([]byte(h.logged(t, 1)[0]), &got); err != nil {
				t.Fatal(err)
			}
			said := line{}
			for _, name := range []string{
				"problem", "detail", "part", "line", "chunk", "at", "field", "excerpt", "quota", "limit", "window", "limit_value", "sent", "unit", "user_agent", "id_hex", "id_base64",
			} {
				if v, ok := got[name]; ok {
					said[name] = v
				}
			}
			if diff := cmp.Diff(c.want, said); diff != "" {
				t.Errorf("the line (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever is answered with a problem, its line names the cause, and a limit has its unit.
func TestEveryProblemIsLoggedWithItsCause(t *testing.T) {
	var all []problem.Problem
	for _, typ := range problem.Types() {
		all = append(all, problem.Example(typ), problem.Problem{Type: typ})
		for _, d := range problem.Details(typ) {
			all = append(all, problem.ExampleOf(d))
		}
	}
	for i := range all {
		p := &all[i]
		var why accesslog.Cause
		setCause(&why, p)
		if why.Detail == "" {
			t.Errorf("%s has no detail", p.Type)
		}
		if (why.Value > 0) != (why.Unit != "") && why.Sent == 0 {
			t.Errorf("%s, %s: the limit %d has the unit %q", p.Type, p.Detail, why.Value, why.Unit)
		}
		if why.Line > 0 && p.Part == problem.PartChunk {
			t.Errorf("%s, %s: the number of a chunk is told as a line", p.Type, p.Detail)
		}
	}
}
