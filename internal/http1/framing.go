package http1

import (
	"bytes"
	"math"

	"github.com/candor-gateway/candor/internal/ascii"
)

// judgeFraming looks at the fields that requests and responses share.
func (s *Section) judgeFraming(b []byte, f *Field, lim *Limits) Kind {
	switch f.ID {
	case ContentLength:
		return s.judgeLength(b, f)
	case TransferEncoding:
		return s.judgeCoding(b, f)
	case Connection:
		return s.judgeConnection(b, f, lim)
	default:
		return OK
	}
}

// judgeLength: RFC 9112 §6.3, stricter: not even equal values may be repeated or listed.
func (s *Section) judgeLength(b []byte, f *Field) Kind {
	switch {
	case s.earlier(ContentLength):
		return s.failField(LengthRepeated, f)
	case s.has(TransferEncoding):
		return s.failField(LengthWithCoding, f)
	}
	value := f.Value.Of(b)
	n, wrong, over := parseLength(value)
	switch {
	case endsInComma(value):
		return s.failComma(f)
	case wrong >= 0 && bytes.IndexByte(value, ',') >= 0:
		return s.failValue(LengthRepeated, f, int(f.Value.Off)+wrong, f.Value)
	case wrong >= 0:
		return s.failValue(LengthSyntax, f, int(f.Value.Off)+wrong, f.Value)
	case over:
		return s.failField(LengthOverflow, f)
	}
	s.Length = n
	return OK
}

func endsInComma(value []byte) bool { return len(value) > 0 && value[len(value)-1] == ',' }

// failComma notes that the value of the latest field ends in a comma.
func (s *Section) failComma(f *Field) Kind {
	return s.failValue(TrailingComma, f, int(f.Value.End)-1, f.Value)
}

// parseLength reads digits alone; wrong is the index of the first byte that is none, or -1.
func parseLength(v []byte) (n int64, wrong int, over bool) {
	if len(v) == 0 {
		return 0, 0, false
	}
	for i, c := range v {
		d := int64(c) - '0'
		if d < 0 || d > 9 {
			return 0, i, false
		}
		over = over || n > (math.MaxInt64-d)/10
		if !over {
			n = n*10 + d
		}
	}
	return n, -1, over
}

// judgeCoding: RFC 9112 §6.1. A coding that we do not know is 501, a list that no reader could agree on is malformed.
func (s *Section) judgeCoding(b []byte, f *Field) Kind {
	switch {
	case s.Minor == 0:
		return s.failField(CodingInOldVersion, f)
	case s.earlier(TransferEncoding):
		return s.failField(CodingRepeated, f)
	case s.has(ContentLength) && !s.letsLength():
		return s.failField(LengthWithCoding, f)
	}
	value := f.Value.Of(b)
	if ascii.EqualFold(value, "chunked") {
		return OK
	}
	if endsInComma(value) {
		return s.failComma(f)
	}
	if wrong := wrongCodings(value); wrong >= 0 {
		if repeatsChunked(value) {
			return s.failField(CodingRepeated, f)
		}
		return s.failValue(CodingSyntax, f, int(f.Value.Off)+wrong, f.Value)
	}
	return s.failField(UnknownTransferCoding, f)
}

// repeatsChunked reports whether v lists chunked more than once.
func repeatsChunked(v []byte) bool {
	count := 0
	for off, end, next := nextOption(v, 0); off < end; off, end, next = nextOption(v, next) {
		if ascii.EqualFold(v[off:end], "chunked") {
			count++
		}
	}
	return count > 1
}

// wrongCodings returns the index of what makes v no list of transfer codings, or has chunked with parameters or before
// another; else -1. The list must be as a sender may write it: no empty elements.
func wrongCodings(v []byte) int {
	for i := 0; ; {
		name := i
		i = tokenEnd(v, name)
		if i == name {
			return i
		}
		if i < len(v) && ascii.EqualFold(v[name:i], "chunked") {
			return name
		}
		i = paramsEnd(v, i)
		if i == len(v) {
			return -1
		}
		if v[i] != ',' {
			return i
		}
		i = skipBlanks(v, i+1)
	}
}

