package gateway

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// asksForDebug reports whether the call brings a good token in Candor-Debug. Where no token can be good, which is nearly always so, the field is not looked at.
func asksForDebug(x *exchange) bool {
	c, d := &x.call, x.g.o.Debug
	if d == nil || c.Broken || !d.Waits(c.At) {
		return false
	}
	return c.Head.Count(http1.CandorDebug) == 1 && d.Good(c.Head.Get(http1.CandorDebug), c.At)
}

// noteTry notes how an attempt went.
func noteTry(x *exchange, up *upstream.Conn, f upstream.Fault, begun int64) {
	t := requestlog.Try{Begun: micros(x, begun), Ended: x.since()}
	if at := x.attempt.call.Connected; at >= begun {
		t.Connected = micros(x, at)
	}
	if f.Cause == upstream.OK {
		t.Status = up.Head.Status
	} else {
		t.Fault = f.Cause.String()
	}
	if up != nil {
		t.Address, t.Reused = up.Address(), up.Reused
	}
	x.tries = append(x.tries, t)
}

// micros is how long after the head a moment was, in µs.
func micros(x *exchange, mono int64) int64 { return max(1, (mono-x.begun)/1e3) }

// lendDebug tells what only a call is told that asked for it. It costs what a trial costs, and comes behind the answer.
func lendDebug(over *requestlog.Call, x *exchange) {
	over.Checks = checksOf(x, over)
	if x.attempt.n > 0 {
		over.Rewrite = rewritten(x)
	}
}

// checksOf is what every check says of the call, also those behind the one that refused it. They are asked once more, as a trial, which counts nothing; who would have to
// ask somebody else by now cannot tell.
//
//nolint:contextcheck,nolintlint // the call is over: nothing is waited for
func checksOf(x *exchange, over *requestlog.Call) (all []requestlog.Check) {
	c := &x.call
	if c.Broken {
		return nil
	}
	again := &admission.Call{Head: c.Head}
	again.Begin(c.Policy)
	again.At, again.ID, again.Peer, again.CORS = c.At, c.ID, c.Peer, x.policy.Listeners[x.listener.Number].CORS
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tried, _ := again.Try(ctx, true)
	for i := range tried {
		t := &tried[i]
		one := requestlog.Check{Check: t.Check, Verdict: t.Finding.String(), Why: t.Why}
		if hasMode(t.Check) {
			one.Mode = t.Mode.String()
		}
		if t.Problem.Type != problem.None {
			one.Problem = t.Problem.Type.Name()
		}
		all = append(all, asItWas(one, over))
	}
	return all
}

// asItWas is what a check has said of the call itself: limits are counted on since, and a trial sends no body.
func asItWas(one requestlog.Check, over *requestlog.Call) requestlog.Check {
	switch {
	case slices.Contains(over.Passed, one.Check):
		one.Verdict, one.Problem, one.Why = admission.Passes.String(), "", ""
	case one.Check == over.Refused:
		one.Verdict, one.Problem, one.Why = admission.Fails.String(), over.Entry.Problem, ""
	}
	return one
}

// hasMode tells a check from what always holds.
func hasMode(name string) bool {
	for c := range route.CheckCount {
		if c.String() == name {
			return true
		}
	}
	return false
}

// rewritten compares what was sent with what came.
func rewritten(x *exchange) *requestlog.Rewritten {
	h := x.call.Head
	came, sent := map[string][]string{}, map[string][]string{}
	for i := range h.Fields {
		f := &h.Fields[i]
		name := strings.ToLower(string(f.Name.Of(h.Buf)))
		came[name] = append(came[name], string(f.Value.Of(h.Buf)))
	}
	head, _, _ := bytes.Cut(x.attempt.call.Bytes, []byte("\r\n\r\n"))
	_, head, _ = bytes.Cut(head, []byte("\r\n"))
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, value, _ := strings.Cut(string(line), ":")
		name = strings.ToLower(name)
		sent[name] = append(sent[name], strings.TrimSpace(value))
	}
	delete(sent, "")
	return &requestlog.Rewritten{Target: string(x.attempt.target()), Added: notIn(sent, came), Dropped: notIn(came, sent)}
}

// notIn are the names of one head that are not in the other, or have other values there.
func notIn(one, other map[string][]string) (names []string) {
	for name, values := range one {
		if !slices.Equal(values, other[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
