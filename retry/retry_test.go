package retry_test

import (
	"testing"
	"time"

	"github.com/candor-gateway/candor/retry"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	const (
		ms  = time.Millisecond
		sec = time.Second
	)
	for name, c := range map[string]struct {
		method  string
		status  int
		applied retry.Applied
		after   time.Duration
		attempt int
		want    retry.Decision
	}{
		"refused for good":                        {"GET", 404, retry.Unapplied, 0, 1, retry.Decision{}},
		"a success":                               {"GET", 200, retry.Unapplied, sec, 1, retry.Decision{}},
		"not built":                               {"GET", 501, retry.Unknown, 0, 1, retry.Decision{}},
		"throttled, whatever the method":          {"POST", 429, retry.Unknown, 7 * sec, 1, retry.Decision{Again: true, Wait: 7 * sec}},
		"throttled, and not told for how long":    {"POST", 429, retry.Unknown, 0, 2, retry.Decision{Again: true, Wait: 400 * ms}},
		"drained, for less than the wait":         {"GET", 503, retry.Unknown, 1, 1, retry.Decision{Again: true, Wait: 200 * ms}},
		"GET that broke":                          {"GET", 502, retry.Unknown, 0, 1, retry.Decision{Again: true, Wait: 200 * ms}},
		"PUT without an answer":                   {"PUT", 0, retry.Unknown, 0, 1, retry.Decision{Again: true, Wait: 200 * ms}},
		"POST that broke":                         {"POST", 502, retry.Unknown, 0, 1, retry.Decision{}},
		"POST that never left":                    {"POST", 502, retry.Unapplied, 0, 1, retry.Decision{Again: true, Wait: 200 * ms}},
		"PATCH after a timeout":                   {"PATCH", 504, retry.Unknown, 0, 1, retry.Decision{}},
		"a method that nobody knows":              {"PURGE", 500, retry.Unknown, 0, 1, retry.Decision{}},
		"get is no GET":                           {"get", 500, retry.Unknown, 0, 1, retry.Decision{}},
		"the waits grow":                          {"GET", 500, retry.Unknown, 0, 4, retry.Decision{Again: true, Wait: 1600 * ms}},
		"to a bound":                              {"GET", 500, retry.Unknown, 0, 1 << 30, retry.Decision{Again: true, Wait: 30 * sec}},
		"Retry-After beyond it holds":             {"GET", 503, retry.Unknown, time.Hour, 9, retry.Decision{Again: true, Wait: time.Hour}},
		"an attempt that cannot be is the first":  {"GET", 500, retry.Unknown, 0, -1, retry.Decision{Again: true, Wait: 200 * ms}},
		"too early, of a method that is not safe": {"POST", 425, retry.Unknown, 0, 1, retry.Decision{}},
	} {
		if got := retry.Decide(c.method, c.status, c.applied, c.after, c.attempt); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
