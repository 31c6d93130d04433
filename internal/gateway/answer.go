package gateway

import (
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// misunderstood answers a call that could not be read. Only the complete, valid lines of its head count.
func (x *exchange) misunderstood(f downstream.Fault) downstream.After {
	x.call.Problem = clientProblem(f, x.call.Head.Buf, x.limits())
	if f.Cause == downstream.Invalid || f.Cause == downstream.HeadTime {
		x.call.LocateByLines()
	}
	return x.refuse()
}

// refuse writes the call's problem as an answer.
func (x *exchange) refuse() downstream.After {
	v := x.speak()
	tellRepeats(x)
	p := &x.call.Problem
	d := v.Catalogue.Negotiate(x.call.Head.Get(http1.Accept), x.call.Head.Get(http1.SecFetchMode))
	x.entry.Problem = p.Type.Name()
	x.scratch.text = v.Catalogue.Append(x.scratch.text[:0], d, p, x.call.ID.AppendUUID(x.scratch.id[:0]))
	status := v.Catalogue.Status(p)
	return x.answer(status, x.heads().AppendProblem(x.scratch.head[:0], status, &heads.Refusal{
		ContentType: v.Catalogue.ContentType(d), Page: d == problem.HTML, Length: len(x.scratch.text), ByUpstream: x.entry.ByUpstream, Proxy: x.proxy, Kept: x.kept,
	}))
}

// noContent writes what is ours to say and no error. A preflight with which the browser will not be content is in the log as what it is.
func (x *exchange) noContent() downstream.After {
	x.speak()
	if x.call.Preflight && x.call.Problem.Type != problem.None {
		x.entry.Problem = x.call.Problem.Type.Name()
	}
	x.scratch.text = x.scratch.text[:0]
	return x.answer(204, x.heads().AppendNoContent(x.scratch.head[:0]))
}

// answer writes an answer of ours, with the body in scratch.text, and logs the call.
func (x *exchange) answer(status int, head []byte) downstream.After {
	x.entry.Status, x.ours = status, true
	x.scratch.head = head
	tellUncached(x)
	tellTiming(x)
	tellStaged(x)
	x.from.Answer(x.scratch.head, x.scratch.text)
	x.log()
	return downstream.Keep
}

// heads write the heads of this call.
func (x *exchange) heads() heads.Of {
	of := heads.Of{Call: &x.call, Voice: x.voice, Dates: &x.g.dates}
	if r := x.call.Match.Route; r != nil && (r.MapLocation || r.MapCookies) {
		x.scratch.back = backOf(x, r)
		of.Back = &x.scratch.back
	}
	return of
}

// backOf is by what the answers of a route are put in the caller's words.
func backOf(x *exchange, r *route.Route) heads.Back {
	u := x.upstream()
	back := heads.Back{
		Location: r.MapLocation, Cookies: r.MapCookies, Target: u.Target(), Secure: u.Scheme() == "https",
		Origin: originOf(x.from.Peer(), x.policy.front(x.listener.Number)),
	}
	if name, fixed := u.Host(); fixed {
		back.Sent = name
	}
	return back
}
