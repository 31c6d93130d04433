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
	conns   int                 // 0: one after another, none kept
	samples map[string][]sample // by proxy, one a round
	lines   map[string]int64    // by proxy, bytes of a line of its access log
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
// else the machine does falls on all of them. What was measured before an error
// is there beside it.
func (b *bench) run(ctx context.Context, w work, conns int) (cell, error) {
	c := cell{work: w.name, conns: conns, lines: map[string]int64{}}
	names := b.running(append([]string{candor}, w.beside...)...)
	err := b.rounds(names, func(p *proxy, name string) error {
		if err := p.log.settle(ctx); err != nil {
			return err
		}
		s, err := measure(ctx, p, b.target(p, w, conns), b.opt.length)
		if err != nil {
			return err
		}
		c.add(name, s)
		return nil
	})
	for _, name := range names {
		p := b.proxies[name]
		if err != nil || p.log == nil {
			continue
		}
		if err = p.log.settle(ctx); err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
		c.lines[name] = p.log.line
	}
	return c, err
}

// rounds calls once for each of the named proxies in each round, in random order.
func (b *bench) rounds(names []string, once func(p *proxy, name string) error) error {
	return b.roundsOf(b.proxies, names, once)
}

// roundsOf is rounds of other proxies than those that run all the time.
func (b *bench) roundsOf(proxies map[string]*proxy, names []string, once func(p *proxy, name string) error) error {
	for range b.opt.rounds {
		rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] }) //nolint:gosec // an order, no secret
		for _, name := range names {
			if err := once(proxies[name], name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func (c *cell) add(name string, s sample) {
	if c.samples == nil {
		c.samples = map[string][]sample{}
	}
	c.samples[name] = append(c.samples[name], s)
}

func (b *bench) target(p *proxy, w work, conns int) target {
	t := target{address: p.plain, request: w.request, status: w.status, conns: conns}
	if w.tls {
		t.address, t.tls = p.tls, b.tls
	}
	return t
}

// ratios is Candor's CPU time by that of another, round by round; a round that
// one of them has not made is left out.
func (c cell) ratios(other string) (all []float64) {
	mine, its := c.samples[candor], c.samples[other]
	for i := range min(len(mine), len(its)) {
		all = append(all, mine[i].cpu/its[i].cpu)
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
