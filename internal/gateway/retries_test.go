package gateway

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/retry"
)

const (
	good    = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	down    = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown"
	later   = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 5\r\n\r\nlater"
	getting = "GET /again/x?y=1 HTTP/1.1\r\nHost: a.example\r\n\r\n"
	posting = "POST /again/x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello"
	putting = "PUT /again/x HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
)

// TestRetries: what the upstream does with each attempt, what the caller gets, how often the call came, and what the log says of it.
func TestRetries(t *testing.T) {
	type row struct {
		change  func(*retry.Policy)
		plan    func(*plan)
		call    string
		steps   []string
		want    string // the status line, or a part of the answer behind it, each on its own line
		sent    int    // calls that came, whole and alike
		log     string // part of the line
		counted map[upstream.Retried]int64
	}
	count := func(pairs ...any) map[upstream.Retried]int64 {
		m := map[upstream.Retried]int64{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(upstream.Retried)] = int64(pairs[i+1].(int))
		}
		return m
	}
	timeouts := func(p *plan) { p.Spec.FirstByte = 400 * time.Millisecond } // in which the answer behind one that hangs has to come
	wrapping := func(p *plan) { p.Spec.Wrap = upstream.WrapAll }
	open := func(p *plan) { p.API.Routes = []route.Spec{*again(p)} } // where no route asks for a credential fields that override the method pass
	always := func(p *retry.Policy) { p.Idempotent = retry.Always }
	keyed := func(p *retry.Policy) { p.Idempotent = retry.WithKey }
	withKey := strings.Replace(posting, "Content-Length", "Idempotency-Key: \"8e03978e\"\r\nContent-Length", 1)
	for name, r := range map[string]row{
		"it goes well": {call: getting, steps: []string{good}, want: "200 OK", sent: 1, log: `"upstream_status":200}`},
		"refused, then well": {
			call: getting, steps: []string{refuses, good}, want: "200 OK\nok", sent: 1, log: `"attempts":2,"retried":["connection refused"]`, counted: count(upstream.Healed, 1),
		},
		"refused for good": {
			call: getting, steps: []string{refuses}, want: "502\nCandor-Problem: upstream_unreachable\n\"applied\":\"no\"\nthe call did not reach the API in 3 attempts.", log: `"attempts":3,"retried":["connection refused","connection refused"]`,
			counted: count(upstream.FailedAgain, 2),
		},
		"a POST that never left": {
			call: posting, steps: []string{refuses, refuses, good}, want: "200 OK", sent: 1, log: `"attempts":3`, counted: count(upstream.Healed, 1, upstream.FailedAgain, 1),
		},
		"reset, then well": {
			call: getting, steps: []string{resets, good}, want: "200 OK", sent: 2, log: `"attempts":2,"retried":["connection broke"]`, counted: count(upstream.Healed, 1),
		},
		"closed twice, then well": {
			call: getting, steps: []string{closes, closes, good}, want: "200 OK", sent: 3, log: `"attempts":3,"retried":["ended early","ended early"]`,
			counted: count(upstream.Healed, 1, upstream.FailedAgain, 1),
		},
		"a POST that was reset": {
			call: posting, steps: []string{resets, good}, want: "502\nCandor-Problem: upstream_broke\n\"applied\":\"unknown\"", sent: 1, log: `"not_retried":"applied"`, counted: count(upstream.Unsafe, 1),
		},
		"a GET that may be taken for a POST": {
			plan: open, call: strings.Replace(getting, "Host", "X-HTTP-Method-Override: POST\r\nHost", 1), steps: []string{resets, good}, want: "502\n\"applied\":\"unknown\"", sent: 1, log: `"not_retried":"applied"`,
			counted: count(upstream.Unsafe, 1),
		},
		"a GET that may be taken for one of two": {
			plan: open, call: strings.Replace(getting, "Host", "X-Method-Override: GET\r\nX-Method-Override: POST\r\nHost", 1), steps: []string{resets, good}, want: "502", sent: 1, log: `"not_retried":"applied"`,
			counted: count(upstream.Unsafe, 1),
		},
		"a GET that may be taken for a PUT": {
			plan: open, call: strings.Replace(getting, "Host", "X-HTTP-Method: put\r\nHost", 1), steps: []string{resets, good}, want: "200 OK", sent: 2, log: `"attempts":2`, counted: count(upstream.Healed, 1),
		},
		"a POST that may be sent twice": {change: always, call: posting, steps: []string{resets, good}, want: "200 OK", sent: 2, log: `"attempts":2`, counted: count(upstream.Healed, 1)},
		"a POST with its key":           {change: keyed, call: withKey, steps: []string{resets, good}, want: "200 OK", sent: 2, log: `"attempts":2`, counted: count(upstream.Healed, 1)},
		"a POST without one":            {change: keyed, call: posting, steps: []string{resets, good}, want: "502", sent: 1, log: `"not_retried":"applied"`, counted: count(upstream.Unsafe, 1)},
		"a key that goes no further": {
			change: keyed, call: strings.Replace(withKey, "Host", "Connection: idempotency-key\r\nHost", 1), steps: []string{resets, good}, want: "502", sent: 1,
			log: `"not_retried":"applied"`, counted: count(upstream.Unsafe, 1),
		},
		"a chunked body in hand": {call: putting, steps: []string{resets, good}, want: "200 OK", sent: 2, log: `"attempts":2`, counted: count(upstream.Healed, 1)},
		"503, then well":         {call: getting, steps: []string{down, good}, want: "200 OK\nok", sent: 2, log: `"attempts":2,"retried":["503"],"reused":true`, counted: count(upstream.Healed, 1)},
		"503, then a kept connection that is dead": { // which is no attempt that its route says
			call: getting, steps: []string{down, closes, good}, want: "200 OK\nok", sent: 4, log: `"attempts":4,"retried":["503","ended early"]`, counted: count(upstream.Healed, 1, upstream.FailedAgain, 1),
		},
		"503 for good": {
			call: getting, steps: []string{down}, want: "503 Service Unavailable\ndown", sent: 3, log: `"upstream_status":503,"attempts":3,"retried":["503","503"]`, counted: count(upstream.FailedAgain, 2),
		},
		"503 for good, wrapped": {
			plan: wrapping, call: getting, steps: []string{down}, want: "503\nCandor-Problem: upstream_server_error; by=upstream\n\"applied\":\"unknown\"", sent: 3, log: `"attempts":3`,
			counted: count(upstream.FailedAgain, 2),
		},
		"503 to a POST":   {call: posting, steps: []string{down, good}, want: "503\ndown", sent: 1, log: `"not_retried":"applied"`, counted: count(upstream.Unsafe, 1)},
		"503, then 404":   {call: getting, steps: []string{down, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}, want: "404 Not Found", sent: 2, log: `"retried":["503"]`, counted: count(upstream.Healed, 1)},
		"503, then gone":  {call: getting, steps: []string{strings.Replace(down, "Content", "Connection: close\r\nContent", 1), refuses}, want: "502\nupstream_unreachable\n\"applied\":\"unknown\"\nunless its method is idempotent; the gateway has tried it 3 times.", sent: 1, log: `"attempts":3,"retried":["503","connection refused"]`, counted: count(upstream.FailedAgain, 2)},
		"500 is not said": {call: getting, steps: []string{"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"}, want: "500 Oops", sent: 1, log: `"upstream_status":500}`},
		"500 is said": {
			change: func(p *retry.Policy) { p.On = retry.Every }, call: getting, steps: []string{"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", good}, want: "200 OK", sent: 2, log: `"attempts":2`,
			counted: count(upstream.Healed, 1),
		},
		"Retry-After beyond the time": {
			call: getting, steps: []string{later, good}, want: "503 Service Unavailable\nRetry-After: 60\nlater", sent: 1, log: `"not_retried":"too_late"`, counted: count(upstream.NotInTime, 1),
		},
		"Retry-After twice": {
			call: getting, steps: []string{strings.Replace(later, "Retry-After: 60", "Retry-After: 0\r\nRetry-After: 60", 1), good}, want: "503\nRetry-After: 60", sent: 1, log: `"not_retried":"too_late"`,
			counted: count(upstream.NotInTime, 1),
		},
		"Retry-After that is past":   {call: getting, steps: []string{strings.Replace(later, "60", "Sun, 01 Mar 2026 11:00:00 GMT", 1), good}, want: "200 OK", sent: 2, log: `"attempts":2`, counted: count(upstream.Healed, 1)},
		"Retry-After that is absurd": {call: getting, steps: []string{strings.Replace(later, "60", "99999999999999999999", 1), good}, want: "503\nRetry-After: 99999999999999999999", sent: 1, log: `"not_retried":"too_late"`, counted: count(upstream.NotInTime, 1)},
		"Retry-After that is none":   {call: getting, steps: []string{strings.Replace(later, "60", "soon", 1), good}, want: "200 OK", sent: 2, log: `"attempts":2`, counted: count(upstream.Healed, 1)},
		"Retry-After by their clock": {
			call: getting, steps: []string{strings.Replace(later, "60", "Sun, 01 Mar 2026 09:00:00 GMT\r\nDate: Sun, 01 Mar 2026 08:59:00 GMT", 1), good}, want: "503", sent: 1, log: `"not_retried":"too_late"`,
			counted: count(upstream.NotInTime, 1),
		},
		"a timeout is not said": {plan: timeouts, call: getting, steps: []string{hangs, good}, want: "504\nCandor-Problem: gateway_timeout", sent: 1, log: `"status":504`},
		"a timeout is said": {
			plan: timeouts, change: func(p *retry.Policy) { p.On |= retry.Timeout }, call: getting, steps: []string{hangs, good}, want: "200 OK", sent: 2, log: `"retried":["first byte timed out"]`,
			counted: count(upstream.Healed, 1),
		},
		"the call's own time ends it": {
			plan: func(p *plan) { again(p).CallTimeout = 50 * time.Millisecond }, change: func(p *retry.Policy) { p.On |= retry.Timeout }, call: getting, steps: []string{hangs, good}, want: "504\n\"applied\":\"unknown\"", sent: 1,
		},
		"an error that breaks before it is passed on": {plan: wrapping, call: getting, steps: []string{breaks, good}, want: "200 OK", sent: 2, log: `"retried":["ended early"]`, counted: count(upstream.Healed, 1)},
		"an error that breaks on its way":             {call: getting, steps: []string{breaks, good}, want: "cut", sent: 1, log: `"problem":"upstream_broke"`},
		"a HEAD":                                      {call: strings.Replace(getting, "GET", "HEAD", 1), steps: []string{"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"}, want: "200 OK", sent: 2, log: `"reused":true`, counted: count(upstream.Healed, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				s, policy := newScript(t, r.steps...), retry.Usual()
				if r.change != nil {
					r.change(&policy)
				}
				p := tried(s, &policy)
				p.Options.Portable = portable
				if r.plan != nil {
					r.plan(p)
				}
				h := p.over(t, s)
				c := h.dial(t)
				c.send(r.call)
				got := ""
				if r.want == "cut" {
					c.cut()
					got = "cut"
				} else {
					a := c.readTo(r.call[:strings.IndexByte(r.call, ' ')])
					got = a.head + a.body
				}
				for want := range strings.SplitSeq(r.want, "\n") {
					if !strings.Contains(got, want) {
						t.Errorf("got %q, which lacks %q", got, want)
					}
				}
				sent := s.sent()
				if len(sent) != r.sent {
					t.Errorf("%d calls came: %q", len(sent), sent)
				}
				for i := range sent {
					if sent[i] != sent[0] || !strings.HasSuffix(sent[i], r.call[strings.Index(r.call, "\r\n\r\n"):]) {
						t.Errorf("call %d: %q, the first %q", i+1, sent[i], sent[0])
					}
				}
				if line := h.logged(t, 1)[0]; !strings.Contains(line, r.log) {
					t.Errorf("logged %s, which lacks %s", line, r.log)
				}
				if diff := cmp.Diff(r.counted, h.retried()); diff != "" {
					t.Errorf("counted (-want +got):\n%s", diff)
				}
			})
		})
	}
}
