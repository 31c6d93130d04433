//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"
	"time"
)

// idleConns is how many connections are held open, each after one call.
const idleConns = 10000

// measureIdle takes the memory of a Candor that has just been started and holds
// idle connections; beside it, what the same cost the others.
func (b *bench) measureIdle(ctx context.Context) error {
	for _, how := range []struct {
		name   string
		tls    *tls.Config
		before string
		goal   float64
	}{{"plain", nil, "86 MB", 60}, {"TLS", b.tls, "201–210 MB", 150}} {
		for _, name := range b.running(candor, twin, nginx, haproxy, reverse) {
			if name == twin && b.opt.twin == "" {
				continue // memory is no noisy figure
			}
			if name == haproxy && b.haproxyConns() < idleConns {
				b.note("%d idle connections of haproxy were not measured: it would need %d open files, and %d are allowed (ulimit -Hn).",
					idleConns, 2*(idleConns+100), b.files)
				continue
			}
			mb, err := b.idleAlone(ctx, name, how.tls)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", how.name, name, err)
			}
			f := figure{name: fmt.Sprintf("%d idle connections, %s", idleConns, how.name), unit: "MB", values: []float64{mb}}
			if name == candor {
				f.judged, f.before, f.goal = true, how.before, how.goal
			} else {
				f.name += ": " + name
			}
			b.figures = append(b.figures, f)
		}
	}
	return nil
}

// idleAlone starts a proxy for this one measurement.
func (b *bench) idleAlone(ctx context.Context, name string, config *tls.Config) (mb float64, err error) {
	fresh := b.site
	if fresh.dir, err = b.folder("idle"); err != nil {
		return 0, err
	}
	p, err := fresh.startNamed(ctx, name)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	t := b.target(p, works(fresh.token)[0], idleConns)
	if config != nil {
		t.address, t.tls = p.tls, config
	}
	return rssHolding(ctx, p, t)
}

// rssHolding is the memory of a proxy while the target's connections are held open.
func rssHolding(ctx context.Context, p *proxy, t target) (mb float64, err error) {
	release, err := hold(ctx, t)
	defer release()
	if err != nil {
		return 0, err
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(3 * time.Second): // buffers go back, collectors run
	}
	bytes, err := p.rss()
	return float64(bytes) / 1e6, err
}

// hold opens the target's connections, makes one call on each, and keeps them
// until they are released.
func hold(ctx context.Context, t target) (release func(), err error) {
	if t.tls == nil {
		return holdPlain(ctx, t)
	}
	var (
		mu    sync.Mutex
		conns []*tls.Conn // under mu
		tasks = make(chan struct{}, t.conns)
	)
	for range t.conns {
		tasks <- struct{}{}
	}
	close(tasks)
	err = together(8, func() error {
		for range tasks {
			conn, failed := callTLS(ctx, t)
			if failed != nil {
				return failed
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
		}
		return nil
	})
	return func() {
		for _, conn := range conns {
			_ = conn.NetConn().Close()
		}
	}, err
}

func holdPlain(ctx context.Context, t target) (release func(), err error) {
	p, err := newPoll(&t)
	if err != nil {
		return func() {}, err
	}
	for _, w := range p.wires {
		if err := p.send(w, t.request); err != nil {
			return p.close, err
		}
	}
	for due := len(p.wires); due > 0; {
		events, err := p.wait(ctx, tenth)
		if err != nil {
			return p.close, err
		}
		for i := range events {
			_, whole, err := p.wake(&events[i])
			if err != nil {
				return p.close, err
			}
			if whole {
				due--
			}
		}
	}
	return p.close, nil
}

// callTLS opens a connection and makes one call on it.
func callTLS(ctx context.Context, t target) (*tls.Conn, error) {
	dialed, err := (&tls.Dialer{Config: t.tls}).DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	conn, _ := dialed.(*tls.Conn) // what a tls.Dialer returns
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	a := answers{status: []byte(t.status)}
	return conn, call(conn, &a, t.request, make([]byte, 8<<10))
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
