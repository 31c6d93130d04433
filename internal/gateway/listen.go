package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
)

// Listener is one address on which calls come in.
type Listener struct {
	Number int    // in Policy.Listeners
	Name   string // for the log
	Net    *net.TCPListener
	TLS    *tls.Config // nil: plain
	// Foreign reports whether a call for host came over a connection whose certificate, chosen by name, is not host's; nil: there is but one.
	Foreign func(name, host string) bool
	// Names are those that calls may name in Host, beside literal addresses; nil: every one. A page of another site can make its name lead to a loopback
	// address, but not be one.
	Names []string
}

// The back-off of a failing accept: it grows from the first to the last.
const (
	acceptPause    = 5 * time.Millisecond
	acceptPauseMax = time.Second
)

// Serve accepts connections until the listener is closed, or its deadline has passed: then the socket is another process's too, for which the connections wait.
func (g *Gateway) Serve(ctx context.Context, l *Listener) error {
	d, pause := &door{g, l}, acceptPause
	for {
		tcp, err := l.Net.AcceptTCP()
		switch {
		case err == nil:
			pause = acceptPause
			d.accept(ctx, tcp)
		case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		default:
			// Too many open files, most often: what is served goes on, and closes soon.
			g.o.Log.Warn("accept failed; trying again", "listener", l.Name, "error", err, "pause", pause)
			if !pass(ctx, pause) {
				return nil
			}
			pause = min(2*pause, acceptPauseMax)
		}
	}
}

// pass lets d pass. It reports false where ctx ended before.
func pass(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// door is the gateway as the connections of one listener see it.
type door struct {
	g *Gateway
	l *Listener
}

var _ downstream.Handler = (*door)(nil)

func (d *door) accept(ctx context.Context, tcp *net.TCPConn) {
	g, now := d.g, d.g.o.Clock.Mono()
	c := g.side.New(tcp, d.l.TLS, now, g.numbers.Add(1), d)
	switch addr := c.Peer().Addr; {
	case d.isStranger(addr):
		d.ungreeted(addr, stranger)
		_ = tcp.Close()
	case g.conns.add(c, now, d.front().trusts(addr)):
		c.Start(ctx)
	case d.l.TLS == nil && g.turned.add(c):
		go g.turnAway(ctx, c)
	default: // a handshake would cost more than a call
		_ = tcp.Close()
	}
}

// Times is downstream.Handler's.
func (d *door) Times() *downstream.Times { return &d.g.policy.Load().Times }

// Limits is downstream.Handler's.
func (d *door) Limits(secure bool) *http1.Limits { return d.g.policy.Load().heads(secure) }

// Phase is downstream.Handler's.
func (d *door) Phase() downstream.Phase { return d.g.Phase() }

// Gone is downstream.Handler's.
func (d *door) Gone(c *downstream.Conn) { d.g.conns.remove(c) }

// Serve is downstream.Handler's. A panic ends its call alone.
func (d *door) Serve(ctx context.Context, c downstream.Call, f downstream.Fault) (then downstream.After, over int64) {
	x := d.g.lend(c, d.l)
	defer func() {
		if r := recover(); r != nil {
			then = x.panicked(r)
		}
		over = x.ended
		x.giveBack()
	}()
	return d.g.serve(ctx, x, f), 0
}
