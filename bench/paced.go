//go:build linux

package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// tail is how long the calls of a round took, from when each was due.
type tail struct {
	P50, P99, P999 float64 // µs
	Over           float64 // share of the calls that took more than slow
	Unsent         float64 // share that was due and never sent: no connection was free. Their wait counts
	Late           float64 // share that the generator itself held up: it stood still for a tenth of their time or more
	Stall          float64 // µs: the longest time for which the generator stood still
}

const (
	slow    = 300 * time.Microsecond
	still   = 100 * time.Microsecond // between two steps of the generator: it was not running
	patient = 10 * time.Second       // for the answers that are due at the end
)

// round is one under way: requests are sent when they are due, over the
// connections that are free, whatever the answers take. A request that finds no
// free connection waits for one, and its wait counts.
type round struct {
	*ends
	order
	begun        time.Time
	pause        float64       // ns between two calls
	last         time.Duration // when the generator did its last step
	from, to     time.Duration // when it last stood still
	stood        time.Duration // how long it has in all
	stall        time.Duration // the longest time
	sent, flying int
	free         ring
	took         []int64 // ns, of each answer behind the lead-in
	answered     int64
	unsent, late int
}

// begin opens the connections that are kept.
func (e *ends) begin(o order) (*round, error) {
	r := &round{ends: e, order: o, pause: 1e9 / o.Rate}
	r.took = make([]int64, 0, r.want(o.Lead+o.Length)-r.want(o.Lead)+1)
	r.free = make(ring, 0, o.Conns)
	for range o.Conns {
		w, err := r.dial(o.Address, o.Status)
		if err != nil {
			r.close()
			return nil, err
		}
		r.free = append(r.free, w)
	}
	r.begun = time.Now() //nolint:forbidigo // the bench is its own main
	return r, nil
}

// close closes all connections of the client.
func (r *round) close() {
	for _, w := range r.wires {
		r.hangUp(w)
	}
}

// want is how many calls are due in a time from the beginning.
func (r *round) want(in time.Duration) int { return int(float64(in) / r.pause) }

func (r *round) due(call int) time.Duration { return time.Duration(float64(call) * r.pause) }

// over reports whether every answer is there or no longer waited for.
func (r *round) over() bool {
	end := r.Lead + r.Length
	return r.last >= end && (r.flying == 0 || r.last >= end+patient)
}

// turn takes what has come, and after each piece sends what is due.
func (r *round) turn() error {
	events, err := r.wait(context.Background(), 0)
	if err != nil {
		return err
	}
	for i := range events {
		if err := r.event(&events[i]); err != nil {
			return err
		}
		if err := r.sendDue(); err != nil {
			return err
		}
	}
	return r.sendDue()
}

// step reads the clock, and notes if the generator stood still since the last step.
func (r *round) step() (now time.Duration) {
	now = time.Since(r.begun)
	r.stoodStill(r.last, now)
	r.last = now
	return now
}

func (r *round) stoodStill(from, to time.Duration) {
	if to-from <= still {
		return
	}
	r.from, r.to = from, to
	r.stood += to - from
	if to > r.Lead && from < r.Lead+r.Length {
		r.stall = max(r.stall, to-from)
	}
}

// stoodBy is how long the generator had stood still by a time that is past, but
// not longer than its last standing still.
func (r *round) stoodBy(past time.Duration) time.Duration {
	return r.stood - max(r.to-max(r.from, past), 0)
}

// answer notes the answer to a call that was due then. What a proxy lets wait
// is not made later by a short stop of ours, so each call is judged by itself.
func (r *round) answer(w *wire, now time.Duration) {
	due := time.Duration(w.due)
	if due < r.Lead {
		return
	}
	took := now - due
	r.took = append(r.took, int64(took))
	if held := r.stood - time.Duration(w.stood); held > 0 && held >= took/10 {
		r.late++
	}
}

func (r *round) sendDue() error {
	now := r.step()
	for r.due(r.sent) <= now && now < r.Lead+r.Length {
		w, err := r.connection()
		if w == nil || err != nil {
			return err
		}
		w.due = int64(r.due(r.sent))
		w.stood = int64(r.stoodBy(r.due(r.sent)))
		r.sent++
		r.flying++
		if err := r.send(w, r.Request); err != nil {
			return err
		}
		now = r.step()
	}
	return nil
}

// connection is the one that has rested longest, or a new one; nil if none is free.
func (r *round) connection() (*wire, error) {
	if r.Conns == 0 {
		return r.dial(r.Address, r.Status)
	}
	return r.free.take(), nil
}

func (r *round) event(e *unix.EpollEvent) error {
	if ours, err := r.serve(e); ours || err != nil {
		return err
	}
	w, whole, err := r.wake(e)
	if err != nil || !whole {
		return err
	}
	r.answered++
	r.flying--
	r.answer(w, r.step())
	if r.Conns == 0 {
		r.hangUp(w)
		return nil
	}
	r.free = append(r.free, w)
	return nil
}

// outcome sums up. What was due and found no free connection took at least until now.
func (r *round) outcome() outcome {
	end := r.Lead + r.Length
	for call := max(r.sent, r.want(r.Lead)); r.due(call) < end; call++ {
		r.took = append(r.took, int64(end-r.due(call)))
		r.unsent++
	}
	return outcome{Answered: r.answered, Tail: r.tail()}
}

func (r *round) tail() tail {
	slices.Sort(r.took)
	all := float64(max(len(r.took), 1))
	return tail{
		P50: float64(within(r.took, 0.5)) / 1e3, P99: float64(within(r.took, 0.99)) / 1e3, P999: float64(within(r.took, 0.999)) / 1e3,
		Over: over(r.took, int64(slow)), Unsent: float64(r.unsent) / all, Late: min(float64(r.late)/all, 1),
		Stall: float64(r.stall) / 1e3,
	}
}

// ring is connections in the order in which they became free.
type ring []*wire

// take takes the first, nil if there is none.
func (q *ring) take() *wire {
	if len(*q) == 0 {
		return nil
	}
	w := (*q)[0]
	copy(*q, (*q)[1:]) // 64 words: cheaper than a list, and nothing grows
	*q = (*q)[:len(*q)-1]
	return w
}
