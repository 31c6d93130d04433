package retry_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/retry"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestParseAfter(t *testing.T) {
	t.Parallel()
	const longest = time.Duration(math.MaxInt64)
	for value, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, "007": 7 * time.Second, "120": 2 * time.Minute,
		"9223372035": 9223372035 * time.Second, "9223372036": longest, "9223372037": longest, "92233720360": longest, "99999999999999999999999999": longest,
		"Sun, 01 Mar 2026 12:00:30 GMT": 30 * time.Second, "Sunday, 01-Mar-26 12:00:30 GMT": 30 * time.Second, "Sun Mar  1 12:00:30 2026": 30 * time.Second,
		"Sun, 01 Mar 2026 11:00:00 GMT": 0, "Thu, 01 Jan 1970 00:00:00 GMT": 0, "Fri, 31 Dec 9999 23:59:59 GMT": longest,
		// What is neither asks for nothing.
		"": -1, "-1": -1, "1.5": -1, "+7": -1, "7s": -1, " 7": -1, "soon": -1, "0x10": -1, "2026-03-01T12:00:30Z": -1, "Sun, 01 Mar 2026 12:00:30 CET": -1,
	} {
		got, ok := retry.ParseAfter(value, noon)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

// A Retry-After is never shortened, in whichever form it came, and nothing makes it negative.
func TestParseAfterShortensNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		after := time.Duration(rapid.Int64Range(-1000, 1_000_000_000).Draw(t, "seconds")) * time.Second
		form := rapid.SampledFrom([]string{"Mon, 02 Jan 2006 15:04:05 GMT", time.ANSIC}).Draw(t, "form")
		got, ok := retry.ParseAfter(noon.Add(after).Format(form), noon)
		if !ok || got != max(0, after) {
			t.Fatalf("%v %v, want %v", got, ok, after)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		if got, ok := retry.ParseAfter(rapid.String().Draw(t, "value"), noon); got < 0 || !ok && got != 0 {
			t.Fatalf("%v %v", got, ok)
		}
	})
}
