package gateway

import (
	"runtime/debug"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/upstream"
)

// panicked makes a 500 of a fault of ours, or a reset where an answer was begun or cannot be made: the process goes on.
func (x *exchange) panicked(r any) (then downstream.After) {
	x.g.tellPanic(x.call.ID, r)
	defer func() {
		if again := recover(); again != nil {
			x.g.tellPanic(x.call.ID, again)
			then = downstream.Reset
		}
	}()
	x.from.Wait().Over()
	return x.endUpstream(panicked, upstream.Fault{})
}

func (g *Gateway) tellPanic(id callid.ID, r any) {
	g.o.Log.Error("panic in a call", "id", id.String(), "panic", r, "stack", string(debug.Stack()))
}
