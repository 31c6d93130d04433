package http1

import "github.com/candor-gateway/candor/internal/ascii"

// Span is a range of bytes in the buffer given to a parser.
type Span struct{ Off, End int32 }

// Of returns the bytes of s in b.
func (s Span) Of(b []byte) []byte { return b[s.Off:s.End:s.End] }

// Empty reports whether s has no bytes.
func (s Span) Empty() bool { return s.Off >= s.End }

// Len is the number of bytes in s.
func (s Span) Len() int { return int(s.End - s.Off) }

// Limits bounds what a peer may send, in bytes unless said otherwise. A zero limit admits nothing: begin with Defaults.
type Limits struct {
	RequestLine int // without its CRLF; a longer one within Head is a Soft fault
	Head        int // start line, fields and empty lines
	Fields      int // number of field lines
	ChunkLine   int // a chunk's size and extensions, without CRLF
	Trailers    int // field lines behind the last chunk
	TLS         bool
	// Protected names further fields, in lower case, that no Connection field and no trailer may name: identity and id
	// names that the operator has changed.
	Protected []string
	Lenient   Lenient // of answers alone
}

// Defaults are the limits for requests of a plain listener.
func Defaults() Limits {
	return Limits{RequestLine: 8 << 10, Head: 32 << 10, Fields: 128, ChunkLine: 256, Trailers: 4 << 10}
}

// ResponseDefaults are the limits for the answers of an upstream.
func ResponseDefaults() Limits {
	lim := Defaults()
	lim.Head, lim.Fields = 64<<10, 1000
	return lim
}

// Field is one field line.
type Field struct {
	Name, Value Span // Value without the blanks around it
	Line        Span // the whole line with its CRLF
	ID          Name // which well-known field it is
	Like        Name // ID, or what ID would be if every '_' of the name were '-': some servers behind us do not tell them apart
	Drop        bool // hop-by-hop, or named by Connection: not forwarded
}

// Form is the form of a request target (RFC 9112 §3.2).
type Form uint8

// The four forms.
const (
	OriginForm    Form = iota // /path?query
	AbsoluteForm              // http://host/path?query
	AsteriskForm              // *, with OPTIONS alone
	AuthorityForm             // host:port, with CONNECT alone
)

// Framing is how the end of a body is found (RFC 9112 §6.3).
type Framing uint8

// The framings. A Content-Length of 0 is LengthBody, so that it can be told from none at all.
const (
	NoBody Framing = iota
	LengthBody
	ChunkedBody
	UntilClose // responses only
)

// Section is what requests and responses have in common: the field lines and what follows from them.
type Section struct {
	Buf    []byte // the bytes of the latest call; every Span is a range of it
	Fields []Field
	First  [NameCount]int16 // index of the first field of each Name, -1 for none
	Len    int              // bytes of the whole head, its empty line included
	Minor  uint8            // of HTTP/1.x: 0 or 1; 1.2 to 1.9 are read as 1.1
	Body   Framing
	Length int64 // what Content-Length says, also where there is no body (HEAD, 304); 0 without one

	Close     bool // Connection: close was sent
	KeepAlive bool // Connection: keep-alive was sent
	Upgrade   bool // Connection: upgrade was sent

	place
	mends
}

// Head is the head of a request. The zero value is ready; Reset makes it so again and keeps its memory.
type Head struct {
	Section
	Method, Target Span
	Path, Query    Span // Path ends before '?', Query begins after it. An absolute target without a path has the path "/"
	HasQuery       bool
	Authority      Span // to whom the request goes: of an absolute or CONNECT target, else the Host field; empty in HTTP/1.0 without Host
	Form           Form
	Expect100      bool // Expect: 100-continue was sent; never in HTTP/1.0
	HasTrailersTE  bool // TE names trailers
	// Soft is a fault after which the head was read to its end all the same, since its framing is whole: URITooLong,
	// ExpectationFailed. The first one found. Kind OK for none.
	Soft Fault

	versionAt int32
	skipped   bool // an empty line before the request line
}

// ResponseHead is the head of a response. The zero value is ready; Reset makes it so again and keeps its memory.
type ResponseHead struct {
	Section
	Status int  // 100 to 999
	Reason Span // may be empty

	toHEAD, toCONNECT bool // what was asked
}

// Reset makes h ready for the next request.
func (h *Head) Reset() {
	h.reset()
	h.Method, h.Target, h.Path, h.Query, h.Authority = Span{}, Span{}, Span{}, Span{}, Span{}
	h.HasQuery, h.Expect100, h.HasTrailersTE, h.skipped = false, false, false, false
	h.Form, h.Soft, h.versionAt = OriginForm, Fault{}, 0
}

// Reset makes h ready for the next response.
func (h *ResponseHead) Reset() {
	h.reset()
	h.answer = true
	h.Status, h.Reason = 0, Span{}
}

// Get returns the value of the first field n, nil if there is none; an empty value is not nil.
func (s *Section) Get(n Name) []byte {
	i := int(s.First[n])
	if i < 0 || i >= len(s.Fields) {
		return nil
	}
	return s.Fields[i].Value.Of(s.Buf)
}

// Count returns how many fields n there are.
func (s *Section) Count(n Name) int {
	count, first := 0, int(s.First[n])
	if first < 0 { // nearly always
		return 0
	}
	for i := first; i < len(s.Fields); i++ {
		if s.Fields[i].ID == n {
			count++
		}
	}
	return count
}

// Find returns the value of the first field with this name, nil if there is none. The name is given in lower case.
func (s *Section) Find(lowerName string) []byte {
	for i := range s.Fields {
		if ascii.EqualFold(s.Fields[i].Name.Of(s.Buf), lowerName) {
			return s.Fields[i].Value.Of(s.Buf)
		}
	}
	return nil
}

// AppendFields appends the field lines that drop does not report, as they came: in their order, with their spelling and bytes, run by run.
func (s *Section) AppendFields(dst []byte, drop func(*Field) bool) []byte {
	if s.mended != 0 {
		return s.appendMended(dst, drop)
	}
	from := -1
	for i := range s.Fields {
		f := &s.Fields[i]
		switch dropped := drop(f); {
		case dropped && from >= 0:
			dst = append(dst, s.Buf[from:f.Line.Off]...)
			from = -1
		case !dropped && from < 0:
			from = int(f.Line.Off)
		}
	}
	if from < 0 {
		return dst
	}
	return append(dst, s.Buf[from:s.Fields[len(s.Fields)-1].Line.End]...)
}

// Persistent reports whether the peer lets the connection carry another message (RFC 9112 §9.3).
func (s *Section) Persistent() bool {
	return !s.Close && s.mended == 0 && (s.Minor == 1 || s.KeepAlive)
}

var noFields = func() (none [NameCount]int16) {
	for i := range none {
		none[i] = -1
	}
	return none
}()

func (s *Section) reset() {
	s.Buf = nil
	s.Fields = s.Fields[:0]
	s.First = noFields
	s.Len, s.Minor, s.Body, s.Length = 0, 0, NoBody, 0
	s.Close, s.KeepAlive, s.Upgrade = false, false, false
	s.place = place{stage: atStart, line: 1}
	s.mended = 0
}
