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
	Empty               // nothing at all
	ByteOrderMark       // U+FEFF first, in UTF-8 or UTF-16 (§8.1)
	AfterEnd            // something follows the value
	Encoding            // bytes that are not UTF-8 (§8.1)
	TooDeep             // more than 10 000 levels of nesting
	BadString           // an escape or a control character that no string may have
	BadNumber           // digits that are no number

	// What such a text mostly is, where it can be known.
	Blanks         // nothing but blanks, and at least one of them
	Compressed     // bytes of gzip, zlib, zstd or zip
	Multipart      // a multipart form
	Form           // a form: a=1&b=2
	Markup         // XML or HTML
	FileName       // the name of a file: @body.json
	PercentEncoded // a text in percent-encoding
	ObjectText     // [object Object], which JavaScript writes for an object
	SingleQuotes   // a name or string in '…'
	CurlyQuotes    // a name or string in quotes that an editor made
	EscapedQuotes  // a backslash before a quote that begins a string
	Placeholder    // a template that was not filled in
	Comment        // // or /* or #
	CommaBeforeEnd // a comma behind the last of a list
	MissingComma   // a value where a comma is due
	MissingColon   // something other than the colon behind a name
	ForeignLiteral // True, None, NaN, undefined
	BareWord       // another word that stands without quotes
	BareName       // a name without quotes
	KindCount      // how many kinds there are
)

var names = [KindCount]string{
	OK: "ok", UnexpectedByte: "unexpected_byte", UnexpectedEnd: "unexpected_end", Empty: "empty_body", ByteOrderMark: "byte_order_mark_in_body",
	AfterEnd: "after_end", Encoding: "encoding", TooDeep: "too_deep",
	BadString: "bad_string", BadNumber: "bad_number",

	Blanks:         "blank_body",
	Compressed:     "compressed_body",
	Multipart:      "multipart_body",
	Form:           "form_body",
	Markup:         "markup_body",
	FileName:       "file_name_body",
	PercentEncoded: "percent_encoded_body",
	ObjectText:     "object_as_text",
	SingleQuotes:   "single_quotes",
	CurlyQuotes:    "curly_quotes",
	EscapedQuotes:  "escaped_quotes",
	Placeholder:    "placeholder_in_body",
	Comment:        "json_comment",
	CommaBeforeEnd: "comma_before_end",
	MissingComma:   "missing_comma",
	MissingColon:   "missing_colon",
	ForeignLiteral: "foreign_literal",
	BareWord:       "bare_word",
	BareName:       "bare_name",
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
	Excerpt      []byte // the character or word there, a part of the text; empty at its end
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
	case len(text) == 0:
		k = Empty
	case k == UnexpectedEnd && len(bytes.TrimSpace(text)) == 0:
		k = Blanks
	}
	k, excerpt := s.name(k)
	before := text[:s.at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return Fault{
		Kind: k, Line: 1 + bytes.Count(before, []byte("\n")), Column: 1 + utf8.RuneCount(before[start:]), Excerpt: excerpt,
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
