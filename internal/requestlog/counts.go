package requestlog

import (
	"context"
	"time"
)

// Counts are kept by whoever serves calls, and handed over every few seconds, before the store is closed, and whenever somebody waits for what was handed over.
type Counts interface {
	// Save adds what was counted since to the store; what it could not add is tried the next time.
	Save(ctx context.Context, to Store, now time.Time) error
	// Waits reports whether there is something to save.
	Waits() bool
}

// saveCounts writes what was counted.
func (w *writer) saveCounts(ctx context.Context) error {
	if w.l.o.Counts == nil || !w.open {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	return w.l.o.Counts.Save(ctx, w.store, w.l.o.Now())
}

func (w *writer) countsWait() bool { return w.l.o.Counts != nil && w.l.o.Counts.Waits() }
