package gateway

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What ends an answer by a limit of ours is told as ours, with the key and the value: in the answer as long as nothing of the API's was passed on, and in the log.
func TestLimitsOfOursOnAnswers(t *testing.T) {
	type line map[string]any
	const ok = "HTTP/1.1 200 OK\r\n"
	fields := func(n int) string { return ok + strings.Repeat("X: 1\r\n", n-1) + "Content-Length: 0\r\n\r\n" }
	route := func(p *plan, gap, first time.Duration) {
		for i := range p.API.Routes {
			p.API.Routes[i].Gap, p.API.Routes[i].FirstByte = &gap, &first
		}
	}
	for name, c := range map[string]struct {
		plan   func(*plan)
		answer string
		hangs  bool // behind it
		status int
		says   string // the answer; of one that was passed on nothing is asked
		cut    bool
		want   line
	}{
		"a thousand fields": {answer: fields(1000), status: 200, want: line{"by": "upstream", "status": 200.0}},
		"one more": {
			answer: fields(1001), status: 502,
			says: "The API's answer has more fields than the gateway's limit of 1000 (limits.upstream_fields)",
			want: line{
				"by": "gateway", "status": 502.0, "problem": "upstream_invalid", "detail": "upstream_too_many_fields", "limit": "limits.upstream_fields", "limit_value": 1000.0,
			},
		},
		"a large head": {
			answer: ok + "X: " + strings.Repeat("x", 64<<10) + "\r\n\r\n", status: 502,
			says: "The head of the API's answer is larger than the gateway's limit of 64 KiB (limits.upstream_head)",
			want: line{
				"by": "gateway", "status": 502.0, "problem": "upstream_invalid", "detail": "upstream_head_too_large", "limit": "limits.upstream_head", "limit_value": 65536.0,
			},
		},
		"a long chunk line, at once": {
			answer: ok + "Transfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("x", 256) + "\r\n", status: 502,
			says: "A chunk of the API's answer has a longer line than the gateway's limit of 256 bytes (limits.chunk_line)",
			want: line{
				"by": "gateway", "status": 502.0, "problem": "upstream_invalid", "detail": "upstream_chunk_line_too_long", "limit": "limits.chunk_line", "limit_value": 256.0,
			},
		},
		"large trailers, late": {
			answer: ok + "Transfer-Encoding: chunked\r\n\r\n14000\r\n" + strings.Repeat("x", 0x14000) + "\r\n0\r\nX: " + strings.Repeat("x", 4096) + "\r\n\r\n", status: 200, cut: true,
			want: line{
				"by": "gateway", "status": 200.0, "problem": "upstream_invalid", "detail": "upstream_trailers_too_large", "limit": "limits.trailers", "limit_value": 4096.0,
			},
		},
		"a chunk that is wrong, late, is the API's fault": {
			answer: ok + "Transfer-Encoding: chunked\r\n\r\n14000\r\n" + strings.Repeat("x", 0x14000) + "\r\nzz\r\n", status: 200, cut: true,
			want: line{"by": "upstream", "status": 200.0, "problem": "upstream_broke", "detail": "chunk_size"},
		},
		"too many interim answers": {
			answer: strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 9), status: 502, says: "The API sent more interim answers than the gateway's limit of 8",
			want: line{"by": "gateway", "status": 502.0, "problem": "upstream_invalid", "detail": "too_many_interims", "limit_value": 8.0},
		},
		"silence": {
			plan: func(p *plan) { p.Spec.FirstByte = brief }, hangs: true, status: 504,
			says: "The API did not begin to answer within 100 ms (limit upstreams.*.timeouts.first_byte)",
			want: line{
				"by": "gateway", "status": 504.0, "problem": "gateway_timeout", "detail": "first_byte_time", "limit": "upstreams.up.timeouts.first_byte", "limit_value": 100.0,
			},
		},
		"silence, by the route": {
			plan: func(p *plan) { route(p, patience, brief) }, hangs: true, status: 504,
			says: "The API did not begin to answer within 100 ms (limit apis.*.routes.*.timeouts.first_byte)",
			want: line{
				"by": "gateway", "status": 504.0, "problem": "gateway_timeout", "detail": "first_byte_time", "limit": "apis.*.routes.*.timeouts.first_byte", "limit_value": 100.0,
			},
		},
		"a gap": {
			plan: func(p *plan) { p.Spec.Gap = brief }, answer: ok + "Content-Length: 2\r\n\r\nx", hangs: true, status: 200, cut: true,
			want: line{"by": "gateway", "status": 200.0, "problem": "gateway_timeout", "detail": "gap_time", "limit": "upstreams.up.timeouts.gap", "limit_value": 100.0},
		},
		"a gap in a stream of events, where one is set": {
			plan:   func(p *plan) { p.Spec.Gap, p.Spec.StreamGap = 2*brief, brief },
			answer: ok + "Content-Type: text/event-stream\r\n\r\ndata: 1\n\n", hangs: true, status: 200, cut: true,
			want: line{"by": "gateway", "status": 200.0, "problem": "gateway_timeout", "detail": "gap_time", "limit": "upstreams.up.timeouts.gap", "limit_value": 100.0},
		},
		"a gap in a stream of events, by the route": {
			plan:   func(p *plan) { p.Spec.StreamGap = 0; route(p, brief, 0) },
			answer: ok + "Content-Type: text/event-stream\r\n\r\ndata: 1\n\n", hangs: true, status: 200, cut: true,
			want: line{
				"by": "gateway", "status": 200.0, "problem": "gateway_timeout", "detail": "gap_time", "limit": "apis.*.routes.*.timeouts.gap", "limit_value": 100.0,
			},
		},
		"an API that breaks off": {
			answer: ok + "Content-Length: 2\r\n\r\nx", status: 200, cut: true, want: line{"by": "upstream", "status": 200.0, "problem": "upstream_broke", "detail": "ended_early"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := newPlan()
				p.Options.Portable = portable
				if c.plan != nil {
					c.plan(p)
				}
				h := p.open(t, acting(func(conn *net.TCPConn, r *bufio.Reader) {
					if _, err := readCall(r); err != nil {
						return
					}
					_, _ = io.WriteString(conn, c.answer)
					if c.hangs {
						_, _ = io.Copy(io.Discard, r)
					}
				}))
				client := h.dial(t)
				client.send("GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n")
				if c.cut {
					if got := client.cut(); !strings.HasPrefix(got, "HTTP/1.1 "+strconv.Itoa(c.status)) {
						t.Errorf("got %.200q", got)
					}
				} else if got := client.readFinal(); got.status != c.status || !strings.Contains(got.body, c.says) {
					t.Errorf("got %.200q %q", got.head, got.body)
				}
				var got line
				if err := json.Unmarshal([]byte(h.logged(t, 1)[0]), &got); err != nil {
					t.Fatal(err)
				}
				said := line{}
				for _, name := range []string{"status", "by", "problem", "detail", "limit", "limit_value"} {
					if v, ok := got[name]; ok {
						said[name] = v
					}
				}
				if diff := cmp.Diff(c.want, said); diff != "" {
					t.Errorf("the line (-want +got):\n%s\n%v", diff, got["note"])
				}
			})
		})
	}
}

// readFinal reads the answer behind those that are interim.
func (c *client) readFinal() answer {
	c.tb.Helper()
	for {
		if a := c.read(); a.status >= 200 {
			return a
		}
	}
}
