package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// wall is the sandbox's wall clock, which can be set forward. What is measured between two moments of one process does not follow it: limits of connections and the
// windows of rules.
type wall struct {
	read  func() time.Time
	ahead atomic.Int64 // ns
}

// now is the time without a monotonic reading, which would not know of a step.
func (w *wall) now() time.Time { return w.read().Round(0).Add(w.offset()) }

func (w *wall) offset() time.Duration { return time.Duration(w.ahead.Load()) }

// mostAhead bounds how far the clock can be set forward in all: twenty years.
const mostAhead = 20 * 365 * 24 * time.Hour

// units are those of a step of the clock, the largest first.
var units = [...]struct {
	name string
	is   int64 // seconds
}{{"w", 7 * 24 * 3600}, {"d", 24 * 3600}, {"h", 3600}, {"m", 60}, {"s", 1}}

var (
	stepShape = regexp.MustCompile(`^([0-9]{1,9}[wdhms])+$`)
	stepPart  = regexp.MustCompile(`([0-9]+)([wdhms])`)
)

// parseStep reads a step of the clock: 60d, 1d12h, 90s.
func parseStep(said string) (time.Duration, error) {
	if strings.HasPrefix(said, "-") {
		return 0, fmt.Errorf("%q is back: the clock goes forward only; a sandbox that is started anew, in another folder, begins at the present", said)
	}
	if !stepShape.MatchString(said) {
		return 0, fmt.Errorf("%q is no step: write numbers and w, d, h, m or s, as in 60d or 1d12h", said)
	}
	var sum int64 // seconds
	for _, part := range stepPart.FindAllStringSubmatch(said, -1) {
		n, _ := strconv.ParseInt(part[1], 10, 64) // nine digits at most
		for _, u := range units {
			if u.name != part[2] {
				continue
			}
			if sum += n * u.is; sum > int64(mostAhead/time.Second) { // no overflow: two such terms are below 2^52
				return 0, tooFar(said)
			}
		}
	}
	return time.Duration(sum) * time.Second, nil
}

func tooFar(said string) error {
	return fmt.Errorf("%s is too far: the clock can be %s ahead in all", said, stepText(mostAhead))
}

// stepText is a step as parseStep reads it.
func stepText(d time.Duration) string {
	var b strings.Builder
	left := int64(d / time.Second)
	for _, u := range units[1:] { // days say more than weeks
		if n := left / u.is; n > 0 {
			b.WriteString(strconv.FormatInt(n, 10) + u.name)
			left -= n * u.is
		}
	}
	if b.Len() == 0 {
		return "0s"
	}
	return b.String()
}

// clockName is the file in the data folder that keeps how far the clock is ahead while no sandbox runs.
const clockName = "sandbox.clock"

// readClock is how far the clock was ahead when the last sandbox of a folder ended.
func readClock(dir string) (time.Duration, error) {
	path := filepath.Join(dir, clockName)
	text, err := os.ReadFile(path) //nolint:gosec // of the folder that was given
	if os.IsNotExist(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the sandbox's clock: %w", err)
	}
	d, err := parseStep(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("read the sandbox's clock in %s: %w; without the file the clock begins at the present, which is before what the folder has of later days", path, err)
	}
	return d, nil
}

// keepClock writes it.
func keepClock(dir string, ahead time.Duration) error {
	return replace(dir, clockName, []byte(stepText(ahead)+"\n"))
}
