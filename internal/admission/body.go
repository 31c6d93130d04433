package admission

import (
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/jsontext"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// BodyRules is what a call's body is held to once it comes.
type BodyRules struct {
	Max   int64 // bytes; what has more is refused as it comes. 0: no limit
	Noted int64 // likewise, and is only noted
	Check bool  // it is JSON, and read whole before anything is forwarded
	Watch bool  // likewise, and only looked at while it passes, of which at most Held bytes are held
	Held  int64 // 0: no limit
}

// BodyRules are those of the call's route by the modes of its checks.
func (c *Call) BodyRules() (rules BodyRules) {
	r := c.Match.Route
	switch c.mode(route.CheckLength) {
	case route.Enforce:
		rules.Max = c.mayHave()
	case route.Observe:
		rules.Noted = c.mayHave()
	case route.Off:
	}
	if !r.Body.CheckJSON || c.Preflight || c.Tunnelled || c.Head.Body == http1.NoBody && !bringsBody(c.Head.Method.Of(c.Head.Buf)) {
		return rules
	}
	rules.Held = c.Policy.JSONBody
	if rules.Check = r.Modes[route.CheckBody] == route.Enforce; rules.Check {
		rules.Max = less(rules.Max, c.Policy.JSONBody)
	}
	rules.Watch = !rules.Check
	return rules
}

// bringsBody reports whether the method is one whose content the route checks, even where none came.
func bringsBody(method []byte) bool {
	switch string(method) {
	case "POST", "PUT", "PATCH":
		return true
	}
	return false
}

// mayHave is how many bytes the route gives a body; 0: no limit. One that is held to be checked has no more than may be held.
func (c *Call) mayHave() int64 {
	limit, r := c.Policy.Body, c.Match.Route
	if r == nil {
		return limit
	}
	if r.Body.Max > 0 {
		limit = r.Body.Max
	}
	if r.Body.CheckJSON && !c.Tunnelled && r.Modes[route.CheckBody] == route.Enforce {
		limit = less(limit, c.Policy.JSONBody)
	}
	return limit
}

// less is the smaller of two limits, of which 0 is none.
func less(a, b int64) int64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// JudgeBody reports whether a body passes that was read whole; else Problem says why not, or an observation does.
func (c *Call) JudgeBody(f jsontext.Fault) bool {
	if f.Kind == jsontext.OK {
		return true
	}
	before := c.Problem // of the upstream's answer, where the body has passed already
	c.Problem = problem.Problem{Type: problem.InvalidBody, Detail: jsonDetails[f.Kind], Part: "JSON body", Line: f.Line, At: f.Column, Excerpt: f.Excerpt}
	if !c.observes(route.CheckBody) {
		return false
	}
	c.Problem = before
	return true
}

// TooLarge notes a body that passed, and has more bytes than a check allows that is only observed.
func (c *Call) TooLarge(check route.Check, limit, sent int64) {
	before := c.Problem
	c.Problem = problem.Problem{Type: problem.PayloadTooLarge, Limit: limit, Sent: sent}
	c.observes(check)
	c.Problem = before
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
