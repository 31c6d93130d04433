package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSheddingMistakes(t *testing.T) {
	text := "upstreams:\n  a: {targets: [\"http://x\"], in_flight: 0, breaker: on}\n  b: {targets: [\"http://x\"], in_flight: many, breaker: {failures: 0.5, of: 0, within: 1ms, open: never, statuses: 503}}\n" +
		"  c: {targets: [\"http://x\"], in_flight: -1, breaker: {failure: 50%, statuses: [404, 5xx]}}\n  d: {targets: [\"http://x\"], breaker: {failures: 101%}}\n  e: {targets: [\"http://x\"], breaker: {failures: 50}}\n" +
		"apis: [{upstream: a, routes: [/x]}]\n"
	want := []string{
		`2:41: expected a whole number of calls from 1, or off, not "0"`,
		`2:53: expected a breaker as a mapping with failures, of, within, open, statuses, as in {failures: 50%, of: 20, within: 10s, open: 5s}, not "on"`,
		`3:41: expected a whole number of calls from 1, or off, not "many"`,
		`3:67: expected a share from 1% to 100%, as in 50%, not "0.5"`,
		`3:76: expected a whole number from 1, not "0"`,
		`3:87: expected a time from 1s to 1h, as in 3s, 10m or 60d, not "1ms"`,
		`3:98: expected a time from 1s to 1h, as in 3s, 10m or 60d, not "never"`,
		`3:115: expected a list of statuses, as in [502, 503, 504], not "503"; put it in [ ]`,
		`4:41: expected a whole number of calls from 1, or off, not "-1"`,
		`4:55: unknown key "failure" in a breaker; did you mean failures?`,
		`4:80: expected the status of an API that fails: 429, or from 500 to 599, not "404"`,
		`4:85: expected the status of an API that fails: 429, or from 500 to 599, not "5xx"`,
		`5:50: expected a share from 1% to 100%, as in 50%, not "101%"`,
		`6:50: expected a share from 1% to 100%, as in 50%, not "50"`,
	}
	if diff := cmp.Diff(want, mistakesOf(t, text)); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestSheddingWarnings(t *testing.T) {
	text := "limits: {in_flight: 100}\nupstreams:\n  a: {targets: [\"http://10.0.0.5:9000\"], in_flight: 100, breaker: {}, timeouts: {first_byte: 0s}}\n" +
		"  b: {targets: [\"http://10.0.0.5:9001\"], in_flight: 99, breaker: {}}\napis:\n  - {name: v1, credentials: public, routes: [{path: /a, upstream: a}, {path: /b, upstream: b}]}\n"
	want := []string{
		`3:53: in_flight: does nothing here, since limits.in_flight lets no more than 100 calls through in all; write less, or leave it out`,
		`3:67: breaker: an API that answers no more never fails here, since first_byte: 0s lets calls wait for as long as it takes; give it a time`,
	}
	if diff := cmp.Diff(want, warningsOf(t, text)); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// The keys of other gateways, and keys that stand elsewhere, lead to where they are.
func TestHealingKeysElsewhere(t *testing.T) {
	t.Parallel()
	text := "upstreams:\n  a: {targets: [\"http://x\"], retry: {}, circuit_breaker: {}, max_connections: 3}\n" +
		"apis:\n  - credentials: public\n    in_flight: 3\n    retries: 3\n    routes: [{path: /a, breaker: {}, retries: 2}]\n"
	want := []string{
		`2:30: "retry" ` + ofRoutes,
		`2:41: "circuit_breaker" ` + asBreaker,
		`2:62: "max_connections" is in_flight: here, as in in_flight: 64: each call has a connection of its own`,
		`5:5: "in_flight" ` + ofUpstreams,
		`6:5: "retries" ` + asRetry,
		`7:25: "breaker" ` + ofUpstreams,
		`7:38: "retries" ` + asRetry,
	}
	if diff := cmp.Diff(want, mistakesOf(t, text)); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}
