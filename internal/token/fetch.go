package token

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// flight is one question to the store, which all who need its answer wait for.
type flight struct {
	done    chan struct{} // closed when the fields below are final
	err     error
	fault   string // of a store that panicked, with where
	left    bool   // nobody waited any more, so it was given up: who comes now asks again
	waiting int    // guarded by Verifier.turn
	giveUp  context.CancelFunc
}

// maxAbsent is how many grants are remembered that the store does not know. Grant ids are not reused and only a genuine
// token can ask for one, so this fills only where a store was lost; the oldest is forgotten and asked for again.
const maxAbsent = 4096

// fetchLimit is how long a store has to find a grant. A call waits no longer, whatever the store does.
const fetchLimit = 3 * time.Second

// errSlow is why a question that took too long has no answer.
var errSlow = fmt.Errorf("the store did not answer within %s", fetchLimit)

// Fetch asks the store for the grant of a token that Verify called Unknown; afterwards Verify knows the answer, which may
// be that there is none. Callers that ask for the same grant at the same time share one question, which ends when none of
// them waits any more. An error says that the store failed, took longer than fetchLimit, or that ctx ended: then nothing is
// known (Failed, a 500), and the next Fetch asks again.
func (v *Verifier) Fetch(ctx context.Context, id access.GrantID) error {
	if v.store == nil {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, fetchLimit, errSlow)
	defer cancel()
	for {
		f, mine := v.board(ctx, id)
		if f == nil {
			return nil
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			v.leave(id, f)
			return fmt.Errorf("wait for the grant of a token: %w", context.Cause(ctx))
		}
		switch {
		case f.fault != "" && mine:
			panic(f.fault) // where it is caught, logged and answered as any fault of ours
		case !f.left:
			return f.err
		}
	}
}

// board joins the question that is under way or begins one (mine). It returns nil if the answer is there already. A question
// does not end with the call that began it: others may wait.
func (v *Verifier) board(ctx context.Context, id access.GrantID) (f *flight, mine bool) {
	v.turn.Lock()
	defer v.turn.Unlock()
	if f = v.flights[id]; f != nil {
		f.waiting++
		return f, false
	}
	_, known := v.grants.Load(uint64(id))
	if known || v.unknown(id) != Unknown {
		return nil, false
	}
	f = &flight{done: make(chan struct{}), waiting: 1}
	ctx, f.giveUp = context.WithTimeoutCause(context.WithoutCancel(ctx), fetchLimit, errSlow)
	v.flights[id] = f
	go v.ask(ctx, id, f) // ends with the store's answer, its limit, or when nobody waits
	return f, true
}

// leave is for a caller that no longer waits; behind the last one the question is given up.
func (v *Verifier) leave(id access.GrantID, f *flight) {
	v.turn.Lock()
	defer v.turn.Unlock()
	if f.waiting--; f.waiting == 0 && v.flights[id] == f {
		f.left = true
		f.giveUp()
	}
}

// ask puts the question and lands the flight, also when the store panics.
func (v *Verifier) ask(ctx context.Context, id access.GrantID, f *flight) {
	defer func() {
		if p := recover(); p != nil {
			f.fault = fmt.Sprintf("the store panicked: %v\n%s", p, debug.Stack())
			f.err = fmt.Errorf("ask the store for the grant of a token: the store panicked: %v", p)
		}
		v.turn.Lock()
		delete(v.flights, id)
		f.left = f.left && f.err != nil
		v.turn.Unlock()
		f.giveUp()
		close(f.done)
	}()
	for {
		v.turn.Lock()
		before := v.changes
		v.turn.Unlock()
		g, err := v.store.Grant(ctx, id)
		if err != nil && !errors.Is(err, ErrNotFound) {
			f.err = fmt.Errorf("ask the store for the grant of a token: %w", cause(ctx, err))
			return
		}
		if v.learn(id, g, before) {
			return
		}
	}
}

// cause is why a question failed: what the store said, or that its time was over.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// learn notes the answer, unless something was revoked while the store was asked: then it may be out of date.
func (v *Verifier) learn(id access.GrantID, g *access.Grant, before uint64) bool {
	v.turn.Lock()
	defer v.turn.Unlock()
	if v.changes != before {
		return false
	}
	if g != nil {
		v.put(g)
		return true
	}
	if len(v.recent) < maxAbsent {
		v.recent = append(v.recent, id)
	} else {
		v.absent.Delete(uint64(v.recent[v.oldest]))
		v.recent[v.oldest] = id
		v.oldest = (v.oldest + 1) % maxAbsent
	}
	v.absent.Store(uint64(id), struct{}{})
	return true
}
