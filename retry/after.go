package retry

import (
	"math"
	"time"
)

// longestAfter is what a Retry-After is taken for that names even more.
const longestAfter = time.Duration(math.MaxInt64)

// dates are the three forms of an HTTP-date (RFC 9110 §5.6.7): all must be read.
var dates = [...]string{"Mon, 02 Jan 2006 15:04:05 GMT", "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC}

// ParseAfter reads the value of a Retry-After (RFC 9110 §10.2.3), which is a number of seconds or a date; now is the time of the answer, by the clock of who made it where its Date
// tells that, so that clocks may differ. A date that is past is 0. It reports false where the value is neither: then nothing was asked for. Seconds beyond what a Duration holds are the
// longest Duration.
func ParseAfter(value string, now time.Time) (time.Duration, bool) {
	if seconds, ok := parseSeconds(value); ok {
		return seconds, true
	}
	at, ok := ParseDate(value)
	if !ok {
		return 0, false
	}
	return max(0, at.Sub(now)), true // Sub is saturated
}

// ParseDate reads an HTTP-date in each of its forms.
func ParseDate(value string) (time.Time, bool) {
	for _, form := range dates {
		if at, err := time.Parse(form, value); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// parseSeconds reads a number of seconds; one that no Duration holds is the longest.
func parseSeconds(value string) (time.Duration, bool) {
	most := int64(longestAfter / time.Second)
	n := int64(0)
	for _, c := range []byte(value) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = min(n*10+int64(c-'0'), most)
	}
	if n == most {
		return longestAfter, true
	}
	return time.Duration(n) * time.Second, value != ""
}
