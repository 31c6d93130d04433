package gateway

import (
	"hash/maphash"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// Recorder keeps what happened. It waits for nothing and takes no lock that all calls share. What it lends is filled and given to Keep, which copies what is borrowed.
type Recorder interface {
	// Failed lends a place for a call that failed at unix ns; nil: there are enough of its app and problem.
	Failed(app uint32, problem uint8, at int64) *requestlog.Call
	// Good lends one for a call that went well; nil, nearly always: there are enough. who tells calls apart beyond their app and route.
	Good(app, route uint32, who uint64, at int64) *requestlog.Call
	// Debugged lends one for a call that asked to be kept; nil: there is no room.
	Debugged(failed bool) *requestlog.Call
	Keep(*requestlog.Call)
}

var _ Recorder = (*requestlog.Log)(nil)

// record hands over what happened to a call that is over. It comes before the line of the access log, which takes the place of the answer's text.
func record(x *exchange) {
	e, c := &x.entry, &x.call
	name, of := failureOf(x)
	by := c.Credential()
	owner := c.Owner(&by)
	app := uint32(0)
	if owner.App != nil {
		app = uint32(owner.App.ID)
	}
	to := x.g.o.Recorder
	var over *requestlog.Call
	switch r := c.Match.Route; {
	case x.debug:
		over = to.Debugged(of != problem.None)
	case of != problem.None:
		over = to.Failed(app, uint8(of), c.At)
	case r != nil && !c.Preflight && e.Status/100 <= 3:
		over = to.Good(app, r.Number, who(x, app), c.At)
	}
	if over == nil {
		return
	}
	over.Entry = *e
	over.Entry.Problem = name
	nameOwner(over, owner)
	lendHead(over, x, &by)
	lendRoute(over, x, owner)
	if of != problem.None {
		lendWords(over, x, of)
	}
	if of != problem.None || x.debug {
		lendBodies(over, x)
		lendAnswer(over, x)
	}
	if x.debug {
		lendDebug(over, x)
	}
	to.Keep(over)
}

// failureOf is what a call failed of: what the log names, an error of the API's own that was passed on, or what an observed check would have refused first, which has
// no name in the log. None: it went well.
func failureOf(x *exchange) (name string, of problem.Type) {
	e, c := &x.entry, &x.call
	switch {
	case e.Problem != "":
		return e.Problem, typeOf(e, &c.Problem)
	case e.Status >= 400 && e.Status < 600:
		of = rowOf(e.Status)
		return of.Name(), of
	case len(e.Would) > 0:
		return "", c.First.Type
	}
	return "", problem.None
}

// who tells calls apart that are to be looked at: by their method and, where no app is known, by their credential, else by their network.
func who(x *exchange, app uint32) uint64 {
	h := x.call.Head
	method := maphash.Bytes(x.g.held.seed, h.Method.Of(h.Buf))
	if app > 0 {
		return method
	}
	return method ^ caller(x)
}

func caller(x *exchange) uint64 {
	if sent := x.call.Head.Get(http1.Authorization); len(sent) > 0 {
		return maphash.Bytes(x.g.held.seed, sent)
	}
	addr := x.call.Peer.Addr.Unmap()
	if addr.Is4() {
		b := addr.As4()
		return maphash.Bytes(x.g.held.seed, b[:3])
	}
	b := addr.As16()
	return maphash.Bytes(x.g.held.seed, b[:6])
}

func nameOwner(over *requestlog.Call, owner admission.Owner) {
	if app := owner.App; app != nil {
		over.App, over.ClientID, over.Products = app.Name, app.ClientID, uint64(app.Products)
	}
	if m := owner.Member; m != nil {
		over.Member = m.Subject
	}
}

// lendHead lends what the caller sent.
func lendHead(over *requestlog.Call, x *exchange, by *admission.Credential) {
	h := x.call.Head
	over.Head = h.Buf
	if h.Len > 0 {
		over.Head = h.Buf[:h.Len]
	}
	over.Whole = !x.call.Broken && h.Len > 0
	over.Scheme = schemeOf(x, over.Whole)
	over.BodySize, over.Checked = max(h.Length, x.from.Body().Taken()), x.attempt.checked
	over.Credential = requestlog.Credential{
		Kind: by.Kind, Place: by.Place, Parameter: by.Name, Value: by.Value, Genuine: by.Genuine, Issued: by.Issued, Ends: by.Ends, Grant: uint64(by.GrantID), ID: by.TokenID,
		Scopes: x.call.Caller.ScopeText,
	}
	if by.Grant != nil {
		over.Credential.Scopes = by.Grant.ScopeText
	}
}

// schemeOf is by which scheme the call came. Of a head that could not be read no word counts.
func schemeOf(x *exchange, whole bool) string {
	secure := x.from.Peer().Secure
	if whole {
		x.scratch.back = heads.Back{Origin: originOf(x.from.Peer(), x.policy.front(x.listener.Number))}
		secure = heads.Of{Call: &x.call, Back: &x.scratch.back}.Secure()
	}
	if secure {
		return "https"
	}
	return "http"
}

// lendRoute tells which way the call went, and how far.
func lendRoute(over *requestlog.Call, x *exchange, owner admission.Owner) {
	c := &x.call
	over.Revision = x.policy.Generation.Number
	if r := c.Match.Route; r != nil {
		by := x.policy.Changed[r.Number]
		over.RouteRevision, over.RouteRevisionAt = by.Number, by.At
		over.Resource, over.Hidden, over.Target = r.Resource, c.HiddenFrom(owner), x.upstream().Target()
		if r.Version != nil {
			over.VersionField = r.Version.Header
		}
	}
	if x.attempt.n > 0 {
		over.Upstream, over.Attempts, over.Tries = x.upstream().Spec().Name, x.attempt.n, x.tries
	}
	over.Calls = c.CallsToday()
	over.Refused = c.RefusedBy()
	x.scratch.passed = c.AppendPassed(x.scratch.passed[:0])
	if x.attempt.checked != nil && over.Refused == "" {
		x.scratch.passed = append(x.scratch.passed, route.CheckBody.String())
	}
	over.Passed = x.scratch.passed
}

// lendWords tells what an answer of ours says, or would have said.
func lendWords(over *requestlog.Call, x *exchange, of problem.Type) {
	p, v := &x.call.Problem, x.voice.Catalogue
	if len(x.entry.Would) > 0 && x.entry.Problem == "" {
		p = &x.call.First
		setCause(&over.Entry.Cause, p)
	}
	if p.Type != of || of == problem.ClientGone {
		return
	}
	if x.attempt.applied && !x.ours { // the answer had begun: nobody has been told, and the call has reached the API
		sent := *p
		sent.Applied = problem.AppliedUnknown
		p = &sent
	}
	said := v.AppendMessage(x.scratch.said[:0], p)
	n := len(said)
	said = v.AppendFix(said, p)
	x.scratch.said = said
	over.Message, over.Fix = said[:n:n], said[n:]
	over.Code, over.Action, over.Applied = v.Code(p), v.Action(p).String(), p.Applied.String()
}

// lendBodies lends how the bodies begin, where the route says that they are recorded.
func lendBodies(over *requestlog.Call, x *exchange) {
	over.Body, over.AnswerBody = recordedBodies(x)
}

// lendAnswer lends what was written.
func lendAnswer(over *requestlog.Call, x *exchange) {
	if x.entry.Status == 0 {
		return
	}
	over.AnswerHead, over.Ours = x.scratch.head, x.ours
	if x.ours && methodOf(x.call.Head) != "HEAD" {
		over.AnswerBody, over.AnswerSize = x.scratch.text, int64(len(x.scratch.text))
	}
}
