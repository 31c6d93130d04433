package server

import (
	"context"
	"errors"
	"sync"

	"github.com/candor-gateway/candor/internal/handover"
)

// handing is whether this process hands over to the next one, and how far it has come.
type handing struct {
	mu     sync.Mutex
	cancel context.CancelCauseFunc // while it can still be given up; nil: it cannot, or is not under way
	over   chan struct{}           // closed once it was given up, or cannot be any more
	on     bool
	to     int           // the process that serves now; 0: none
	kept   handover.Pool // what Again begins with

	orphaned chan struct{} // closed when the next process has failed after this one had left everything to it
}

var errDraining = errors.New("the running instance is draining; wait for its end")

// errHandingOver says that one process is enough.
var errHandingOver = errors.New("another process is taking over already")

// enter begins a hand-over, of which there can be one.
func (h *handing) enter() (context.Context, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.on {
		return nil, errHandingOver
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	h.on, h.cancel, h.over = true, cancel, make(chan struct{})
	return ctx, nil
}

// leave ends one that came to nothing.
func (h *handing) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cancel(nil)
	h.on, h.cancel = false, nil
	close(h.over)
}

// commit makes it one that cannot be given up. It reports false where it was given up already.
func (h *handing) commit(ctx context.Context) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() != nil {
		return false
	}
	h.cancel(nil)
	h.cancel = nil
	close(h.over)
	return true
}

// follow notes that the next process serves: nothing is kept for Again.
func (h *handing) follow(pid int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.to = pid
	h.kept.Close()
}

// giveUp ends a hand-over under way, where it still can be, and waits for that.
func (h *handing) giveUp() {
	h.mu.Lock()
	cancel, over := h.cancel, h.over
	h.mu.Unlock()
	if cancel == nil {
		return
	}
	cancel(errDraining)
	<-over
}

func (h *handing) isOn() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.on
}
