package portal

import (
	"context"
	"fmt"
	"sync"
)

// turns let the requests of one session pass one after the other.
type turns struct {
	mu  sync.Mutex
	all map[string]*turn
}

// turn is that of one session, for as long as somebody has it or waits for it.
type turn struct {
	held chan struct{} // of one place: full while somebody has it
	of   int
}

// take waits for the turn of a session, until ctx ends. done gives it back. Without a secret nobody waits.
func (t *turns) take(ctx context.Context, secret string) (done func(), err error) {
	if secret == "" {
		return func() {}, nil
	}
	one := t.join(secret)
	select {
	case one.held <- struct{}{}:
		return func() {
			<-one.held
			t.leave(secret, one)
		}, nil
	case <-ctx.Done():
		t.leave(secret, one)
		return nil, fmt.Errorf("wait for an earlier request of the same browser: %w", context.Cause(ctx))
	}
}

func (t *turns) join(secret string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = make(map[string]*turn)
	}
	one := t.all[secret]
	if one == nil {
		one = &turn{held: make(chan struct{}, 1)}
		t.all[secret] = one
	}
	one.of++
	return one
}

func (t *turns) leave(secret string, one *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one.of--; one.of == 0 {
		delete(t.all, secret)
	}
}
