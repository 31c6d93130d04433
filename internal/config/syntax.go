package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The library stops at the first place where a text is no YAML, often far behind the slip, and in words of its grammar. Here the slips that people make are
// looked for in the text, and told where they were made.

// spot is where the library stopped, and the text around it.
type spot struct {
	lines        []string
	line, column int
	message      string
	open         *opened // the innermost bracket that is open there
}

// opened is a bracket and where it stands.
type opened struct {
	bracket      byte
	line, column int
}

// told is a slip and where it was made.
type told struct {
	line, column int
	say          string
}

// slips are asked in this order; the first that answers has found it.
var slips = []func(*spot) *told{
	mergeMarker, strangeBlank, tabIndent, openQuote, alias, escape, dashWithoutBlank, colonWithoutBlank, behindBracket, quoteWithin, bracketInFlow, wrongBracket,
	openBracket, colonInFlow, colonInText, deeperLine,
}

// hints turn the library's words for what is left into what to do about it.
var hints = []struct{ has, say string }{
	{"tab character", "a tab cannot indent YAML; use spaces"},
	{"mapping values are not allowed", "a second ': ' on this line, or a line above that is not closed; put quotes around a value that holds ': '"},
	{"cannot start any token", "a value cannot begin with this character; put quotes around it"},
	{"did not find expected key", "this line stands neither under the one above it nor beside it; check how far both are indented"},
	{"expected '-' indicator", "this line is not an item of the list above; begin it with '- ' or indent it"},
	{"could not find expected ':'", "a key needs ': ' and a value after it"},
	{"expected <document start>", "what stands above is whole, and this does not belong to it; a configuration is one mapping of keys, as in fabric: candor"},
}

// syntax notes why the text is no YAML.
func (r *reader) syntax(text []byte, err error) {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		r.whole("this is not valid YAML: " + err.Error())
		return
	}
	if e.Mark.Line == 0 && e.ContextMark.Line == 0 {
		r.whole("this is not valid YAML: " + e.Message)
		return
	}
	s := &spot{lines: linesOf(string(text)), line: e.Mark.Line, column: max(e.Mark.Column, 1), message: e.Message}
	if strings.Contains(e.Message, "end of stream") && e.ContextMark.Line > 0 {
		s.line, s.column = e.ContextMark.Line, max(e.ContextMark.Column, 1)
	}
	s.open = s.innermost()
	for _, slip := range slips {
		if t := slip(s); t != nil {
			r.at(t.line, t.column, t.say)
			return
		}
	}
	say := "this is not valid YAML: " + e.Message
	for _, h := range hints {
		if strings.Contains(e.Message, h.has) {
			say = h.say
			break
		}
	}
	r.at(s.line, s.column, say)
}

func linesOf(text string) []string {
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, "\uFEFF")), "\n")
}

// text is a line, from 1; "" where there is none.
func (s *spot) text(line int) string {
	if line < 1 || line > len(s.lines) {
		return ""
	}
	return s.lines[line-1]
}

// letter is the letter at a column of a line, 0 where there is none.
func (s *spot) letter(line, column int) rune {
	letters := []rune(s.text(line))
	if column < 1 || column > len(letters) {
		return 0
	}
	return letters[column-1]
}

func (s *spot) here(say string) *told { return &told{s.line, s.column, say} }

// mergeMarker finds what version control left of two versions that it could not merge.
func mergeMarker(s *spot) *told {
	for i, line := range s.lines {
		for _, mark := range []string{"<<<<<<< ", ">>>>>>> "} {
			if strings.HasPrefix(line, mark) {
				return &told{i + 1, 1, "this line is left of a merge that was not resolved; keep one version and take the marks out"}
			}
		}
	}
	return nil
}

// strangeBlank finds a blank that is none to YAML: a no-break space and its like, mostly from a web page.
func strangeBlank(s *spot) *told {
	for line := max(1, s.line-1); line <= s.line; line++ {
		for i, c := range []rune(s.text(line)) {
			if isStrangeBlank(c) {
				return &told{line, i + 1, strange(c)}
			}
		}
	}
	return nil
}

func isStrangeBlank(c rune) bool {
	return c == 0xA0 || c >= 0x2000 && c <= 0x200D || c == 0x202F || c == 0x3000 || c == 0xFEFF
}

func strange(c rune) string {
	return fmt.Sprintf("this is not an ordinary space but U+%04X, as web pages have it; write a space", c)
}

