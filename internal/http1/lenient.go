package http1

import "math/bits"

// Lenient is what is let pass of an answer though it breaks the grammar, a bit for each: a set. Such a message is written anew before it is passed on. There is
// nothing of the kind for requests.
type Lenient uint8

// What can be let pass.
const (
	LetBareLF            Lenient = 1 << iota // lines that end in LF alone, in the head, around chunks and among trailers (RFC 9112 §2.2)
	LetSpaceBeforeColon                      // blanks between a name and its colon (§5.1)
	LetObsFold                               // a value that goes on in lines that begin with a blank (§5.2), but none on which the framing depends
	LetLengthWithChunked                     // a length beside a coding, which outweighs it (§6.3)

	lenientKinds = 4
)

// Frames reports whether the framing of a message, or whom it is for, depends on a field of this name: a folded one is never let pass.
func Frames(name []byte) bool { return nameFlags[lookup(name)]&judged != 0 }

// mends are what was let pass of a section.
type mends struct {
	lenient  Lenient // what may pass
	mended   Lenient // what did
	mendedAt [lenientKinds]int32
}

// Mended is what of the section was let pass.
func (s *Section) Mended() Lenient { return s.mended }

// MendedLine is the first line in which something was let pass, one bit. It may hold secrets.
func (s *Section) MendedLine(of Lenient) []byte {
	if s.mended&of == 0 {
		return nil
	}
	at := int(s.mendedAt[bits.TrailingZeros8(uint8(of))])
	return Fault{At: at, Column: 1}.LineIn(s.Buf)
}

// mend notes that something in the line that begins at a place was let pass.
func (s *Section) mend(what Lenient, at int) {
	if s.mended&what == 0 {
		s.mendedAt[bits.TrailingZeros8(uint8(what))] = int32(at)
		s.mended |= what
	}
}

// lineEnd is how many bytes end the line at i; 0 if it does not end there.
func (s *Section) lineEnd(b []byte, i int) int {
	switch {
	case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
		return 2
	case b[i] == '\n' && s.lenient&LetBareLF != 0:
		s.mend(LetBareLF, s.lineAt)
		return 1
	}
	return 0
}

// spacedColon is the colon behind the blanks at i, where they are let pass; -1 for none, len(b) if it is not known yet.
func (s *Section) spacedColon(b []byte, i int) int {
	if s.lenient&LetSpaceBeforeColon == 0 || i == s.lineAt || b[i] != ' ' && b[i] != '\t' {
		return -1
	}
	colon := skipBlanks(b, i)
	if colon < len(b) && b[colon] != ':' {
		return -1
	}
	return colon
}

// folds reports whether the line that begins here goes on with the value of the field before, and that is let pass.
func (s *Section) folds(b []byte) bool {
	i, n := s.pos, len(s.Fields)
	return s.lenient&LetObsFold != 0 && n > 0 && i < len(b) && (b[i] == ' ' || b[i] == '\t') && nameFlags[s.Fields[n-1].ID]&judged == 0
}

// fold reads a line with which the latest field goes on.
func (s *Section) fold(b []byte) Kind {
	i := s.textEnd(b, s.pos)
	if i == len(b) {
		return s.wait(i)
	}
	f := &s.Fields[len(s.Fields)-1]
	n := s.lineEnd(b, i)
	if n == 0 {
		s.colon = int(f.Name.End)
		k := s.wrongValue(b, i)
		if k != Incomplete {
			s.fault.Field = f.Name
		}
		return k
	}
	s.mend(LetObsFold, int(f.Line.Off))
	f.Value.End = int32(i)
	f.Line.End = int32(i + n)
	s.stage, s.pos = atLine, i+n
	s.line++
	return OK
}

// unfold puts blanks in the place of the line ends inside values, once the section is whole.
func (s *Section) unfold(b []byte) {
	for i := range s.Fields {
		f := &s.Fields[i]
		for j, c := range f.Value.Of(b) {
			if c == '\r' || c == '\n' {
				b[int(f.Value.Off)+j] = ' '
			}
		}
		off := skipBlanks(b[:f.Value.End], int(f.Value.Off))
		f.Value = Span{int32(off), int32(trimEnd(b, off, int(f.Value.End)))}
	}
}

// AppendLine appends a field line: as it came, or written anew where something of the section was let pass.
func (s *Section) AppendLine(dst []byte, f *Field) []byte {
	if s.mended == 0 {
		return append(dst, f.Line.Of(s.Buf)...)
	}
	dst = append(append(dst, f.Name.Of(s.Buf)...), ": "...)
	return append(append(dst, f.Value.Of(s.Buf)...), "\r\n"...)
}

// appendMended appends the field lines that drop does not report, written anew.
func (s *Section) appendMended(dst []byte, drop func(*Field) bool) []byte {
	for i := range s.Fields {
		if f := &s.Fields[i]; !drop(f) {
			dst = s.AppendLine(dst, f)
		}
	}
	return dst
}

// letsLength reports whether a length beside a coding is let pass.
func (s *Section) letsLength() bool {
	if s.lenient&LetLengthWithChunked == 0 {
		return false
	}
	s.mend(LetLengthWithChunked, s.lineAt)
	return true
}
