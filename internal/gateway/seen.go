package gateway

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// Sink is told of each call when it is over, with what was seen of it, and of a connection that was switched once more at its end (Ended).
// It waits for nothing, and keeps nothing of what it is given.
type Sink interface{ Call(*accesslog.Entry) }

// maxSeen is how much of a body is copied.
const maxSeen = 4 << 10

// see notes what an answer says in its head, and looks at its body on the way where that may say what went wrong.
func see(x *exchange, up *upstream.Conn) {
	h := &up.Head
	s := &accesslog.Seen{Answer: accesslog.Answer{
		Type: bytes.Clone(h.Get(http1.ContentType)), Encoding: bytes.Clone(h.Get(http1.ContentEncoding)),
		Challenge: bytes.Clone(h.Get(http1.WWWAuthenticate)), Allow: bytes.Clone(h.Get(http1.Allow)),
		RetryAfter: bytes.Clone(h.Get(http1.RetryAfter)), Location: bytes.Clone(h.Get(http1.Location)),
		ContentLocation: bytes.Clone(h.Get(http1.ContentLocation)), Refresh: fieldOf(h, "refresh"),
		Head: h.Len, Fields: len(h.Fields),
	}}
	s.Answer.GRPCStatus, s.Answer.GRPCMessage = fieldOf(h, grpcStatus), fieldOf(h, grpcMessage)
	x.entry.Seen = s
	web, text := grpcKind(s.Answer.Type)
	switch good := h.Status/100 == 2; {
	case h.Status >= 400, good && !web && isJSON(s.Answer.Type):
		x.from = onlooker{x.from, &s.Answer}
	case good && web && (len(s.Answer.Encoding) == 0 || ascii.EqualFold(s.Answer.Encoding, "identity")):
		x.from = &frames{Call: x.from, answer: &s.Answer, text: text}
	}
}

// Where gRPC says how a call went.
const grpcStatus, grpcMessage = "grpc-status", "grpc-message"

// fieldOf is a copy of the first field of an answer with this name, nil where there is none.
func fieldOf(h *http1.ResponseHead, name string) []byte {
	for i := range h.Fields {
		if ascii.EqualFold(h.Fields[i].Name.Of(h.Buf), name) {
			return bytes.Clone(h.Fields[i].Value.Of(h.Buf))
		}
	}
	return nil
}

// isJSON reports whether a type is JSON, or says by its suffix that it is made of it (RFC 6839 §3.1).
func isJSON(contentType []byte) bool {
	kind, _, _ := bytes.Cut(contentType, []byte{';'})
	kind = bytes.TrimSpace(kind)
	return ascii.EqualFold(kind, "application/json") || len(kind) > len("+json") && ascii.EqualFold(kind[len(kind)-len("+json"):], "+json")
}

// onlooker is a call whose answer is looked at while it is passed on.
type onlooker struct {
	downstream.Call
	answer *accesslog.Answer
}

// Piece is downstream.Call's.
func (o onlooker) Piece(b []byte) {
	if room := maxSeen - len(o.answer.Body); room > 0 {
		o.answer.Body = append(o.answer.Body, b[:min(len(b), room)]...)
	}
	o.Call.Piece(b)
}

// End is downstream.Call's.
func (o onlooker) End(trailers []byte) bool {
	o.answer.Whole = len(o.answer.Body) < maxSeen
	return o.Call.End(trailers)
}

// tell tells the sink of the call.
func tell(x *exchange) {
	e, h := &x.entry, x.call.Head
	if e.Seen == nil {
		e.Seen = &accesslog.Seen{}
	}
	e.Seen.Connection = x.from.Peer().Number
	e.Seen.Authorization, e.Seen.ContentType, e.Seen.Sent = h.Get(http1.Authorization), h.Get(http1.ContentType), max(h.Length, x.from.Body().Taken())
	e.Seen.Host, e.Seen.Cookie, e.Seen.WebSocket = h.Get(http1.Host), h.Get(http1.Cookie) != nil, x.call.Switch != nil
	e.Seen.Head, e.Seen.Fields = h.Len, len(h.Fields)
	if p := &x.call.Problem; p.Type != problem.None && p.Type != problem.ClientGone {
		v := x.voice.Catalogue
		e.Seen.What, e.Seen.Fix = v.AppendMessage(nil, p), v.AppendFix(nil, p)
	}
	if len(e.Would) > 0 {
		v := x.voice.Catalogue
		e.Seen.WouldWhat, e.Seen.WouldFix = v.AppendMessage(nil, &x.call.First), v.AppendFix(nil, &x.call.First)
	}
	seeURL(x)
	x.g.o.Sink.Call(e)
}

// seeURL notes what of the URL no tolerance is for, and passed since its API is left untouched.
func seeURL(x *exchange) {
	c, h := &x.call, x.call.Head
	if c.Match.API == nil || !c.Match.API.Untouched || x.entry.Problem == problem.InvalidURL.Name() {
		return
	}
	m := c.Match
	f := c.Policy.Routes.CheckURL(&m, h.Path.Of(h.Buf), h.Query.Of(h.Buf))
	if !f.Bad() {
		return
	}
	p := problem.Problem{Type: problem.InvalidURL, Detail: f.Detail, Part: f.Part, At: f.At, Excerpt: f.Excerpt}
	s, v := x.entry.Seen, x.voice.Catalogue
	s.Odd, s.OddWhat, s.OddFix = p.Cause(), v.AppendMessage(nil, &p), v.AppendFix(nil, &p)
}
