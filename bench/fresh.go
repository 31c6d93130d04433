//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// measureConnections opens a thousand connections a second, each for one call.
func (b *bench) measureConnections(ctx context.Context) error {
	const pause = time.Millisecond
	for _, name := range []string{candor, nginx, haproxy} {
		p := b.proxies[name]
		if err := p.log.settle(ctx); err != nil {
			return err
		}
		t := b.target(p, b.works[0], 1)
		cpu, took, err := newConnections(ctx, p, t, int(3*time.Second/pause), pause)
		if err != nil {
			return err
		}
		b.figures = append(b.figures,
			figure{name: "1 000 new connections/s, one refusal each: " + name, unit: "CPU µs", values: []float64{cpu}},
			figure{name: "the same, 99 of 100 are answered within: " + name, unit: "µs", values: []float64{took}})
	}
	return nil
}

// newConnections makes n connections, one each pause, and returns the proxy's
// CPU time for one, and the 99th percentile of the time to the answer, µs.
func newConnections(ctx context.Context, p *proxy, t target, n int, pause time.Duration) (cpu, p99 float64, err error) {
	before, err := p.cpu()
	if err != nil {
		return 0, 0, err
	}
	times := make([]float64, n)
	errs := make([]error, n)
	tick := time.NewTicker(pause)
	defer tick.Stop()
	var running sync.WaitGroup
	for i := range n {
		select {
		case <-ctx.Done():
			running.Wait()
			return 0, 0, ctx.Err()
		case <-tick.C:
		}
		running.Go(func() {
			begun := mono()
			_, errs[i] = ask(ctx, t)
			times[i] = float64(mono()-begun) / 1e3
		})
	}
	running.Wait()
	after, err := p.cpu()
	p.log.calls += int64(n)
	slices.Sort(times)
	return float64(after-before) / float64(n) / 1e3, times[n*99/100], errors.Join(append(errs, err)...)
}

// measureHandshakes makes TLS connections one after another, with no call on them.
func (b *bench) measureHandshakes(ctx context.Context) error {
	for _, name := range []string{candor, nginx, haproxy} {
		var costs []float64
		for range b.opt.rounds {
			cost, err := b.handshakes(ctx, b.proxies[name])
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			costs = append(costs, cost)
		}
		slices.Sort(costs)
		b.figures = append(b.figures,
			figure{name: "TLS 1.3 handshake, P-256: " + name, unit: "CPU µs", values: costs},
			figure{name: "handshakes a second and core: " + name, unit: "", values: []float64{1e6 / median(costs)}})
	}
	return nil
}

// handshakes is the proxy's CPU time for one handshake, µs.
func (b *bench) handshakes(ctx context.Context, p *proxy) (cost float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, b.opt.length)
	defer cancel()
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	var made atomic.Int64
	err = together(8, func() error {
		for ctx.Err() == nil {
			if _, failed := handshake(p.tls, b.tls); failed != nil {
				return failed
			}
			made.Add(1)
		}
		return nil
	})
	after, err2 := p.cpu()
	return float64(after-before) / float64(made.Load()) / 1e3, errors.Join(err, err2)
}

// handshake makes a TLS connection and returns the cipher suite agreed on.
func handshake(address string, config *tls.Config) (suite string, err error) {
	conn, err := net.DialTimeout("tcp", address, 5*time.Second) //nolint:noctx // bounded; the round ends between two
	if err != nil {
		return "", err
	}
	defer conn.Close()
	client := tls.Client(conn, config)
	if err := client.Handshake(); err != nil { //nolint:noctx // as above
		return "", err
	}
	return tls.CipherSuiteName(client.ConnectionState().CipherSuite), nil
}

// together runs the same function n times at once.
func together(n int, f func() error) error {
	errs := make([]error, n)
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { errs[i] = f() })
	}
	running.Wait()
	return errors.Join(errs...)
}
