package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// nearestMax is how many names are told that are equally near to a mistyped one.
const nearestMax = 3

// leastTyped is the fewest letters of a word that is taken for a mistyped name: shorter ones are near to too many.
const leastTyped = 5

// nearest explains the name or number that a mistyped one is nearest to; false if none is near.
func (b *book) nearest(text string) (Explanation, bool) {
	e := Explanation{}
	var words, told []string
	for _, word := range strings.FieldsFunc(text, isBetween) {
		if len(b.word(word, anyNumber)) > 0 || numberKinds[strings.ToLower(word)] != anyNumber {
			continue // a status beside it
		}
		words = append(words, word)
	}
	if len(words) != 1 {
		return e, false
	}
	names := nearestOf(b.names(), words[0])
	for _, name := range names {
		e.Meanings = merge(e.Meanings, b.word(name, anyNumber))
		told = append(told, displayed(name, words[0]))
	}
	if len(e.Meanings) == 0 {
		return e, false
	}
	e.Nearest = fmt.Sprintf("Nothing is called %s; this is about %s, the nearest to it.", words[0], strings.Join(told, " and "))
	return e, true
}

// displayed writes a name in capitals where the mistyped one is.
func displayed(name, as string) string {
	if as == strings.ToUpper(as) {
		return strings.ToUpper(name)
	}
	return name
}

// names are those of problems, their codes and subcodes, of their causes, of errors of OAuth, of the words of a sign-in, and of the causes that are ranked.
func (b *book) names() (all []string) {
	for i := range b.table {
		r := &b.table[i]
		all = append(all, r.Problem, strings.ToLower(r.Standard.Code), strings.ToLower(r.LinkedIn.Code))
		for _, d := range r.Details {
			all = append(all, d.Name)
		}
		if n := r.Standard.ServiceErrorCode; n != 0 {
			all = append(all, strconv.Itoa(n))
		}
	}
	for _, c := range problem.OAuthCauses() {
		all = append(all, c.Name())
	}
	for status := range notes {
		if code := statusCode(status); code != "" {
			all = append(all, code)
		}
	}
	for name := range oauthNotes {
		all = append(all, name)
	}
	for name := range signInNotes {
		all = append(all, name)
	}
	for _, c := range allCauses() {
		all = append(all, strings.ReplaceAll(c.name, "-", "_"))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// statusCode is a status as a code: "not_found"; "" if it is not told by that.
func statusCode(status int) string {
	code := strings.ToLower(strings.ReplaceAll(problem.StatusTitle(status), " ", "_"))
	if _, ok := problem.StatusByCode(strings.ToUpper(code)); !ok {
		return ""
	}
	return code
}

// nearestOf are the names with the fewest differences from a word, if they are few enough for its length.
func nearestOf(names []string, word string) (best []string) {
	word = strings.ReplaceAll(strings.ToLower(word), "-", "_")
	if len(word) < leastTyped || len(word) > 2*leastTyped*leastTyped {
		return nil
	}
	least := allowed(word)
	for _, name := range names {
		n := differences(name, word)
		if n > least || isDigits(name) != isDigits(word) {
			continue
		}
		if n < least {
			best, least = nil, n
		}
		best = append(best, name)
	}
	slices.SortStableFunc(best, func(x, y string) int { return cmp.Compare(first(word, y), first(word, x)) })
	return best[:min(len(best), nearestMax)]
}

// first is how many letters two words have in common before they differ.
func first(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// allowed is how many differences a mistyped word may have.
func allowed(word string) int {
	if isDigits(word) {
		return 1
	}
	return min(1+len(word)/leastTyped, 4)
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// differences is how many letters were left out, added, exchanged with another or with their neighbour (optimal string alignment).
func differences(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+differ(a[i], b[j]))
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
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

// mistyped explains a word that is a name with a slip in it, alone or beside a status. Alone it is one only if nothing else is known of it.
func (b *book) mistyped(text string, known bool) (Explanation, bool) {
	n := len(strings.Fields(text))
	if n == 0 || n > 2 || n == 1 && known || len(text) > phraseMax || len(b.phrase(text)) > 0 {
		return Explanation{}, false
	}
	return b.nearest(text)
}

// causeNamed explains the name of a cause that is ranked.
func causeNamed(name string) []Meaning {
	for _, c := range allCauses() {
		if strings.ReplaceAll(c.name, "-", "_") != name {
			continue
		}
		return []Meaning{{
			Title: c.title, What: "One of the causes that candor explain ranks where several fit (" + c.source + ").", Who: c.who,
			How: []string{"Check: " + c.check, "If you can change the request: " + c.fix, "If you cannot: " + c.otherwise}, Repeat: "Once the cause is mended.",
		}}
	}
	return nil
}
