package gateway

import (
	"net/netip"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/jsontext"
	"github.com/candor-gateway/candor/problem"
)

// checkBody reads a body whole and checks its syntax, where the route asks for that. It reports false where the body cannot be had or is not JSON;
// the call's problem says why.
func (x *exchange) checkBody() bool {
	if x.call.Bare {
		return x.dropBody()
	}
	r := x.call.Match.Route
	if !r.Body.CheckJSON || x.call.Preflight || x.call.Tunnelled || x.from.Body().Framing() == http1.NoBody && !bringsBody(methodOf(x.call.Head)) {
		return true
	}
	if !x.readWhole() {
		return false
	}
	if f := jsontext.Check(x.attempt.checked); f.Kind != jsontext.OK {
		x.call.Problem = problem.Problem{
			Type: problem.InvalidBody, Detail: jsonDetails[f.Kind], Part: "JSON body", Line: f.Line, At: f.Column, Excerpt: f.Excerpt,
		}
		return false
	}
	return true
}

// jsonDetails is the detail that each fault of a JSON body is.
var jsonDetails = [jsontext.KindCount]problem.Detail{
	jsontext.OK:             problem.NoDetail,
	jsontext.UnexpectedByte: problem.DetailUnexpectedByte,
	jsontext.UnexpectedEnd:  problem.DetailUnexpectedEnd,
	jsontext.Empty:          problem.DetailEmptyBody,
	jsontext.ByteOrderMark:  problem.DetailBodyMark,
	jsontext.AfterEnd:       problem.DetailBodyAfterEnd,
	jsontext.Encoding:       problem.DetailBodyEncoding,
	jsontext.TooDeep:        problem.DetailBodyTooDeep,
	jsontext.BadString:      problem.DetailBadString,
	jsontext.BadNumber:      problem.DetailBadNumber,

	jsontext.Blanks:         problem.DetailBlankBody,
	jsontext.Compressed:     problem.DetailCompressedBody,
	jsontext.Multipart:      problem.DetailMultipartBody,
	jsontext.Form:           problem.DetailFormBody,
	jsontext.Markup:         problem.DetailMarkupBody,
	jsontext.FileName:       problem.DetailFileNameBody,
	jsontext.PercentEncoded: problem.DetailEncodedBody,
	jsontext.ObjectText:     problem.DetailObjectAsText,
	jsontext.SingleQuotes:   problem.DetailSingleQuotes,
	jsontext.CurlyQuotes:    problem.DetailCurlyQuotes,
	jsontext.EscapedQuotes:  problem.DetailEscapedQuotes,
	jsontext.Placeholder:    problem.DetailPlaceholderInBody,
	jsontext.Comment:        problem.DetailJSONComment,
	jsontext.CommaBeforeEnd: problem.DetailCommaBeforeEnd,
	jsontext.MissingComma:   problem.DetailMissingComma,
	jsontext.MissingColon:   problem.DetailMissingColon,
	jsontext.ForeignLiteral: problem.DetailForeignLiteral,
	jsontext.BareWord:       problem.DetailBareWord,
	jsontext.BareName:       problem.DetailBareName,
}

// bringsBody reports whether the method is one whose content the route checks, even where none came.
func bringsBody(method string) bool {
	switch method {
	case "POST", "PUT", "PATCH":
		return true
	}
	return false
}

// readWhole reads the body whole into x.attempt.checked, within the bound of bytes that all calls may hold.
func (x *exchange) readWhole() bool {
	b := x.from.Body()
	b.Limit(x.call.MaxBody())
	x.attempt.checked = []byte{}
	for {
		data, f := b.Piece()
		if !x.hasBody(f) {
			return false
		}
		if !x.g.hold(x.policy, x.listener, x.call.Peer.Addr, int64(len(data)), x.attempt.held) {
			x.call.Problem = problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailMemory, RetryAfter: 1}
			return false
		}
		x.attempt.held += int64(len(data))
		x.attempt.checked = append(x.attempt.checked, data...)
		if b.Ended() {
			return true
		}
	}
}

// release gives back the share of what all calls may hold.
func (a *attempt) release(to *held, from netip.Addr) {
	if a.held > 0 {
		to.give(from, a.held)
		a.held = 0
	}
}
