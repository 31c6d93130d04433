package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// innermost is the bracket that is open where the library stopped, nil if none is.
func (s *spot) innermost() *opened {
	var b brackets
	for n := 1; n <= min(s.line, len(s.lines)); n++ {
		letters := []rune(s.lines[n-1])
		if n == s.line {
			letters = letters[:min(s.column-1, len(letters))]
		}
		b.read(n, letters)
	}
	if len(b.open) == 0 {
		return nil
	}
	return &b.open[len(b.open)-1]
}

// brackets follows which are open, line by line. Within brackets every one counts; outside only one that begins a value, since /users/{id} is a plain text there.
type brackets struct {
	open  []opened
	quote rune // that of the text we are in; 0: none
}

func (b *brackets) read(line int, letters []rune) {
	var last, before rune = 0, ' ' // the last letter that is no blank, and the one just before
	for i, c := range letters {
		begins := last == 0 || strings.ContainsRune("[{,", last) || before == ' ' && strings.ContainsRune(":-?", last)
		switch {
		case b.quote != 0:
			if c == b.quote && (c == '\'' || before != '\\') {
				b.quote = 0
			}
		case c == '#' && before == ' ':
			return
		case begins && (c == '"' || c == '\''):
			b.quote = c
		case (c == '[' || c == '{') && (begins || len(b.open) > 0):
			b.open = append(b.open, opened{byte(c), line, i + 1})
		case (c == ']' || c == '}') && len(b.open) > 0:
			b.open = b.open[:len(b.open)-1]
		}
		if before = c; c != ' ' && c != '\t' {
			last = c
		}
	}
}

func shut(open byte) string {
	if open == '[' {
		return "]"
	}
	return "}"
}

// bracketInFlow finds a value such as /users/{id} or ${VAR} that needs quotes within brackets.
func bracketInFlow(s *spot) *told {
	c := s.letter(s.line, s.column)
	before := s.letter(s.line, s.column-1)
	if s.open == nil || c != '{' && c != '[' || before == 0 || strings.ContainsRune(" ,[{", before) {
		return nil
	}
	letters := []rune(s.text(s.line))
	from, to := s.column-1, s.column-1
	for from > 0 && !strings.ContainsRune(" ,[{", letters[from-1]) {
		from--
	}
	for depth := 0; to < len(letters) && (depth > 0 || !strings.ContainsRune(",]}", letters[to])); to++ {
		switch letters[to] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
	}
	value := string(letters[from:to])
	return &told{s.line, from + 1, fmt.Sprintf("inside [ ] and { } a value that holds brackets needs quotes: %s", strconv.Quote(strings.TrimSpace(value)))}
}

// wrongBracket finds one that closes what another kind has opened.
func wrongBracket(s *spot) *told {
	c := s.letter(s.line, s.column)
	if c != ']' && c != '}' || s.open != nil && shut(s.open.bracket) == string(c) {
		return nil
	}
	if s.open == nil {
		return s.here(fmt.Sprintf("this %c closes nothing; no bracket is open here", c))
	}
	return s.here(fmt.Sprintf("this %c does not close the %c on line %d, column %d; expected %s", c, s.open.bracket, s.open.line, s.open.column, shut(s.open.bracket)))
}

var keyLine = regexp.MustCompile(`^\s*(?:- )?[{\[]?\s*([A-Za-z_][\w.-]*):(?:\s|$)`)

// openBracket finds one that is opened on an earlier line, or on the last, and never closed.
func openBracket(s *spot) *told {
	if s.open == nil {
		return nil
	}
	say := fmt.Sprintf("the %c that opens here is never closed by a %s", s.open.bracket, shut(s.open.bracket))
	rest := strings.TrimSpace(strings.Join(s.lines[min(s.line, len(s.lines)):], ""))
	switch m := keyLine.FindStringSubmatch(s.text(s.line)); {
	case s.open.line < s.line && m != nil:
		return &told{s.open.line, s.open.column, fmt.Sprintf("%s; line %d already goes on with %s:", say, s.line, m[1])}
	case s.letter(s.line, s.column) == 0 && rest == "":
		return &told{s.open.line, s.open.column, say}
	}
	return nil
}

// secretKey is a key whose value may be a secret.
var secretKey = regexp.MustCompile(`(?i)(?:token|secret|password|key)\s*: $`)

// colonInFlow finds a text with a colon that needs quotes within brackets.
func colonInFlow(s *spot) *told {
	if s.open == nil || s.open.line != s.line || s.letter(s.line, s.column) != ':' {
		return nil
	}
	return valueWithColon(s, "[{,")
}

// colonInText finds a text with ': ' that needs quotes.
func colonInText(s *spot) *told {
	if s.open != nil || !strings.Contains(s.message, "mapping values are not allowed") {
		return nil
	}
	return valueWithColon(s, "")
}

// valueWithColon quotes the value that holds the colon at which the library stopped: from the colon of its key on, to the end of the line, or of the item.
func valueWithColon(s *spot, ends string) *told {
	letters := []rune(s.text(s.line))
	if s.column > len(letters) {
		return nil
	}
	from := s.column - 1
	for from > 0 && !strings.ContainsRune(ends, letters[from-1]) && !behindColon(letters, from) {
		from--
	}
	if !behindColon(letters, from) {
		return nil // no key before it
	}
	to := s.column - 1
	for to < len(letters) && (ends == "" || !strings.ContainsRune(",]}", letters[to])) {
		to++
	}
	value, _, _ := strings.Cut(strings.TrimSpace(string(letters[from:to])), " #")
	if secretKey.MatchString(string(letters[:from])) || strings.Contains(value, "@") {
		return &told{s.line, from + 1, "a text that holds ': ' needs quotes"} // and is not shown
	}
	return &told{s.line, from + 1, "a text that holds ': ' needs quotes: " + strconv.Quote(value)}
}

// behindColon reports whether a value begins at letters[i]: the end of a key is before it.
func behindColon(letters []rune, i int) bool {
	return i > 1 && letters[i-1] == ' ' && letters[i-2] == ':'
}

// deeperLine finds a key that stands deeper than the value above it, which it then seems to continue.
func deeperLine(s *spot) *told {
	m := keyLine.FindStringSubmatch(s.text(s.line))
	if m == nil || !strings.Contains(s.message, "mapping values are not allowed") || s.line < 2 {
		return nil
	}
	indent := len(s.text(s.line)) - len(strings.TrimLeft(s.text(s.line), " "))
	say := fmt.Sprintf("this line is indented deeper than the one above it, which has a value already; indent %s: as the key above", m[1])
	return &told{s.line, indent + 1, say}
}
