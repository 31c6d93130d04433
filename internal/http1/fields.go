package http1

import "unicode/utf8"

// stage is where in a head the parser stands.
type stage uint8

const (
	fresh   stage = iota // zero value: not yet reset
	atStart              // before the first byte
	inMethod
	inTarget
	inVersion
	inStatus
	inReason
	atLine // before the first byte of a field line
	inName
	beforeValue
	inValue
	inFold // of a line with which the value before goes on
	atEnd  // behind the empty line
)

// place is what a parser keeps between two calls: everything before pos has been read.
type place struct {
	stage   stage
	id      Name
	options uint8 // how many Connection options there were
	named   bool  // a Connection option names a field
	answer  bool  // this is an answer's head
	pos     int
	line    int // number of the line at lineAt
	lineAt  int
	colon   int // end of the name
	valueAt int
	fault   Fault // once there is one it stays
}

// fail notes a fault at b[at] and returns its kind.
func (p *place) fail(kind Kind, at int, field, excerpt Span) Kind {
	p.fault = Fault{Kind: kind, At: at, Line: p.line, Column: at - p.lineAt + 1, Field: field, Excerpt: excerpt}
	return kind
}

// failHere notes a fault of the line's text at b[at], with what stands before it on the line.
func (p *place) failHere(kind Kind, at int) Kind {
	return p.fail(kind, at, Span{}, p.upTo(at))
}

const excerptBytes = 32

// upTo is the end of the line up to the byte at, at most excerptBytes long.
func (p *place) upTo(at int) Span {
	return Span{int32(max(p.lineAt, at+1-excerptBytes)), int32(at + 1)}
}

// wait notes that everything before at has been read.
func (p *place) wait(at int) Kind {
	p.pos = at
	return Incomplete
}

// oneByte is the span of b[at].
func oneByte(at int) Span { return Span{int32(at), int32(at + 1)} }

// wrongByte names a byte that ended a part of the line too early: the kinds that every part shares, else kind. For a CR
// it must see the next byte first: CRLF means that the line is over, which is atCRLF.
func (p *place) wrongByte(b []byte, at int, kind, atCRLF Kind) Kind {
	c := b[at]
	switch {
	case c == '\n':
		return p.failHere(BareLF, at)
	case c == '\r' && at+1 == len(b):
		return p.wait(at)
	case c == '\r' && b[at+1] == '\n':
		return p.fail(atCRLF, at, Span{}, p.upTo(at-1))
	case c == '\r':
		return p.failHere(BareCR, at)
	case (c < ' ' && c != '\t') || c == 0x7f:
		return p.failHere(ControlByte, at)
	}
	if c >= 0x80 {
		return p.failChar(b, kind, at)
	}
	return p.failHere(kind, at)
}

// failChar notes a fault at a byte that begins a letter beyond ASCII, with all of the letter: a quote or dash that an editor
// has made of a plain one is known by its look. It waits for the letter's end.
func (p *place) failChar(b []byte, kind Kind, at int) Kind {
	rest := b[at:min(len(b), at+utf8.UTFMax)]
	if len(rest) < utf8.UTFMax && !utf8.FullRune(rest) {
		return p.wait(at)
	}
	_, size := utf8.DecodeRune(rest)
	k := p.failHere(kind, at)
	p.fault.Excerpt.End += int32(size - 1)
	return k
}

// headTooLarge notes that the head does not end within its limit.
func (s *Section) headTooLarge(lim *Limits) {
	field := Span{}
	if s.stage == beforeValue || s.stage == inValue {
		field = s.name()
	}
	s.fail(HeadTooLarge, lim.Head, field, Span{})
}

// next reads one field line into Fields. OK: there is one more, for the caller to judge. Incomplete: more bytes are
// needed; or, with stage atEnd, the empty line was read and the section is whole.
func (s *Section) next(b []byte, lim *Limits) Kind {
	i := s.pos
	if s.stage == atLine && s.folds(b) {
		s.stage, s.lineAt = inFold, i
	}
	if s.stage == inFold {
		return s.fold(b)
	}
	if s.stage == atLine {
		k := s.beginLine(b, i, lim)
		if k != OK {
			return k
		}
		i = s.pos
	}
	if s.stage == inName {
		if k := s.readName(b, i); k != OK {
			return k
		}
		i = s.pos
	}
	if s.stage == beforeValue {
		i = skipBlanks(b, i)
		if i == len(b) {
			return s.wait(i)
		}
		s.valueAt = i
		s.stage = inValue
	}
	if i = s.textEnd(b, i); i == len(b) {
		return s.wait(i)
	}
	n := s.lineEnd(b, i)
	if n == 0 {
		return s.wrongValue(b, i)
	}
	if nameFlags[s.id]&judged != 0 {
		if k := s.notFolded(b, i, n); k != OK {
			return k
		}
	}
	s.add(b, i, n)
	s.stage, s.pos = atLine, i+n
	s.line++
	return OK
}

// readName reads a name that is not well-known as it is written, or wrong, and the colon behind it.
func (s *Section) readName(b []byte, i int) Kind {
	i = tokenEnd(b, i)
	if i == len(b) {
		return s.wait(i)
	}
	colon := i
	if b[i] != ':' || i == s.lineAt {
		if colon = s.spacedColon(b, i); colon < 0 {
			return s.wrongName(b, i)
		}
		if colon == len(b) {
			return s.wait(i)
		}
		s.mend(LetSpaceBeforeColon, s.lineAt)
	}
	s.id, s.colon = lookup(b[s.lineAt:i]), i
	s.stage, s.pos = beforeValue, colon+1
	return OK
}

