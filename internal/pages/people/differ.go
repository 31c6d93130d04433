package people

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Differ is the first byte in which two texts differ, where one that is shorter ends; -1: they are equal.
func Differ(sent, registered string) int {
	n := min(len(sent), len(registered))
	for i := range n {
		if sent[i] != registered[i] {
			return i
		}
	}
	if len(sent) == len(registered) {
		return -1
	}
	return n
}

// piece is a part of a text as a page shows it.
type piece struct {
	Text string
	Code bool // Text names what would not be seen
	Mark bool // here two texts differ
}

// around is how many bytes of a text are shown before and behind what is marked.
const around = 400

// pieces are a text, of which a character is marked: that at a byte, or the end, where the byte is behind all of them; -1: none.
func pieces(s string, at int) (all []piece) {
	from, to := window(s, at)
	if from > 0 {
		all = append(all, piece{Text: bytesMore(from), Code: true})
	}
	for i := from; i < to; {
		r, size := utf8.DecodeRuneInString(s[i:])
		p := shown(s[i:i+size], r)
		p.Mark = at >= i && at < i+size
		all = join(all, p)
		i += size
	}
	if to < len(s) {
		all = append(all, piece{Text: bytesMore(len(s) - to), Code: true})
	}
	if at >= len(s) {
		all = append(all, piece{Text: "ends here", Code: true, Mark: true})
	}
	return all
}

// window is what is shown of a text: all of it, or what stands around the marked byte, in whole characters.
func window(s string, at int) (from, to int) {
	at = min(max(at, 0), len(s))
	return atRune(s, max(0, at-around)), atRune(s, min(len(s), at+around))
}

func atRune(s string, i int) int {
	for i > 0 && i < len(s) && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}

func bytesMore(n int) string { return "… " + count(n, "more byte") }

// shown is a character so that one can see it. A blank is named too: none belongs into a URI.
func shown(bytes string, r rune) piece {
	switch {
	case r == utf8.RuneError && len(bytes) == 1:
		return piece{Text: fmt.Sprintf("byte %02X", bytes[0]), Code: true}
	case r == ' ':
		return piece{Text: "blank", Code: true}
	case unicode.IsSpace(r) || !unicode.IsGraphic(r) || unicode.In(r, unicode.Cf, unicode.M):
		return piece{Text: fmt.Sprintf("U+%04X", r), Code: true}
	}
	return piece{Text: bytes}
}

// join adds a piece to the one before it, where they look the same.
func join(all []piece, p piece) []piece {
	if n := len(all); n > 0 && !p.Code && !all[n-1].Code && all[n-1].Mark == p.Mark {
		all[n-1].Text += p.Text
		return all
	}
	return append(all, p)
}

// difference says where two texts part, for those who see no colour, and where two letters look alike.
func difference(sent, registered string) string {
	at := Differ(sent, registered)
	if at < 0 {
		return "" // they do not
	}
	at = min(atRune(sent, at), atRune(registered, at))
	if at == 0 {
		return fmt.Sprintf("From the beginning they differ: %s was sent, and %s is registered.", letter(sent), letter(registered))
	}
	return fmt.Sprintf("The beginning is the same for %s. Then %s was sent, and %s is registered.", count(utf8.RuneCountInString(sent[:at]), "character"), letter(sent[at:]), letter(registered[at:]))
}

// letter is the first character of a text, in words.
func letter(rest string) string {
	if rest == "" {
		return "nothing more"
	}
	r, size := utf8.DecodeRuneInString(rest)
	p := shown(rest[:size], r)
	if p.Code {
		return p.Text
	}
	if r >= utf8.RuneSelf {
		return fmt.Sprintf("“%s” (U+%04X)", p.Text, r)
	}
	return "“" + p.Text + "”"
}

// nearest is which of several texts begins most like the one that was sent; of those the one whose length is nearest. -1: there are none.
func nearest(sent string, registered []string) int {
	best, most, apart := -1, 0, 0
	for i, r := range registered {
		same := Differ(sent, r)
		if same < 0 {
			return i
		}
		far := max(len(sent)-len(r), len(r)-len(sent))
		if best < 0 || same > most || same == most && far < apart {
			best, most, apart = i, same, far
		}
	}
	return best
}
