//go:build linux

package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestLateRoundsAreThrownAway: a round counts if its generator was in time, and is made again so often and no oftener.
func TestLateRoundsAreThrownAway(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, c := range []struct {
		name         string
		late         []float64 // of each attempt
		fails        error     // the attempt behind them
		kept, thrown int
	}{
		{"in time", []float64{0}, nil, 1, 0},
		{"just in time", []float64{0.0002}, nil, 1, 0},
		{"late once", []float64{0.0003, 0.0001}, nil, 1, 1},
		{"late forever", []float64{1, 1, 1, 0}, nil, 0, 3},
		{"late, then broken", []float64{1}, broken, 0, 1},
	} {
		s, made := newSlowEnd(5000, false), 0
		thrown, err := s.round(candor, 0.0002, func() (tail, error) {
			if made == len(c.late) {
				return tail{}, c.fails
			}
			made++
			return tail{Late: c.late[made-1]}, nil
		})
		if len(s.kept[candor]) != c.kept || s.thrown[candor] != c.thrown || len(thrown) != c.thrown || !errors.Is(err, c.fails) {
			t.Errorf("%s: %d kept, %d thrown away, %v; want %d, %d, %v", c.name, len(s.kept[candor]), s.thrown[candor], err, c.kept, c.thrown, c.fails)
		}
	}
}

// TestSlowEnd: the figures of the rounds that were kept, and their ratios.
func TestSlowEnd(t *testing.T) {
	t.Parallel()
	s := newSlowEnd(5000, false)
	s.thrown[haproxy] = 3
	for _, p99 := range []float64{100, 200, 300, 400, 9000} {
		s.kept[candor] = append(s.kept[candor], tail{P50: 50, P99: p99, P999: 2 * p99, Over: 0.01})
		s.kept[nginx] = append(s.kept[nginx], tail{P50: 50, P99: p99 / 2, P999: p99, Over: 0})
	}
	for range 2 {
		s.kept[reverse] = append(s.kept[reverse], tail{P50: 1e6, Unsent: 0.5})
		s.behind[reverse]++
	}
	want := [][]string{
		{"5000", candor, "50 / 50", "1.00 / 1.00", "300 / 200", "2.00 / 2.00", "600 / 400", "2.00 / 2.00", "1.000 / 1.000", "∞ / ∞", "5", "0"},
		{"5000", nginx, "50 / 50", "", "150 / 100", "", "300 / 200", "", "0.000 / 0.000", "", "5", "0"},
		{"5000", haproxy, "–", "", "–", "", "–", "", "–", "", "0", "3"},
		{"5000", reverse, "cannot keep up", "", "cannot keep up", "", "cannot keep up", "", "cannot keep up", "", "2", "0"},
	}
	if diff := cmp.Diff(want, s.rows()); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if !s.hopeless(reverse) || s.hopeless(candor) {
		t.Error("whoever could not keep the rate twice is asked no more, and only they")
	}
	s.kept[candor] = append(s.kept[candor], tail{Unsent: 1})
	if s.behind[candor]++; s.overloaded(candor) {
		t.Error("one stall among six rounds is no overload")
	}
}

