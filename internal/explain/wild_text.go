package explain

import (
	"fmt"
	"slices"
	"strings"
)

// fewWords is how many words of an input are looked up one by one, and not taken for a failure that somebody tells of.
const fewWords = 6

// isOurs reports whether all has been said: Candor's own answer or line, one that is no failure, a name, an id, or a sentence of the contract.
func (b *book) isOurs(e *Explanation, text string) bool {
	if len(e.Meanings) > 0 && e.Meanings[0].isOAuth() { // an error of OAuth's that any server answers stands for several causes
		return e.Meanings[0].Problem != "" || e.Answer != nil && e.Answer.By == "authorization"
	}
	if a := e.Answer; a != nil {
		return a.Log || a.Status >= 100 && a.Status < 400 && len(leadsBack(text)) == 0 || a.By == "gateway" || a.By == "upstream" || a.Fix != "" || a.Applied != ""
	}
	_, _, sign := known(text)
	return len(strings.Fields(text)) == 1 && !sign || len(b.phrase(text)) > 0
}

// with adds what the clues say. Where they say something, the meanings of single words of a longer text are left out.
func (e Explanation) with(r ranking, text string) (Explanation, bool) {
	told := len(r.causes) > 0
	if told && e.Answer == nil && len(e.Meanings) > 1 && len(strings.Fields(text)) > fewWords && !slices.ContainsFunc(e.Meanings, isSign) {
		e.Meanings, e.Note = nil, ""
	}
	if e.Meanings == nil {
		e.Meanings = []Meaning{}
	}
	e.Ranked, e.Ask, e.Seen = r.causes, r.ask, r.seen
	return e, told || len(r.seen) > 0 || len(e.Meanings) > 0
}

// isSign reports whether a meaning was told by whole sentences, and not by single words.
func isSign(m Meaning) bool { return m.Problem == "" && m.Code == "" && !isStatus(m.Status) }

// isStatus reports whether a status is a single one.
func isStatus(s string) bool { return len(s) == 3 && s[0] >= '1' && s[0] <= '9' }

// wholeCauses is how many causes are told with all that is known of them, for people; of the others the title.
const wholeCauses = 3

// leastWhole is the share from which a cause behind the first is told so.
const leastWhole = 8

// ranking writes what the clues say.
func (e *Explanation) ranking(w *strings.Builder) {
	for _, fact := range e.Seen {
		w.WriteString(fact + "\n")
	}
	if len(e.Seen) > 0 && len(e.Ranked)+len(e.Meanings) > 0 {
		w.WriteString("\n")
	}
	if len(e.Ranked) == 0 {
		return
	}
	w.WriteString(heading(len(e.Ranked)))
	var others []string
	for i := range e.Ranked {
		if i >= wholeCauses || i > 0 && e.Ranked[i].Percent < leastWhole {
			others = append(others, fmt.Sprintf("%s (%s)", e.Ranked[i].Title, e.Ranked[i].Name))
			continue
		}
		e.Ranked[i].text(w, i+1)
	}
	if len(others) > 0 {
		w.WriteString("Then: " + strings.Join(others, "; ") + ".\n\n")
	}
	if len(e.Ask) > 0 {
		w.WriteString("What would tell them apart; paste the answers along with the failure:\n")
		for _, q := range e.Ask {
			w.WriteString("  - " + q + "\n")
		}
		w.WriteString("\n")
	}
	if len(e.Meanings) > 0 {
		w.WriteString("In general:\n\n")
	}
}

func heading(causes int) string {
	if causes == 1 {
		return "One cause fits what was pasted; nothing proves it:\n\n"
	}
	return "Several causes fit what was pasted, the likeliest first:\n\n"
}

// text writes a cause as "1. A clock is wrong (clock-skew, likely)".
func (c *Cause) text(w *strings.Builder, n int) {
	fmt.Fprintf(w, "%d. %s (%s, %s)\n", n, c.Title, c.Name, c.Likelihood)
	line(w, "Check", c.Check)
	line(w, "Fix", c.Fix)
	line(w, "Else", c.Otherwise)
	line(w, "Who", c.Who)
	line(w, "Source", c.Source)
	w.WriteString("\n")
}
