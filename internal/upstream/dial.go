package upstream

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
)

// dial makes a new connection. The fault is one of those after which nothing was written: Refused, DNSFailed, ConnectTimeout, TLSFailed, TLSTimeout, or
// Cancelled where ctx ended.
func (u *Upstream) dial(ctx context.Context) (*Conn, Fault) {
	u.stats.Dialled.Add(1)
	c, f := u.reach(ctx)
	if f.Cause != OK {
		u.stats.Failed.Add(1)
	}
	return c, f
}

func (u *Upstream) reach(ctx context.Context) (*Conn, Fault) {
	d := net.Dialer{Timeout: u.spec.Connect}
	nc, err := d.DialContext(ctx, "tcp", u.address)
	if err != nil {
		return nil, Fault{Cause: connectCause(ctx, err), Err: err}
	}
	tcp, _ := nc.(*net.TCPConn)
	c := &Conn{up: u, nc: nc, tcp: tcp, parked: parked{made: u.clock.Mono()}}
	c.prepare()
	if u.tls == nil {
		return c, Fault{}
	}
	if f := c.handshake(ctx); f.Cause != OK {
		c.Close()
		return nil, f
	}
	return c, Fault{}
}

func (c *Conn) handshake(ctx context.Context) Fault {
	if limit := c.up.spec.TLS; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	c.wire = &wire{TCPConn: c.tcp, c: c}
	t := tls.Client(c.wire, c.up.tls)
	err := t.HandshakeContext(ctx)
	switch {
	case err == nil:
		c.nc, c.tls = t, t
		return Fault{}
	case errors.Is(err, context.DeadlineExceeded):
		return Fault{Cause: TLSTimeout, Err: err}
	case errors.Is(err, context.Canceled):
		return Fault{Cause: Cancelled, Err: err}
	}
	return Fault{Cause: TLSFailed, Err: err}
}

func connectCause(ctx context.Context, err error) Cause {
	var dns *net.DNSError
	switch {
	case ctx.Err() != nil:
		return Cancelled
	case errors.As(err, &dns):
		return DNSFailed
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded):
		return ConnectTimeout
	}
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		return ConnectTimeout
	}
	return Refused
}
