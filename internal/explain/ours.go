package explain

import (
	"strings"
	"sync"

	"github.com/candor-gateway/candor/problem"
)

// ours has each sentence of the catalogue's examples, in both profiles. They speak of tokens, keys and the word Bearer, so that they look as if something stood
// behind these that is to be hidden; word for word the catalogue's, they hold nothing of anybody's.
var ours = sync.OnceValue(func() map[string]bool {
	known := map[string]bool{}
	for _, profile := range []problem.Profile{problem.Standard, problem.LinkedIn} {
		c, err := problem.New(problem.Options{Profile: profile})
		if err != nil {
			panic("explain: " + err.Error()) // nothing is configured that could be wrong
		}
		for _, t := range problem.Types() {
			ofType(c, t, known)
		}
		for _, cause := range problem.OAuthCauses() {
			row := (&problem.OAuthProblem{Cause: cause}).Row(profile)
			keep(row.Description, known)
			keep(row.Fix, known)
		}
	}
	return known
})

// ofType adds what the catalogue says of a row: of its example, and of each cause.
func ofType(c *problem.Catalogue, t problem.Type, known map[string]bool) {
	all := []problem.Problem{c.Example(t)}
	for _, d := range problem.Details(t) {
		all = append(all, problem.ExampleOf(d))
	}
	for i := range all {
		p := &all[i]
		keep(string(c.AppendMessage(nil, p)), known)
		keep(string(c.AppendFix(nil, p)), known)
		keep(string(c.AppendDetail(nil, p)), known)
	}
}

func keep(text string, known map[string]bool) {
	for sentence := range strings.SplitSeq(text, ". ") {
		known[strings.TrimRight(sentence, ". ")] = true
	}
}

// exceptOurs hides in a text, in all of it but the sentences that are the catalogue's.
func exceptOurs(text string, hide func(string) string) string {
	known := ours()
	var shown, others strings.Builder
	flush := func() {
		shown.WriteString(hide(others.String()))
		others.Reset()
	}
	for sentence := range strings.SplitAfterSeq(text, ". ") {
		if !known[strings.TrimRight(sentence, ". ")] {
			others.WriteString(sentence)
			continue
		}
		flush()
		shown.WriteString(sentence)
	}
	flush()
	return shown.String()
}
