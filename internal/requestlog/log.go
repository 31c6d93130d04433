package requestlog

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/puzpuzpuz/xsync/v4"
)

// The bounds of what waits to be written. A call that finds no room is counted, and never waits: at most mostWaiting bytes of calls, and as many of records where
// the store does not take them.
const (
	slots       = 8192
	mostWaiting = 32 << 20
	batch       = 256
	writeEvery  = 100 * time.Millisecond // the longest that a record is held back where the store takes it
)

// Owner is whose a credential is.
type Owner struct{ App, ClientID, Member string }

// Options shape a Log.
type Options struct {
	// Open opens the store: with Begin, after a pause, and again each second where it has failed. Only the log's goroutine calls it.
	Open func(context.Context) (Store, error)
	Now  func() time.Time
	// Ahead is how far Now is ahead of time that has passed, from the start: a sandbox's clock.
	Ahead time.Duration
	// Log is told once when records cannot be written, and once when they can again. nil: nobody is.
	Log *slog.Logger
	// Owner tells whose grant it is, "" where nobody knows; nil: nobody is asked. It may ask a disk.
	Owner func(ctx context.Context, grant uint64) Owner
	// Counts are saved in the same store; nil: nobody counts.
	Counts Counts
	// Salt is random, for a store that has none yet: names that are not kept are hashed with it.
	Salt []byte
	// Products are the names of a set of products; nil: they are not compared.
	Products func(set uint64) []string
}

// Settings are what a reload may change.
type Settings struct {
	Detail    uint64        // records a second of each app and problem; 0: no bound
	Keep      time.Duration // 0: for ever
	Size      int64         // bytes at most; 0: no bound
	Addresses Addresses
}

// Log takes calls from those that have served them, and writes records. Failed, Good and Keep wait for nothing, take no lock and allocate nothing in the long run;
// all else is done by one goroutine. All methods are safe for concurrent use.
type Log struct {
	o        Options
	settings atomic.Pointer[Settings]
	store    atomic.Pointer[Store] // nil: none is open

	gates   gates
	paces   paces
	free    *xsync.MPMCQueue[*Call]
	queue   *xsync.MPMCQueue[*Call]
	made    atomic.Int64 // calls that there are, lent or not
	waiting atomic.Int64 // calls in the queue
	bytes   atomic.Int64 // that they hold
	begun   atomic.Bool
	closed  atomic.Bool

	written atomic.Uint64
	dropped [reasonCount]atomic.Uint64

	wake    chan struct{} // one is enough
	asks    chan ask
	stopped chan struct{}
	ending  sync.Once
}

// New makes a log, in which calls wait until Begin. Close it.
func New(o Options, s Settings) *Log {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l := &Log{
		o: o, free: newQueue(), queue: newQueue(),
		wake: make(chan struct{}, 1), asks: make(chan ask), stopped: make(chan struct{}),
	}
	l.gates.of, l.paces.of = newGates(), newPaces()
	l.Set(s)
	go (&writer{l: l}).run() // ends with Close
	return l
}

// Begin opens the store, in the background.
func (l *Log) Begin() {
	l.begun.Store(true)
	l.nudge()
}

func newQueue() *xsync.MPMCQueue[*Call] { return xsync.NewMPMCQueue[*Call](slots) }

// Set changes the settings.
func (l *Log) Set(s Settings) { l.settings.Store(&s) }

// Failed lends a place for a call that failed at unix ns, with the number of its problem; nil: it is only counted. What is lent goes to Keep.
func (l *Log) Failed(app uint32, problem uint8, at int64) *Call {
	held := false
	if most := l.settings.Load().Detail; most > 0 {
		var passes bool
		if passes, held = l.gates.pass(uint64(app)<<8|uint64(problem), at, most); !passes {
			l.dropped[Detail].Add(1)
			return nil
		}
	}
	c := l.lend()
	if c == nil {
		l.dropped[Full].Add(1)
		return nil
	}
	c.Failed, c.held = true, held
	return c
}

// Debugged lends a place for a call that asked to be kept, whatever became of it: no rate holds for it. nil: there is no room. What is lent goes to Keep.
func (l *Log) Debugged(failed bool) *Call {
	c := l.lend()
	if c == nil {
		l.dropped[Full].Add(1)
		return nil
	}
	c.Failed, c.Debug = failed, true
	return c
}

