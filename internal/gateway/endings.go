package gateway

import (
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// outcome is how the upstream's part of an admitted call ended.
type outcome uint8

const (
	relayed    outcome = iota // the answer was passed on whole
	wrapped                   // a problem of ours stands in the place of the upstream's error: the call has it already
	failed                    // no answer came, or none that could be passed on
	bodyFailed                // the body could not be had before anything was sent: the call has the problem already
	brokeLate                 // the answer broke after a part of it was passed on
	clientLeft                // nobody reads what is left of the answer
	panicked                  // a fault of ours
)

// endUpstream ends the upstream's part of an admitted call, however that went; f is the fault where there was one. It is the one place that stops the upload,
// lets go of the connection and calls Done.
func (x *exchange) endUpstream(o outcome, f upstream.Fault) downstream.After {
	sentAll := x.attempt.endUpload(x.from.Body()) // first of all: it shares body and connection with us
	if o == failed && f.Cause != upstream.Cancelled && x.cached.standsIn(x) {
		x.entry.Note = noteOf(f)
		return standIn(x)
	}
	endCached(x, o)
	x.blame(o, f)
	x.attempt.watch.judge()
	x.letGo(sentAll && (o == relayed || o == wrapped))
	x.attempt.upgrade.leave()
	x.call.Done(outcomeOf(x, o))
	switch {
	case o == relayed:
		x.log()
		return downstream.Keep
	case x.from.Written(): // only a reset tells the client that what it has is not whole
		x.log()
		return downstream.Reset
	case x.call.Problem.Type == problem.ClientGone:
		return x.clientGone()
	}
	return x.refuse()
}

// blame finds the call's problem, and what the log says of it.
func (x *exchange) blame(o outcome, f upstream.Fault) {
	p := &x.call.Problem
	switch o {
	case failed:
		x.entry.ByUpstream = false
		x.entry.Note = noteOf(f)
		x.blameFault(p, f)
	case brokeLate:
		x.fromFault(p, f)
		x.entry.Problem = problem.UpstreamBroke.Name()
		if isOurs(f) {
			x.entry.Problem, x.entry.ByUpstream = p.Type.Name(), false
		}
		x.entry.Note = noteOf(f)
	case clientLeft:
		x.entry.Problem = problem.ClientGone.Name()
	case panicked:
		x.blamePanic(p)
	case relayed, wrapped, bodyFailed:
	}
}

// blameFault: who was cancelled was so by a client that is gone, or by an upload that could not have the body.
func (x *exchange) blameFault(p *problem.Problem, f upstream.Fault) {
	switch {
	case f.Cause != upstream.Cancelled:
		x.fromFault(p, f)
	case x.attempt.upload != nil && x.attempt.upload.problem.Type != problem.None:
		*p = x.attempt.upload.problem
	default:
		*p = problem.Problem{Type: problem.ClientGone}
	}
	if x.attempt.applied {
		p.Applied = problem.AppliedUnknown
	}
	if n := x.attempt.retries; n > 0 {
		p.Tried = int64(n) + 1
	}
}

// blamePanic: what is left of a body may be dropped where its length tells its end, but how far a decoder came is not known.
func (x *exchange) blamePanic(p *problem.Problem) {
	x.entry.ByUpstream = false
	if x.from.Written() {
		x.entry.Problem = problem.InternalError.Name()
		return
	}
	if b := x.from.Body(); x.attempt.upload != nil || b.Framing() == http1.ChunkedBody {
		b.Forget()
	}
	*p, x.proxy = problem.Problem{Type: problem.InternalError}, internalError
	if x.attempt.applied {
		p.Applied = problem.AppliedUnknown
	}
}

// letGo gives the connection back, or resets it: an upstream must not take what it has of a body for all of it.
func (x *exchange) letGo(ended bool) {
	up := x.attempt.up
	x.entry.Attempts = x.attempt.n
	if up == nil {
		return
	}
	x.attempt.up = nil
	x.g.warnLet(x.upstream(), up)
	x.entry.Upstream, x.entry.Reused = up.Address(), up.Reused
	switch {
	case !ended || !up.Ended():
		up.Abort()
	case x.call.Switch != nil: // it may take for switched what it has answered otherwise
		up.Close()
	default:
		up.Release(x.g.o.Clock.Mono(), true, x.from.Peer().Number)
	}
}

// clientGone ends a call whose client went away: nobody reads an answer.
func (x *exchange) clientGone() downstream.After {
	x.entry.Problem = problem.ClientGone.Name()
	x.log()
	return downstream.Close
}
