package problem

import (
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"
)

// pen appends text to an answer, and escapes what the place that it stands in demands.
type pen struct {
	b  []byte
	in place
}

// place is where text is put.
type place uint8

const (
	asPlain    place = iota
	inJSON           // inside a JSON string
	inHTML           // the text of an element, or a value in quotes
	inMarkdown       // a paragraph
)

const hexDigits = "0123456789abcdef"

// raw appends bytes as they are.
func (w *pen) raw(s string) { w.b = append(w.b, s...) }

// str appends a whole JSON string.
func (w *pen) str(s string) {
	w.raw(`"`)
	w.in = inJSON
	w.text(s)
	w.in = asPlain
	w.raw(`"`)
}

func (w *pen) int(n int64) { w.b = strconv.AppendInt(w.b, n, 10) }

// asIs has the bytes that a JSON string holds as they are: printable ASCII but '"' and '\'.
var asIs = asIsBytes()

func asIsBytes() (t [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}

// text appends text of ours or of the configuration.
func (w *pen) text(s string) {
	switch w.in {
	case inJSON:
		w.jsonText(s)
	case inHTML, inMarkdown:
		w.pageText(s)
	default:
		w.b = append(w.b, s...)
	}
}

func (w *pen) jsonText(s string) {
	from := 0
	for i := 0; i < len(s); {
		if asIs[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if size > 1 && !endsLines(r) {
			i += size
			continue
		}
		w.raw(s[from:i])
		w.escape(r)
		i += size
		from = i
	}
	w.raw(s[from:])
}

// endsLines reports whether JavaScript or YAML, both of which mean to have JSON as a part of them, take a character for the end of a line.
func endsLines(r rune) bool { return r == '\u2028' || r == '\u2029' || r == '\u0085' }

// escape appends one character that may not stand in a JSON string as it is; U+FFFD stands for a byte that is no UTF-8.
func (w *pen) escape(r rune) {
	switch r {
	case '"', '\\':
		w.b = append(w.b, '\\', byte(r))
	default:
		w.b = append(w.b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
	}
}

// shownMax is how many characters of what a caller sent are repeated in an answer.
const shownMax = 64

// shown appends bytes that a caller sent, printable and cut: a control byte or one that is no UTF-8 becomes \xNN, a character
// that cannot be seen (also those that turn the direction of text) \uNNNN. In Markdown they stand in a code span, which a backtick would end: that is \x60.
func (w *pen) shown(b []byte) {
	if w.in != inMarkdown || len(b) == 0 {
		w.printable(b)
		return
	}
	w.raw("`")
	w.printable(b)
	w.raw("`")
}

func (w *pen) printable(b []byte) {
	room := shownMax
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		need := w.width(r, size)
		last := size == len(b)
		if need > room || !last && need > room-1 {
			w.raw("…")
			return
		}
		w.show(r, b[0], need)
		room -= need
		b = b[size:]
	}
}

// width is how many characters show takes for r.
func (w *pen) width(r rune, size int) int {
	switch {
	case r == utf8.RuneError && size == 1, r < ' ', r == 0x7f, r == '`' && w.in == inMarkdown:
		return len(`\x00`)
	case unicode.IsPrint(r):
		return 1
	case r < 0x10000:
		return len(`\u0000`)
	}
	return len(`\U00000000`)
}

func (w *pen) show(r rune, c byte, width int) {
	if width == 1 {
		w.rune(r)
		return
	}
	w.rune('\\')
	if width == len(`\x00`) {
		w.b = append(w.b, 'x', hexDigits[c>>4], hexDigits[c&15])
		return
	}
	w.b = append(w.b, "uU"[width/10])
	for shift := 4 * (width - 3); shift >= 0; shift -= 4 {
		w.b = append(w.b, hexDigits[r>>shift&15])
	}
}

func (w *pen) rune(r rune) {
	switch {
	case w.in == inJSON && (r == '"' || r == '\\'):
		w.raw(`\`)
	case w.in == inHTML && htmlEscape(r) != "":
		w.raw(htmlEscape(r))
		return
	}
	w.b = utf8.AppendRune(w.b, r)
}

// ascii appends bytes of ours that are visible ASCII, such as an id or a list of methods; anything else becomes a question mark.
func (w *pen) ascii(b []byte) {
	if w.in == inHTML {
		w.unplain(b)
		return
	}
	from := len(w.b)
	w.b = append(w.b, b...)
	for i, c := range w.b[from:] {
		if !asIs[c] {
			w.b = w.b[:from+i]
			w.unplain(b[i:])
			return
		}
	}
}

// unplain is ascii for what holds more than a JSON string takes as it is.
func (w *pen) unplain(b []byte) {
	for _, c := range b {
		if c < ' ' || c >= 0x7f {
			c = '?'
		}
		w.rune(rune(c))
	}
}

// decoded appends a path segment with its percent-escapes undone, then as shown does. What is longer than the cut is not looked at.
func (w *pen) decoded(b []byte) {
	var buf [4 * shownMax]byte
	n := 0
	for i := 0; i < len(b) && n < len(buf); n++ {
		c, size := unescape(b[i:])
		buf[n] = c
		i += size
	}
	w.shown(buf[:n])
}

func unescape(b []byte) (c byte, size int) {
	if b[0] != '%' || len(b) < 3 {
		return b[0], 1
	}
	hi, lo := unhex(b[1]), unhex(b[2])
	if hi > 15 || lo > 15 {
		return b[0], 1
	}
	return hi<<4 | lo, 3
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 0xff
}

// list appends names between commas.
func (w *pen) list(names []string) {
	for i, name := range names {
		if i > 0 {
			w.raw(", ")
		}
		w.text(name)
	}
}

// size appends a number of bytes.
func (w *pen) size(n int64) {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		w.int(n >> 30)
		w.raw(" GiB")
	case n >= 1<<20 && n%(1<<20) == 0:
		w.int(n >> 20)
		w.raw(" MiB")
	case n >= 1<<10 && n%(1<<10) == 0:
		w.int(n >> 10)
		w.raw(" KiB")
	case n == 1:
		w.raw("1 byte")
	default:
		w.int(n)
		w.raw(" bytes")
	}
}

// duration appends a time limit of so many milliseconds.
func (w *pen) duration(ms int64) {
	switch {
	case ms >= 60_000 && ms%60_000 == 0:
		w.int(ms / 60_000)
		w.raw(" min")
	case ms >= 1000 && ms%1000 == 0:
		w.int(ms / 1000)
		w.raw(" s")
	default:
		w.int(ms)
		w.raw(" ms")
	}
}

// seconds appends a wait.
func (w *pen) seconds(n int) {
	w.int(int64(n))
	w.raw(" second")
	if n != 1 {
		w.raw("s")
	}
}

// moment appends a time in RFC 3339, UTC.
func (w *pen) moment(unix int64) {
	w.b = time.Unix(unix, 0).UTC().AppendFormat(w.b, time.RFC3339)
}

// lower appends ASCII capitals in lower case.
func (w *pen) lower(s string) {
	start := len(w.b)
	w.text(s)
	for i, c := range w.b[start:] {
		if 'A' <= c && c <= 'Z' {
			w.b[start+i] = c | 0x20
		}
	}
}

// upper appends ASCII letters in capitals.
func (w *pen) upper(s string) {
	start := len(w.b)
	w.text(s)
	for i, c := range w.b[start:] {
		if 'a' <= c && c <= 'z' {
			w.b[start+i] = c &^ 0x20
		}
	}
}
