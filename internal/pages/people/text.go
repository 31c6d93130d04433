package people

import (
	"html/template"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// texts are how templates show what others wrote.
var texts = template.FuncMap{"name": name, "line": line, "value": value, "text": block, "day": day, "stamp": stamp, "moment": moment, "instant": instant}

// How long what others wrote may be, in characters.
const (
	longestName  = 80
	longestLine  = 600
	longestValue = 1024
	longestBlock = 16 << 10
)

// name is a name that somebody chose for themselves, short and without what would let it pose as something else on the page.
func name(s string) string { return cut(plain(s), longestName) }

// line is a sentence, in which others' words may stand.
func line(s string) string { return cut(plain(s), longestLine) }

// value is what a form sends back, or what somebody reads over before it does.
func value(s string) string { return cut(plain(s), longestValue) }

// block is a text of several lines.
func block(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = plain(lines[i])
	}
	return cut(strings.Join(lines, "\n"), longestBlock)
}

// plain has a sign in place of characters that are not seen, or turn the order of those around them.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return ' '
		}
		if hidden(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
}

// hidden reports whether a character is not seen. The two joiners are needed to write several languages, and are let be.
func hidden(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	if r == nonJoiner || r == joiner {
		return false
	}
	return r != ' ' && !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r)
}

// cut leaves the beginning of a text that is too long.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// day is a day as people write it. Pages do not know where their readers are, so it is that of UTC.
func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// stamp is the same for programs.
func stamp(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// moment is a moment as people write it, to a second; instant is the same for programs.
func moment(t time.Time) string { return t.UTC().Format("2 January 2006 15:04:05 UTC") }

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// linkTo is what a browser follows to a link or an e-mail address; "" for other words.
func linkTo(text string) string {
	if strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") {
		return text
	}
	if a, err := mail.ParseAddress(text); err == nil && a.Address == text {
		return "mailto:" + text
	}
	return ""
}