func tabIndent(s *spot) *told {
	for line := s.line; line >= max(1, s.line-1); line-- {
		text := s.text(line)
		if indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]; strings.Contains(indent, "\t") {
			return &told{line, strings.IndexByte(indent, '\t') + 1, "a tab cannot indent YAML; use spaces"}
		}
	}
	return nil
}

func openQuote(s *spot) *told {
	if !strings.Contains(s.message, "unexpected end of stream") {
		return nil
	}
	if c := s.letter(s.line, s.column); c != '"' && c != '\'' {
		return nil
	}
	return s.here("a quote is opened and never closed")
}

// alias finds a * or & that was meant as text, as in origins: [*].
func alias(s *spot) *told {
	if !strings.Contains(s.message, "alphabetic or numeric character") && !strings.Contains(s.message, "unknown anchor") {
		return nil
	}
	line := s.text(s.line)
	letters := []rune(line)
	at := min(s.column, len(letters))
	for at > 0 && letters[at-1] != '*' && letters[at-1] != '&' {
		at--
	}
	if at == 0 {
		return nil
	}
	c := string(letters[at-1])
	if s.message != "" && strings.Contains(s.message, "unknown anchor") {
		return &told{s.line, at, "an alias (*name) is not used here; write the value out, or quote a value that begins with *"}
	}
	return &told{s.line, at, "a value that is or begins with " + c + " needs quotes, as in \"" + c + "\""}
}

func escape(s *spot) *told {
	if !strings.Contains(s.message, "unknown escape") {
		return nil
	}
	return s.here(`in double quotes a \ begins an escape; write \\, or use single quotes`)
}

// dashWithoutBlank finds an item that begins with -name.
func dashWithoutBlank(s *spot) *told {
	for line := s.line; line >= max(1, s.line-1); line-- {
		text := strings.TrimLeft(s.text(line), " ")
		if len(text) > 1 && text[0] == '-' && text[1] != ' ' && text[1] != '-' && strings.Contains(text, ":") {
			return &told{line, len(s.text(line)) - len(text) + 1, "a blank is missing behind the dash; an item begins with '- '"}
		}
	}
	return nil
}

var (
	glued  = regexp.MustCompile(`^\s*(?:- )?([A-Za-z_][\w-]*):[^\s:/]`)
	equals = regexp.MustCompile(`^\s*(?:- )?([A-Za-z_][\w-]*)\s*=`)
)

// colonWithoutBlank finds name:value and name = value, which YAML takes for one word.
func colonWithoutBlank(s *spot) *told {
	if !strings.Contains(s.message, "could not find expected ':'") && !strings.Contains(s.message, "mapping values") && !strings.Contains(s.message, "expected key") {
		return nil
	}
	for line := s.line; line >= max(1, s.line-1); line-- {
		text := s.text(line)
		if strings.Contains(text, ": ") || strings.HasSuffix(text, ":") {
			continue
		}
		if m := glued.FindStringSubmatchIndex(text); m != nil {
			return &told{line, m[3] + 1, "a blank is missing behind the colon of " + text[m[2]:m[3]] + ": a value stands behind ': '"}
		}
		if m := equals.FindStringSubmatchIndex(text); m != nil {
			return &told{line, m[2] + 1, "a key ends with ': ' and not with =, as in " + text[m[2]:m[3]] + ": value"}
		}
	}
	return nil
}

// behindBracket finds a mark of another language behind a bracket that was closed, as in [GET];
func behindBracket(s *spot) *told {
	c := s.letter(s.line, s.column)
	letters := []rune(s.text(s.line))
	if c == 0 || !strings.ContainsRune(";.", c) {
		return nil
	}
	if before := strings.TrimRight(string(letters[:s.column-1]), " "); before == "" || !strings.ContainsAny(before[len(before)-1:], "]}\"'") {
		return nil
	}
	return s.here(fmt.Sprintf("a value does not end with %c in YAML; leave it out", c))
}

// quoteWithin finds text that goes on behind the quote that ends it, as in 'it's'.
func quoteWithin(s *spot) *told {
	before := s.letter(s.line, s.column-1)
	if before != '\'' && before != '"' || !strings.Contains(s.message, "did not find expected") {
		return nil
	}
	if before == '\'' {
		return s.here("the text in single quotes ends before this; a ' within it is written twice: 'it''s'")
	}
	return s.here(`the text in double quotes ends before this; a " within it is written \"`)
}
