package requestlog

import (
	"context"
	"time"
)

// How often the log's goroutine looks after what is not a call.
const (
	lookEvery  = time.Second // and tries again what has failed
	countEvery = 10 * time.Second
	sweepEvery = time.Minute
)

// mostTime is how long the store may take for one thing.
const mostTime = 10 * time.Second

// The bounds of the records that a store has not taken; beyond them the oldest go.
const (
	mostPending      = 4096
	mostPendingBytes = 32 << 20
)

// atOnce is how many calls are taken, and how many records are written, in one go where many wait: each go costs about as much as a hundred records.
const atOnce = 1024

// writer is the log's goroutine: it alone makes records, and it alone writes.
type writer struct {
	l      *Log
	store  Store // of the log; absent: none is open
	open   bool
	paused bool
	over   bool

	pending []pending
	size    int64     // about what they hold
	some    []*Record // of them, on their way
	fails   failing
	drops   drops
	with    compared
	hide    *hiding

	counted, swept time.Time
	steps          steps
	since          int64 // about how many bytes were written since the last sweep
}

// pending is a record that the store has not taken yet.
type pending struct {
	record *Record
	size   int64
}

func (w *writer) run() {
	defer close(w.l.stopped)
	ctx := context.Background()
	w.store, w.hide = absent{}, newHiding()
	w.counted, w.swept = w.l.o.Now(), w.l.o.Now()
	w.steps.ahead = w.l.o.Ahead
	w.steps.note(w.swept, w.l.settings.Load().Keep)
	soon, tick := time.NewTimer(0), time.NewTicker(lookEvery)
	defer tick.Stop()
	defer soon.Stop()
	for !w.over {
		select {
		case <-w.l.wake:
			if w.open && w.l.waiting.Load() < batch {
				soon.Reset(writeEvery)
				continue
			}
			w.write(ctx)
		case <-soon.C:
			w.write(ctx)
		case <-tick.C:
			w.look(ctx)
		case one := <-w.l.asks:
			one.done <- one.do(w)
		}
	}
}

// write writes what waits, unless that has just failed: then it waits for the next look.
func (w *writer) write(ctx context.Context) {
	if w.fails.since.IsZero() {
		_ = w.flush(ctx) // it is told of, and tried again
	}
}

// flush makes records of all that waits, and writes them.
func (w *writer) flush(ctx context.Context) error {
	if w.paused || !w.l.begun.Load() { // another process has the store
		return ErrOpening
	}
	if err := w.opened(ctx); err != nil { // calls wait where they are
		return err
	}
	for {
		taken := w.takeSome(ctx)
		err := w.save(ctx)
		w.sweepEarly(ctx)
		if err != nil && w.l.waiting.Load() > 0 {
			for w.takeSome(ctx) > 0 { // what came last is kept, as far as there is room
			}
		}
		if err != nil || taken < atOnce {
			return err
		}
	}
}

// takeSome makes records of a batch of calls.
func (w *writer) takeSome(ctx context.Context) (n int) {
	for ; n < atOnce; n++ {
		c := w.l.take()
		if c == nil {
			return n
		}
		w.make(ctx, c)
		w.l.giveBack(c)
	}
	return n
}

// make makes a record of a call that failed or was debugged, and remembers what one looked like that did not.
func (w *writer) make(ctx context.Context, c *Call) {
	as := w.l.settings.Load().Addresses
	if !c.Failed {
		w.with.good(c, &w.l.o, as)
	}
	if !c.Failed && !c.Debug {
		return
	}
	w.whose(ctx, c)
	one := pending{record: newRecord(c, as, w.hide), size: int64(len(c.text))}
	if c.Failed {
		w.with.failed(c, one.record, &w.l.o, as)
	}
	w.pending, w.size = append(w.pending, one), w.size+one.size
	for len(w.pending) > mostPending || w.size > mostPendingBytes && len(w.pending) > 1 {
		w.size -= w.pending[0].size
		w.pending = w.pending[1:]
		w.l.dropped[Unkept].Add(1)
	}
}