// paramsEnd returns the index behind any parameters of a coding and the blanks after them: *( OWS ";" OWS token BWS "="
// BWS ( token / quoted-string ) ) OWS. It stops at what is wrong.
func paramsEnd(v []byte, i int) int {
	for {
		i = skipBlanks(v, i)
		if i == len(v) || v[i] != ';' {
			return i
		}
		name := skipBlanks(v, i+1)
		end := tokenEnd(v, name)
		equals := skipBlanks(v, end)
		if end == name || equals == len(v) || v[equals] != '=' {
			return i
		}
		value := skipBlanks(v, equals+1)
		end = valueEnd(v, value)
		if end == value {
			return i
		}
		i = end
	}
}

func valueEnd(v []byte, i int) int {
	if i == len(v) || v[i] != '"' {
		return tokenEnd(v, i)
	}
	end := quotedEnd(v, i)
	if end == i+1 || v[end-1] != '"' {
		return i
	}
	return end
}

// elementEnd returns the index of the first comma at or after i; len(v) if there is none.
func elementEnd(v []byte, i int) int {
	for i < len(v) && v[i] != ',' {
		i++
	}
	return i
}

// trimEnd returns end without the blanks before it, but not less than from.
func trimEnd(v []byte, from, end int) int {
	for end > from && (v[end-1] == ' ' || v[end-1] == '\t') {
		end--
	}
	return max(from, end)
}

func tokenEnd(v []byte, i int) int {
	for i < len(v) && ascii.IsTokenByte(v[i]) {
		i++
	}
	return i
}

func skipBlanks(v []byte, i int) int {
	for i < len(v) && (v[i] == ' ' || v[i] == '\t') {
		i++
	}
	return i
}

// How many options Connection may have: the work for each is a walk over the fields.
const maxOptions = 64

// judgeConnection: RFC 9110 §7.6.1.
func (s *Section) judgeConnection(b []byte, f *Field, lim *Limits) Kind {
	value := f.Value.Of(b)
	for off, end, next := nextOption(value, 0); off < end; off, end, next = nextOption(value, next) {
		s.options++
		switch option := value[off:end]; {
		case s.options > maxOptions:
			return s.failOption(ConnectionSyntax, f, off, end)
		case ascii.EqualFold(option, "close"):
			s.Close = true
		case ascii.EqualFold(option, "keep-alive"):
			s.KeepAlive = true
		case ascii.EqualFold(option, "upgrade"):
			s.Upgrade = true
		case ascii.EqualFold(option, "te"):
		case !ascii.IsToken(option):
			return s.failOption(ConnectionSyntax, f, off, end)
		case isProtected(option, endToEnd, lim):
			return s.failOption(ConnectionEndToEnd, f, off, end)
		default:
			s.named = true
		}
	}
	return OK
}

// failOption notes a fault of the option at these places of f's value.
func (s *Section) failOption(kind Kind, f *Field, off, end int) Kind {
	excerpt := Span{f.Value.Off + int32(off), f.Value.Off + int32(end)}
	return s.failValue(kind, f, int(excerpt.Off), excerpt)
}

// markNamed drops the fields that Connection names.
func (s *Section) markNamed(b []byte, lim *Limits) {
	if !s.named {
		return
	}
	left := maxOptions
	for i := range s.Fields {
		if s.Fields[i].ID != Connection {
			continue
		}
		value := s.Fields[i].Value.Of(b)
		for off, end, next := nextOption(value, 0); off < end && left > 0; off, end, next = nextOption(value, next) {
			left--
			if option := value[off:end]; !s.answer || !isProtected(option, endToEnd, lim) {
				s.dropNamed(b, option)
			}
		}
	}
}

func (s *Section) dropNamed(b, name []byte) {
	for i := range s.Fields {
		f := &s.Fields[i]
		f.Drop = f.Drop || sameName(f.Name.Of(b), name)
	}
}
