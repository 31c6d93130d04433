package config

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/retry"
)

// What a route and its API say together.
func TestRetry(t *testing.T) {
	usual := retry.Usual()
	with := func(change func(*retry.Policy)) *retry.Policy {
		p := usual
		change(&p)
		return &p
	}
	for name, test := range map[string]struct {
		api, route string
		want       *retry.Policy
	}{
		"nothing":                   {"", "", nil},
		"off":                       {"", "retry: off", nil},
		"what is usual":             {"", "retry: {}", &usual},
		"the API's":                 {"retry: {attempts: 5}", "", with(func(p *retry.Policy) { p.Attempts = 5 })},
		"the API's, and off":        {"retry: {attempts: 5}", "retry: off", nil},
		"the API's, but for a word": {"retry: {attempts: 5}", "retry: {idempotent: key}", with(func(p *retry.Policy) { p.Attempts, p.Idempotent = 5, retry.WithKey })},
		"all of it": {"", `retry: {attempts: 10, within: 1m, on: [timeout, 429], idempotent: true}`, &retry.Policy{
			Attempts: 10, Within: time.Minute, On: retry.Timeout | retry.Status429, Idempotent: retry.Always,
		}},
		"all failures":                {"", "retry: {on: all}", with(func(p *retry.Policy) { p.On = retry.Every })},
		"no longer than a call":       {"", "retry: {}, timeouts: {call: 4s}", with(func(p *retry.Policy) { p.Within = 4 * time.Second })},
		"nor where its API is longer": {"retry: {within: 1m}", "timeouts: {call: 4s}", with(func(p *retry.Policy) { p.Within = 4 * time.Second })},
		"as long as a call":           {"", "retry: {within: 4s}, timeouts: {call: 4s}", with(func(p *retry.Policy) { p.Within = 4 * time.Second })},
		"longer than one without end": {"", "retry: {within: 1h}, timeouts: {call: 0s}", with(func(p *retry.Policy) { p.Within = time.Hour })},
	} {
		t.Run(name, func(t *testing.T) {
			api := test.api
			if api != "" {
				api += ", "
			}
			route := "path: /a"
			if test.route != "" {
				route += ", " + test.route
			}
			text := "upstreams: {a: \"http://x\"}\napis:\n  - {credentials: public, " + api + "routes: [{" + route + "}]}\n"
			c, err := Parse("candor.yaml", []byte(text), testEnv)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, c.APIs[0].Routes[0].Retry); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRetryMistakes(t *testing.T) {
	const begin = "upstreams: {a: \"http://x\"}\napis:\n  - credentials: public\n    routes:\n      - {path: /a, methods: [GET], "
	for name, test := range map[string]struct{ route, want string }{
		"a single attempt":      {"retry: {attempts: 1}", `5:54: expected a whole number from 2 to 10, not "1"`},
		"too many":              {"retry: {attempts: 11}", `5:54: expected a whole number from 2 to 10, not "11"`},
		"no time":               {"retry: {within: 0s}", `5:52: expected a time from 10ms to 1d, as in 3s, 10m or 60d, not "0s"`},
		"longer than the call":  {"retry: {within: 10s}, timeouts: {call: 5s}", "5:52: within: is longer than a call of this route may take, which is 5s; say at most that, or raise timeouts: {call: 10s}"},
		"no failure":            {"retry: {on: []}", "5:48: on: names no failure, so that nothing is ever sent again; name some, as in [connect, reset, 502, 503, 504], or say retry: off"},
		"an unknown failure":    {"retry: {on: [resets]}", `5:49: "resets" is none of the failures, which are connect, reset, timeout, 408, 425, 429, 500, 502, 503, 504; did you mean reset?`},
		"a success":             {"retry: {on: [200]}", `5:49: "200" is none of the failures, which are connect, reset, timeout, 408, 425, 429, 500, 502, 503, 504; did you mean 500?`},
		"an unknown promise":    {"retry: {idempotent: maybe}", `5:56: expected false, true or key, not "maybe"`},
		"a word":                {"retry: true", `5:43: expected retry as a mapping with attempts, within, on, idempotent, as in retry: {attempts: 3}, or retry: {} for what is usual, not "true"`},
		"an unknown key":        {"retry: {tries: 3}", `5:44: unknown key "tries" in retry; known here: attempts, within, on, idempotent`},
		"all of every failure":  {"retry: {on: [all]}", `5:49: "all" is none of the failures; for every one it stands alone, without [ ]`},
		"a promise for nothing": {"retry: {idempotent: true}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("candor.yaml", []byte(begin+test.route+"}\n"), testEnv)
			got := ""
			if err != nil {
				got = err.Error()
			}
			want := test.want
			if want != "" {
				want = "candor.yaml:" + want
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	text := begin + "retry: {idempotent: key}}\n      - {path: /b, methods: [GET, POST], retry: {idempotent: key}}\n"
	want := []string{"5:56: idempotent: says nothing here, since every method of this route may be sent twice (RFC 9110 §9.2.2)"}
	if diff := cmp.Diff(want, warningsOf(t, text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text = "upstreams: {a: \"http://x\"}\napis:\n  - {credentials: public, retry: {on: []}, routes: [/a]}\n"
	if _, err := Parse("candor.yaml", []byte(text), testEnv); err == nil ||
		err.Error() != "candor.yaml:3:39: on: names no failure, so that nothing is ever sent again; name some, as in [connect, reset, 502, 503, 504], or leave retry: out" {
		t.Errorf("%v", err)
	}
}

// A failure after which nothing is ever sent again is told of, once, where it is said.
func TestRetryThatNeverIs(t *testing.T) {
	t.Parallel()
	begin := "upstreams:\n  a: {targets: [\"http://127.0.0.1:1\"], timeouts: {first_byte: %s}}\napis:\n"
	late := "on: after a timeout nothing is sent again, since first_byte: 10s is over when within: 10s is; lower the one, or raise the other"
	harm := "on: after these nothing is sent again, since the methods of this route may do harm twice; add connect, or say idempotent: key or true"
	for name, test := range map[string]struct {
		wait, api, route string
		want             []string
	}{
		"a timeout that is too late": {"10s", "", "retry: {on: [timeout]}", []string{"4:72: " + late}},
		"one among all":              {"10s", "", "retry: {on: all}", []string{"4:72: " + late}},
		"of the route":               {"1s", "", "timeouts: {first_byte: 10s}, retry: {on: [timeout]}", []string{"4:101: " + late}},
		"in time":                    {"9s", "", "retry: {on: [timeout]}", nil},
		"in time on this route":      {"10s", "", "timeouts: {first_byte: 1s}, retry: {on: [timeout]}", nil},
		"of the API, once":           {"10s", "retry: {on: [timeout]}, ", "methods: [GET]", []string{"4:39: " + late}},
		"of the API, where it helps": {"10s", "retry: {on: [timeout]}, ", "timeouts: {first_byte: 1s}", nil},
		"no timeout": {
			"0s", "", "retry: {on: [timeout]}",
			[]string{"4:72: on: there is no timeout here, since first_byte: 0s lets calls wait for as long as it takes; give it a time, or leave timeout out"},
		},
		"no timeout among all":    {"0s", "", "retry: {on: all}", nil},
		"POST alone, answered":    {"1s", "", "methods: [POST], retry: {on: [503]}", []string{"4:89: " + harm}},
		"POST alone, never there": {"1s", "", "methods: [POST], retry: {on: [connect, 503]}", nil},
		"POST with its key":       {"1s", "", "methods: [POST], retry: {on: [503], idempotent: key}", nil},
		"POST and GET":            {"1s", "", "methods: [POST, GET], retry: {on: [503]}", nil},
	} {
		text := fmt.Sprintf(begin, test.wait) + "  - {credentials: public, " + test.api + "routes: [{path: /a, upstream: a, " + test.route + "}, {path: /b, upstream: a}]}\n"
		if diff := cmp.Diff(test.want, warningsOf(t, text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
