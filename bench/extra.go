//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// measureParts measures what was asked for, part by part. One that fails does
// not keep the next from being measured.
func (b *bench) measureParts(ctx context.Context) error {
	var errs []error
	for _, w := range b.works {
		if err := b.measureWork(ctx, w); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", w.name, err))
		}
	}
	for _, part := range []struct {
		name    string
		measure func(context.Context) error
	}{
		{"admit", b.measureAdmit},
		{"idle", b.measureIdle},
		{"websockets", b.measureWebSockets},
		{"beside", b.measureBeside},
		{"sandbox", b.measureSandbox},
		{"tail", b.measureTail},
		{"requestlog", b.measureRequestLog},
		{"overload", b.measureOverload},
		{"retries", b.measureRetries},
		{"cache", b.measureKept},
		{"connections", b.measureConnections},
		{"handshakes", b.measureHandshakes},
		{"cores", b.measureCores}, // last: it starts the proxies again
	} {
		if !b.opt.wants(part.name) || ctx.Err() != nil {
			continue
		}
		b.say("measuring %s", part.name)
		if err := part.measure(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", part.name, err))
		}
	}
	return errors.Join(append(errs, ctx.Err())...)
}

func (b *bench) measureWork(ctx context.Context, w work) error {
	if !b.opt.wants(w.name) {
		return nil
	}
	for _, conns := range w.conns {
		if b.opt.quick && conns != 1 && conns != 64 && len(w.conns) > 1 {
			continue
		}
		b.say("measuring %s at %d connections", w.name, conns)
		c, err := b.run(ctx, w, conns)
		b.cells = append(b.cells, c)
		if err != nil {
			return err
		}
	}
	return nil
}

// measureSandbox takes the time from the start of the sandbox to its first answer.
func (b *bench) measureSandbox(ctx context.Context) error {
	var ms []float64
	for range max(b.opt.rounds, 5) {
		took, err := b.sandbox(ctx)
		if err != nil {
			return err
		}
		ms = append(ms, float64(took)/1e6)
	}
	slices.Sort(ms)
	b.figures = append(b.figures, figure{name: "sandbox, start to first answer", unit: "ms", values: ms, judged: true, before: "10–39 ms", goal: 50})
	return nil
}

func (b *bench) sandbox(ctx context.Context) (ns int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	api, err := freeAddress()
	if err != nil {
		return 0, err
	}
	begun := mono()
	p, err := start(launch{
		name: "sandbox", cpu: b.cpu, stderr: b.path("sandbox.err"),
		args: []string{b.program, "sandbox", "--api", api, "--www", "127.0.0.1:0", "--admin", "127.0.0.1:0"},
	})
	if err != nil {
		return 0, err
	}
	defer p.stop()
	if err = p.listens(ctx, api); err != nil {
		return 0, err
	}
	_, err = ask(ctx, target{address: api, request: []byte("GET / HTTP/1.1\r\nHost: " + api + "\r\n\r\n")})
	return mono() - begun, err
}

// measureCores starts the proxies again, each free to use all cores. The load
// takes its share of them.
func (b *bench) measureCores(ctx context.Context) (err error) {
	b.stop()
	b.cores, b.token = b.machine.count, ""
	if b.dir, err = b.folder("cores"); err != nil {
		return err
	}
	if err = b.startAll(ctx); err != nil {
		return err
	}
	c, err := b.run(ctx, b.works[1], 64)
	for _, name := range b.running(candor, twin, nginx, haproxy, reverse) {
		b.figures = append(b.figures,
			figure{name: fmt.Sprintf("full call, 64 connections, all %d cores: %s", b.cores, name), unit: "calls/s", values: c.each(name, func(s sample) float64 { return s.rate })},
			figure{name: "the same, CPU time of a call: " + name, unit: "µs", values: c.each(name, func(s sample) float64 { return s.cpu })})
	}
	return err
}