// whose asks whose credential it is that is genuine and whose grant was not in memory.
func (w *writer) whose(ctx context.Context, c *Call) {
	if c.App != "" || !c.Credential.Genuine || c.Credential.Grant == 0 || w.l.o.Owner == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	o := w.l.o.Owner(ctx, c.Credential.Grant)
	c.App, c.ClientID = o.App, o.ClientID
	if c.Member == "" {
		c.Member = o.Member
	}
}

// save writes the records that are made.
func (w *writer) save(ctx context.Context) (err error) {
	for err == nil && len(w.pending) > 0 {
		err = w.saveSome(ctx, min(len(w.pending), atOnce))
	}
	w.fails.tell(w.l.o.Log, err, w.l.o.Now())
	if len(w.pending) == 0 {
		w.pending, w.size = w.pending[:0:0], 0
	}
	return err
}

func (w *writer) saveSome(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	some := w.some[:0]
	for _, one := range w.pending[:n] {
		some = append(some, one.record)
	}
	defer clear(some)
	w.some = some
	if err := w.store.Add(ctx, some); err != nil {
		return err
	}
	for i := range n {
		w.size -= w.pending[i].size
		w.since += w.pending[i].size
	}
	clear(w.pending[:n])
	w.pending = w.pending[n:]
	w.l.written.Add(uint64(n))
	return nil
}

// look tries again what has failed, and looks after what says nothing any more.
func (w *writer) look(ctx context.Context) {
	w.steps.note(w.l.o.Now(), w.l.settings.Load().Keep)
	if w.paused || !w.l.begun.Load() {
		return
	}
	w.leaveLost()
	if !w.open || len(w.pending) > 0 || w.l.waiting.Load() > 0 {
		_ = w.flush(ctx) // it is told of, and tried again
	}
	if !w.open {
		return
	}
	now := w.l.o.Now()
	if d := now.Sub(w.counted); d >= countEvery || d < 0 {
		w.counted = now
		w.saveDrops(ctx)
		if err := w.saveCounts(ctx); err != nil {
			w.fails.tell(w.l.o.Log, err, now)
		}
	}
	if d := now.Sub(w.swept); d >= sweepEvery || d < 0 {
		w.swept = now
		w.saveGood(ctx)
		w.sweep(ctx, now)
	}
}

// saveDrops counts in the data what is missing there.
func (w *writer) saveDrops(ctx context.Context) {
	rows, next := w.drops.since(w.l, w.l.o.Now())
	if len(rows) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	if w.store.SaveCounts(ctx, rows) == nil { // else the next time
		w.drops = next
	}
}

// saveGood writes what calls that went well looked like.
func (w *writer) saveGood(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	_ = w.with.save(ctx, w.store) // else the next time
}

// sweepEarly keeps the log near its size where much is written: the next sweep in its turn can be a gigabyte away.
func (w *writer) sweepEarly(ctx context.Context) {
	if most := w.l.settings.Load().Size; w.open && most > 0 && w.since > max(most/8, leastWritten) {
		w.sweep(ctx, w.l.o.Now())
	}
}

// leastWritten is how much is written at least before it is looked at what is too much.
const leastWritten = 2 << 20

// sweep removes what is too old or too much.
func (w *writer) sweep(ctx context.Context, now time.Time) {
	w.since = 0
	w.l.gates.sweep(now.UnixNano())
	w.l.paces.sweep(now.UnixNano())
	s := w.l.settings.Load()
	if s.Keep <= 0 && s.Size <= 0 {
		return
	}
	w.steps.note(now, s.Keep)
	before := w.steps.before(now, s.Keep)
	ctx, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	if _, err := w.store.Sweep(ctx, before, s.Size); err != nil {
		w.fails.tell(w.l.o.Log, err, now)
	}
}
