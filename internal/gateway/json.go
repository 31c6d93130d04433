package gateway

import (
	"bytes"
	"unicode/utf8"

	"github.com/candor-gateway/candor/problem"
)

// checkJSON says where a body stops being one JSON text (RFC 8259), with line and column, both from 1; nil if it is one. A column counts characters. Keys
// may come twice and surrogates alone, as the grammar has it.
func checkJSON(body []byte) *problem.Problem {
	s := jsonText{b: body}
	d := s.whole()
	if d == problem.NoDetail {
		return nil
	}
	before := body[:s.at]
	start := bytes.LastIndexByte(before, '\n') + 1
	p := &problem.Problem{
		Type: problem.InvalidBody, Detail: d, Part: "JSON body",
		Line: 1 + bytes.Count(before, []byte("\n")), At: 1 + utf8.RuneCount(before[start:]),
	}
	_, size := utf8.DecodeRune(body[s.at:])
	p.Excerpt = body[s.at : s.at+size]
	return p
}

// maxDepth bounds the nesting: what reads the body behind us is often recursive.
const maxDepth = 10000

// jsonText reads a text from its start. Where it is wrong, at is the byte.
type jsonText struct {
	b       []byte
	at      int
	depth   int
	objects [maxDepth/64 + 1]uint64 // which levels are objects, a bit each; the others are arrays
}

// due is what may come next.
type due uint8

const (
	aValue due = iota
	aValueOrEnd
	aKey
	aKeyOrEnd
	aColon
	aCommaOrEnd
)

// whole reads one value and what blanks there are around it. It says what is wrong at s.at.
func (s *jsonText) whole() problem.Detail {
	next := aValue
	for s.depth > 0 || next != aCommaOrEnd {
		if s.skipBlanks(); s.at == len(s.b) {
			return problem.DetailUnexpectedEnd
		}
		var d problem.Detail
		if next, d = s.step(next, s.b[s.at]); d != problem.NoDetail {
			return d
		}
	}
	if s.skipBlanks(); s.at < len(s.b) {
		return problem.DetailBodyAfterEnd
	}
	return problem.NoDetail
}

// step reads what c begins, where next may come.
func (s *jsonText) step(next due, c byte) (due, problem.Detail) {
	switch {
	case c == '}' && (next == aKeyOrEnd || next == aCommaOrEnd && s.inObject()),
		c == ']' && (next == aValueOrEnd || next == aCommaOrEnd && !s.inObject()):
		s.at++
		s.depth--
		return aCommaOrEnd, problem.NoDetail
	case next == aValue || next == aValueOrEnd:
		return s.value(c)
	case c == '"' && (next == aKey || next == aKeyOrEnd):
		return aColon, s.str()
	case c == ':' && next == aColon:
		s.at++
		return aValue, problem.NoDetail
	case c == ',' && next == aCommaOrEnd:
		s.at++
		if s.inObject() {
			return aKey, problem.NoDetail
		}
		return aValue, problem.NoDetail
	}
	return next, s.unexpected()
}

// value reads a scalar, or enters an array or object.
func (s *jsonText) value(c byte) (due, problem.Detail) {
	switch c {
	case '{':
		return aKeyOrEnd, s.enter(1)
	case '[':
		return aValueOrEnd, s.enter(0)
	case '"':
		return aCommaOrEnd, s.str()
	case 't':
		return aCommaOrEnd, s.literal("true")
	case 'f':
		return aCommaOrEnd, s.literal("false")
	case 'n':
		return aCommaOrEnd, s.literal("null")
	case '-', '+', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return aCommaOrEnd, s.number()
	}
	return aValue, s.unexpected()
}

func (s *jsonText) enter(object uint64) problem.Detail {
	if s.depth == maxDepth {
		return problem.DetailBodyTooDeep
	}
	s.depth++
	word, bit := &s.objects[s.depth/64], uint(s.depth%64)
	*word = *word&^(1<<bit) | object<<bit
	s.at++
	return problem.NoDetail
}

func (s *jsonText) inObject() bool { return s.objects[s.depth/64]>>(s.depth%64)&1 == 1 }

func (s *jsonText) skipBlanks() {
	for s.at < len(s.b) && (s.b[s.at] == ' ' || s.b[s.at] == '\n' || s.b[s.at] == '\r' || s.b[s.at] == '\t') {
		s.at++
	}
}

func (s *jsonText) literal(word string) problem.Detail {
	for i := range len(word) {
		if s.at == len(s.b) {
			return problem.DetailUnexpectedEnd
		}
		if s.b[s.at] != word[i] {
			return s.unexpected()
		}
		s.at++
	}
	return problem.NoDetail
}

// number: §6, [ "-" ] int [ "." digits ] [ ( "e" / "E" ) [ "+" / "-" ] digits ].
func (s *jsonText) number() problem.Detail {
	s.skip("-")
	zero := s.at < len(s.b) && s.b[s.at] == '0'
	first := s.at
	if d := s.digits(); d != problem.NoDetail {
		return d
	}
	if zero && s.at > first+1 {
		s.at = first + 1
		return problem.DetailBadNumber
	}
	if s.skip(".") {
		if d := s.digits(); d != problem.NoDetail {
			return d
		}
	}
	if s.skip("eE") {
		s.skip("+-")
		return s.digits()
	}
	return problem.NoDetail
}

// skip takes one byte if it is of these.
func (s *jsonText) skip(of string) bool {
	if s.at == len(s.b) || bytes.IndexByte([]byte(of), s.b[s.at]) < 0 {
		return false
	}
	s.at++
	return true
}

// digits takes one or more.
func (s *jsonText) digits() problem.Detail {
	first := s.at
	for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		s.at++
	}
	switch {
	case s.at > first:
		return problem.NoDetail
	case s.at == len(s.b):
		return problem.DetailUnexpectedEnd
	}
	return problem.DetailBadNumber
}

// str reads a string: §7, in UTF-8 (§8.1).
func (s *jsonText) str() problem.Detail {
	for s.at++; s.at < len(s.b); {
		switch c := s.b[s.at]; {
		case c == '"':
			s.at++
			return problem.NoDetail
		case c == '\\':
			if d := s.escape(); d != problem.NoDetail {
				return d
			}
		case c < ' ':
			return problem.DetailBadString
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRune(s.b[s.at:])
			if r == utf8.RuneError && size == 1 {
				return problem.DetailBodyEncoding
			}
			s.at += size
		}
	}
	return problem.DetailUnexpectedEnd
}

func (s *jsonText) escape() problem.Detail {
	s.at++
	if s.skip(`"\/bfnrt`) {
		return problem.NoDetail
	}
	unicode := s.skip("u")
	for i := 0; unicode && i < 4 && s.at < len(s.b); i++ {
		if !s.skip("0123456789abcdefABCDEF") {
			return problem.DetailBadString
		}
	}
	switch {
	case s.at == len(s.b):
		return problem.DetailUnexpectedEnd
	case !unicode:
		return problem.DetailBadString
	}
	return problem.NoDetail
}

// unexpected says what is wrong with what stands where nothing like it can stand.
func (s *jsonText) unexpected() problem.Detail {
	if r, size := utf8.DecodeRune(s.b[s.at:]); r == utf8.RuneError && size == 1 {
		return problem.DetailBodyEncoding
	}
	return problem.DetailUnexpectedByte
}
