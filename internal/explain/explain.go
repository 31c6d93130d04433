// Package explain says what a failed answer means: a code, a status, the name of a problem, or a whole answer as it was pasted.
// It works offline, from the catalogue and from what is known of others (clues, contrasts, causes), and never repeats a credential.
package explain

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/candor-gateway/candor/problem"
)

// Explanation is what an input means. Several meanings are several possibilities, the likeliest first.
type Explanation struct {
	Call     *Call     `json:"call,omitempty"`   // of one that the request log has
	Answer   *Answer   `json:"answer,omitempty"` // of a pasted answer
	Meanings []Meaning `json:"meanings"`
	Note     string    `json:"note,omitempty"`    // where it may be another's answer
	Ranked   []Cause   `json:"ranked,omitempty"`  // what can be behind a failure that others answered with, the likeliest first
	Ask      []string  `json:"ask,omitempty"`     // what would tell the causes apart
	Seen     []string  `json:"seen,omitempty"`    // facts of the paste that are easily overlooked
	Nearest  string    `json:"nearest,omitempty"` // of a mistyped name: what is told of in its place
	IDs      []string  `json:"ids,omitempty"`     // of the failed call, to give to support: the name of each and its value
}

// Answer is what a pasted answer says of itself. Nothing of a foreign body is repeated.
type Answer struct {
	Status     int       `json:"status,omitempty"`
	By         string    `json:"by"`              // "gateway", "upstream" (its error, wrapped by the gateway), "authorization" (an authorization server that is a Candor), "unknown", "other"
	Log        bool      `json:"log,omitempty"`   // it is a line of the access log; then "upstream" also is what was passed on
	Note       string    `json:"note,omitempty"`  // of that line
	Tried      string    `json:"tried,omitempty"` // of the same: how often the call was sent, how it failed before, and why it was left at that
	Says       string    `json:"says,omitempty"`
	Fix        string    `json:"fix,omitempty"`
	Applied    string    `json:"applied,omitempty"`
	RequestID  string    `json:"requestId,omitempty"`
	RetryAfter string    `json:"retryAfter,omitempty"`
	Location   string    `json:"location,omitempty"`
	Staged     string    `json:"staged,omitempty"` // what a sandbox let it fail with, on purpose
	Before     []Earlier `json:"before,omitempty"`
}

// Earlier is an answer that came before the last one: an interim one, or a redirect that was followed.
type Earlier struct {
	Status int    `json:"status"`
	Means  string `json:"means"`
}

// Meaning is one thing that the input can stand for: a row of the catalogue, a status, or a class of them.
type Meaning struct {
	Problem string   `json:"problem,omitempty"` // "" if it is no row of the catalogue
	Status  string   `json:"status,omitempty"`  // "401", "3xx"; "429 or 503" where the profiles differ
	Code    string   `json:"code,omitempty"`
	Subcode int      `json:"serviceErrorCode,omitempty"`
	Title   string   `json:"title"`
	What    string   `json:"what"`
	Causes  []string `json:"causes,omitempty"`
	Who     string   `json:"who"`
	How     []string `json:"how"`
	Repeat  string   `json:"repeat"`
	Action  string   `json:"action,omitempty"`
}

// inputMax is how much of an input is looked at.
const inputMax = 1 << 20

// Explain says what an input means; false if it cannot tell. It compares no times, for want of a clock.
func Explain(input []byte) (Explanation, bool) { return At(input, time.Time{}) }

// At says what an input means; false if it cannot tell. The times of tokens are compared with now.
func At(input []byte, now time.Time) (Explanation, bool) {
	text := clean(input)
	if calls, ok := ofHAR(text); ok {
		text = calls
	}
	e, ok := at(text, text, now)
	e.giveIDs(string(text))
	e.Note = noted(e.Note, partly(len(text)))
	return e, ok
}

// Pasted says what an input means as At does, once Unpack has found the answer in it; the causes are ranked by all that stands around it too.
func Pasted(input []byte, now time.Time) (e Explanation, ok bool, err error) {
	answer, note, err := Unpack(input)
	if err != nil {
		return e, false, err
	}
	around, ok := ofHAR(input)
	if !ok {
		around = clean(input)
	}
	e, ok = at(clean(answer), around, now)
	e.giveIDs(string(around))
	e.Note = noted(note, e.Note, partly(len(around)))
	return e, ok, nil
}

// noted puts notes together.
func noted(notes ...string) string {
	said := slices.DeleteFunc(notes, func(n string) bool { return n == "" })
	return strings.Join(said, "\n")
}

// partly says what of a long paste was not looked at; "" if all of it was.
func partly(length int) string {
	if length <= lookedAt {
		return ""
	}
	return fmt.Sprintf("The paste is %d KiB long: causes were looked for in its first and last %d KiB. Paste the failure alone, with the lines around it, if it stands elsewhere.", (length+1023)/1024, lookedAt/2048)
}

// at explains a text, and ranks causes by what stands around it.
func at(text, around []byte, now time.Time) (Explanation, bool) {
	if len(text) == 0 {
		return Explanation{}, false
	}
	b := newBook()
	e, ok := b.explain(text)
	if near, is := b.mistyped(string(text), ok); is {
		return near, true
	}
	if ok && b.isOurs(&e, string(text)) {
		return e, true
	}
	return e.with(rank(string(around), now), string(text))
}

// explain looks for what the catalogue, the statuses and the signs know.
func (b *book) explain(text []byte) (Explanation, bool) {
	if pasted, ok := readPaste(text); ok {
		if e, ok := b.answer(&pasted); ok {
			return e, true
		}
		return byItself(string(text))
	}
	if e, ok := id(string(text)); ok {
		return e, true
	}
	if e, ok := oauthLine(string(text)); ok {
		return e, true
	}
	if e, ok := byItself(string(text)); ok {
		return e, true
	}
	return b.words(string(text))
}

// clean brings an input into UTF-8 without blanks around it. PowerShell's > writes UTF-16.
func clean(input []byte) []byte {
	text := input[:min(len(input), inputMax)]
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) {
		text = fromUTF16(text[2:])
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	return bytes.TrimSpace(text)
}

func fromUTF16(b []byte) []byte {
	var out []byte
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, uint16(b[0])|uint16(b[1])<<8)
	}
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}

// book is the catalogue in both profiles, as they are without configuration.
type book struct {
	table []problem.TableRow
	plain *problem.Catalogue // standard, without configuration
}

func newBook() *book {
	c, err := problem.New(problem.Options{})
	if err != nil {
		panic("explain: " + err.Error()) // nothing is configured that could be wrong
	}
	return &book{table: problem.Table(), plain: c}
}

// Catalogue is the whole catalogue as data.
func Catalogue() []problem.TableRow { return problem.Table() }
