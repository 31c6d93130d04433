package http1

// ParseRequest reads the head of a request from b. Incomplete asks for another call with more bytes behind these; the
// buffer may have moved. After OK the head has h.Len bytes, and h.Soft may hold a fault that leaves its framing whole.
// After a fault h holds the complete valid lines before it.
func ParseRequest(b []byte, lim *Limits, h *Head) Fault {
	if h.stage == fresh {
		h.Reset()
	}
	h.Buf = b
	if len(b) > lim.Head {
		b = b[:lim.Head]
	}
	k := h.parse(b, lim)
	if k == Incomplete && len(b) == lim.Head {
		h.tooLarge(lim)
	}
	if h.fault.Kind != OK {
		return h.fault
	}
	return Fault{Kind: k}
}

func (h *Head) parse(b []byte, lim *Limits) Kind {
	if h.fault.Kind != OK {
		return h.fault.Kind
	}
	if h.stage < atLine {
		if k := h.requestLine(b, lim); k != OK {
			return k
		}
	}
	for {
		k := h.next(b, lim)
		if h.stage == atEnd {
			return h.finish(b, lim)
		}
		if k != OK {
			return k
		}
		f := &h.Fields[len(h.Fields)-1]
		if nameFlags[f.ID]&judged == 0 {
			continue
		}
		if k := h.judge(b, f, lim); k != OK {
			return k
		}
	}
}

// tooLarge notes that the head does not end within its limit.
func (h *Head) tooLarge(lim *Limits) {
	if h.stage == inTarget || h.stage == inVersion {
		h.fail(URITooLong, min(h.lineAt+lim.RequestLine, lim.Head), Span{}, Span{})
		return
	}
	h.headTooLarge(lim)
}

// requestLine reads method, target and version, one after the other.
func (h *Head) requestLine(b []byte, lim *Limits) Kind {
	if h.stage == atStart {
		if k := h.begin(b); k != OK {
			return k
		}
	}
	if h.stage == inMethod {
		if k := h.method(b); k != OK {
			return k
		}
	}
	if h.stage == inTarget {
		if k := h.rawTarget(b); k != OK {
			return k
		}
	}
	if k := h.version(b, int(h.versionAt), "\r\n"); k != OK {
		return k
	}
	return h.endRequestLine(b, lim)
}

// begin skips one empty line (RFC 9112 §2.2); a second is refused.
func (h *Head) begin(b []byte) Kind {
	i := h.pos
	for {
		h.lineAt = i
		switch {
		case i == len(b), b[i] == '\r' && i+1 == len(b):
			return h.wait(i)
		case b[i] != '\r' || b[i+1] != '\n':
			h.stage, h.pos = inMethod, i
			return OK
		case h.skipped:
			return h.failHere(EmptyLines, i)
		}
		h.skipped = true
		h.line++
		i += 2
	}
}

func (h *Head) method(b []byte) Kind {
	i := h.pos
	for i < len(b) && token[b[i]] {
		i++
	}
	switch {
	case i == len(b):
		return h.wait(i)
	case b[i] == '\t', b[i] == ' ' && i == h.lineAt:
		return h.failHere(RequestLineSyntax, i)
	case b[i] != ' ':
		return h.wrongByte(b, i, MethodSyntax, RequestLineSyntax)
	}
	h.Method = Span{int32(h.lineAt), int32(i)}
	h.Target = Span{int32(i + 1), int32(i + 1)} // empty until its end is known: whoever reads a wrong head may read it
	h.stage, h.pos = inTarget, i+1
	return OK
}

func (h *Head) rawTarget(b []byte) Kind {
	i := visibleEnd(b, h.pos)
	for i < len(b) && passesInTarget(b[i]) {
		i = visibleEnd(b, i+1)
	}
	if i == len(b) {
		return h.wait(i)
	}
	if b[i] != ' ' || int32(i) == h.Target.Off {
		return h.wrongTarget(b, i)
	}
	h.Target.End = int32(i)
	h.versionAt = int32(i + 1)
	h.stage, h.pos = inVersion, i+1
	return OK
}

// passesInTarget reports whether a control byte is left for the checks of the URL: no reader ends a part of the request
// line there.
func passesInTarget(c byte) bool {
	switch c {
	case 0, '\t', '\n', '\v', '\f', '\r', ' ':
		return false
	}
	return true
}

