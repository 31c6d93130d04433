// Package jsontext checks that bytes are one JSON text (RFC 8259) and finds the character that is wrong. It imports nothing of ours.
package jsontext

import (
	"bytes"
	"unicode/utf8"
)

// Kind is what is wrong with a text; the zero Kind is that nothing is.
type Kind uint8

// The kinds of faults.
const (
	OK             Kind = iota
	UnexpectedByte      // a character that cannot stand there
	UnexpectedEnd       // the text ends before its value is whole
	Empty               // nothing but blanks
	ByteOrderMark       // U+FEFF first, in UTF-8 or UTF-16 (§8.1)
	AfterEnd            // something follows the value
	Encoding            // bytes that are not UTF-8 (§8.1)
	TooDeep             // more than 10 000 levels of nesting
	BadString           // an escape or a control character that no string may have
	BadNumber           // digits that are no number
	KindCount           // how many kinds there are
)

var names = [KindCount]string{
	OK: "ok", UnexpectedByte: "unexpected_byte", UnexpectedEnd: "unexpected_end", Empty: "empty_body", ByteOrderMark: "byte_order_mark_in_body",
	AfterEnd: "after_end", Encoding: "encoding", TooDeep: "too_deep",
	BadString: "bad_string", BadNumber: "bad_number",
}

// String returns the kind's name in lower case with underscores.
func (k Kind) String() string {
	if k >= KindCount {
		return "unknown"
	}
	return names[k]
}

// Fault is where a text stops being JSON, and why.
type Fault struct {
	Kind         Kind
	Line, Column int    // both from 1; a column counts characters
	Excerpt      []byte // the character there, a part of the text; empty at its end
}

// Check reads the text to its end or to the first character that is wrong; the Kind of a good one is OK. Keys may come twice and surrogates alone, as the
// grammar has it.
func Check(text []byte) Fault {
	if mark := byteOrderMark(text); len(mark) > 0 {
		return Fault{Kind: ByteOrderMark, Line: 1, Column: 1, Excerpt: mark}
	}
	s := reader{b: text}
	k := s.text()
	switch {
	case k == OK:
		return Fault{}
	case k == UnexpectedEnd && len(bytes.TrimSpace(text)) == 0:
		k = Empty
	}
	before := text[:s.at]
	start := bytes.LastIndexByte(before, '\n') + 1
	_, size := utf8.DecodeRune(text[s.at:])
	return Fault{
		Kind: k, Line: 1 + bytes.Count(before, []byte("\n")), Column: 1 + utf8.RuneCount(before[start:]), Excerpt: text[s.at : s.at+size],
	}
}

// byteOrderMark is the mark with which editors and shells of Windows begin a text.
func byteOrderMark(text []byte) []byte {
	for _, mark := range [...]string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		if len(text) >= len(mark) && string(text[:len(mark)]) == mark {
			return text[:len(mark)]
		}
	}
	return nil
}
