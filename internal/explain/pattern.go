package explain

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// pattern is a regular expression that costs little where it does not match: an alternative of it is tried only if one of the words that each of its
// matches holds stands in the text. It is read when first asked.
type pattern struct {
	expr         string
	alternatives func() []alternative
}

// alternative is one of those that an expression has at its top.
type alternative struct {
	needs []string              // in small letters; one of them is in each match. None: it cannot be told
	expr  func() *regexp.Regexp // compiled when first tried
}

// words is a pattern of what gives a writer or a cause away.
func words(expr string) *pattern {
	return &pattern{expr: expr, alternatives: sync.OnceValue(func() []alternative { return alternativesOf(expr) })}
}

func alternativesOf(expr string) []alternative {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic("explain: " + err.Error()) // an expression of the tables: a test reads them all
	}
	tops := []*syntax.Regexp{parsed}
	if parsed.Op == syntax.OpAlternate {
		tops = parsed.Sub
	}
	all := make([]alternative, len(tops))
	for i, top := range tops {
		all[i] = alternative{needs: needsOf(top), expr: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(top.String()) })}
	}
	return all
}

// needsOf are words of which one is in whatever an expression matches; none if there is no such word.
func needsOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return needsOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needsOf(re.Sub[0])
		}
	case syntax.OpAlternate:
		return needsOfAll(re.Sub)
	case syntax.OpConcat:
		return rarest(re.Sub)
	default: // a class, a place, or what may be absent
	}
	return nil
}

// needsOfAll are the words of each alternative; none if one has none.
func needsOfAll(subs []*syntax.Regexp) (all []string) {
	for _, sub := range subs {
		needs := needsOf(sub)
		if len(needs) == 0 {
			return nil
		}
		all = append(all, needs...)
	}
	return all
}

// rarest are the words of the part that is told by the longest.
func rarest(subs []*syntax.Regexp) (best []string) {
	for _, sub := range subs {
		if needs := needsOf(sub); shortest(needs) > shortest(best) {
			best = needs
		}
	}
	return best
}

func shortest(all []string) int {
	if len(all) == 0 {
		return 0
	}
	return len(slices.MinFunc(all, func(a, b string) int { return len(a) - len(b) }))
}

// look is a text that patterns are looked for in, with what has been found of their words.
type look struct {
	text, small string
	found       map[string]bool
}

func lookAt(text string) *look {
	return &look{text, strings.ToLower(text), map[string]bool{}}
}

// has reports whether a pattern matches.
func (l *look) has(p *pattern) bool {
	return slices.ContainsFunc(p.alternatives(), func(a alternative) bool {
		return (len(a.needs) == 0 || slices.ContainsFunc(a.needs, l.holds)) && a.expr().MatchString(l.text)
	})
}

// holds reports whether a word stands in the text.
func (l *look) holds(word string) bool {
	is, asked := l.found[word]
	if !asked {
		is = strings.Contains(l.small, word)
		l.found[word] = is
	}
	return is
}
