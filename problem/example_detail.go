package problem

// ExampleOf is a case of a row with one known cause.
func ExampleOf(d Detail) Problem {
	p := Example(d.Type())
	if d >= detailCount {
		return p
	}
	p.Detail = d
	x := &detailExamples[d]
	if !x.own {
		return p
	}
	p.Part, p.At, p.Line = x.part, x.at, x.line
	p.Field, p.Excerpt, p.Name, p.Limit = []byte(x.field), []byte(x.excerpt), x.name, x.limit
	p.Applied = x.applied
	if x.method != "" {
		p.Method = []byte(x.method)
	}
	return p
}

// detailExample is the facts in which a cause differs from its row's example, if it has its own.
type detailExample struct {
	own            bool
	part           string
	at, line       int
	field, excerpt string
	name, method   string
	limit          int64
	applied        Applied
}

func inHead(line, at int, field, excerpt string) detailExample {
	return detailExample{own: true, part: "request head", line: line, at: at, field: field, excerpt: excerpt}
}

func inChunk(at int, excerpt string) detailExample {
	return detailExample{own: true, part: "chunk", line: 1, at: at, excerpt: excerpt}
}

func inURL(part string, at int, excerpt string) detailExample {
	return detailExample{own: true, part: part, at: at, excerpt: excerpt}
}

func inBody(line, at int, excerpt string) detailExample {
	return detailExample{own: true, part: "JSON body", line: line, at: at, excerpt: excerpt}
}

func named(name, excerpt string) detailExample {
	return detailExample{own: true, name: name, excerpt: excerpt}
}

func limited(name string, limit int64, applied Applied) detailExample {
	return detailExample{own: true, name: name, limit: limit, applied: applied}
}

