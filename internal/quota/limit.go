package quota

import (
	"fmt"
	"strconv"
	"strings"
)

// Key says whose calls a limit counts.
type Key uint8

// The keys. A member is counted per application: one member through one app.
const (
	App Key = iota
	Member
)

// Window is the span of time in which a limit counts.
type Window uint8

// The windows. All of them begin at a multiple of their length since the Unix
// epoch, so a day is a UTC day.
const (
	Second Window = iota
	Minute
	Hour
	Day
)

// windows holds a row per Window: its name in the contract, its length in
// seconds, and the words by which configuration asks for it.
var windows = [...]struct {
	name    string
	seconds int64
	words   []string
}{
	Second: {"SECOND", 1, []string{"s", "sec", "second"}},
	Minute: {"MINUTE", 60, []string{"min", "minute"}},
	Hour:   {"HOUR", 3600, []string{"h", "hour"}},
	Day:    {"DAY", 86400, []string{"d", "day"}},
}

// String is the window's name in the contract: SECOND, MINUTE, HOUR or DAY.
func (w Window) String() string { return windows[w].name }

// Seconds is the window's length.
func (w Window) Seconds() int64 { return windows[w].seconds }

// String is the key's name in the contract: application or member.
func (k Key) String() string {
	if k == Member {
		return "member"
	}
	return "application"
}

// Limit allows N calls per Window to each Key.
//
// A plain limit counts in fixed windows: all N are there again when the next
// one begins. A Burst limit has no edges (it is GCRA, a leaky bucket): N calls
// may come at once, and one more is allowed every Window/N, so that two bursts
// never meet at the turn of a second.
type Limit struct {
	Key    Key
	Window Window
	N      int64
	Burst  bool
}

// Quota is what the contract calls the limit: application, member or burst.
func (l Limit) Quota() string {
	if l.Burst {
		return "burst"
	}
	return l.Key.String()
}

// String is the limit as it is configured: "5000/day".
func (l Limit) String() string {
	return strconv.FormatInt(l.N, 10) + "/" + strings.ToLower(l.Window.String())
}

// Spec is a named set of limits, as configured.
type Spec struct {
	Name   string
	Limits []Limit
}

// MaxN is the largest number a limit may have: counts are 32 bits wide, and a
// burst of a second is told apart by the nanosecond.
const MaxN = 1_000_000_000

// ParseLimit reads "5000/day", "100/hour", "100/min" or "20/s". Key and Burst
// are the caller's to set. An error says what was expected.
func ParseLimit(s string) (Limit, error) {
	count, word, found := strings.Cut(s, "/")
	if !found {
		return Limit{}, fmt.Errorf("%q is not a valid limit: expected a number, a slash and a window, as in 5000/day or 20/s", s)
	}
	n, err := parseCount(strings.TrimSpace(count))
	if err != nil {
		return Limit{}, fmt.Errorf("%q is not a valid limit: %w", s, err)
	}
	w, ok := parseWindow(strings.TrimSpace(word))
	if !ok {
		return Limit{}, fmt.Errorf("%q is not a valid limit: %q is not a valid window; expected s, min, hour or day", s, word)
	}
	return Limit{Window: w, N: n}, nil
}

func parseCount(s string) (int64, error) {
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("%q is not a whole number; expected digits alone, as in 5000/day", s)
		}
	}
	if s == "" {
		return 0, fmt.Errorf("the number is missing; expected one before the slash, as in 5000/day")
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || n > MaxN {
		return 0, fmt.Errorf("%s is out of range; expected a number from 1 to %d", s, int64(MaxN))
	}
	return n, nil
}

func parseWindow(word string) (Window, bool) {
	for w := range windows {
		for _, known := range windows[w].words {
			if strings.EqualFold(word, known) {
				return Window(w), true
			}
		}
	}
	return 0, false
}
