package pages

import (
	"strconv"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/problem"
	"github.com/candor-gateway/candor/retry"
)

// againButNot are problems that are not to be repeated although others of their status are: the answer would be the same.
var againButNot = map[string]string{"upstream_invalid": "what the API answers is wrong each time"}

// advises are what a page advises about another attempt, by what the catalogue says: one of some words stands there, and none of others.
var advises = map[string]struct{ some, none []string }{
	problem.RetryNo.String():       {none: []string{"growing waits", "Retry-After and repeat"}},
	problem.RetryRefresh.String():  {some: []string{"Use the refresh token"}, none: []string{"growing waits", "Retry-After"}},
	problem.RetryAfter.String():    {some: []string{"Retry-After", "Wait until the reset"}},
	problem.RetryBackoff.String():  {some: []string{"Repeat with growing waits", "before you repeat it"}},
	problem.RetryByStatus.String(): {},
}

// What a page says of another attempt is the rule of package retry for its status, in both profiles, and its advice does not say otherwise.
func TestAdviceIsTheRule(t *testing.T) {
	t.Parallel()
	b, err := newBook(Options{Errors: "https://example.com/errors"})
	if err != nil {
		t.Fatal(err)
	}
	ways := map[string]retry.Way{problem.RetryAfter.String(): retry.After, problem.RetryBackoff.String(): retry.Backoff} // others: No
	for i := range b.entries {
		e := &b.entries[i]
		words, known := advises[e.Retry]
		if !known {
			t.Errorf("%s is repeated as nobody knows: %s", e.Problem, e.Retry)
		}
		for _, p := range e.Profiles {
			way := retry.ByStatus(p.Status)
			if e.Retry != problem.RetryByStatus.String() && way != ways[e.Retry] && againButNot[e.Problem] == "" {
				t.Errorf("%s says %s, and the rule of %d is %s", e.Problem, e.Retry, p.Status, way)
			}
		}
		advice := strings.Join(append(append([]string{}, e.Do...), e.DoLinkedIn...), "\n")
		if len(words.some) > 0 && !hasOne(advice, words.some) || hasOne(advice, words.none) {
			t.Errorf("%s is repeated %s, and its advice is:\n%s", e.Problem, e.Retry, advice)
		}
		for status := range 1000 {
			if e.Retry == problem.RetryByStatus.String() && strconv.Itoa(status/100)+"xx" == e.Class && retry.ByStatus(status) != retry.No && !strings.Contains(advice, strconv.Itoa(status)) {
				t.Errorf("%s says nothing of %d, which may be repeated", e.Problem, status)
			}
		}
		if repeats := ways[e.Retry] != retry.No; repeats != (len(e.Samples) > 0) {
			t.Errorf("%s is repeated %s, and has %d programs", e.Problem, e.Retry, len(e.Samples))
		}
	}
}

func hasOne(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
