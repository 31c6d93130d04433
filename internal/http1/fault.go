package http1

// Kind says what is wrong. The zero Kind is OK.
type Kind uint8

// The kinds of faults. Those down to ForbiddenTrailer have no switch: two readers may disagree about such a message.
const (
	OK         Kind = iota
	Incomplete      // nothing is wrong so far; more bytes are needed

	BareLF         // a line that ends in LF alone
	BareCR         // a CR that no LF follows
	ControlByte    // NUL or another control byte, outside the value of a field
	ControlInValue // one in the value of a field

	TLSHello      // the beginning of a TLS handshake
	HTTP2Preface  // HTTP/2 with prior knowledge (RFC 9113 §3.4)
	ProxyProtocol // the PROXY protocol of a balancer
	OtherProtocol // a control byte at the very beginning
	ByteOrderMark // U+FEFF before the request line, in UTF-8 or UTF-16

	EmptyLines       // more than one empty line before the request line
	MethodSyntax     // no token
	MethodTooLong    // a method past the limit of the request line or the head
	RequestLineBlank // a blank where none belongs: first, last, or a second one between two parts
	RequestLineTab   // a tab in the request line
	TargetMissing    // a request line of one word, or of a method and a version
	TargetSpace      // a blank in the target
	TargetForm       // not a form of target that this method can have
	ConnectTarget    // CONNECT without host and port
	TargetScheme     // absolute target with another scheme than the listener's
	TargetAuthority  // absolute target whose authority is no host with an optional port
	HostMismatch     // absolute target with another authority than Host
	VersionMissing   // the line ends behind the target, as in HTTP/0.9
	VersionSyntax    // not HTTP/D.D
	Version          // well-formed and not 1.x
	StatusLineSyntax // not version SP three digits, with SP and a reason or without
	StatusCode       // three digits below 100

	NameByte    // a byte in a field name that no token may have
	SpaceInName // a blank in a field name or behind it
	EmptyName   // nothing before the colon
	NoColon     // a line without a colon
	ObsFold     // a line that begins with a blank

	HostMissing
	HostRepeated // Host twice, or with two hosts
	HostSyntax
	HostURL            // Host with a scheme or a path
	HostNotASCII       // Host with letters that are not ASCII
	TrailingComma      // Content-Length or Transfer-Encoding that ends in a comma
	LengthSyntax       // Content-Length that is not digits alone
	LengthOverflow     // Content-Length past 2^63-1
	LengthRepeated     // Content-Length twice, or with two numbers; of an answer: with different ones
	LengthWithCoding   // Content-Length and Transfer-Encoding
	CodingSyntax       // Transfer-Encoding that is no list of codings, or has chunked anywhere but last
	CodingRepeated     // Transfer-Encoding twice, or with chunked twice
	CodingInOldVersion // Transfer-Encoding in HTTP/1.0
	ConnectionSyntax   // Connection that is no list of tokens, or of more than 64
	ConnectionEndToEnd // Connection names a field that is not for one hop
	ChunkSize          // a chunk size that is not 1 to 16 hex digits
	ChunkSizeOverflow  // a chunk size of 17 digits or past 2^63-1
	ChunkExtension     // a byte that no chunk extension may have
	ChunkEnd           // chunk data not followed by CRLF
	ForbiddenTrailer   // a field that has no place behind a body (RFC 9110 §6.5.1)
	UnknownTransferCoding

	URITooLong       // request line past its limit
	HeadTooLarge     // head past its limit
	TooManyFields    // more field lines than allowed
	ChunkLineTooLong // chunk size with extensions past its limit
	TrailersTooLarge // trailers past their limit
	ExpectationFailed

	KindCount // how many kinds there are
)

// Where is the part of a message in which a fault stands.
type Where uint8

// The parts. Line counts the lines of the head or of the trailers, and the chunks of a body.
const (
	InHead Where = iota
	InChunk
	InTrailers
)

// Fault is one refusal. Positions are in the buffer given to the parser, but for chunked bodies: see Chunked.
type Fault struct {
	Kind    Kind
	In      Where
	At      int  // offset of the byte that is wrong, from 0
	Line    int  // its line, from 1; in a chunk the chunk's number
	Column  int  // its place in that line or in the chunk's size line, in bytes from 1; 0 behind the data of a chunk
	Field   Span // name of the field it belongs to; empty for none
	Excerpt Span // the wrong bytes. Of a field's value only what is needed: values can be secrets
}

// maxLine bounds what is shown of a line.
const maxLine = 256

// LineIn returns the line of the head b in which the fault stands, up to its end or the byte that ends it wrongly, at most
// 256 bytes of it. It may hold secrets.
func (f Fault) LineIn(b []byte) []byte {
	from := max(0, f.At-max(0, f.Column-1))
	end := min(f.At, len(b))
	for end < len(b) && b[end] != '\r' && b[end] != '\n' {
		end++
	}
	if (f.Kind == BareLF || f.Kind == BareCR) && end < len(b) {
		end++
	}
	if from >= end {
		return nil
	}
	return b[from:min(end, from+maxLine)]
}

var kindNames = [KindCount]string{
	OK: "ok", Incomplete: "incomplete",
	BareLF: "bare_lf", BareCR: "bare_cr", ControlByte: "control_byte", ControlInValue: "control_in_value",
	TLSHello: "tls_hello", HTTP2Preface: "http2_preface", ProxyProtocol: "proxy_protocol",
	OtherProtocol: "other_protocol", ByteOrderMark: "byte_order_mark",
	EmptyLines: "empty_lines", MethodSyntax: "method_syntax", MethodTooLong: "method_too_long",
	RequestLineBlank: "request_line_blank", RequestLineTab: "request_line_tab",
	TargetMissing: "target_missing", TargetSpace: "target_space", TargetForm: "target_form", ConnectTarget: "connect_target",
	TargetScheme: "target_scheme", TargetAuthority: "target_authority", HostMismatch: "host_mismatch",
	VersionMissing: "version_missing", VersionSyntax: "version_syntax", Version: "version",
	StatusLineSyntax: "status_line_syntax", StatusCode: "status_code",
	NameByte: "name_byte", SpaceInName: "space_in_name", EmptyName: "empty_name", NoColon: "no_colon", ObsFold: "obs_fold",
	HostMissing: "host_missing", HostRepeated: "host_repeated", HostSyntax: "host_syntax",
	HostURL: "host_url", HostNotASCII: "host_not_ascii", TrailingComma: "trailing_comma",
	LengthSyntax: "length_syntax", LengthOverflow: "length_overflow", LengthRepeated: "length_repeated",
	LengthWithCoding: "length_with_coding", CodingSyntax: "coding_syntax", CodingRepeated: "coding_repeated",
	CodingInOldVersion: "coding_in_old_version", UnknownTransferCoding: "unknown_transfer_coding",
	ConnectionSyntax: "connection_syntax", ConnectionEndToEnd: "connection_end_to_end",
	ChunkSize: "chunk_size", ChunkSizeOverflow: "chunk_size_overflow", ChunkExtension: "chunk_extension",
	ChunkEnd: "chunk_end", ForbiddenTrailer: "forbidden_trailer",
	URITooLong: "uri_too_long", HeadTooLarge: "head_too_large", TooManyFields: "too_many_fields",
	ChunkLineTooLong: "chunk_line_too_long", TrailersTooLarge: "trailers_too_large",
	ExpectationFailed: "expectation_failed",
}

// String returns the kind's name in lower case with underscores.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}
