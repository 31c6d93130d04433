package http1

import "github.com/candor-gateway/candor/internal/ascii"

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
	if _, wrong := splitAuthority(value); wrong >= 0 {
		kind, quoted := wrongHost(value, wrong), f.Value
		if user := userEnd(value); user >= 0 { // of a user and a password nothing is quoted
			wrong = user
			quoted.Off += int32(user)
		}
		return h.failValue(kind, f, int(f.Value.Off)+wrong, quoted)
	}
	return OK
}

// wrongHost says what a value that is wrong at this byte was probably meant to be.
func wrongHost(value []byte, at int) Kind {
	switch {
	case at == len(value):
		return HostSyntax
	case value[at] == '/':
		return HostURL
	case value[at] >= 0x80:
		return HostNotASCII
	case value[at] == ',', at > 0 && value[at-1] == ',' && (value[at] == ' ' || value[at] == '\t'):
		return HostRepeated
	}
	return HostSyntax
}

// judgeExpect: RFC 9110 §10.1.1; ignored in HTTP/1.0.
func (h *Head) judgeExpect(b []byte, f *Field) {
	if h.Minor == 0 {
		return
	}
	if ascii.EqualFold(f.Value.Of(b), "100-continue") {
		h.Expect100 = true
		return
	}
	value := f.Value.Of(b)
	for off, end, next := nextOption(value, 0); off < end; off, end, next = nextOption(value, next) {
		h.Expect100 = h.Expect100 || ascii.EqualFold(value[off:end], "100-continue") // also beside others
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
	for off, end, next := elementAt(value, 0); off < end; off, end, next = elementAt(value, next) {
		if ascii.EqualFold(value[off:end], "trailers") {
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
