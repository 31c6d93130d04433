package explain

import "strings"

// distinct leaves out advice that was given before in nearly the same words.
func distinct(advice []string) []string {
	kept := make([]string, 0, len(advice))
	for _, a := range advice {
		if a != "" && !isSaid(kept, a) {
			kept = append(kept, a)
		}
	}
	return kept
}

func isSaid(kept []string, advice string) bool {
	for _, k := range kept {
		if sameAdvice(k, advice) {
			return true
		}
	}
	return false
}

// sameAdvice reports whether most of the words of the later advice stand in the earlier one.
func sameAdvice(earlier, later string) bool {
	had := map[string]bool{}
	for _, w := range adviceWords(earlier) {
		had[w] = true
	}
	words := adviceWords(later)
	n := 0
	for _, w := range words {
		if had[w] {
			n++
		}
	}
	return len(words) > 0 && 4*n >= 3*len(words)
}

// adviceWords are the words that carry something.
func adviceWords(s string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r < '0' || r > '9' && r < 'a' || r > 'z' && r < 0x80 }) {
		if len(w) > 3 || w == "not" || w == "no" {
			words = append(words, w)
		}
	}
	return words
}
