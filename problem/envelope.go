package problem

import (
	"fmt"
	"strings"
)

// Envelope is an operator's own format of errors, compiled: JSON by construction, whatever the facts of a case are. NewEnvelope makes it.
type Envelope struct {
	ContentType string
	Template    Template
	pieces      []piece
}

// Template is a value of an envelope as its operator wrote it.
type Template struct {
	Name  string // of a member of an object
	Kind  TemplateKind
	Text  string     // of a text, in which $status and the like stand for facts and $$ for a dollar; of a literal, its JSON
	Items []Template // of an object, whose names differ, or of a list
}

// TemplateKind is the form of a value.
type TemplateKind uint8

// The forms of values.
const (
	TextValue    TemplateKind = iota
	LiteralValue              // a number, true, false or null
	ObjectValue
	ListValue
)

// told is a fact that an envelope can tell.
type told uint8

const (
	tellNothing told = iota
	tellStatus
	tellCode
	tellSubcode
	tellProblem
	tellMessage
	tellFix
	tellID
	tellHelp
	tellAction
	tellApplied
	tellDetails
	tellTime
	tellClass
	toldCount
)

// tolds has the word for each fact behind the dollar, and what is to be known of it.
var tolds = [toldCount]struct {
	name   string
	bare   bool // alone it is no string
	always bool // every case has it
}{
	tellStatus:  {"status", true, true},
	tellCode:    {"code", false, true},
	tellSubcode: {"subcode", true, true},
	tellProblem: {"problem", false, true},
	tellMessage: {"message", false, true},
	tellFix:     {"fix", false, false},
	tellID:      {"id", false, false},
	tellHelp:    {"help", false, false},
	tellAction:  {"action", false, true},
	tellApplied: {"applied", false, true},
	tellDetails: {"details", true, false},
	tellTime:    {"time", false, false},
	tellClass:   {"class", false, true},
}

// EnvelopeFacts are the words that an envelope can have behind a dollar.
func EnvelopeFacts() []string {
	names := make([]string, 0, toldCount)
	for _, t := range tolds[tellStatus:] {
		names = append(names, t.name)
	}
	return names
}

// TextMistake is what is wrong with a text of an envelope.
type TextMistake struct {
	Fact string // a word behind a dollar that is no fact; "" if that is not it
	Text string
}

func (m *TextMistake) Error() string { return m.Text }

// CheckEnvelopeText reports what is wrong with a text of an envelope; nil is nothing.
func CheckEnvelopeText(text string) *TextMistake {
	_, m := segments(text)
	return m
}

// segment is text, and a fact behind it.
type segment struct {
	text string
	fact told
}

// segments parts a text at its facts.
func segments(text string) (all []segment, m *TextMistake) {
	var before strings.Builder
	for {
		plain, rest, found := strings.Cut(text, "$")
		before.WriteString(plain)
		if !found {
			break
		}
		if after, dollar := strings.CutPrefix(rest, "$"); dollar {
			before.WriteString("$")
			text = after
			continue
		}
		word := rest[:len(rest)-len(strings.TrimLeft(rest, wordLetters))]
		fact := tellNamed(word)
		switch {
		case word == "":
			return nil, &TextMistake{Text: "a $ begins the name of a fact, as in $status; write $$ for a dollar"}
		case fact == tellNothing:
			return nil, &TextMistake{Fact: word, Text: fmt.Sprintf("$%s is no fact; known are $%s; write $$ for a dollar", word, strings.Join(EnvelopeFacts(), " $"))}
		}
		all = append(all, segment{before.String(), fact})
		before.Reset()
		text = rest[len(word):]
	}
	if last := before.String(); last != "" || len(all) == 0 {
		all = append(all, segment{text: last})
	}
	for _, s := range all {
		if s.fact == tellDetails && len(all) > 1 || s.fact == tellDetails && s.text != "" {
			return nil, &TextMistake{Text: "$details is an object and cannot stand in a text; give it a member of its own"}
		}
	}
	return all, nil
}

// tellNamed is the fact of a word.
func tellNamed(word string) told {
	for f := tellStatus; f < toldCount; f++ {
		if tolds[f].name == word {
			return f
		}
	}
	return tellNothing
}

const wordLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// NewEnvelope compiles a template, which is an object or a list.
func NewEnvelope(contentType string, t Template) (*Envelope, error) {
	if err := CheckJSONType(contentType); err != nil {
		return nil, err
	}
	if t.Kind != ObjectValue && t.Kind != ListValue {
		return nil, fmt.Errorf("an envelope is an object or a list")
	}
	var b builder
	if err := b.value(&t); err != nil {
		return nil, err
	}
	b.flush()
	return &Envelope{ContentType: contentType, Template: t, pieces: b.pieces}, nil
}

// CheckJSONType reports what is wrong with the media type of an envelope.
func CheckJSONType(s string) error {
	media, _, _ := strings.Cut(s, ";")
	kind, sub, found := strings.Cut(strings.ToLower(strings.TrimSpace(media)), "/")
	plain := func(c rune) bool { return c < ' ' || c > '~' }
	if !found || kind == "" || strings.Trim(kind+sub, "abcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-") != "" || strings.ContainsFunc(s, plain) ||
		kind+"/"+sub != "application/json" && (!strings.HasSuffix(sub, "+json") || sub == "+json") {
		return fmt.Errorf("%q is no JSON type: expected application/json, or one that ends with +json, as in application/vnd.example.error+json", s)
	}
	return nil
}

// mediaType is a media type without its parameters, in small letters.
func mediaType(s string) string {
	media, _, _ := strings.Cut(s, ";")
	return strings.ToLower(strings.TrimSpace(media))
}
