package explain

import (
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// wordsMax is how many words may stand in an input that is no pasted answer.
const wordsMax = 24

// phraseMax is how many bytes an input has at most that can be words: a pasted answer is longer.
const phraseMax = 8 << 10

// words explains a code, subcode, status, class, name or message, and several of them that belong together ("401 INVALID_ACCESS_TOKEN").
func (b *book) words(text string) (Explanation, bool) {
	if len(text) > phraseMax {
		return Explanation{}, false
	}
	if whole := b.phrase(text); len(whole) > 0 {
		return Explanation{Meanings: whole}, true
	}
	var found []Meaning
	kind := anyNumber
	words := strings.FieldsFunc(text, isBetween)
	if len(words) > wordsMax {
		return Explanation{}, false
	}
	sentence := len(words) > 2
	for _, word := range words {
		if k, ok := numberKinds[strings.ToLower(word)]; ok {
			kind = k
			continue
		}
		if kind != notACode && (!sentence || !isPlain(word)) {
			more := b.word(word, kind)
			if len(more) == 1 && more[0].isOAuth() { // a status beside it is what all of them have
				return Explanation{Meanings: more}, true
			}
			found = narrow(found, more)
		}
		kind = anyNumber
	}
	return Explanation{Meanings: found, Note: perhapsForeign(words, found)}, len(found) > 0
}

// isPlain reports whether a word is one of the language: in a sentence "connect", "refused" and "gone" name no problem, as CONFLICT or 409 may.
func isPlain(word string) bool {
	return word == strings.ToLower(word) && !strings.ContainsAny(word, "_-0123456789") ||
		word[1:] == strings.ToLower(word[1:]) && !strings.ContainsAny(word, "_-0123456789")
}

// perhapsForeign reminds of the others who answer with a status, where nothing but that is known.
func perhapsForeign(words []string, found []Meaning) string {
	for _, word := range words {
		n, err := strconv.Atoi(word)
		if err == nil && n >= 400 && n < 600 && len(found) > 0 && found[0].Problem != "" && found[0].Status != "" && len(words) <= 3 {
			return "Whether Candor wrote the answer is told by its head alone: with Candor-Problem it did, without it the API or something on the way did. Paste the whole answer (curl -i) for more."
		}
	}
	return ""
}

// isBetween reports what stands between words.
func isBetween(r rune) bool {
	return r <= ' ' || strings.ContainsRune(`"'`+"`"+`,;:()[]{}=<>!?#`, r)
}

// numberKind says what a number is, where the word before it says so.
type numberKind uint8

const (
	anyNumber numberKind = iota
	aStatus
	aSubcode
	notACode
)

var numberKinds = map[string]numberKind{
	"status": aStatus, "http": aStatus, "statuscode": aStatus,
	"subcode": aSubcode, "serviceerrorcode": aSubcode,
	"port": notACode,
	"code": anyNumber, "error": anyNumber, "problem": anyNumber,
}

// narrow keeps what both words mean; where they have nothing in common, all that either means.
func narrow(found, more []Meaning) []Meaning {
	if len(found) == 0 || len(more) == 0 {
		return append(found, more...)
	}
	var both []Meaning
	for i := range found {
		if contains(more, &found[i]) {
			both = append(both, found[i])
		}
	}
	if len(both) > 0 {
		return both
	}
	return merge(found, more)
}

// merge appends what is not there yet.
func merge(found, more []Meaning) []Meaning {
	for i := range more {
		if !contains(found, &more[i]) {
			found = append(found, more[i])
		}
	}
	return found
}

func contains(all []Meaning, m *Meaning) bool {
	for i := range all {
		if all[i].Problem == m.Problem && all[i].Status == m.Status {
			return true
		}
	}
	return false
}

// word explains one word.
func (b *book) word(word string, kind numberKind) []Meaning {
	if n, err := strconv.Atoi(word); err == nil {
		return b.number(n, kind)
	}
	if note, ok := classNotes[strings.ToLower(word)]; ok {
		return []Meaning{note}
	}
	return b.named(word)
}

// subcodes that the platform has answered with for rows that have another one here.
var otherSubcodes = map[int]problem.Type{65604: problem.EmptyAccessToken}

// number explains a status or a subcode; one that is both means both.
func (b *book) number(n int, kind numberKind) []Meaning {
	var found []Meaning
	if kind != aStatus && n != 0 {
		found = b.rows(func(r *problem.TableRow) bool {
			return r.Standard.ServiceErrorCode == n || otherSubcodes[n].Name() == r.Problem
		})
	}
	if kind == aSubcode {
		return found
	}
	return merge(found, b.status(n))
}

// status explains a status: the rows that have it, and what it means in HTTP where no row does.
func (b *book) status(n int) []Meaning {
	found := b.rows(func(r *problem.TableRow) bool {
		return !byStatus(r) && (r.Standard.Status == n || r.LinkedIn.Status == n)
	})
	if len(found) > 0 {
		return found
	}
	return foreignStatus(n)
}

func (b *book) rows(fits func(*problem.TableRow) bool) []Meaning {
	var found []Meaning
	for i := range b.table {
		if fits(&b.table[i]) {
			found = append(found, meaning(&b.table[i]))
		}
	}
	return found
}

// named explains the name of a problem or of one of its causes, and a code.
func (b *book) named(word string) []Meaning {
	name := strings.ReplaceAll(strings.ToLower(strings.Trim(word, ".-_")), "-", "_")
	if name == "" {
		return nil
	}
	if name == "client_gone" {
		return []Meaning{clientGone}
	}
	found := b.rows(func(r *problem.TableRow) bool {
		return r.Problem == name || strings.ToLower(r.Standard.Code) == name && !byStatus(r)
	})
	if len(found) > 0 {
		return found
	}
	found = append(b.cause(name), oauthWord(name)...)
	if m, ok := signIn(name); ok {
		found = append(found, m)
	}
	if len(found) > 0 {
		return found
	}
	if n, ok := problem.StatusByCode(strings.ToUpper(name)); ok {
		return b.status(n)
	}
	if named := oauthNamed(name); len(named) > 0 {
		return named
	}
	return causeNamed(name)
}

// cause explains one known cause of a row.
func (b *book) cause(name string) []Meaning {
	var found []Meaning
	for i := range b.table {
		for _, d := range b.table[i].Details {
			if d.Name != name {
				continue
			}
			m := meaning(&b.table[i])
			m.What = ended(m.Title + ": " + d.Text)
			m.How = distinct(append([]string{d.Fix}, m.How...))
			found = append(found, m)
		}
	}
	return append(found, b.logged(name)...)
}

// logged explains what else the access log says as detail: the reasons of access_denied, and the one cause of rows that have no others.
func (b *book) logged(name string) []Meaning {
	if reason := problem.ReasonNamed(name); reason != problem.NoReason {
		m := b.rowOf(problem.AccessDenied)
		m.How = distinct(append([]string{reasonFixes[reason]}, m.How...))
		return []Meaning{m}
	}
	return b.rows(func(r *problem.TableRow) bool {
		t, ok := problem.ByName(r.Problem)
		return ok && problem.RowCause(t) == name
	})
}

// spoken is a sentence without what does not matter: case, blanks, quotes and the point at its end.
func spoken(s string) string {
	return strings.Trim(strings.ToLower(strings.Join(strings.Fields(s), " ")), ` ."'`)
}

// says reports whether a row says such a sentence, in either profile.
func says(r *problem.TableRow, sentence string) bool {
	return alike(spoken(r.Standard.Message), sentence) || alike(spoken(r.LinkedIn.Message), sentence)
}

// alike reports whether two sentences are the same, or differ only by a fact: "resource x does not exist",
// "the API could not be reached: x".
func alike(a, b string) bool {
	head, _, _ := strings.Cut(a, ": ")
	if other, _, _ := strings.Cut(b, ": "); head == other {
		return true
	}
	short := min(len(a), len(b))
	front := 0
	for front < short && a[front] == b[front] {
		front++
	}
	back := 0
	for back < short-front && a[len(a)-1-back] == b[len(b)-1-back] {
		back++
	}
	return front >= 9 && 3*(front+back) >= 2*max(len(a), len(b))
}

// phrase explains several words that are one name ("not found", "Resource not found") or a message of the catalogue.
func (b *book) phrase(text string) []Meaning {
	if len(text) > phraseMax {
		return nil
	}
	said := spoken(text)
	if !strings.Contains(said, " ") {
		return nil
	}
	found := b.rows(func(r *problem.TableRow) bool {
		return spoken(r.Title) == said || says(r, said)
	})
	if len(found) > 0 {
		return found
	}
	if found = oauthDescribed(text); len(found) > 0 {
		return found
	}
	if n, ok := statusTitled(said); ok {
		return b.status(n)
	}
	return b.named(strings.ReplaceAll(said, " ", "_"))
}
