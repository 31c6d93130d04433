package jsontext

import (
	"bytes"
	"regexp"
	"unicode/utf8"
)

// mistake is one that many make: what a text that is no JSON looks like where it stops being it.
type mistake struct {
	kind   Kind
	whole  bool              // it is one of the text as a whole: looked for where its first value should begin
	due    dues              // what could have come; 0: anything
	begins func([]byte) bool // what stands there
	after  func([]byte) bool // what stands before it; nil: anything
	back   int               // how many bytes before it the mistake begins
	quotes *regexp.Regexp    // what of it is quoted; nil: one character, as more could be a secret
}

// dues is a set of what may come next.
type dues uint8

func in(all ...due) (set dues) {
	for _, d := range all {
		set |= 1 << d
	}
	return set
}

var (
	valueDue = in(aValue, aValueOrEnd)
	keyDue   = in(aKey, aKeyOrEnd)
)

var (
	wordStart  = regexp.MustCompile(`^[A-Za-z_$]`)
	foreign    = regexp.MustCompile(`^(?:True|TRUE|False|FALSE|None|NULL|Null|nil|undefined|-?(?:NaN|nan|Infinity|inf))(?:[^A-Za-z0-9_$]|$)`)
	foreignOne = regexp.MustCompile(`^-?[A-Za-z]+`)
	pair       = regexp.MustCompile(`^[A-Za-z0-9_.%+*-]{1,64}(?:\[[A-Za-z0-9_]*\])*=[^=]`) // base64 may end in = and ==
	escape     = regexp.MustCompile(`^(?i:%7b|%5b|%22)`)
	fileName   = regexp.MustCompile(`^@[^\s"{}\[\]]{1,64}`)
	boundary   = regexp.MustCompile(`^--[^\r\n]{1,70}\r?\n(?i:content-)`)
	object     = regexp.MustCompile(`^object [A-Za-z]{1,30}\]`)
)

// mistakes are tried in this order.
var mistakes = [...]mistake{
	{kind: Compressed, whole: true, begins: compressed},
	{kind: Multipart, whole: true, begins: boundary.Match},
	{kind: ObjectText, due: in(aValueOrEnd), begins: object.Match, back: len("["), quotes: regexp.MustCompile(`^\[object [A-Za-z]+\]`)},
	{kind: Markup, whole: true, begins: beginsWith("<")},
	{kind: FileName, whole: true, begins: fileName.Match},
	{kind: PercentEncoded, whole: true, begins: escape.Match, quotes: escape},
	{kind: Form, whole: true, begins: pair.Match},
	{kind: Comment, begins: beginsWith("//", "/*", "#")},
	{kind: CurlyQuotes, begins: beginsWith("“", "”", "„", "‘", "’", "«")},
	{kind: SingleQuotes, due: valueDue | keyDue, begins: beginsWith("'")},
	{kind: EscapedQuotes, due: valueDue | keyDue, begins: beginsWith(`\"`)},
	{kind: Placeholder, due: valueDue | keyDue, begins: beginsWith("$", "<", "%")},
	{kind: Placeholder, due: in(aKeyOrEnd), begins: beginsWith("{"), after: func(before []byte) bool { return bytes.HasSuffix(before, []byte("{")) }},
	{kind: CommaBeforeEnd, due: in(aKey), begins: beginsWith("}"), after: comma},
	{kind: CommaBeforeEnd, due: in(aValue), begins: beginsWith("]"), after: comma},
	{kind: ForeignLiteral, due: valueDue, begins: foreign.Match, quotes: foreignOne},
	{kind: BareWord, due: valueDue, begins: wordStart.Match},
	{kind: BareName, due: keyDue, begins: wordStart.Match},
	{kind: MissingColon, due: in(aColon), begins: func([]byte) bool { return true }},
	{kind: MissingComma, due: in(aCommaOrEnd), begins: regexp.MustCompile(`^["{\[A-Za-z0-9-]`).Match, after: wholeValue},
}

func comma(before []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(before), []byte(",")) }

// wholeValue reports whether the value before is over: behind 12 in 12ab no comma is missing.
func wholeValue(before []byte) bool {
	return len(before) > 0 && bytes.IndexByte([]byte("\"}] \t\r\n"), before[len(before)-1]) >= 0
}

func beginsWith(any ...string) func([]byte) bool {
	return func(rest []byte) bool {
		for _, s := range any {
			if bytes.HasPrefix(rest, []byte(s)) {
				return true
			}
		}
		return false
	}
}

// compressed reports whether bytes begin as gzip, zlib, zstd or zip.
func compressed(b []byte) bool {
	return beginsWith("\x1f\x8b", "\x28\xb5\x2f\xfd", "PK\x03\x04")(b) ||
		len(b) > 1 && b[0] == 0x78 && (uint(b[0])<<8|uint(b[1]))%31 == 0 && b[1] > 0x7f // RFC 1950 §2.2
}

// name finds the mistake behind a fault at s.at, and where it begins; of a kind that is more telling already nothing changes.
func (s *reader) name(k Kind) (Kind, []byte) {
	at := s.began
	whole := len(bytes.TrimSpace(s.b[:at])) == 0
	for i := range mistakes {
		m := &mistakes[i]
		if !m.fits(s.due, whole, k) || !m.begins(s.b[at:]) || m.after != nil && !m.after(s.b[:at]) {
			continue
		}
		at -= m.back
		s.at = at
		if m.quotes != nil {
			return m.kind, m.quotes.Find(s.b[at:])
		}
		_, size := utf8.DecodeRune(s.b[at:])
		return m.kind, s.b[at : at+size]
	}
	_, size := utf8.DecodeRune(s.b[s.at:])
	return k, s.b[s.at : s.at+size]
}

func (m *mistake) fits(next due, whole bool, k Kind) bool {
	switch k {
	case UnexpectedByte, Encoding, BadNumber:
	case AfterEnd:
		return m.kind == Comment
	default:
		return false
	}
	if m.whole {
		return whole
	}
	return m.due == 0 || m.due>>next&1 == 1
}
