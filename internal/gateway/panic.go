package gateway

import (
	"runtime/debug"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/upstream"
)

// panicked makes a 500 of a fault of ours, or a reset where an answer was begun or cannot be made: the process goes on.
func (x *exchange) panicked(r any) (then downstream.After) {
	x.tellPanic(r)
	defer func() {
		if again := recover(); again != nil {
			x.tellPanic(again)
			then = downstream.Reset
		}
	}()
	x.from.Wait().Over()
	return x.endUpstream(panicked, upstream.Fault{})
}

func (x *exchange) tellPanic(r any) {
	x.g.o.Log.Error("panic in a call", "id", x.call.ID.String(), "panic", r, "stack", string(debug.Stack()))
}
