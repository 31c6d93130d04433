package pages

import (
	"strconv"
	"strings"
)

// candidate is a page, and by what else it is looked for: the codes and subcodes that answers say.
type candidate struct {
	name, code string
	subcode    int
}

func (e *entry) candidate() candidate {
	first := e.Profiles[0]
	return candidate{e.Problem, first.Code, first.ServiceErrorCode}
}

// nearest is the page that a name without one may have meant, "" if nothing is like it: another spelling, a code, a subcode, a status, or a slip of few letters.
func (s *Site) nearest(name string) string {
	name = strings.ToLower(strings.ReplaceAll(name, "-", "_"))
	if n, err := strconv.Atoi(name); err == nil {
		return s.byNumber(n)
	}
	for _, c := range s.near {
		if c.name == name || strings.ToLower(c.code) == name {
			return c.name
		}
	}
	best, least := "", max(1, min(len(name)/3, 4))+1
	for _, c := range s.near {
		if d := distance(name, c.name); d < least {
			best, least = c.name, d
		}
	}
	return best
}

// byNumber finds a subcode, or else the class of a status.
func (s *Site) byNumber(n int) string {
	for _, c := range s.near {
		if n > 999 && c.subcode == n {
			return c.name
		}
	}
	if 100 <= n && n < 100*(classes+1) {
		return strconv.Itoa(n/100) + "xx"
	}
	return ""
}

// distance is how many letters must be put in, taken out or changed to make one name of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}