// Good lends a place for a sample of the calls of an app that went well on a route; who tells calls apart beyond that, as by their method, or by the caller where no app is
// known. nil: there are enough, which is nearly always so.
func (l *Log) Good(app, route uint32, who uint64, at int64) *Call {
	key := (uint64(app)<<32|uint64(route))*0x9e3779b97f4a7c15 ^ who
	if !l.paces.pass(key, at) || l.waiting.Load() > slots/2 { // those that failed come first
		return nil
	}
	return l.lend()
}

func (l *Log) lend() *Call {
	if l.closed.Load() {
		return nil
	}
	if c, ok := l.free.TryDequeue(); ok {
		return c
	}
	if l.made.Add(1) > slots {
		l.made.Add(-1)
		return nil
	}
	return &Call{}
}

// Keep takes a call that was lent and is filled now. What it borrows is copied.
func (l *Log) Keep(c *Call) {
	size := int64(c.own())
	if l.bytes.Add(size) > mostWaiting || !l.queue.TryEnqueue(c) {
		l.bytes.Add(-size)
		if c.Failed || c.Debug {
			l.dropped[Full].Add(1)
		}
		l.giveBack(c)
		return
	}
	if n := l.waiting.Add(1); n == 1 || n == batch {
		l.nudge()
	}
}

func (l *Log) nudge() {
	select {
	case l.wake <- struct{}{}:
	default: // it is awake
	}
}

// take is the next call that waits; nil: there is none.
func (l *Log) take() *Call {
	c, ok := l.queue.TryDequeue()
	if !ok {
		return nil
	}
	l.waiting.Add(-1)
	l.bytes.Add(-int64(len(c.text)))
	return c
}

func (l *Log) giveBack(c *Call) {
	c.forget()
	if !l.free.TryEnqueue(c) {
		l.made.Add(-1)
	}
}

// ErrClosed is returned by a log that was closed.
var ErrClosed = errors.New("the request log is closed")

// Store is where the records are, to be read; whoever writes goes by Do. While none is open every answer is ErrOpening.
func (l *Log) Store() Store {
	if s := l.store.Load(); s != nil {
		return *s
	}
	return absent{}
}

// ask is what the log's goroutine is asked for, once all that waits is written.
type ask struct {
	do   func(w *writer) error
	done chan error
}

// Flush returns when what was handed over before is written. Its error says why it is not.
func (l *Log) Flush(ctx context.Context) error {
	return l.ask(ctx, func(*writer) error { return nil })
}

// Do calls f with the store, and nobody else writes meanwhile. All that waits is written first.
func (l *Log) Do(ctx context.Context, f func(context.Context, Store) error) error {
	return l.ask(ctx, func(w *writer) error { return f(ctx, w.store) })
}

// Forget removes all that is known of a member and of an app, whichever is named.
func (l *Log) Forget(ctx context.Context, app, member string) (gone int, err error) {
	err = l.ask(ctx, func(w *writer) (err error) {
		gone, err = w.with.forget(ctx, w.store, app, member)
		return err
	})
	return gone, err
}

// Forget is Log.Forget in the store of a log that is not at work.
func Forget(ctx context.Context, from Store, app, member string) (gone int, err error) {
	var k compared
	if err := k.ready(ctx, from, nil); err != nil {
		return 0, err
	}
	return k.forget(ctx, from, app, member)
}

// Pause writes what waits and closes the store, for another process to open it. What comes from then on waits for Resume or Close, as far as there is room.
// Where that fails the store is closed all the same.
func (l *Log) Pause(ctx context.Context) error {
	return l.send(ctx, func(w *writer) error { return errors.Join(w.flush(ctx), w.pause(ctx)) })
}

// Resume opens the store again after a pause.
func (l *Log) Resume(ctx context.Context) error {
	return l.send(ctx, (*writer).resume)
}

// Close writes what waits, closes the store and ends the log. Where ctx ends before, what is left is dropped.
func (l *Log) Close(ctx context.Context) (err error) {
	l.ending.Do(func() {
		l.closed.Store(true)
		err = l.send(ctx, func(w *writer) error { return w.end(ctx) })
	})
	return err
}

func (l *Log) ask(ctx context.Context, do func(*writer) error) error {
	return l.send(ctx, func(w *writer) error {
		if err := w.flush(ctx); err != nil {
			return err
		}
		w.saveDrops(context.WithoutCancel(ctx))
		if err := w.saveCounts(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		return do(w)
	})
}

func (l *Log) send(ctx context.Context, do func(*writer) error) error {
	one := ask{do: do, done: make(chan error, 1)}
	select {
	case l.asks <- one:
	case <-l.stopped:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
