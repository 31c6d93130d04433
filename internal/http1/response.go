package http1

import "github.com/candor-gateway/candor/internal/ascii"

// ParseResponse reads the head of a response from b, as ParseRequest reads a request's. toHEAD and toCONNECT say what
// the request was: they decide whether there is a body (RFC 9112 §6.3).
func ParseResponse(b []byte, lim *Limits, toHEAD, toCONNECT bool, h *ResponseHead) Fault {
	if h.stage == fresh {
		h.Reset()
	}
	h.Buf = b
	h.toHEAD, h.toCONNECT, h.lenient = toHEAD, toCONNECT, lim.Lenient
	if len(b) > lim.Head {
		b = b[:lim.Head]
	}
	k := h.parse(b, lim)
	if k == Incomplete && len(b) == lim.Head {
		h.headTooLarge(lim)
	}
	if h.fault.Kind != OK {
		return h.fault
	}
	if k == OK {
		if h.mended&LetObsFold != 0 {
			h.unfold(b)
		}
		h.frame()
	}
	return Fault{Kind: k}
}

func (h *ResponseHead) parse(b []byte, lim *Limits) Kind {
	if h.fault.Kind != OK {
		return h.fault.Kind
	}
	if h.stage < atLine {
		if k := h.statusLine(b); k != OK {
			return k
		}
	}
	for {
		k := h.next(b, lim)
		if h.stage == atEnd {
			h.markNamed(b, lim)
			return OK
		}
		if k != OK {
			return k
		}
		if k := h.judge(b, &h.Fields[len(h.Fields)-1], lim); k != OK {
			return k
		}
	}
}

const statusAt = len(versionShape) + 1

// statusLine: RFC 9112 §4. The reason may be missing, and with it the space before it, which the grammar asks for: the
// status has been read by then, and nobody reads another one.
func (h *ResponseHead) statusLine(b []byte) Kind {
	if h.stage == atStart {
		switch k, wrong := h.version(b, 0, " "); {
		case wrong >= 0:
			return h.noVersion(b, wrong)
		case k != OK:
			return k
		}
		h.stage, h.pos = inStatus, statusAt
	}
	if h.stage == inStatus {
		if k := h.status(b); k != OK {
			return k
		}
	}
	i := h.textEnd(b, h.pos)
	if i == len(b) {
		return h.wait(i)
	}
	n := h.lineEnd(b, i)
	if n == 0 {
		return h.wrongByte(b, i, StatusLineSyntax, StatusLineSyntax)
	}
	h.Reason = Span{int32(min(statusAt+4, i)), int32(i)}
	h.stage, h.pos = atLine, i+n
	h.line++
	return OK
}

// noVersion names the byte at i, where the version has another shape.
func (h *ResponseHead) noVersion(b []byte, i int) Kind {
	if i == 0 && (b[i] == ' ' || b[i] == '\r') || i == len(versionShape) && !ascii.IsDigit(b[i]) {
		return h.wrongByte(b, i, StatusLineSyntax, StatusLineSyntax)
	}
	return h.wrongByte(b, i, VersionSyntax, VersionSyntax)
}

// status reads three digits and what ends them: a space, or the end of the line.
func (h *ResponseHead) status(b []byte) Kind {
	for i := h.pos; i < statusAt+4; i++ {
		if i == len(b) {
			return h.wait(i)
		}
		if digit := ascii.IsDigit(b[i]); digit == (i < statusAt+3) && (digit || b[i] == ' ' || b[i] == '\r' || b[i] == '\n' && h.lenient&LetBareLF != 0) {
			continue
		}
		return h.wrongByte(b, i, StatusLineSyntax, StatusLineSyntax)
	}
	for _, c := range b[statusAt : statusAt+3] {
		h.Status = h.Status*10 + int(c-'0')
	}
	if h.Status < 100 {
		return h.fail(StatusCode, statusAt, Span{}, Span{int32(statusAt), int32(statusAt + 3)})
	}
	h.stage, h.pos = inReason, statusAt+4
	if b[statusAt+3] != ' ' {
		h.pos--
	}
	return OK
}

