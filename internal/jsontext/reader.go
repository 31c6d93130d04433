package jsontext

import (
	"bytes"
	"unicode/utf8"
)

// maxDepth bounds the nesting: what reads the body behind us is often recursive.
const maxDepth = 10000

// reader reads a text from its start. Where it is wrong, at is the byte.
type reader struct {
	b       []byte
	at      int
	began   int // where what is read now begins
	due     due // what could come there
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

// text reads one value and what blanks there are around it. It returns what is wrong at s.at.
func (s *reader) text() Kind {
	next := aValue
	for s.depth > 0 || next != aCommaOrEnd {
		if s.skipBlanks(); s.at == len(s.b) {
			return UnexpectedEnd
		}
		var k Kind
		s.began, s.due = s.at, next
		if next, k = s.step(next, s.b[s.at]); k != OK {
			return k
		}
	}
	if s.skipBlanks(); s.at < len(s.b) {
		s.began = s.at
		return AfterEnd
	}
	return OK
}

// step reads what c begins, where next may come.
func (s *reader) step(next due, c byte) (due, Kind) {
	switch {
	case c == '}' && (next == aKeyOrEnd || next == aCommaOrEnd && s.inObject()),
		c == ']' && (next == aValueOrEnd || next == aCommaOrEnd && !s.inObject()):
		s.at++
		s.depth--
		return aCommaOrEnd, OK
	case next == aValue || next == aValueOrEnd:
		return s.value(c)
	case c == '"' && (next == aKey || next == aKeyOrEnd):
		return aColon, s.str()
	case c == ':' && next == aColon:
		s.at++
		return aValue, OK
	case c == ',' && next == aCommaOrEnd:
		s.at++
		if s.inObject() {
			return aKey, OK
		}
		return aValue, OK
	}
	return next, s.unexpected()
}

// value reads a scalar, or enters an array or object.
func (s *reader) value(c byte) (due, Kind) {
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

func (s *reader) enter(object uint64) Kind {
	if s.depth == maxDepth {
		return TooDeep
	}
	s.depth++
	word, bit := &s.objects[s.depth/64], uint(s.depth%64)
	*word = *word&^(1<<bit) | object<<bit
	s.at++
	return OK
}

func (s *reader) inObject() bool { return s.objects[s.depth/64]>>(s.depth%64)&1 == 1 }

func (s *reader) skipBlanks() {
	for s.at < len(s.b) && (s.b[s.at] == ' ' || s.b[s.at] == '\n' || s.b[s.at] == '\r' || s.b[s.at] == '\t') {
		s.at++
	}
}

func (s *reader) literal(word string) Kind {
	for i := range len(word) {
		if s.at == len(s.b) {
			return UnexpectedEnd
		}
		if s.b[s.at] != word[i] {
			return s.unexpected()
		}
		s.at++
	}
	return OK
}

// number: §6, [ "-" ] int [ "." digits ] [ ( "e" / "E" ) [ "+" / "-" ] digits ].
func (s *reader) number() Kind {
	s.skip("-")
	zero := s.at < len(s.b) && s.b[s.at] == '0'
	first := s.at
	if k := s.digits(); k != OK {
		return k
	}
	if zero && s.at > first+1 {
		s.at = first + 1
		return BadNumber
	}
	if s.skip(".") {
		if k := s.digits(); k != OK {
			return k
		}
	}
	if s.skip("eE") {
		s.skip("+-")
		return s.digits()
	}
	return OK
}

// skip takes one byte if it is of these.
func (s *reader) skip(of string) bool {
	if s.at == len(s.b) || bytes.IndexByte([]byte(of), s.b[s.at]) < 0 {
		return false
	}
	s.at++
	return true
}

// digits takes one or more.
func (s *reader) digits() Kind {
	first := s.at
	for s.at < len(s.b) && s.b[s.at] >= '0' && s.b[s.at] <= '9' {
		s.at++
	}
	switch {
	case s.at > first:
		return OK
	case s.at == len(s.b):
		return UnexpectedEnd
	}
	return BadNumber
}

// str reads a string: §7, in UTF-8 (§8.1).
func (s *reader) str() Kind {
	for s.at++; s.at < len(s.b); {
		switch c := s.b[s.at]; {
		case c == '"':
			s.at++
			return OK
		case c == '\\':
			if k := s.escape(); k != OK {
				return k
			}
		case c < ' ':
			return BadString
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRune(s.b[s.at:])
			if r == utf8.RuneError && size == 1 {
				return Encoding
			}
			s.at += size
		}
	}
	return UnexpectedEnd
}

func (s *reader) escape() Kind {
	s.at++
	if s.skip(`"\/bfnrt`) {
		return OK
	}
	unicode := s.skip("u")
	for i := 0; unicode && i < 4 && s.at < len(s.b); i++ {
		if !s.skip("0123456789abcdefABCDEF") {
			return BadString
		}
	}
	switch {
	case s.at == len(s.b):
		return UnexpectedEnd
	case !unicode:
		return BadString
	}
	return OK
}

// unexpected is what is wrong with what stands where nothing like it can stand.
func (s *reader) unexpected() Kind {
	if r, size := utf8.DecodeRune(s.b[s.at:]); r == utf8.RuneError && size == 1 {
		return Encoding
	}
	return UnexpectedByte
}
