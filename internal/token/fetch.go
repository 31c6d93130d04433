package token

import (
	"context"
	"errors"
	"fmt"

	"github.com/candor-gateway/candor/internal/access"
)

// flight is one question to the store, which all who need its answer wait for.
type flight struct {
	done      chan struct{} // closed when the fields below are final
	err       error
	abandoned bool // the caller that asked went away before there was an answer
}

// maxAbsent is how many grants are remembered that the store does not know. Grant ids are not reused and only a genuine
// token can ask for one, so this fills only where a store was lost; the oldest is forgotten and asked for again.
const maxAbsent = 4096

// Fetch asks the store for the grant of a token that Verify called Unknown; afterwards Verify knows the answer, which may
// be that there is none. Callers that ask for the same grant at the same time share one question. An error says that the
// store failed or ctx ended: then nothing is known (Failed, a 500), and the next Fetch asks again.
func (v *Verifier) Fetch(ctx context.Context, id access.GrantID) error {
	if v.store == nil {
		return nil
	}
	for {
		f, mine := v.board(id)
		if f == nil {
			return nil
		}
		if mine {
			return v.ask(ctx, id, f)
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return fmt.Errorf("wait for the grant of a token: %w", ctx.Err())
		}
		if !f.abandoned {
			return f.err
		}
	}
}

// board joins the question that is under way or begins one (mine). It returns nil if the answer is there already.
func (v *Verifier) board(id access.GrantID) (f *flight, mine bool) {
	v.turn.Lock()
	defer v.turn.Unlock()
	if f = v.flights[id]; f != nil {
		return f, false
	}
	_, known := v.grants.Load(uint64(id))
	if known || v.unknown(id) != Unknown {
		return nil, false
	}
	f = &flight{done: make(chan struct{}), abandoned: true}
	v.flights[id] = f
	return f, true
}

// ask puts the question and lands the flight, also when the store panics.
func (v *Verifier) ask(ctx context.Context, id access.GrantID, f *flight) error {
	defer func() {
		v.turn.Lock()
		delete(v.flights, id)
		v.turn.Unlock()
		close(f.done)
	}()
	for {
		v.turn.Lock()
		before := v.changes
		v.turn.Unlock()
		g, err := v.store.Grant(ctx, id)
		if err != nil && !errors.Is(err, ErrNotFound) {
			f.err = fmt.Errorf("ask the store for the grant of a token: %w", err)
			f.abandoned = ctx.Err() != nil
			return f.err
		}
		if v.learn(id, g, before) {
			f.abandoned = false
			return nil
		}
	}
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
