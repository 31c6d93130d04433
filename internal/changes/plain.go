package changes

import (
	"strings"

	"github.com/candor-gateway/candor/internal/ascii"
)

// How long a name may be that is kept as it is.
const (
	maxName   = 40  // of what callers make up
	maxLonger = 100 // of what is configured or granted
	maxRun    = 15  // letters and digits in one piece, with a digit among them: longer ones look like a credential
)

// keeps reports whether the text may be kept as it is.
func (s *sighting) keeps() bool { return plain(s.feature, s.text) }

// shown is a name of the failing call as it is told: "" where it is not plain.
func (s *sighting) shown() string {
	if s.keeps() {
		return strings.Clone(s.text) // what is lent ends with the call
	}
	return ""
}

// value is the same of a value, where not to have one is a value too.
func (s *sighting) value() string {
	if s.text == "" {
		return None
	}
	return s.shown()
}

// plain reports whether a text is a name that says nothing of whom it belongs to: short, of letters, digits and ._- (and what the feature allows beyond),
// and without a run that could be a credential.
func plain(f Feature, text string) bool {
	row := &rows[f]
	if text != "" && (text == row.ours[0] || text == row.ours[1]) {
		return true
	}
	longest := maxName
	if row.longer {
		longest = maxLonger
	}
	if text == "" || len(text) > longest || row.hidden {
		return false
	}
	run, digit := 0, false
	for i := range len(text) {
		c := text[i]
		switch {
		case ascii.IsAlnum(c):
			run++
			digit = digit || ascii.IsDigit(c)
		case strings.IndexByte("._-", c) >= 0 || strings.IndexByte(row.chars, c) >= 0:
			run, digit = 0, false
		default:
			return false
		}
		if run > maxRun && digit {
			return false
		}
	}
	return true
}
