package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sheetWidth is how wide a sheet is: a terminal of old.
const sheetWidth = 80

// sheet is a text for a terminal: headings, and below each paragraphs and rows. What callers sent can be on it, so that nothing that a terminal would obey is.
type sheet struct {
	strings.Builder
	label int // the width of labels
}

// heading begins a part.
func (s *sheet) heading(text string) { fmt.Fprintf(s, "\n%s\n", text) }

// say writes a paragraph.
func (s *sheet) say(text string) {
	if text != "" {
		s.lines("  ", "  ", text)
	}
}

// list writes paragraphs with a dash before each.
func (s *sheet) list(all []string) {
	for _, text := range all {
		s.lines("  - ", "    ", text)
	}
}

// row writes what belongs to a label, if there is anything.
func (s *sheet) row(label, text string) {
	if text != "" {
		s.lines(fmt.Sprintf("  %-*s  ", s.label, label), strings.Repeat(" ", s.label+4), text)
	}
}

// lines breaks a text between words where it can.
func (s *sheet) lines(first, others, text string) {
	before, line := first, ""
	for word := range strings.FieldsSeq(shown(text)) {
		for {
			room := sheetWidth - utf8.RuneCountInString(before)
			joined := strings.TrimPrefix(line+" "+word, " ")
			if utf8.RuneCountInString(joined) <= room {
				line = joined
				break
			}
			if line == "" { // longer than a line: it is cut
				runes := []rune(word)
				line, word = string(runes[:room]), string(runes[room:])
			}
			s.WriteString(before + line + "\n")
			before, line = others, ""
		}
	}
	if line != "" {
		s.WriteString(before + line + "\n")
	}
}

// shown leaves out what a terminal would obey, and what cannot be seen.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || unicode.IsPrint(r) {
			return r
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return utf8.RuneError
	}, text)
}
