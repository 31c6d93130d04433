package gateway

import (
	"context"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/downstream"
)

// Stage fails calls on purpose: the sandbox. It is asked twice, and what it says first holds.
type Stage interface {
	// Asked is about a call whose head has just been parsed. nil: nothing is staged.
	Asked(c *admission.Call) *Staged
	// Judged is about a call of which Admit says v, which is Forwards or Refuses. It may take its time, until ctx ends. nil: nothing is staged.
	Judged(ctx context.Context, c *admission.Call, v admission.Verdict) *Staged
}

// Staged is what becomes of a call on purpose.
type Staged struct {
	Refuses bool              // the call's Problem is set, and is the answer
	Outcome admission.Outcome // of an admitted call that is refused so: whether it counts
	Proxy   string            // of a refusal: how the upstream has failed, as Proxy-Status says it
	Fields  []byte            // lines for the head of the answer
	Note    string            // for the log
	Over    func()            // called once the call is over; nil: nobody waits for it
}

// stageAsked asks the stage about a call that was parsed, and reports whether it refuses.
func stageAsked(x *exchange) bool {
	if x.g.o.Stage == nil {
		return false
	}
	x.staged = x.g.o.Stage.Asked(&x.call)
	if x.staged == nil || !x.staged.Refuses {
		return false
	}
	x.proxy = x.staged.Proxy
	return true
}

// stageJudged asks the stage about a call of which Admit says v. It reports whether the call is over, and what follows it.
func stageJudged(ctx context.Context, x *exchange, v admission.Verdict) (after downstream.After, over bool) {
	if x.g.o.Stage == nil || x.staged != nil || v != admission.Forwards && v != admission.Refuses {
		return after, false
	}
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	wait := x.from.Wait()
	wait.On(fetching(giveUp), x.begun)
	s := x.g.o.Stage.Judged(ctx, &x.call, v)
	x.staged = s
	switch here := wait.Over(); {
	case !here:
		x.call.Done(admission.Unsent)
		return x.clientGone(), true
	case s == nil || !s.Refuses:
		return after, false
	}
	x.proxy = s.Proxy
	if x.call.Done(s.Outcome); s.Outcome == admission.Unsent {
		x.call.Quota.Reset() // what is told of limits is not told of a call that did not come to them
	}
	return x.refuse(), true
}

// tellStaged adds to the head of an answer what the stage says of it.
func tellStaged(x *exchange) {
	if x.staged != nil {
		x.scratch.head = append(x.scratch.head, x.staged.Fields...)
	}
}

// noteStaged tells the log what was staged, before whatever else it tells.
func noteStaged(x *exchange) {
	if x.staged == nil || x.staged.Note == "" {
		return
	}
	if x.entry.Note != "" {
		x.entry.Note = "; " + x.entry.Note
	}
	x.entry.Note = x.staged.Note + x.entry.Note
}

// unstage tells the stage that the call is over.
func unstage(x *exchange) {
	if x.staged != nil && x.staged.Over != nil {
		x.staged.Over()
	}
}
