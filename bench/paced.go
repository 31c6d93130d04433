//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// measureLatency asks at 70 % of what each proxy has shown it can do, at even
// distances whatever the answers take, and reports the slow end. A request that
// finds no free connection waits for one, and its wait counts.
func (b *bench) measureLatency(ctx context.Context) error {
	w := b.works[1]
	c, err := b.find(ctx, w, 64)
	if err != nil {
		return err
	}
	slow := map[string][]float64{}
	names := []string{candor, nginx, haproxy, reverse}
	for i := range b.opt.rounds * len(names) {
		name := names[i%len(names)]
		took, err := b.latency(ctx, b.proxies[name], w, loaded(c, name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		slow[name] = append(slow[name], float64(took[len(took)*99/100])/1e3)
	}
	for _, name := range names {
		slices.Sort(slow[name])
		b.figures = append(b.figures, figure{
			name: fmt.Sprintf("99 of 100 within, at 70 %% load (%.0f/s): %s", loaded(c, name), name),
			unit: "µs", values: slow[name],
		})
	}
	return nil
}

// loaded is 70 % of the calls a second that a proxy has answered.
func loaded(c cell, name string) float64 {
	return 0.7 * median(c.each(name, func(s sample) float64 { return s.rate }))
}

// latency is how long each call of one proxy took in one round, ns, sorted.
func (b *bench) latency(ctx context.Context, p *proxy, w work, rate float64) ([]int64, error) {
	if err := p.log.settle(ctx); err != nil {
		return nil, err
	}
	took, err := paced(ctx, b.target(p, w, 64), rate, b.opt.length)
	if p.log != nil {
		p.log.calls += int64(len(took))
	}
	return took, err
}

// find returns a cell that was measured already, or measures it.
func (b *bench) find(ctx context.Context, w work, conns int) (cell, error) {
	for _, c := range b.cells {
		if c.work == w.name && c.conns == conns {
			return c, nil
		}
	}
	return b.run(ctx, w, conns)
}

// pacer sends requests when they are due, over the connections that are free.
type pacer struct {
	*poll
	target
	timer, sent, want int
	begun             int64
	pause             float64 // ns
	free              []*wire
	took              []int64 // ns, of each answer, from when its request was due
}

// paced asks for a time at a rate, and returns how long each answer took, ns, sorted.
func paced(ctx context.Context, t target, rate float64, length time.Duration) ([]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, length+10*time.Second)
	defer cancel()
	p, err := newPoll(&t)
	if err != nil {
		return nil, err
	}
	defer p.close()
	timer, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(timer) }()
	a := pacer{poll: p, target: t, timer: timer, want: int(rate * length.Seconds()), pause: 1e9 / rate, begun: mono()}
	for _, w := range p.wires {
		a.free = append(a.free, w)
	}
	every := unix.NsecToTimespec(int64(a.pause))
	err = errors.Join(
		unix.TimerfdSettime(timer, 0, &unix.ItimerSpec{Interval: every, Value: every}, nil),
		unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, timer, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(timer)}),
	)
	for err == nil && len(a.took) < a.want {
		err = a.step(ctx)
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(a.took)
	return a.took, nil
}

// step takes what has come and sends what is due.
func (a *pacer) step(ctx context.Context) error {
	events, err := a.wait(ctx)
	if err != nil {
		return err
	}
	for i := range events {
		if err := a.event(&events[i]); err != nil {
			return err
		}
	}
	for now := mono(); a.sent < a.want && len(a.free) > 0; a.sent++ {
		due := a.begun + int64(float64(a.sent)*a.pause)
		if due > now {
			return nil
		}
		w := a.free[0]
		a.free, w.due = a.free[1:], due
		if err := a.send(w, a.request); err != nil {
			return err
		}
	}
	return nil
}

func (a *pacer) event(e *unix.EpollEvent) error {
	if int(e.Fd) == a.timer {
		_, err := unix.Read(a.timer, a.buf[:8]) // it only wakes us
		return err
	}
	w, whole, err := a.wake(e)
	if err != nil || !whole {
		return err
	}
	a.took = append(a.took, mono()-w.due)
	a.free = append(a.free, w)
	return nil
}
