//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The names of the cells of handshakes.
const (
	handshakes = "TLS 1.3 handshake, X25519"
	resumed    = "the same, resumed"
	postQuant  = "TLS 1.3 handshake, X25519MLKEM768"
)

// handshakeKinds are measured apart: a hybrid with ML-KEM costs more than twice
// what X25519 alone does, and whose OpenSSL lacks it would look the better.
var handshakeKinds = []struct {
	cell   string
	curve  tls.CurveID
	resume bool
}{
	{handshakes, tls.X25519, false},
	{resumed, tls.X25519, true},
	{postQuant, tls.X25519MLKEM768, false},
}

// measureHandshakes makes TLS connections, with no call on them.
func (b *bench) measureHandshakes(ctx context.Context) error {
	for _, kind := range handshakeKinds {
		config := b.tls.Clone()
		config.CurvePreferences = []tls.CurveID{kind.curve}
		able, lack := b.able(ctx, config, b.running(candor, twin, nginx, haproxy, reverse))
		if len(lack) > 0 {
			b.note("%s: %s cannot agree on that, and is not in the row.", kind.cell, strings.Join(lack, " and "))
		}
		c := cell{work: kind.cell}
		err := b.rounds(able, func(p *proxy, name string) error {
			if kind.resume {
				config.ClientSessionCache = &oneTicket{}
			}
			s, err := b.handshakeRound(ctx, p, config)
			if err == nil {
				c.add(name, s)
			}
			return err
		})
		b.cells = append(b.cells, c)
		if err != nil {
			return fmt.Errorf("%s: %w", kind.cell, err)
		}
	}
	return nil
}

// able are the proxies that agree to a client's offer, and those that do not.
func (b *bench) able(ctx context.Context, config *tls.Config, names []string) (able, lack []string) {
	for _, name := range names {
		if _, err := shake(ctx, b.proxies[name].tls, config); err != nil {
			lack = append(lack, name)
			continue
		}
		able = append(able, name)
	}
	return able, lack
}

// handshakeRound is the proxy's CPU time for one handshake.
func (b *bench) handshakeRound(ctx context.Context, p *proxy, config *tls.Config) (s sample, err error) {
	if config.ClientSessionCache != nil {
		if _, err = shake(ctx, p.tls, config); err != nil { // brings the ticket
			return s, err
		}
	}
	work, stop := context.WithCancel(ctx)
	var made atomic.Int64
	var workers sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		workers.Go(func() {
			if errs[i] = shakeUntil(work, p.tls, config, &made); errs[i] != nil {
				stop()
			}
		})
	}
	s, err = handshakeCost(work, p, &made, b.opt.length)
	stop()
	workers.Wait()
	return s, errors.Join(append(errs, ctx.Err(), err)...)
}

// handshakeCost reads the clock of the proxy at both ends of a time in which
// handshakes are made.
func handshakeCost(ctx context.Context, p *proxy, made *atomic.Int64, length time.Duration) (s sample, err error) {
	var at, used, count [2]int64
	for i, pause := range []time.Duration{warm, length} {
		select {
		case <-ctx.Done():
			return s, nil // whoever ended it says why
		case <-time.After(pause):
		}
		at[i], count[i] = mono(), made.Load()
		if used[i], err = p.cpu(); err != nil {
			return s, err
		}
	}
	n, wall, cpu := float64(count[1]-count[0]), float64(at[1]-at[0]), float64(used[1]-used[0])
	if n == 0 {
		return s, fmt.Errorf("not one handshake in %s", length)
	}
	return sample{cpu: cpu / n / 1e3, rate: n / wall * 1e9, busy: cpu / wall}, nil
}

// shakeUntil makes one handshake after another.
func shakeUntil(ctx context.Context, address string, config *tls.Config, made *atomic.Int64) error {
	for ctx.Err() == nil {
		state, err := shake(context.WithoutCancel(ctx), address, config)
		if err != nil {
			return err
		}
		if want := config.ClientSessionCache != nil; state.DidResume != want {
			return fmt.Errorf("resumed: %t, expected %t", state.DidResume, want)
		}
		made.Add(1)
	}
	return nil
}

// shake makes a TLS connection, ends it properly and waits until the proxy has
// ended it too: then it has done all of its work, and its ticket has come.
func shake(ctx context.Context, address string, config *tls.Config) (state tls.ConnectionState, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	dialed, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", address)
	if err != nil {
		return state, err
	}
	defer dialed.Close()
	conn, _ := dialed.(*tls.Conn) // what a tls.Dialer returns
	state = conn.ConnectionState()
	end, _ := ctx.Deadline()
	if err = errors.Join(conn.SetDeadline(end), conn.CloseWrite()); err != nil {
		return state, err
	}
	if plain, ok := conn.NetConn().(*net.TCPConn); ok {
		_ = plain.CloseWrite() // the proxy may have closed already
	}
	_, err = io.Copy(io.Discard, conn)
	return state, err
}

// oneTicket keeps the first ticket of a proxy and offers it each time.
type oneTicket struct {
	mu    sync.Mutex
	state *tls.ClientSessionState // under mu
}

// Get implements tls.ClientSessionCache.
func (o *oneTicket) Get(string) (*tls.ClientSessionState, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.state, o.state != nil
}

// Put implements tls.ClientSessionCache.
func (o *oneTicket) Put(_ string, state *tls.ClientSessionState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == nil {
		o.state = state
	}
}
