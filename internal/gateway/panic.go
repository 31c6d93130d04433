package gateway

import (
	"runtime/debug"

	"github.com/candor-gateway/candor/problem"
)

// panicked makes a 500 of a fault of ours, or a reset where an answer was begun: the process goes on.
func (x *exchange) panicked(r any) after {
	x.tellPanic(r)
	c := x.conn
	c.waiting.Store(0)
	if up := c.up.Swap(nil); up != nil {
		up.Cancel()
	}
	if x.upload != nil {
		x.endUpload()
	}
	x.call.Done(0)
	x.entry.ByUpstream = false
	if x.parted {
		x.entry.Problem = problem.InternalError.Name()
		x.log()
		return aborts
	}
	x.body.unknown = true
	x.call.Problem = problem.Problem{Type: problem.InternalError, Applied: problem.AppliedUnknown}
	return x.refuse()
}

func (x *exchange) tellPanic(r any) {
	x.g.o.Log.Error("panic in a call", "id", x.call.ID.String(), "panic", r, "stack", string(debug.Stack()))
}
