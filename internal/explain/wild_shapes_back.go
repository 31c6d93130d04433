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
