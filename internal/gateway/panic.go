package gateway

import (
	"runtime/debug"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// panicked makes a 500 of a fault of ours, or a reset where an answer was begun or cannot be made: the process goes on.
func (x *exchange) panicked(r any) (end after) {
	x.tellPanic(r)
	defer func() {
		if again := recover(); again != nil {
			x.tellPanic(again)
			end = aborts
		}
	}()
	x.stopWaiting()
	if x.upload != nil {
		x.endUpload()
	}
	applied := problem.AppliedNo
	if up := x.up; up != nil {
		if up.Wrote {
			applied = problem.AppliedUnknown
		}
		up.Abort()
	}
	x.done(true)
	x.entry.ByUpstream = false
	if x.parted {
		x.entry.Problem = problem.InternalError.Name()
		x.log()
		return aborts
	}
	// What is left of a body may be dropped where its length tells its end. How far a decoder came is not known.
	x.body.unknown = x.body.unknown || x.upload != nil || x.body.framing == http1.ChunkedBody
	x.call.Problem = problem.Problem{Type: problem.InternalError, Applied: applied}
	return x.refuse()
}

func (x *exchange) tellPanic(r any) {
	x.g.o.Log.Error("panic in a call", "id", x.call.ID.String(), "panic", r, "stack", string(debug.Stack()))
}
