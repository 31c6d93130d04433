package http1

import (
	"fmt"
	"strings"
	"testing"
)

// answer gives the case's bytes to its parser, up to each of the cuts in turn and then whole, and says what came of it.
func answer(tb testing.TB, c caseOf, cuts []int) string {
	tb.Helper()
	lim, toHEAD, toCONNECT := c.limits(tb)
	switch c.parser() {
	case "request":
		h, f := parseRequestCut(c.in, &lim, cuts)
		return describeRequest(h, f)
	case "response":
		h, f := parseResponseCut(c.in, &lim, toHEAD, toCONNECT, cuts)
		return describeResponse(h, f)
	case "chunked":
		return decodeCut(c.in, &lim, strings.Contains(c.options, "answer"), cuts).String()
	}
	tb.Fatalf("%s: no such parser", c.name)
	return ""
}

// moved is a copy of b with nothing behind it, as in a buffer that has moved.
func moved(b []byte) []byte { return append(make([]byte, 0, len(b)), b...) }

func parseRequestCut(in []byte, lim *Limits, cuts []int) (*Head, Fault) {
	h := new(Head)
	for _, cut := range cuts {
		if f := ParseRequest(moved(in[:cut]), lim, h); f.Kind != Incomplete {
			return h, f
		}
	}
	return h, ParseRequest(moved(in), lim, h)
}

func parseResponseCut(in []byte, lim *Limits, toHEAD, toCONNECT bool, cuts []int) (*ResponseHead, Fault) {
	h := new(ResponseHead)
	for _, cut := range cuts {
		if f := ParseResponse(moved(in[:cut]), lim, toHEAD, toCONNECT, h); f.Kind != Incomplete {
			return h, f
		}
	}
	return h, ParseResponse(moved(in), lim, toHEAD, toCONNECT, h)
}

func describeFault(b []byte, f Fault) string {
	if f.Kind == Incomplete {
		return "incomplete"
	}
	text := fmt.Sprintf("fault %s at %d %s %d column %d", f.Kind, f.At, [...]string{"line", "chunk", "trailer"}[f.In], f.Line, f.Column)
	if !f.Field.Empty() {
		text += " field " + string(AppendPrintable(nil, f.Field.Of(b), 64))
	}
	if !f.Excerpt.Empty() {
		text += ` excerpt "` + string(AppendPrintable(nil, f.Excerpt.Of(b), 64)) + `"`
	}
	return text
}

func quoted(b []byte) string { return `"` + string(AppendPrintable(nil, b, 64)) + `"` }

func describeRequest(h *Head, f Fault) string {
	if f.Kind != OK {
		return describeFault(h.Buf, f)
	}
	form := [...]string{"origin", "absolute", "asterisk", "authority"}[h.Form]
	text := fmt.Sprintf("ok %s %s path %s", h.Method.Of(h.Buf), form, quoted(h.Path.Of(h.Buf)))
	if h.HasQuery {
		text += " query " + quoted(h.Query.Of(h.Buf))
	}
	if !h.Authority.Empty() {
		text += " authority " + quoted(h.Authority.Of(h.Buf))
	}
	if h.Expect100 {
		text += " expect100"
	}
	if h.HasTrailersTE {
		text += " te-trailers"
	}
	text += describeSection(&h.Section)
	if h.Soft.Kind != OK {
		text += " soft " + describeFault(h.Buf, h.Soft)
	}
	return text
}

func describeResponse(h *ResponseHead, f Fault) string {
	if f.Kind != OK {
		return describeFault(h.Buf, f)
	}
	return fmt.Sprintf("ok %d %s", h.Status, quoted(h.Reason.Of(h.Buf))) + describeSection(&h.Section)
}

// describeSection names every field that is forwarded, and counts those that are not.
func describeSection(s *Section) string {
	var text strings.Builder
	fmt.Fprintf(&text, " minor %d body %s len %d", s.Minor, describeBody(s), s.Len)
	for _, option := range []struct {
		text string
		on   bool
	}{{" close", s.Close}, {" keep-alive", s.KeepAlive}, {" upgrade", s.Upgrade}} {
		if option.on {
			text.WriteString(option.text)
		}
	}
	text.WriteString(" fields")
	for _, f := range s.Fields {
		text.WriteByte(' ')
		if f.Drop {
			text.WriteByte('-')
		}
		text.Write(f.Name.Of(s.Buf))
	}
	return text.String()
}

func describeBody(s *Section) string {
	text := [...]string{"none", "length", "chunked", "until-close"}[s.Body]
	if s.Length > 0 {
		text += fmt.Sprintf(" %d", s.Length)
	}
	return text
}

// decoded is what became of a chunked body.
type decoded struct {
	data, trailers string
	n              int
	done           bool
	fault          string
}

func (d decoded) String() string {
	switch {
	case d.fault != "":
		return d.fault
	case !d.done:
		return "incomplete"
	}
	return fmt.Sprintf("ok data %s trailers %s n %d", quoted([]byte(d.data)), quoted([]byte(d.trailers)), d.n)
}

// decodeCut gives a chunked body, of a request or an answer, in pieces that end at the cuts.
func decodeCut(in []byte, lim *Limits, answer bool, cuts []int) (d decoded) {
	var c Chunked
	if answer {
		c.ResetAnswer()
	}
	from := 0
	for _, to := range append(append([]int(nil), cuts...), len(in)) {
		piece := moved(in[from:to])
		for !d.done && d.fault == "" {
			n, data, done, f := c.Next(piece, lim)
			if f.Kind != OK {
				d.fault = describeFault(c.Line(), f)
				break
			}
			d.data += string(data.Of(piece))
			d.n += n
			d.done = done
			piece = piece[n:]
			if n == 0 {
				break
			}
		}
		from = to
	}
	if d.done {
		d.trailers = string(c.Trailers())
	}
	return d
}
