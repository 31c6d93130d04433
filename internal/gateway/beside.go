package gateway

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/candor-gateway/candor/httpcache"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// The bounds of what is asked beside calls.
const (
	mostBeside  = 64               // at once; of what is more, the next call asks again
	besideEnds  = 30 * time.Second // for a route without a limit of its own
	besideRests = time.Second      // after an upstream has failed, until the same is asked once more
)

// besides are the questions that are asked beside calls: whether an answer that was given though it is stale still holds (RFC 5861 §3).
type besides struct {
	mu   sync.Mutex
	all  map[*beside]struct{}
	over bool
	work sync.WaitGroup
}

// beside is one such question. It is what an upstream knows of its caller, too: one that sends no body, and leaves when the gateway ends.
type beside struct {
	g      *Gateway
	id     callid.ID
	up     *upstream.Upstream
	call   upstream.Call
	keep   keeping
	flight *cache.Flight
	end    context.CancelFunc

	mu    sync.Mutex
	waits interface{ Cancel() } // for that; nil: for nothing
	gone  bool
}

var (
	_ upstream.Watch  = (*beside)(nil)
	_ upstream.Caller = (*beside)(nil)
)

// askBeside asks the upstream whether what is stored for the call still holds, unless somebody does.
func askBeside(ctx context.Context, x *exchange) {
	c, u := x.cached, x.upstream()
	key := flightOf(x)
	key.Who[0] ^= 0xff // nobody waits for it
	flight, leads := x.g.flights.Join(key)
	if !leads {
		return
	}
	c.keep.old, c.asks = c.entry, true // also without conditions: those of the caller are about a copy of its own
	ready := x.prepare(u)
	c.asks = false
	b := &beside{g: x.g, id: x.call.ID, up: u, call: x.attempt.call, keep: c.keep, flight: flight}
	if b.keep.asker = nil; !c.keep.whole { // a HEAD asks for no body, and nothing would be kept of it
		ready = false
	}
	b.call.Bytes, b.call.Watch, b.call.Caller = bytes.Clone(x.attempt.call.Bytes), b, b
	if b.call.Until == 0 {
		b.call.Until = x.begun + int64(besideEnds)
	}
	if !ready || !x.g.besides.start(ctx, b) {
		x.g.flights.Land(flight, nil)
	}
}

// start runs b beside the call whose ctx that is, unless there are too many or the gateway ends.
func (s *besides) start(ctx context.Context, b *beside) bool {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // the call is over before
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || len(s.all) >= mostBeside {
		cancel()
		return false
	}
	if s.all == nil {
		s.all = map[*beside]struct{}{}
	}
	b.end = cancel
	s.all[b] = struct{}{}
	s.work.Go(func() {
		defer s.done(b)
		b.ask(ctx)
	})
	return true
}

// done forgets b. A fault of ours ends the question, and not the process.
func (s *besides) done(b *beside) {
	if r := recover(); r != nil {
		b.g.tellPanic(b.id, r)
	}
	b.end()
	b.keep.drop()
	b.g.flights.Land(b.flight, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, b)
}

// close ends all questions, and waits for that.
func (s *besides) close() {
	s.mu.Lock()
	s.over = true
	for b := range s.all {
		b.leave()
	}
	s.mu.Unlock()
	s.work.Wait()
}

// ask asks, and keeps what is answered. Where the upstream fails nobody asks again for a moment, whoever is answered meanwhile.
func (b *beside) ask(ctx context.Context) {
	if !b.once(ctx) {
		rest(ctx)
	}
}

// once asks once, and reports whether the upstream has said something about what is stored.
func (b *beside) once(ctx context.Context) (says bool) {
	_, now := b.g.now()
	b.keep.sent(now)
	conn, f := b.up.Send(ctx, &b.call)
	if conn == nil {
		return false
	}
	whole := false
	defer func() { b.letGo(conn, whole) }() // also behind a panic: the connection has a place among the upstream's calls
	if says = f.Cause == upstream.OK && !httpcache.IsError(conn.Head.Status); says {
		f = b.answered(conn)
	}
	whole = f.Cause == upstream.OK && conn.Ended()
	return says
}

// letGo gives the connection back where its answer is here whole, or ends it.
func (b *beside) letGo(conn *upstream.Conn, whole bool) {
	if !whole {
		conn.Abort()
		return
	}
	conn.Release(b.g.o.Clock.Mono(), true, b.call.Near)
}

// rest waits for besideRests, or for the end.
func rest(ctx context.Context) {
	t := time.NewTimer(besideRests)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// answered keeps what is answered, if it may be kept.
func (b *beside) answered(conn *upstream.Conn) (f upstream.Fault) {
	_, now := b.g.now()
	h := &conn.Head
	switch says := httpcache.ReadAnswer(h, h.Status, b.keep.asked, now); {
	case h.Status == 304 && b.keep.old.Says.Validates() && b.keep.old.Says.Confirms(&says):
		b.keep.freshened(h, now)
		return f
	case b.keep.answered(h, now) != "":
		if !b.keep.asks.Has(httpcache.NoStore) {
			b.keep.store.Forget(b.keep.key, b.keep.old) // it was asked for, and does not hold any more
		}
		return f
	}
	for !conn.Ended() && b.keep.on {
		b.On(conn, b.g.o.Clock.Mono())
		var data []byte
		data, f = conn.Piece(b.call.Until)
		if !b.Over() {
			return upstream.Fault{Cause: upstream.Cancelled}
		}
		if f.Cause != upstream.OK {
			return f
		}
		b.keep.piece(data)
	}
	b.keep.end()
	return f
}

// On is upstream.Watch's.
func (b *beside) On(what interface{ Cancel() }, _ int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waits = what
	if b.gone {
		what.Cancel()
	}
}

// Over is upstream.Watch's.
func (b *beside) Over() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waits = nil
	return !b.gone
}

// leave ends the question.
func (b *beside) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone = true
	b.end()
	if b.waits != nil {
		b.waits.Cancel()
	}
}

// Rest is upstream.Caller's: there is no body.
func (b *beside) Rest(*upstream.Conn) bool { return false }

// Interim is upstream.Caller's: nobody is told.
func (b *beside) Interim(*http1.ResponseHead) bool { return true }
