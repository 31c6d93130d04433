package http1

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/ascii"
)

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
	k, wrong := h.version(b, int(h.versionAt), "\r\n")
	switch {
	case wrong >= 0:
		return h.noVersion(b, wrong)
	case k == Version && string(h.Method.Of(b)) == "PRI":
		h.fault.Kind = HTTP2Preface
		return HTTP2Preface
	case k != OK:
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
			if k := h.notHTTP(b, i); k != OK {
				return k
			}
			h.stage, h.pos = inMethod, i
			return OK
		case h.skipped:
			return h.secondEmptyLine(b, i)
		}
		h.skipped = true
		h.line++
		i += 2
	}
}

// preambles are how other protocols begin, and texts that an editor has saved.
var preambles = [...]struct {
	text string
	kind Kind
}{
	{"\x16\x03", TLSHello},
	{"\xef\xbb\xbf", ByteOrderMark},
	{"\xfe\xff", ByteOrderMark},
	{"\xff\xfe", ByteOrderMark},
}

// notHTTP looks for a preamble at i, or for a byte with which only other protocols begin.
func (h *Head) notHTTP(b []byte, i int) Kind {
	c := b[i]
	if c >= ' ' && c < 0x80 || c == '\t' || c == '\r' || c == '\n' {
		return OK
	}
	for _, p := range preambles {
		n := min(len(p.text), len(b)-i)
		switch {
		case string(b[i:i+n]) != p.text[:n]:
		case n < len(p.text):
			return h.wait(i)
		default:
			return h.fail(p.kind, i, Span{}, Span{int32(i), int32(i + n)})
		}
	}
	if c < ' ' {
		return h.failHere(OtherProtocol, i)
	}
	return OK
}

// secondEmptyLine: the second version of the PROXY protocol begins with two, and a NUL.
func (h *Head) secondEmptyLine(b []byte, i int) Kind {
	switch {
	case i+2 == len(b):
		return h.wait(i)
	case b[i+2] == 0:
		h.line++
		h.lineAt = i + 2
		return h.fail(ProxyProtocol, i+2, Span{}, Span{})
	}
	return h.failHere(EmptyLines, i)
}

func (h *Head) method(b []byte) Kind {
	i := h.pos
	for i < len(b) && ascii.IsTokenByte(b[i]) {
		i++
	}
	switch {
	case i == len(b):
		return h.wait(i)
	case b[i] == '\t':
		return h.failHere(RequestLineTab, i)
	case b[i] == ' ' && i == h.lineAt:
		return h.failHere(RequestLineBlank, i)
	case b[i] != ' ':
		return h.wrongByte(b, i, MethodSyntax, TargetMissing)
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
	atCRLF := VersionMissing
	if text := b[h.Target.Off:i]; len(text) == 0 || bytes.HasPrefix(text, []byte(versionShape[:5])) {
		atCRLF = TargetMissing
	}
	var k Kind
	switch {
	case b[i] == '\t':
		k = h.failHere(RequestLineTab, i)
	case b[i] == '\r' && h.isProxied(b, i):
		return h.failProxied()
	default: // a space: the target is empty
		k = h.wrongByte(b, i, RequestLineBlank, atCRLF)
	}
	h.fault.Excerpt = oneByte(i)
	return k
}

// isProxied reports whether a balancer says here, in the first version of the PROXY protocol, where the connection comes from;
// what stands for a target ends at end.
func (h *Head) isProxied(b []byte, end int) bool {
	if string(h.Method.Of(b)) != "PROXY" {
		return false
	}
	switch string(b[h.Target.Off:end]) {
	case "TCP4", "TCP6", "UNKNOWN":
		return true
	}
	return false
}

func (h *Head) failProxied() Kind { return h.fail(ProxyProtocol, h.lineAt, Span{}, h.Method) }

// maxVersionWord is how far is looked at what stands where the version should.
const maxVersionWord = 64

// noVersion says what is wrong where the version should stand, which it first is at i. A blank in the URL is the fault that
// is made most often of all: so a word that does not look like a version is taken for the rest of the URL.
func (h *Head) noVersion(b []byte, i int) Kind {
	off := int(h.versionAt)
	end := off + len(versionShape)
	switch c := b[i]; {
	case h.isProxied(b, off-1):
		return h.failProxied()
	case i == end+1: // the CR before it was right
		return h.clipped(h.failHere(BareCR, i-1))
	case c == '\t':
		return h.clipped(h.failHere(RequestLineTab, i))
	case c == ' ' && (i == off || i == end):
		return h.clipped(h.failHere(RequestLineBlank, i))
	case c < ' ' || c == 0x7f:
		atCRLF := VersionSyntax
		if i == off {
			atCRLF = VersionMissing
		}
		return h.clipped(h.wrongByte(b, i, VersionSyntax, atCRLF))
	}
	limit := min(len(b), i+maxVersionWord)
	word := visibleEnd(b[:limit], i)
	if word == len(b) && limit < i+maxVersionWord {
		return h.wait(i)
	}
	if blank := word < limit && (b[word] == ' ' || b[word] == '\t'); !blank && looksLikeVersion(b[off:word]) {
		return h.clipped(h.wrongByte(b, i, VersionSyntax, VersionSyntax))
	}
	return h.fail(TargetSpace, off-1, Span{}, oneByte(off-1))
}

// looksLikeVersion: HTTP in any case, or digits around a point at the end.
func looksLikeVersion(word []byte) bool {
	if len(word) >= 4 && ascii.EqualFold(word[:4], "http") {
		return true
	}
	n := len(word)
	return n >= 3 && ascii.IsDigit(word[n-3]) && word[n-2] == '.' && ascii.IsDigit(word[n-1])
}

// clipped takes what stands before the version out of the excerpt of the fault.
func (h *Head) clipped(k Kind) Kind {
	if h.fault.Kind != OK {
		h.fault.Excerpt.Off = max(h.fault.Excerpt.Off, h.versionAt)
	}
	return k
}

// endRequestLine judges the line as a whole; its version and CRLF were read.
func (h *Head) endRequestLine(b []byte, lim *Limits) Kind {
	end := int(h.versionAt) + len(versionShape)
	if end-h.lineAt > lim.RequestLine {
		h.Soft = Fault{Kind: h.overlong(lim), At: h.lineAt + lim.RequestLine, Line: h.line, Column: lim.RequestLine + 1}
	}
	if k := h.target(b, lim); k != OK {
		return k
	}
	h.stage, h.pos = atLine, end+2
	h.line++
	return OK
}

// overlong says which part makes a request line too long.
func (h *Head) overlong(lim *Limits) Kind {
	if h.stage == inMethod || h.Method.Len() > lim.RequestLine/2 {
		return MethodTooLong
	}
	return URITooLong
}

// tooLarge notes that the head does not end within its limit.
func (h *Head) tooLarge(lim *Limits) {
	if h.stage == inMethod || h.stage == inTarget || h.stage == inVersion {
		h.fail(h.overlong(lim), min(h.lineAt+lim.RequestLine, lim.Head), Span{}, Span{})
		return
	}
	h.headTooLarge(lim)
}
