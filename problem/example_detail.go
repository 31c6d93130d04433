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
	if x.bare {
		p = Problem{Type: p.Type, Detail: d}
	}
	p.Part, p.At, p.Line = x.part, x.at, x.line
	p.Field, p.Excerpt, p.Name, p.Limit = []byte(x.field), []byte(x.excerpt), x.name, x.limit
	p.Applied = x.applied
	if x.allow != "" {
		p.Allow = []byte(x.allow)
	}
	if x.method != "" {
		p.Method = []byte(x.method)
	}
	return p
}

// detailExample is the facts in which a cause differs from its row's example, if it has its own.
type detailExample struct {
	own            bool
	bare           bool // it has none of the row's facts
	part           string
	at, line       int
	field, excerpt string
	name, method   string
	allow          string
	limit          int64
	applied        Applied
}

func inHead(line, at int, field, excerpt string) detailExample {
	return detailExample{own: true, part: "request head", line: line, at: at, field: field, excerpt: excerpt}
}

func inChunk(number, at int, excerpt string) detailExample {
	return detailExample{own: true, part: PartChunk, line: number, at: at, excerpt: excerpt}
}

func inTrailers(line, at int, field, excerpt string) detailExample {
	return detailExample{own: true, part: "trailers", line: line, at: at, field: field, excerpt: excerpt}
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
	DetailBareLF:             inHead(2, 16, "", "Host: a\n"),
	DetailBareCR:             inHead(2, 8, "Host", "\r"),
	DetailControlByte:        inHead(1, 6, "", "\x00"),
	DetailControlInValue:     inHead(3, 12, "X-Note", "\x00"),
	DetailTLSHello:           inHead(1, 1, "", "\x16\x03"),
	DetailProxyProtocol:      inHead(1, 1, "", "PROXY"),
	DetailOtherProtocol:      inHead(1, 1, "", "\x05"),
	DetailByteOrderMark:      inHead(1, 1, "", "\xef\xbb\xbf"),
	DetailEmptyLines:         inHead(2, 1, "", "\r"),
	DetailMethodSyntax:       inHead(1, 1, "", "{"),
	DetailRequestLineBlank:   inHead(1, 5, "", " "),
	DetailRequestLineTab:     inHead(1, 4, "", "GET\t"),
	DetailTargetMissing:      inHead(1, 4, "", "GET"),
	DetailTargetSpace:        inHead(1, 11, "", " "),
	DetailTargetForm:         inHead(1, 5, "", "m"),
	DetailConnectTarget:      inHead(1, 11, "", "me"),
	DetailTargetScheme:       inHead(1, 5, "", "https"),
	DetailTargetAuthority:    inHead(1, 12, "", "http://a@"),
	DetailHostMismatch:       inHead(2, 7, "Host", "b.example"),
	DetailRequestVersion:     inHead(1, 8, "", "\r"),
	DetailVersionSyntax:      inHead(1, 15, "", "HTTP/1.10"),
	DetailNameByte:           inHead(3, 1, "", "“"),
	DetailSpaceInName:        inHead(3, 7, "", "X-Note "),
	DetailEmptyName:          inHead(3, 1, "", ":"),
	DetailNoColon:            inHead(3, 6, "", "hello"),
	DetailObsFold:            inHead(4, 1, "X-Note", " "),
	DetailHostMissing:        inHead(2, 1, "", ""),
	DetailHostRepeated:       inHead(3, 7, "Host", "b.example"),
	DetailHostSyntax:         inHead(2, 8, "Host", "a b"),
	DetailHostURL:            inHead(2, 13, "Host", "https://a.example"),
	DetailHostNotASCII:       inHead(2, 8, "Host", "müller.example"),
	DetailTrailingComma:      inHead(3, 27, "Transfer-Encoding", "chunked,"),
	DetailLengthSyntax:       inHead(3, 17, "Content-Length", "+5"),
	DetailLengthOverflow:     inHead(3, 17, "Content-Length", "99999999999999999999"),
	DetailLengthRepeated:     inHead(4, 17, "Content-Length", "6"),
	DetailLengthWithCoding:   inHead(4, 20, "Transfer-Encoding", "chunked"),
	DetailCodingSyntax:       inHead(3, 20, "Transfer-Encoding", "chunked, identity"),
	DetailCodingRepeated:     inHead(4, 20, "Transfer-Encoding", "chunked"),
	DetailCodingInOldVersion: inHead(3, 20, "Transfer-Encoding", "chunked"),
	DetailConnectionSyntax:   inHead(3, 13, "Connection", "@"),
	DetailConnectionEndToEnd: inHead(3, 13, "Connection", "Host"),
	DetailChunkSize:          inChunk(2, 2, "0x"),
	DetailChunkSizeOverflow:  inChunk(1, 16, "ffffffffffffffff"),
	DetailChunkLineTooLong:   inChunk(1, 257, ""),
	DetailChunkExtension:     inChunk(1, 3, "5;\r"),
	DetailChunkEnd:           inChunk(1, 0, "x"),
	DetailForbiddenTrailer:   inTrailers(1, 1, "Content-Length", "Content-Length"),
	DetailTrailerSyntax:      inTrailers(1, 4, "", "GET "),
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

	DetailUnexpectedEnd: inBody(1, 8, ""),
	DetailEmptyBody:     inBody(1, 1, ""),
	DetailBodyMark:      inBody(1, 1, "\xef\xbb\xbf"),
	DetailBodyAfterEnd:  inBody(2, 1, "{"),
	DetailBodyEncoding:  inBody(1, 9, "\xff"),
	DetailBodyTooDeep:   inBody(1, 1001, "["),
	DetailBadString:     inBody(1, 9, `\q`),
	DetailBadNumber:     inBody(1, 9, "01"),
	DetailDuplicateKey:  inBody(1, 15, "author"),

	DetailBlankBody:         inBody(1, 4, ""),
	DetailCompressedBody:    inBody(1, 1, "\x1f"),
	DetailMultipartBody:     inBody(1, 1, "-"),
	DetailFormBody:          inBody(1, 1, "a"),
	DetailMarkupBody:        inBody(1, 1, "<"),
	DetailFileNameBody:      inBody(1, 1, "@"),
	DetailEncodedBody:       inBody(1, 1, "%7B"),
	DetailObjectAsText:      inBody(1, 1, "[object Object]"),
	DetailSingleQuotes:      inBody(1, 2, "'"),
	DetailCurlyQuotes:       inBody(1, 2, "“"),
	DetailEscapedQuotes:     inBody(1, 2, "\\"),
	DetailPlaceholderInBody: inBody(1, 7, "$"),
	DetailJSONComment:       inBody(2, 3, "/"),
	DetailCommaBeforeEnd:    inBody(1, 8, "}"),
	DetailMissingComma:      inBody(2, 3, "\""),
	DetailMissingColon:      inBody(1, 6, "="),
	DetailForeignLiteral:    inBody(1, 7, "None"),
	DetailBareWord:          inBody(1, 7, "y"),
	DetailBareName:          inBody(1, 2, "a"),

	DetailOverrideRefused: named("X-HTTP-Method-Override", "DELETE"),
	DetailTunnelMethod:    named("X-HTTP-Method-Override", "DELETE"),
	DetailTunnelBody:      named("X-HTTP-Method-Override", ""),
	DetailTunnelQuery:     named("X-HTTP-Method-Override", ""),
	DetailUnknownFault:    named("X-Sandbox-Fault", "expired_token"),

	DetailUnknownParameter:  {own: true, name: "applic", allow: "app, status, since"},
	DetailRepeatedParameter: named("app", ""),
	DetailParameterForm:     {own: true, name: "since", excerpt: "yesterday", allow: "a time ago such as 2h or 7d"},
	DetailParameterBeside:   named("app", ""),

	DetailTokenPlaceholder: {own: true, excerpt: "undefined"},
	DetailTokenNotTaken:    named("", ""),
	DetailTokenMalformed:   named("", ""),
	DetailTokenEncrypted:   named("", ""),
	DetailTokenExtension:   named("", ""),
	DetailTokenAlgorithm:   named("", ""),
	DetailTokenType:        named("", ""),
	DetailTokenIssuer:      named("", ""),
	DetailTokenKey:         named("", ""),
	DetailTokenSignature:   named("", ""),
	DetailTokenClaim:       named("client_id or azp", ""),
	DetailTokenAudience:    named("https://api.example.com", ""),
	DetailTokenIsIDToken:   named("", ""),
	DetailTokenBound:       named("", ""),
	DetailTokenNotYet:      named("", ""),
	DetailTokenNotActive:   named("", ""),

	DetailNotADeveloper: {own: true, bare: true},
	DetailNoRecord:      {own: true, bare: true},
	DetailNoApp:         {own: true, bare: true},

	DetailTwoAuthorization: named("", ""),
	DetailTwoInURL:         named("", ""),

	DetailBodyGap:  limited("body_gap", 30_000, AppliedNo),
	DetailBodyRate: {own: true, applied: AppliedUnknown},
	DetailBodyTime: limited("call", 60_000, AppliedUnknown),

	DetailTypeMissing:         named("", ""),
	DetailEncodingUnsupported: named("", ""),
	DetailTooManyFields:       {own: true, part: "request head", name: "fields", limit: 128},
	DetailTooManyTrailers:     {own: true, part: "trailers", name: "fields", limit: 128, applied: AppliedUnknown},
	DetailTrailersTooLarge:    {own: true, part: "trailers", name: "trailers", limit: 4 << 10, applied: AppliedUnknown},

	DetailPreflightMethod: {own: true, excerpt: "https://app.example.com", method: "PATCH"},
	DetailUpgradeOrigin:   {own: true, excerpt: "https://app.example.com", name: "WebSocket"},
	DetailPreflightHeader: {own: true, excerpt: "https://app.example.com", field: "x-csrf-token"},

	DetailMethodCaseOnly:       {own: true, method: "patch"},
	DetailHTTP2Preface:         {own: true, part: "request head", line: 1, at: 7, excerpt: "HTTP/2.0"},
	DetailTransferCoding:       {own: true, field: "Transfer-Encoding", excerpt: "gzip"},
	DetailUpstreamHeadTooLarge: limited("limits.upstream_head", 64<<10, AppliedUnknown),
	DetailUpstreamFields:       limited("limits.upstream_fields", 1000, AppliedUnknown),
	DetailUpstreamChunkLine:    limited("limits.chunk_line", 256, AppliedUnknown),
	DetailUpstreamTrailers:     limited("limits.trailers", 4<<10, AppliedUnknown),
	DetailTooManyInterims:      {own: true, limit: 8, applied: AppliedUnknown},

	DetailUpstreamInFlight: limited("upstreams.*.in_flight", 100, AppliedNo),
	DetailBreaker:          {own: true, excerpt: "connection refused", limit: 3_000},

	DetailConnectTime: limited("upstreams.*.timeouts.connect", 3_000, AppliedNo),
	DetailTLSTime:     limited("upstreams.*.timeouts.tls", 5_000, AppliedNo),
	DetailGapTime:     limited("upstreams.*.timeouts.gap", 30_000, AppliedUnknown),
	DetailCallTime:    limited("timeouts.call", 60_000, AppliedUnknown),

	DetailOnlyIfCached: {own: true, applied: AppliedNo},
}