// bodiless reports whether the answer has no body by its status or by what was asked (RFC 9112 §6.3), whatever its
// fields say.
func (h *ResponseHead) bodiless() bool {
	return h.toHEAD || h.Status < 200 || h.Status == 204 || h.Status == 304
}

// tunnel reports whether a tunnel begins behind the head.
func (h *ResponseHead) tunnel() bool { return h.toCONNECT && h.Status/100 == 2 }

// judge looks at a field on which the framing of an answer depends. What Transfer-Encoding says decides nothing where
// there is no body to be framed.
func (h *ResponseHead) judge(b []byte, f *Field, lim *Limits) Kind {
	switch f.ID {
	case ContentLength:
		return h.judgeLengths(b, f)
	case TransferEncoding:
		if h.bodiless() || h.tunnel() {
			return OK
		}
		return h.judgeCoding(b, f)
	case Connection:
		h.judgeOptions(b, f, lim)
	default:
	}
	return OK
}

// judgeLengths: RFC 9110 §8.6 lets a recipient take one number that is sent several times, as fields or as a list, for
// that number. Different ones, or one with a coding beside it, are two ends of one body.
func (h *ResponseHead) judgeLengths(b []byte, f *Field) Kind {
	if h.has(TransferEncoding) && !h.bodiless() && !h.tunnel() && !h.letsLength() {
		return h.failField(LengthWithCoding, f)
	}
	first := !h.earlier(ContentLength)
	value := f.Value.Of(b)
	for off := 0; off <= len(value); first = false {
		end := elementEnd(value, off)
		from := skipBlanks(value, off)
		to := trimEnd(value, from, end)
		n, wrong, over := parseLength(value[from:to])
		switch {
		case from == len(value) && off > 0:
			return h.failValue(TrailingComma, f, int(f.Value.Off)+off-1, f.Value)
		case wrong >= 0:
			return h.failValue(LengthSyntax, f, int(f.Value.Off)+from+wrong, f.Value)
		case over:
			return h.failField(LengthOverflow, f)
		case !first && n != h.Length:
			return h.failValue(LengthRepeated, f, int(f.Value.Off)+from, f.Value)
		}
		h.Length = n
		off = end + 1
	}
	return OK
}

// judgeOptions reads Connection, which belongs to this hop alone and is not forwarded. What is no option makes nobody
// read the message otherwise; such a peer's connection carries no further one. A field that has to reach the caller is
// not dropped because Connection names it: no proxy does that, and a cookie would be lost.
func (h *ResponseHead) judgeOptions(b []byte, f *Field, lim *Limits) {
	value := f.Value.Of(b)
	for off, end, next := nextOption(value, 0); off < end; off, end, next = nextOption(value, next) {
		h.options++
		switch option := value[off:end]; {
		case ascii.EqualFold(option, "close"), !ascii.IsToken(option), h.options > maxOptions:
			h.Close = true
		case ascii.EqualFold(option, "keep-alive"):
			h.KeepAlive = true
		case ascii.EqualFold(option, "upgrade"):
			h.Upgrade = true
		case ascii.EqualFold(option, "te"), isProtected(option, endToEnd, lim):
		default:
			h.named = true
		}
	}
}

// frame decides where the body ends.
func (h *ResponseHead) frame() {
	if h.Status < 200 || h.Status == 204 || h.tunnel() || h.has(TransferEncoding) {
		h.dropLength() // RFC 9110 §8.6: must not be there; RFC 9112 §6.3: a coding outweighs it
	}
	switch {
	case h.tunnel():
		h.Body = UntilClose
	case h.bodiless():
		h.Body = NoBody
	case h.has(TransferEncoding):
		h.Body = ChunkedBody
	case h.has(ContentLength):
		h.Body = LengthBody
	default:
		h.Body = UntilClose
	}
}

// dropLength forgets what Content-Length said.
func (h *ResponseHead) dropLength() {
	for i := range h.Fields {
		if h.Fields[i].ID == ContentLength {
			h.Fields[i].Drop = true
		}
	}
	h.First[ContentLength] = -1
	h.Length = 0
}
