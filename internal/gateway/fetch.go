package gateway

import (
	"context"

	"github.com/candor-gateway/candor/internal/admission"
)

// fetch gets the fact that Admit waits for: found, absent or failed is noted in the call, and the next Admit decides. It is false where the client left
// meanwhile: then nobody needs the fact any more.
func (x *exchange) fetch(ctx context.Context, c *admission.Call) bool {
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	wait := x.from.Wait()
	wait.On(fetching(giveUp), x.begun)
	if err := c.Fetch(ctx); err != nil {
		x.entry.Note = err.Error()
	}
	return wait.Over()
}

// fetching is a fact that is being fetched.
type fetching context.CancelFunc

// Cancel gives it up.
func (f fetching) Cancel() { f() }
