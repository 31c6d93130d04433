package requestlog

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// opened opens the store where none is open.
func (w *writer) opened(ctx context.Context) error {
	if w.open {
		return nil
	}
	s, err := w.l.o.Open(ctx)
	if err == nil {
		if err = w.with.ready(ctx, s, w.l.o.Salt); err != nil {
			err = errors.Join(err, s.Close())
		}
	}
	if err != nil {
		w.fails.tell(w.l.o.Log, err, w.l.o.Now())
		return err
	}
	w.store, w.open = s, true
	w.l.store.Store(&s)
	return nil
}

// close closes the store.
func (w *writer) close(ctx context.Context) error {
	if !w.open {
		return nil
	}
	w.saveDrops(ctx)
	w.saveGood(ctx)
	err := w.saveCounts(ctx)
	w.l.store.Store(nil)
	err = errors.Join(err, w.store.Close())
	w.store, w.open = absent{}, false
	return err
}

// leaveLost closes a store whose file is no longer where it is looked for, or is damaged; the next one is opened in its place.
func (w *writer) leaveLost() {
	of, can := w.store.(interface{ Lost() error })
	if !can {
		return
	}
	lost := of.Lost()
	if lost == nil {
		return
	}
	w.l.o.Log.Warn("the request log begins anew: its records can be read no more", "error", lost)
	w.l.store.Store(nil)
	if err := w.store.Close(); err != nil {
		w.l.o.Log.Warn("the request log that is left was not closed in order", "error", err)
	}
	w.store, w.open = absent{}, false // what waits, and what was counted, goes to the next one
}

func (w *writer) pause(ctx context.Context) error {
	w.paused = true
	return w.close(context.WithoutCancel(ctx))
}

func (w *writer) resume() error {
	w.paused = false
	return w.opened(context.Background())
}

// end writes what is left. Where the store was left to another process it is opened for that alone, if it is needed.
func (w *writer) end(ctx context.Context) error {
	begun := w.l.begun.Swap(true) && !w.paused // else nobody has asked for the store, or another process has it
	w.over, w.paused = true, false
	var err error
	if begun || w.l.waiting.Load() > 0 || len(w.pending) > 0 || w.countsWait() {
		err = w.flush(ctx)
		w.l.dropped[Unkept].Add(uint64(len(w.pending)))
	}
	if closed := w.close(ctx); err == nil {
		err = closed
	}
	return err
}

// failing tells the process's log when records cannot be written, and when they can again, and not each time between. The zero value is ready.
type failing struct{ since time.Time }

func (f *failing) tell(to *slog.Logger, err error, now time.Time) {
	switch {
	case err != nil && f.since.IsZero():
		f.since = now
		to.Warn("the request log cannot be written; calls are served, and what happens to them is kept in memory as far as there is room; trying each second until it succeeds", "error", err)
	case err == nil && !f.since.IsZero():
		to.Info("the request log is written again", "after", now.Sub(f.since).Round(time.Second).String())
		f.since = time.Time{}
	}
}
