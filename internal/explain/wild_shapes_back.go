package explain

import (
	"regexp"
	"strings"
)

// asked is the address that a call was made to: of curl's command line, of a redirect that somebody tells of.
var (
	asked   = regexp.MustCompile(`(?:curl|wget|http|GET|HEAD|POST)\b[^\n]*?(https?://[^\s"']+)`)
	leadsTo = regexp.MustCompile(`(?im)^[< \t]*location:[ \t]*(\S+)`)
)

// leadsBack finds a redirect to where one already is.
func leadsBack(text string) []observation {
	from, to := asked.FindStringSubmatch(text), leadsTo.FindAllStringSubmatch(text, twinsMax)
	for i, m := range to {
		again := i > 0 && m[1] == to[0][1]
		if again || from != nil && strings.TrimRight(from[1], "/") == strings.TrimRight(m[1], "/") {
			return []observation{{"Location leads to an address that was asked already.", chances{"redirect-loop": 80}, nil}}
		}
	}
	return nil
}

// loopback are the two names of one's own machine, which are two places for a browser's cookies.
var loopback = regexp.MustCompile(`https?://(localhost|127\.0\.0\.1)\b`)

// session are words of what a browser keeps through a sign-in.
var session = regexp.MustCompile(`(?i)callback|session|cookie|\bstate\b|sign.?in|log.?in`)

// twoNames finds a sign-in that begins at localhost and ends at 127.0.0.1, or the other way round.
func twoNames(text string) []observation {
	first := ""
	for _, m := range loopback.FindAllStringSubmatch(text, twinsMax) {
		if first != "" && m[1] != first && session.MatchString(text) {
			return []observation{{
				"localhost and 127.0.0.1 are both shown: for a browser they are two hosts, and the cookie of one does not come to the other.",
				chances{"state-lost": 45},
				map[string]float64{"state-lost": 4},
			}}
		}
		first = m[1]
	}
	return nil
}