var detailExamples = [detailCount]detailExample{
	DetailBareLF:             inHead(2, 31, "", "\n"),
	DetailBareCR:             inHead(2, 21, "", "\rx"),
	DetailControlByte:        inHead(3, 40, "X-Note", "\x00"),
	DetailEmptyLines:         inHead(2, 2, "", "\r\n"),
	DetailMethodSyntax:       inHead(1, 1, "", "G(T"),
	DetailRequestLineSyntax:  inHead(1, 3, "", "  "),
	DetailTargetSpace:        inHead(1, 8, "", "\t"),
	DetailTargetForm:         inHead(1, 4, "", "me"),
	DetailTargetScheme:       inHead(1, 4, "", "ftp"),
	DetailTargetAuthority:    inHead(1, 11, "", "a@b"),
	DetailHostMismatch:       inHead(2, 36, "Host", "b.example"),
	DetailVersionSyntax:      inHead(1, 8, "", "HTTP/1.10"),
	DetailNameByte:           inHead(3, 30, "", "\xe9"),
	DetailSpaceInName:        inHead(3, 31, "X Note", " "),
	DetailEmptyName:          inHead(3, 30, "", ":"),
	DetailNoColon:            inHead(3, 30, "", "hello"),
	DetailObsFold:            inHead(3, 30, "", " folded"),
	DetailHostMissing:        inHead(2, 16, "Host", ""),
	DetailHostRepeated:       inHead(3, 30, "Host", "b.example"),
	DetailHostSyntax:         inHead(2, 22, "Host", "http://a"),
	DetailLengthSyntax:       inHead(3, 46, "Content-Length", "+5"),
	DetailLengthOverflow:     inHead(3, 46, "Content-Length", "99999999999999999999"),
	DetailLengthRepeated:     inHead(4, 49, "Content-Length", "6"),
	DetailLengthWithCoding:   inHead(4, 49, "Transfer-Encoding", ""),
	DetailCodingSyntax:       inHead(3, 49, "Transfer-Encoding", "chunked, identity"),
	DetailCodingRepeated:     inHead(4, 58, "Transfer-Encoding", "chunked"),
	DetailCodingInOldVersion: inHead(3, 30, "Transfer-Encoding", ""),
	DetailConnectionSyntax:   inHead(3, 42, "Connection", "@"),
	DetailConnectionEndToEnd: inHead(3, 42, "Connection", "Host"),
	DetailChunkSize:          inChunk(0, "0x3"),
	DetailChunkSizeOverflow:  inChunk(0, "ffffffffffffffff1"),
	DetailChunkLineTooLong:   inChunk(256, ""),
	DetailChunkExtension:     inChunk(2, "\r"),
	DetailChunkEnd:           inChunk(8, "xx"),
	DetailForbiddenTrailer:   {own: true, part: "trailer", line: 4, at: 20, field: "Content-Length"},
	DetailPlainOnTLS:         {own: true},

	DetailBadEscape:        inURL("path", 12, "%zz"),
	DetailEncodedControl:   inURL("path", 5, "%00"),
	DetailRawControl:       inURL("query", 3, "\x01"),
	DetailRawByte:          inURL("path", 5, "é"),
	DetailBackslash:        inURL("path", 4, `\`),
	DetailFragment:         inURL("path", 4, "#"),
	DetailEmptySegment:     inURL("path", 1, "//"),
	DetailEncodedSlash:     inURL("path", 7, "%2F"),
	DetailEncodedBackslash: inURL("path", 7, "%5C"),
	DetailDotSegment:       inURL("path", 9, "%2e%2e"),
	DetailQueryByte:        inURL("query", 4, "{"),
	DetailAnotherRoute:     {own: true, part: "path", at: 2, excerpt: "%2561dmin"},

	DetailUnexpectedEnd: inBody(1, 1, ""),
	DetailBodyAfterEnd:  inBody(2, 1, "{"),
	DetailBodyEncoding:  inBody(1, 9, "\xff"),
	DetailBodyTooDeep:   inBody(1, 1001, "["),
	DetailBadString:     inBody(1, 9, `\q`),
	DetailBadNumber:     inBody(1, 9, "01"),
	DetailDuplicateKey:  inBody(1, 15, "author"),

	DetailOverrideRefused: named("X-HTTP-Method-Override", "DELETE"),
	DetailTunnelMethod:    named("X-HTTP-Method-Override", "DELETE"),
	DetailTunnelBody:      named("X-HTTP-Method-Override", ""),
	DetailTunnelQuery:     named("X-HTTP-Method-Override", ""),
	DetailUnknownFault:    named("X-Sandbox-Fault", "expired_token"),

	DetailTokenPlaceholder: {own: true, excerpt: "undefined"},

	DetailTwoAuthorization: named("", ""),
	DetailTwoInURL:         named("", ""),

	DetailBodyGap:  limited("body_gap", 30_000, AppliedNo),
	DetailBodyRate: {own: true, applied: AppliedUnknown},
	DetailBodyTime: limited("call", 60_000, AppliedUnknown),

	DetailTypeMissing:         named("", ""),
	DetailEncodingUnsupported: named("", ""),
	DetailTooManyFields:       {own: true, part: "request head", name: "fields", limit: 128},
	DetailTrailersTooLarge:    {own: true, part: "trailer", name: "trailers", limit: 4 << 10, applied: AppliedUnknown},

	DetailPreflightMethod: {own: true, excerpt: "https://app.example.com", method: "PATCH"},
	DetailPreflightHeader: {own: true, excerpt: "https://app.example.com", field: "x-csrf-token"},

	DetailTransferCoding:       {own: true, field: "Transfer-Encoding", excerpt: "gzip"},
	DetailUpstreamHeadTooLarge: limited("limits.upstream_head", 64<<10, AppliedUnknown),
	DetailUpstreamFields:       limited("limits.upstream_fields", 1000, AppliedUnknown),
	DetailUpstreamChunkLine:    limited("limits.chunk_line", 256, AppliedUnknown),
	DetailUpstreamTrailers:     limited("limits.trailers", 4<<10, AppliedUnknown),
	DetailTooManyInterims:      {own: true, limit: 8, applied: AppliedUnknown},

	DetailConnectTime: limited("upstreams.*.timeouts.connect", 3_000, AppliedNo),
	DetailTLSTime:     limited("upstreams.*.timeouts.tls", 5_000, AppliedNo),
	DetailGapTime:     limited("upstreams.*.timeouts.gap", 30_000, AppliedUnknown),
	DetailCallTime:    limited("timeouts.call", 60_000, AppliedUnknown),
}
