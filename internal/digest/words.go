package digest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// number groups the digits of a number by three.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + " " + s[at:]
	}
	return s
}

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

func calls(n int64) string { return count(n, "call", "calls") }

// sentence says a row of its apps.
func sentence(s *sign, resource string, of []Share, n int64) string {
	text := s.one
	if len(of) > 1 {
		text = s.many
	}
	return strings.NewReplacer("{who}", who(of), "{n}", number(int64(len(of))), "{calls}", calls(n), "{resource}", cmp.Or(printable(resource), "a path of no resource")).Replace(text)
}

func who(of []Share) string {
	switch {
	case len(of) != 1 || of[0].App == "":
		return "Somebody whose app is not known"
	case of[0].App == otherApps:
		return "One of the apps that are not counted one by one"
	}
	return "The app " + printable(of[0].App)
}

// otherApps is the name under which apps are counted together that are too many.
const otherApps = "!other"

// isApp reports whether a name is that of one app.
func isApp(name string) bool { return name != "" && name != otherApps }

// trend says how it was before.
func trend(now, before int64) string {
	switch {
	case before == 0:
		return "New: there was none before."
	case now >= 2*before:
		return number(now/before) + " times as many as before (" + number(before) + ")."
	case 2*now <= before:
		return "Fewer than before (" + number(before) + ")."
	}
	return "About as many as before (" + number(before) + ")."
}

// most are the names with the highest numbers, and those numbers.
func most(of map[string]int64, n int) []string {
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int { return cmp.Or(cmp.Compare(of[b], of[a]), strings.Compare(a, b)) })
	var all []string
	for _, name := range names[:min(len(names), n)] {
		all = append(all, cut(name)+" ("+number(of[name])+")")
	}
	return all
}

// nameMax is how many characters of a name from outside are shown.
const nameMax = 120

func cut(s string) string {
	if r := []rune(s); len(r) > nameMax {
		return string(r[:nameMax-1]) + "…"
	}
	return s
}

// printable leaves no character that a terminal would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return '\ufffd'
	}, s)
}
