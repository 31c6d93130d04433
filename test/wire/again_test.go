package wire

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/test/wire/stage"
)

// loops are the two ways in which a gateway runs its connections, plain.
func loops() []*engine { return []*engine{{name: "portable", portable: true}, {name: "fast"}} }

// dead is what an upstream does that has closed a kept connection just when a call came on it.
var dead = stage.Script{{Do: "whole"}, {Do: "close"}}

// TestSentAgain: a call is sent twice only where nobody can have done it twice, and never a third time.
func TestSentAgain(t *testing.T) {
	t.Parallel()
	const body = "Content-Length: 2\r\n\r\nhi"
	cases := []struct {
		name   string
		call   string
		fresh  bool // no connection was kept
		first  stage.Script
		second stage.Script
		status int
		times  int
	}{
		{name: "GET on a kept connection", call: "GET /a HTTP/1.1\r\nHost: api\r\n\r\n", first: dead, status: 200, times: 2},
		{name: "GET with a body", call: "GET /a HTTP/1.1\r\nHost: api\r\n" + body, first: dead, status: 200, times: 2},
		{name: "PUT", call: "PUT /a HTTP/1.1\r\nHost: api\r\n" + body, first: dead, status: 200, times: 2},
		{name: "DELETE", call: "DELETE /a HTTP/1.1\r\nHost: api\r\n\r\n", first: dead, status: 200, times: 2},
		{name: "GET, reset instead of closed", call: "GET /a HTTP/1.1\r\nHost: api\r\n\r\n", first: stage.Script{{Do: "reset"}}, status: 200, times: 2},
		{name: "POST", call: "POST /a HTTP/1.1\r\nHost: api\r\n" + body, first: dead, status: 502, times: 1},
		{name: "PATCH", call: "PATCH /a HTTP/1.1\r\nHost: api\r\n" + body, first: dead, status: 502, times: 1},
		{name: "GET on a fresh connection", call: "GET /a HTTP/1.1\r\nHost: api\r\n\r\n", fresh: true, first: dead, status: 502, times: 1},
		{name: "GET after a byte came", call: "GET /a HTTP/1.1\r\nHost: api\r\n\r\n", first: stage.Script{{Do: "write", Data: "H"}, {Do: "close"}}, status: 502, times: 1},
		{name: "GET that dies twice", call: "GET /a HTTP/1.1\r\nHost: api\r\n\r\n", first: dead, second: dead, status: 502, times: 2},
	}
	for _, e := range loops() {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			e.start(t)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					e := e
					if c.fresh { // the pool may still hold connections of cases before, which a call that cannot be sent again passed over
						e = &engine{name: e.name, portable: e.portable}
						e.start(t)
					}
					client := e.dial(t)
					defer client.Close()
					if e.next(stage.Script{{Do: "write", Data: stage.Ok}, {Do: "close"}}); !c.fresh {
						e.next()
					}
					client.Send(good)
					e.goodAnswer(t, client)
					if c.fresh && !e.up.Await(func(calls []stage.Call) bool { return len(calls) == 1 && calls[0].Gone }) {
						t.Fatal("the kept connection should have been closed from both sides")
					}
					e.next(c.first, c.second)
					client.Send(c.call)
					if a, err := client.Answer(false); err != nil || a.Status != c.status {
						t.Errorf("%v, %q", err, a.Raw)
					}
					e.checkTimes(t, c.times)
				})
			}
		})
	}
}

// checkTimes: so many calls came, all of them the same and whole.
func (e *engine) checkTimes(t *testing.T, times int) {
	t.Helper()
	calls := e.up.Calls()
	if len(calls) != times {
		t.Errorf("the upstream got %d calls, want %d", len(calls), times)
	}
	for _, call := range calls {
		if diff := cmp.Diff(stage.Escape(string(calls[0].Bytes)), stage.Escape(string(call.Bytes))); diff != "" || !call.Whole {
			t.Errorf("another call was sent the second time, or not all of it:\n%s", diff)
		}
	}
}

// TestKeptConnectionDies: a connection that the upstream closed while nobody used it is no attempt: the next call, of any method, goes over a fresh one.
func TestKeptConnectionDies(t *testing.T) {
	t.Parallel()
	for _, death := range []string{"close", "reset"} {
		for _, e := range loops() {
			t.Run(e.name+", "+death, func(t *testing.T) {
				t.Parallel()
				e.start(t)
				client := e.dial(t)
				defer client.Close()
				for range 3 { // a close is seen by the sweep within a second
					e.next(stage.Script{{Do: "write", Data: stage.Ok}, {Do: death}})
					client.Send("POST /probe HTTP/1.1\r\nHost: api\r\nContent-Length: 0\r\n\r\n")
					e.goodAnswer(t, client)
					if !e.up.Await(func(calls []stage.Call) bool { return len(calls) == 1 && calls[0].Gone }) {
						t.Fatalf("the kept connection did not end: %+v", e.up.Calls())
					}
				}
			})
		}
	}
}

// TestClientLeaves: a client that goes away while its call waits cancels it: the upstream's connection is closed, long before any limit.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	leave := map[string]func(*stage.Client){"closes": (*stage.Client).Close, "resets": (*stage.Client).Reset, "half-closes": (*stage.Client).EndSending}
	calls := map[string]string{
		"a whole call":       "GET /a HTTP/1.1\r\nHost: api\r\n\r\n",
		"a part of a body":   "POST /a HTTP/1.1\r\nHost: api\r\nContent-Length: 100\r\n\r\nhello",
		"a part of a chunk":  "POST /a HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhello",
		"with a second call": "GET /a HTTP/1.1\r\nHost: api\r\n\r\n" + good,
	}
	for _, e := range append(loops(), &engine{name: "fast over TLS", tls: true}) {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			e.start(t)
			for how, leaves := range leave {
				if e.tls && how == "half-closes" {
					continue // close_notify alone is a record like others: it is read when its turn has come
				}
				for what, call := range calls {
					t.Run(how+" behind "+what, func(t *testing.T) {
						e.next(stage.Script{{Do: "head"}, {Do: "hold"}})
						client := e.dial(t)
						defer client.Close()
						client.Send(call)
						if !e.up.Await(func(calls []stage.Call) bool { return len(calls) == 1 }) {
							t.Fatal("the call did not reach the upstream")
						}
						leaves(client)
						if !e.up.Await(func(calls []stage.Call) bool { return calls[0].Gone }) {
							t.Errorf("the call went on without its client")
						}
						if got := e.up.Calls(); slices.ContainsFunc(got, func(c stage.Call) bool { return isGood(c.Bytes) }) {
							t.Errorf("the call behind the one that was cancelled reached the upstream")
						}
					})
				}
			}
		})
	}
}