// TestTailGoals: a goal is judged at each rate that both could keep, by the median, the twin beside it.
func TestTailGoals(t *testing.T) {
	t.Parallel()
	s := newSlowEnd(5000, true)
	s.kept[candor] = []tail{{P999: 90}, {P999: 100}, {P999: 120}}
	s.kept[nginx] = []tail{{P999: 100}, {P999: 100}, {P999: 100}}
	s.kept[nginxTwin] = []tail{{P999: 110}}
	other := newSlowEnd(10000, true)
	other.kept[candor] = s.kept[candor]
	want := [][]string{{
		"p99.9 at real-time priority, 5000 calls/s", nginx, "64", "1.00 × (lower quartile 0.95); nginx's twin 1.10", "0.7–1.4 ×", "≤ 1.00 ×", "met",
	}}
	if diff := cmp.Diff(want, tailAims[1].rows([]*slowEnd{s, other, newSlowEnd(5000, false)})); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestOutcome: what was due and never sent is among the slowest.
func TestOutcome(t *testing.T) {
	t.Parallel()
	o := order{Rate: 1000, Lead: 10 * time.Millisecond, Length: 10 * time.Millisecond, Conns: 1}
	r := round{order: o, pause: 1e6, sent: 18, answered: 18, late: 2, stall: time.Millisecond} // calls 0 to 9 are the lead-in's
	for i := range 8 {
		r.took = append(r.took, int64(time.Duration(8-i)*100*time.Microsecond))
	}
	want := outcome{Answered: 18, Tail: tail{
		P50: 500, P99: 2000, P999: 2000, Over: 0.7, Unsent: 0.2, Late: 0.2, Stall: 1000, // the last two waited 2 ms and 1 ms
	}}
	if diff := cmp.Diff(want, r.outcome()); diff != "" {
		t.Errorf("outcome (-want +got):\n%s", diff)
	}
}

// TestHeldUp: which calls the generator has held up, and which the proxy.
func TestHeldUp(t *testing.T) {
	t.Parallel()
	const µs = time.Microsecond
	type span struct{ from, to time.Duration }
	for _, c := range []struct {
		name             string
		before           []span // in which the generator did nothing, before the call was sent
		due              time.Duration
		after            []span
		answered, enters time.Duration // enters: the end of the lead-in
		late             int
	}{
		{"in time", nil, 1000 * µs, nil, 1080 * µs, 0, 0},
		{"short steps", []span{{900 * µs, 1000 * µs}}, 950 * µs, []span{{1000 * µs, 1099 * µs}}, 1099 * µs, 0, 0},
		{"sent late", []span{{1000 * µs, 1200 * µs}}, 1100 * µs, nil, 1290 * µs, 0, 1},
		{"stopped before it was due", []span{{500 * µs, 900 * µs}}, 1000 * µs, nil, 1080 * µs, 0, 0},
		{"answer read late", nil, 1000 * µs, []span{{1010 * µs, 1300 * µs}}, 1301 * µs, 0, 1},
		{"slow by itself, and a short stop", nil, 1000 * µs, []span{{1010 * µs, 1160 * µs}}, 9000 * µs, 0, 0},
		{"many short stops", nil, 1000 * µs, []span{{1010 * µs, 1460 * µs}, {2000 * µs, 2450 * µs}}, 9000 * µs, 0, 1},
		{"in the lead-in", []span{{1000 * µs, 1200 * µs}}, 1100 * µs, nil, 1290 * µs, 2000 * µs, 0},
	} {
		r := round{order: order{Lead: c.enters, Length: time.Second}}
		for _, s := range c.before {
			r.stoodStill(s.from, s.to)
		}
		w := &wire{due: int64(c.due), stood: int64(r.stoodBy(c.due))}
		for _, s := range c.after {
			r.stoodStill(s.from, s.to)
		}
		if r.answer(w, c.answered); r.late != c.late {
			t.Errorf("%s: %d late, want %d", c.name, r.late, c.late)
		}
	}
}

// TestRoundAgainstItsOwnUpstream: both ends in one process, without a proxy between them.
func TestRoundAgainstItsOwnUpstream(t *testing.T) {
	t.Parallel()
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	u, err := newUpstream(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.closeAll)
	e := ends{upstream: u}
	for _, conns := range []int{0, 4} {
		var out outcome
		out, err = e.make(order{
			Address: address, Request: works("x")[1].request, Status: "200", Conns: conns,
			Rate: 1000, Lead: 20 * time.Millisecond, Length: 50 * time.Millisecond,
		})
		unsent := int64(out.Tail.Unsent*50 + 0.5)
		// On a busy machine calls of the lead-in may be left unsent too, which nothing counts.
		if err != nil || out.Answered == 0 || out.Answered+unsent < 49 || out.Answered+unsent > 71 {
			t.Errorf("%d connections: %d calls answered and %d unsent of 50, 20 more in the lead-in; %v", conns, out.Answered, unsent, err)
		}
		if len(u.wires) > 0 {
			t.Errorf("%d connections are left open", len(u.wires))
		}
	}
	_, err = e.make(order{Address: address, Request: works("x")[1].request, Status: "401", Conns: 1, Rate: 1000, Length: 50 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "an answer of another kind") {
		t.Errorf("an answer with another status: %v", err)
	}
}

// closeAll closes what an upstream holds open.
func (u *upstream) closeAll() {
	for _, p := range u.peers {
		u.hangUp(&p.wire)
	}
	u.hangUp(&wire{fd: int(u.listener)})
	u.close()
}