// textEnd returns the index of the first byte at or after i that may not stand in a value or reason; len(b) if there is
// none. RFC 9110 §5.5 names CR, LF and NUL as those that are read in two ways; the other control bytes, which no caller
// has a reason to send, pass in an answer, since nobody ends a line or a value at them.
func (p *place) textEnd(b []byte, i int) int {
	for i = textEnd(b, i); i < len(b) && (b[i] == '\t' || p.answer && b[i] != '\r' && b[i] != '\n' && b[i] != 0); {
		i = textEnd(b, i+1)
	}
	return i
}

// beginLine begins the line at i, and reads its name if that is a well-known one.
func (s *Section) beginLine(b []byte, i int, lim *Limits) Kind {
	s.lineAt = i
	if i == len(b) || b[i] <= ' ' || len(s.Fields) >= lim.Fields {
		if k := s.unusualLine(b, i, lim); k != OK {
			return k
		}
	}
	s.stage, s.pos = inName, i
	if id, colon := knownName(b, i); id != Other {
		s.id, s.colon = id, colon
		s.stage, s.pos = beforeValue, colon+1
	}
	return OK
}

// unusualLine looks at the first byte of a line that is no field's or one too many. The empty line ends the section.
func (s *Section) unusualLine(b []byte, i int, lim *Limits) Kind {
	switch {
	case i == len(b), b[i] == '\r' && i+1 == len(b):
		return s.wait(i)
	case b[i] == '\r' && b[i+1] == '\n', b[i] == '\n' && s.lenient&LetBareLF != 0:
		end := i + s.lineEnd(b, i)
		s.stage, s.pos, s.Len = atEnd, end, end
		return Incomplete
	case b[i] == ' ' || b[i] == '\t':
		return s.fail(ObsFold, i, s.latestName(), oneByte(i)) // RFC 9112 §5.2, and as the first line §2.2
	case b[i] != '\r' && b[i] != '\n' && len(s.Fields) >= lim.Fields:
		return s.failHere(TooManyFields, i)
	}
	return OK
}

func (s *Section) wrongName(b []byte, i int) Kind {
	switch b[i] {
	case ':':
		return s.failHere(EmptyName, i)
	case ' ', '\t':
		return s.failHere(SpaceInName, i) // RFC 9112 §5.1
	}
	return s.wrongByte(b, i, NameByte, NoColon)
}

// notFolded looks at the first byte behind a line that will be judged, and ends with n bytes at end: what is wrong with a folded value is the fold.
func (s *Section) notFolded(b []byte, end, n int) Kind {
	i := end + n
	switch {
	case i == len(b):
		return s.wait(end)
	case b[i] != ' ' && b[i] != '\t':
		return OK
	}
	name := s.name()
	s.line++
	s.lineAt = i
	return s.fail(ObsFold, i, name, oneByte(i))
}

// wrongValue names the byte at i, which no value may have. A value is not quoted: it can be a secret.
func (s *Section) wrongValue(b []byte, i int) Kind {
	kind := ControlInValue
	switch b[i] {
	case '\n':
		kind = BareLF
	case '\r':
		if i+1 == len(b) {
			return s.wait(i)
		}
		kind = BareCR
	}
	return s.fail(kind, i, s.name(), oneByte(i))
}

// name is the name on the current line.
func (s *Section) name() Span { return Span{int32(s.lineAt), int32(s.colon)} }

// latestName is the name of the latest field; empty before the first.
func (s *Section) latestName() Span {
	if len(s.Fields) == 0 {
		return Span{}
	}
	return s.Fields[len(s.Fields)-1].Name
}

// add appends the line that ends with n bytes at i.
func (s *Section) add(b []byte, i, n int) {
	end := i
	for end > s.valueAt && (b[end-1] == ' ' || b[end-1] == '\t') {
		end--
	}
	at := len(s.Fields)
	if at == cap(s.Fields) {
		s.Fields = append(s.Fields, Field{})
	}
	s.Fields = s.Fields[:at+1]
	f := &s.Fields[at]
	f.Name = s.name()
	f.Value = Span{int32(s.valueAt), int32(end)}
	f.Line = Span{int32(s.lineAt), int32(i + n)}
	f.ID, f.Like = s.id, s.id
	f.Drop = nameFlags[s.id]&hop != 0
	if s.id == Other {
		f.Like, f.Drop = like(b[s.lineAt:s.colon])
	} else if s.First[s.id] < 0 {
		s.First[s.id] = int16(at)
	}
}

// earlier reports whether a field like the latest one came before it.
func (s *Section) earlier(n Name) bool {
	return int(s.First[n]) != len(s.Fields)-1
}

// has reports whether there is a field n.
func (s *Section) has(n Name) bool { return s.First[n] >= 0 }

// failField notes a fault of the latest field as a whole, with its value as the excerpt.
func (s *Section) failField(kind Kind, f *Field) Kind {
	return s.failValue(kind, f, int(f.Value.Off), f.Value)
}

// failValue notes a fault at b[at] of the latest field, which is f, and takes it out: only valid lines count. Its line
// is the one before the current one.
func (s *Section) failValue(kind Kind, f *Field, at int, excerpt Span) Kind {
	s.fail(kind, at, f.Name, excerpt)
	s.fault.Line--
	s.fault.Column = at - int(f.Line.Off) + 1
	last := len(s.Fields) - 1
	if int(s.First[f.ID]) == last {
		s.First[f.ID] = -1
	}
	s.Fields = s.Fields[:last]
	return kind
}
