package http1

// ParseResponse reads the head of a response from b, as ParseRequest reads a request's. toHEAD and toCONNECT say what
// the request was: they decide whether there is a body (RFC 9112 §6.3).
func ParseResponse(b []byte, lim *Limits, toHEAD, toCONNECT bool, h *ResponseHead) Fault {
	if h.stage == fresh {
		h.Reset()
	}
	h.Buf = b
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
		h.frame(toHEAD, toCONNECT)
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
			h.markNamed(b)
			return OK
		}
		if k != OK {
			return k
		}
		f := &h.Fields[len(h.Fields)-1]
		if k := h.judgeFraming(b, f, lim); k != OK {
			return k
		}
	}
}

const statusAt = len(versionShape) + 1

// statusLine: RFC 9112 §4. The space behind the status stands even where the reason is empty.
func (h *ResponseHead) statusLine(b []byte) Kind {
	if h.stage == atStart {
		if k := h.version(b, 0, " "); k != OK {
			return k
		}
		h.stage, h.pos = inStatus, statusAt
	}
	if h.stage == inStatus {
		if k := h.status(b); k != OK {
			return k
		}
	}
	i := textEnd(b, h.pos)
	for i < len(b) && b[i] == '\t' {
		i = textEnd(b, i+1)
	}
	if i == len(b) {
		return h.wait(i)
	}
	if b[i] != '\r' || i+1 == len(b) || b[i+1] != '\n' {
		return h.wrongByte(b, i, StatusLineSyntax, StatusLineSyntax)
	}
	h.Reason = Span{int32(statusAt + 4), int32(i)}
	h.stage, h.pos = atLine, i+2
	h.line++
	return OK
}

// status reads three digits and a space.
func (h *ResponseHead) status(b []byte) Kind {
	for i := h.pos; i < statusAt+4; i++ {
		if i == len(b) {
			return h.wait(i)
		}
		digit := '0' <= b[i] && b[i] <= '9'
		if digit != (i < statusAt+3) || !digit && b[i] != ' ' {
			return h.wrongByte(b, i, StatusLineSyntax, StatusLineSyntax)
		}
	}
	for _, c := range b[statusAt : statusAt+3] {
		h.Status = h.Status*10 + int(c-'0')
	}
	if h.Status < 100 || h.Status > 599 { // RFC 9110 §15
		return h.fail(StatusCode, statusAt, Span{}, Span{int32(statusAt), int32(statusAt + 3)})
	}
	h.stage, h.pos = inReason, statusAt+4
	return OK
}

// frame decides where the body ends.
func (h *ResponseHead) frame(toHEAD, toCONNECT bool) {
	informational := h.Status < 200 || h.Status == 204
	tunnel := toCONNECT && h.Status/100 == 2
	if informational || tunnel {
		h.drop(ContentLength) // RFC 9110 §8.6: must not be there
	}
	switch {
	case tunnel:
		h.Body = UntilClose
	case toHEAD, informational, h.Status == 304:
		h.Body = NoBody
	case h.has(TransferEncoding):
		h.Body = ChunkedBody
	case h.has(ContentLength):
		h.Body = LengthBody
	default:
		h.Body = UntilClose
	}
}

// drop keeps the one field n from being forwarded.
func (s *Section) drop(n Name) {
	if s.has(n) {
		s.Fields[s.First[n]].Drop = true
	}
}
