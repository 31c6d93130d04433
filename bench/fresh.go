//go:build linux

package main

import (
	"context"
	"slices"
	"time"
)

// fresh is the name of the cell of new connections.
const fresh = "new connection, one refusal"

// measureConnections opens a thousand connections a second, each for one call
// that is refused; the generator is that of the slow end.
func (b *bench) measureConnections(ctx context.Context) error {
	const rate = 1000
	c := cell{work: fresh}
	slowest := map[string][]float64{}
	names := b.running(candor, twin, nginx, haproxy, reverse)
	err := b.rounds(names, func(p *proxy, name string) error {
		defer b.alone(name)()
		if err := p.log.settle(ctx); err != nil {
			return err
		}
		o := order{
			Address: p.plain, Request: b.works[0].request, Status: b.works[0].status,
			Rate: rate, Lead: lead, Length: max(b.opt.length, time.Second),
		}
		s, out, err := b.freshRound(ctx, p, o)
		if err != nil {
			return err
		}
		c.add(name, s)
		if out.Tail.Late <= b.opt.late {
			slowest[name] = append(slowest[name], out.Tail.P99)
		}
		return nil
	})
	b.cells = append(b.cells, c)
	for _, name := range []string{candor, twin, nginx, haproxy, reverse} {
		if slices.Sort(slowest[name]); len(slowest[name]) > 0 {
			b.figures = append(b.figures, figure{
				name: "a new connection and one refusal, 99 of 100 within: " + name, unit: "µs", values: slowest[name],
			})
		}
	}
	return err
}

// freshRound is the proxy's CPU time for a connection, and the round. The
// lead-in is part of it: what it does is the same.
func (b *bench) freshRound(ctx context.Context, p *proxy, o order) (s sample, out outcome, err error) {
	before, err := p.cpu()
	if err != nil {
		return s, out, err
	}
	begun := mono()
	if out, err = b.paced(ctx, p, o); err != nil {
		return s, out, err
	}
	wall := float64(mono() - begun)
	after, err := p.cpu()
	used, calls := float64(after-before), float64(out.Answered)
	return sample{cpu: used / calls / 1e3, rate: calls / wall * 1e9, busy: used / wall}, out, err
}
