//go:build linux

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// sample is one proxy's part of one round.
type sample struct {
	cpu  float64 // µs of the proxy a request
	rate float64 // requests a second
	busy float64 // share of its core that the proxy used
}

// cell is what one work at one number of connections came to.
type cell struct {
	work    string
	conns   int
	samples map[string][]sample // by proxy, one a round
}

// warm is how long a load runs, with all its connections, before anything is counted.
const warm = 150 * time.Millisecond

// measure puts a load on a proxy and reads its CPU clock at both ends of a time
// in which nothing begins or ends but calls.
func measure(ctx context.Context, p *proxy, t target, length time.Duration) (s sample, err error) {
	ctx, cancel := context.WithTimeout(ctx, warm+length+30*time.Second)
	defer cancel()
	l := startLoad(ctx, t)
	l.warm(ctx)
	before, err1 := read(ctx, p, l, warm)
	after, err2 := read(ctx, p, l, length)
	answered, err := l.halt()
	if p.log != nil {
		p.log.calls += answered
	}
	for _, e := range []error{err, err1, err2} {
		if e != nil {
			return s, fmt.Errorf("%s, %d connections: %w", p.name, t.conns, e)
		}
	}
	calls, wall := float64(after.calls-before.calls), float64(after.at-before.at)
	if calls == 0 {
		return s, fmt.Errorf("%s, %d connections: not one answer in %s", p.name, t.conns, length)
	}
	used := float64(after.cpu - before.cpu)
	return sample{cpu: used / calls / 1e3, rate: calls / wall * 1e9, busy: used / wall}, nil
}

// reading is how far load and proxy have come.
type reading struct{ at, cpu, calls int64 }

func read(ctx context.Context, p *proxy, l *load, after time.Duration) (r reading, err error) {
	select {
	case <-ctx.Done():
		return r, ctx.Err()
	case <-time.After(after):
	}
	r = reading{at: mono(), calls: l.done.Load()}
	r.cpu, err = p.cpu()
	return r, err
}

// run measures one cell: each round all proxies, in random order, so that what
// else the machine does falls on all of them.
func (b *bench) run(ctx context.Context, w work, conns int) (cell, error) {
	c := cell{work: w.name, conns: conns, samples: map[string][]sample{}}
	names := append([]string{candor}, w.beside...)
	for range b.opt.rounds {
		rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] }) //nolint:gosec // an order, no secret
		for _, name := range names {
			p := b.proxies[name]
			if p == nil {
				continue
			}
			if err := p.log.settle(ctx); err != nil {
				return c, fmt.Errorf("%s: %w", name, err)
			}
			s, err := measure(ctx, p, b.target(p, w, conns), b.opt.length)
			if err != nil {
				return c, fmt.Errorf("%s: %w", w.name, err)
			}
			c.samples[name] = append(c.samples[name], s)
		}
	}
	return c, nil
}

func (b *bench) target(p *proxy, w work, conns int) target {
	t := target{address: p.plain, request: w.request, status: w.status, conns: conns}
	if w.tls {
		t.address, t.tls = p.tls, b.tls
	}
	return t
}

// ratios is Candor's CPU time by that of another, round by round.
func (c cell) ratios(mine, other string) (all []float64) {
	for i, s := range c.samples[other] {
		all = append(all, c.samples[mine][i].cpu/s.cpu)
	}
	slices.Sort(all)
	return all
}

// each is one number of every round, sorted.
func (c cell) each(name string, of func(sample) float64) (all []float64) {
	for _, s := range c.samples[name] {
		all = append(all, of(s))
	}
	slices.Sort(all)
	return all
}

// median is the middle of sorted numbers, 0 of none.
func median(sorted []float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
