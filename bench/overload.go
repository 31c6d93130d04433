//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// An API of a fixed capacity, and how many calls it is sent at once where that is bounded: twice what it works on.
const (
	poolWorkers = 4
	poolTook    = 5 * time.Millisecond
	poolBound   = 2 * poolWorkers
	crowdConns  = 500
)

// shedConfig is a Candor before such an API; its upstream has what stands in the last place, and its route what stands before that.
const shedConfig = `version: 1
data: none
listeners: [{address: "{{address}}"}]
admin: {address: %[1]s}
log: {access: "{{log}}", level: error}
upstreams: {pool: {targets: ["http://%[2]s"]%[4]s}}
apis: [{name: pool, credentials: public, upstream: pool, routes: [{name: all, path: /**%[3]s}]}]
`

// overloads are how much more than its capacity the API is asked for.
var overloads = []float64{1, 3, 10}

// overloaded is what came of one of them, round by round.
type overloaded struct {
	unused []float64 // of the capacity, in percent
	slower []float64 // p99 of the calls that were let through, by that of calls without load
}

// measureOverload asks an API for more than it can do, with its calls bounded and, beside it, unbounded.
func (b *bench) measureOverload(ctx context.Context) error {
	api, err := newPool(ctx, poolWorkers, poolTook)
	if err != nil {
		return err
	}
	defer api.close()
	bounded, _, err := b.startShedding(ctx, api.address(), "", fmt.Sprintf(", in_flight: %d", poolBound))
	if err != nil {
		return err
	}
	defer bounded.stop()
	free, _, err := b.startShedding(ctx, api.address(), "", "")
	if err != nil {
		return err
	}
	defer free.stop()
	defer b.alone("")()
	of := map[float64]*overloaded{}
	for _, times := range overloads {
		of[times] = &overloaded{}
	}
	unbounded := &overloaded{}
	for range b.opt.rounds {
		if err := b.overloadRound(ctx, api, bounded, free, of, unbounded); err != nil {
			return err
		}
	}
	for _, times := range overloads {
		o := of[times]
		name := fmt.Sprintf("overload, %g × capacity, in_flight %d for %d workers", times, poolBound, poolWorkers)
		b.figures = append(b.figures,
			figure{name: name + ": capacity that is not used", unit: "%", values: sorted(o.unused), judged: times > 1, before: "–", goal: 20},
			figure{name: name + ": p99 of the calls let through, by that without load", unit: "×", values: sorted(o.slower), judged: times > 1, before: "–", goal: 3})
	}
	b.figures = append(b.figures, figure{name: fmt.Sprintf("overload, 3 × capacity, no bound, %d connections: p99 of the calls, by that without load", crowdConns), unit: "×", values: sorted(unbounded.slower)})
	b.note("Overload: an API of %d workers that take %s for a call, whose capacity is measured first, without Candor; calls at even distances over %d connections, for %s each.",
		poolWorkers, poolTook, crowdConns, b.opt.tail/2)
	return nil
}

func sorted(values []float64) []float64 {
	slices.Sort(values)
	return values
}

// startShedding starts a Candor before an API, and tells where it is operated.
func (b *bench) startShedding(ctx context.Context, api, route, up string) (p *proxy, admin string, err error) {
	if admin, err = freeAddress(); err != nil {
		return nil, "", err
	}
	p, err = b.startVariant(ctx, variant{text: fmt.Sprintf(shedConfig, admin, api, route, up)})
	return p, admin, err
}

const poolCall = "GET /x HTTP/1.1\r\nHost: pool\r\n\r\n"

// overloadRound measures the capacity, the calls without load, and then each overload.
func (b *bench) overloadRound(ctx context.Context, api *pool, bounded, free *proxy, of map[float64]*overloaded, unbounded *overloaded) error {
	length := b.opt.tail / 2
	capacity, err := api.capacity(ctx, length)
	if err != nil {
		return err
	}
	ask := func(p *proxy, rate float64) (made, error) {
		return (&crowd{address: p.plain, request: poolCall, conns: crowdConns, rate: rate, length: length}).run(ctx)
	}
	quiet, err := ask(bounded, capacity/4)
	if err != nil {
		return err
	}
	for _, times := range overloads {
		var loaded made
		loaded, err = ask(bounded, times*capacity)
		switch {
		case err != nil:
			return err
		case loaded.failed > 0:
			return fmt.Errorf("%g × capacity: %d calls failed", times, loaded.failed)
		}
		o := of[times]
		o.unused = append(o.unused, max(0, 100*(1-float64(len(loaded.took))/length.Seconds()/capacity)))
		o.slower = append(o.slower, ratio(loaded.p99(), quiet.p99()))
	}
	loaded, err := ask(free, 3*capacity)
	unbounded.slower = append(unbounded.slower, ratio(loaded.p99(), quiet.p99()))
	return err
}

// capacity is how many calls a second the API does, of as many as it is ever sent at once.
func (p *pool) capacity(ctx context.Context, length time.Duration) (float64, error) {
	before := p.calls.Load()
	c := crowd{address: p.address(), request: poolCall, conns: poolBound, rate: 1e6 / float64(poolTook.Microseconds()) * poolBound, length: length}
	begun := mono()
	_, err := c.run(ctx)
	return float64(p.calls.Load()-before) / (float64(mono()-begun) / 1e9), err
}
