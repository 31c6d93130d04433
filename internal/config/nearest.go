package config

import "strings"

// Nearest is the known word that word was probably meant to be, or "" if none is near: at most a
// third of its letters, and in words of three and more always one, may be wrong, missing, too many
// or swapped.
func Nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	allowed := len(word) / 3
	best, bestDistance := "", allowed+1
	for _, k := range known {
		if d := distance(fold(word), fold(k)); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// fold makes spellings equal that people mix up.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return '_'
		}
		return r
	}, strings.ToLower(s))
}

// distance is Damerau and Levenshtein's, over bytes, with neighbours swapped counting one.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}

// didYouMean ends a sentence about an unknown word: with the nearest one, or with all if they are few.
func didYouMean(word string, known []string) string {
	if near := Nearest(word, known); near != "" {
		return "; did you mean " + near + "?"
	}
	if len(known) == 0 || len(known) > 30 {
		return ""
	}
	return "; known here: " + strings.Join(known, ", ")
}