// wrongTarget names the byte at i, which no target may have. A target is not quoted: its query can hold secrets.
func (h *Head) wrongTarget(b []byte, i int) Kind {
	var k Kind
	switch b[i] {
	case '\t', '\v', '\f':
		k = h.failHere(TargetSpace, i)
	default: // a space: the target is empty
		k = h.wrongByte(b, i, RequestLineSyntax, RequestLineSyntax)
	}
	h.fault.Excerpt = oneByte(i)
	return k
}

// endRequestLine judges the line as a whole; its version and CRLF were read.
func (h *Head) endRequestLine(b []byte, lim *Limits) Kind {
	end := int(h.versionAt) + len(versionShape)
	if end-h.lineAt > lim.RequestLine {
		h.Soft = Fault{Kind: URITooLong, At: h.lineAt + lim.RequestLine, Line: h.line, Column: lim.RequestLine + 1}
	}
	if k := h.target(b, lim); k != OK {
		return k
	}
	h.stage, h.pos = atLine, end+2
	h.line++
	return OK
}

// judge looks at a field on which the framing or the target depends.
func (h *Head) judge(b []byte, f *Field, lim *Limits) Kind {
	switch f.ID {
	case Host:
		return h.judgeHost(b, f)
	case Expect:
		h.judgeExpect(b, f)
	case TE:
		h.judgeTE(b, f)
	default:
		return h.judgeFraming(b, f, lim)
	}
	return OK
}

// judgeHost: RFC 9112 §3.2. A request for an http or https URI never has an empty host (RFC 9110 §4.2.1).
func (h *Head) judgeHost(b []byte, f *Field) Kind {
	if h.earlier(Host) {
		return h.failField(HostRepeated, f)
	}
	value := f.Value.Of(b)
	_, wrong := splitAuthority(value)
	if wrong >= 0 {
		return h.failValue(HostSyntax, f, int(f.Value.Off)+wrong, f.Value)
	}
	return OK
}

// judgeExpect: RFC 9110 §10.1.1; ignored in HTTP/1.0.
func (h *Head) judgeExpect(b []byte, f *Field) {
	if h.Minor == 0 {
		return
	}
	if EqualFold(f.Value.Of(b), "100-continue") {
		h.Expect100 = true
		return
	}
	if h.Soft.Kind == OK {
		h.Soft = Fault{
			Kind: ExpectationFailed, At: int(f.Value.Off), Line: h.line - 1, Column: int(f.Value.Off-f.Line.Off) + 1,
			Field: f.Name, Excerpt: f.Value,
		}
	}
}

func (h *Head) judgeTE(b []byte, f *Field) {
	value := f.Value.Of(b)
	for off, end, next := element1(value, 0); off < end; off, end, next = element1(value, next) {
		if EqualFold(value[off:end], "trailers") {
			h.HasTrailersTE = true
		}
	}
}

// finish judges the head as a whole.
func (h *Head) finish(b []byte, lim *Limits) Kind {
	if !h.has(Host) {
		if h.Minor == 1 {
			h.lineAt = h.pos - 2
			return h.fail(HostMissing, h.lineAt, Span{}, Span{})
		}
	} else if k := h.compareHost(b, lim); k != OK {
		return k
	}
	switch {
	case h.has(TransferEncoding):
		h.Body = ChunkedBody
	case h.has(ContentLength):
		h.Body = LengthBody
	}
	h.markNamed(b, lim)
	return OK
}

// compareHost holds an absolute target against Host. RFC 9112 §3.2.2 lets the target win; two readers could take one
// each, so here they must be equal.
func (h *Head) compareHost(b []byte, lim *Limits) Kind {
	f := &h.Fields[h.First[Host]]
	if h.Form == OriginForm || h.Form == AsteriskForm {
		h.Authority = f.Value
		return OK
	}
	if h.Form == AuthorityForm || sameAuthority(h.Authority.Of(b), f.Value.Of(b), lim.TLS) {
		return OK
	}
	h.fail(HostMismatch, int(f.Value.Off), f.Name, f.Value)
	h.fault.Line, h.fault.Column = h.lineOf(b, f), int(f.Value.Off-f.Line.Off)+1
	return HostMismatch
}

// lineOf counts the line of a field that is not the latest.
func (h *Head) lineOf(b []byte, f *Field) int {
	line := 1
	for _, c := range b[:f.Line.Off] {
		if c == '\n' {
			line++
		}
	}
	return line
}
