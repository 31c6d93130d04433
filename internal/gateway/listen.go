package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// Listener is one address on which calls come in.
type Listener struct {
	Number int    // in Policy.Listeners
	Name   string // for the log
	Net    *net.TCPListener
	TLS    *tls.Config // nil: plain
	// Foreign says that a call for host came over a connection whose certificate, chosen by name, is not host's; nil: there is but one.
	Foreign func(name, host string) bool
}

// The back-off of a failing accept: it grows from the first to the last.
const (
	acceptPause    = 5 * time.Millisecond
	acceptPauseMax = time.Second
)

// Serve accepts connections until the listener is closed.
func (g *Gateway) Serve(ctx context.Context, l *Listener) error {
	pause := acceptPause
	for {
		tcp, err := l.Net.AcceptTCP()
		switch {
		case err == nil:
			pause = acceptPause
			g.accept(ctx, l, tcp)
		case errors.Is(err, net.ErrClosed):
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

func (g *Gateway) accept(ctx context.Context, l *Listener, tcp *net.TCPConn) {
	c := &conn{g: g, listener: l, tcp: tcp, nc: tcp, number: g.numbers.Add(1)}
	if a, ok := tcp.RemoteAddr().(*net.TCPAddr); ok {
		c.from = a.AddrPort().Addr().Unmap().WithZone("")
	} else {
		c.from = netip.IPv4Unspecified()
	}
	_ = tcp.SetNoDelay(true)
	c.watch.Open(tcp)
	switch {
	case g.conns.add(c):
		go c.run(ctx)
	case l.TLS == nil && g.turned.Load() < maxTurned:
		g.turned.Add(1) // listeners may overshoot by one each
		go c.turnAway()
	default: // a handshake would cost more than a call
		_ = tcp.Close()
	}
}

// maxTurned bounds the connections that are turned away with an answer at one time: they may linger.
const maxTurned = 64

// turnAway answers a connection for which there is no room.
func (c *conn) turnAway() {
	defer c.g.turned.Add(-1)
	defer c.end()
	x := c.hold()
	n, _ := c.read(x.in.B, c.g.o.Clock.Mono(), lingerGap)
	if n == 0 {
		return // an answer to nothing would be taken for a stray one
	}
	x.w, x.read = n, int64(n)
	c.parse(x) // as far as it is here: the method and Accept hold
	x.begin()
	x.body.unknown = true
	x.call.Problem = problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailConnections, RetryAfter: 1}
	c.afterwards(x, x.refuse())
}

// handshake makes the connection a TLS one where the listener speaks TLS.
func (c *conn) handshake(ctx context.Context) bool {
	if c.listener.TLS == nil {
		return true
	}
	if limit := c.g.policy.Load().Times.Handshake; limit > 0 {
		_ = c.tcp.SetDeadline(c.g.o.Clock.Time(c.g.o.Clock.Mono() + int64(limit)))
	}
	t := tls.Server(c.wire(), c.listener.TLS)
	err := t.HandshakeContext(ctx)
	_ = c.tcp.SetDeadline(time.Time{})
	if err == nil {
		c.tls, c.nc = t, t
		c.name = t.ConnectionState().ServerName
		return true
	}
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) && plain.Conn != nil && looksLikeHTTP(plain.RecordHeader) {
		c.plainOnTLS()
	}
	return false
}

// looksLikeHTTP says whether the first bytes of a connection are those of a method and perhaps a target, rather than of a TLS record.
func looksLikeHTTP(b [5]byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return b[0] >= 'A' && b[0] <= 'Z'
}

// plainOnTLS answers plain HTTP that came to a TLS port.
func (c *conn) plainOnTLS() {
	x := c.hold()
	x.begin()
	x.body.unknown = true
	x.call.Problem = problem.Problem{Type: problem.MalformedRequest, Detail: problem.DetailPlainOnTLS}
	c.afterwards(x, x.refuse())
}

// protect serves a call so that a panic ends that call alone.
func (g *Gateway) protect(ctx context.Context, x *exchange, f http1.Fault) (end after) {
	defer func() {
		if r := recover(); r != nil {
			end = x.panicked(r)
		}
	}()
	return g.serve(ctx, x, f)
}
