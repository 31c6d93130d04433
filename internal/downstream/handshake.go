package downstream

import (
	"context"
	"crypto/tls"
	"errors"
	"time"
)

// handshake makes the connection a TLS one where it is to be one.
func (c *Conn) handshake(ctx context.Context) bool {
	if c.over == nil {
		return true
	}
	if limit := c.user.Times().Handshake; limit > 0 {
		_ = c.tcp.SetDeadline(c.side.Clock.Time(c.side.Clock.Mono() + int64(limit)))
	}
	if c.seat.isLeaving() { // asked to before the deadline was set: nothing would wake the read
		return false
	}
	t := tls.Server(c.fast.wire(c), c.over)
	err := t.HandshakeContext(ctx)
	_ = c.tcp.SetDeadline(time.Time{})
	c.reading.Moved()
	if err == nil {
		c.tls, c.nc = t, t
		c.idle.since = c.side.Clock.Mono()
		state := t.ConnectionState()
		c.peer.TLS, c.peer.Secure, c.peer.Name = true, true, state.ServerName
		if len(state.VerifiedChains) > 0 { // else it is missing, or nobody has looked who signed it
			c.peer.Certificate = state.PeerCertificates[0]
		}
		return true
	}
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) && plain.Conn != nil && looksLikeHTTP(plain.RecordHeader) {
		c.refuse(ctx, c.borrow(), PlainOnTLS)
	}
	return false
}

// looksLikeHTTP reports whether the first bytes of a connection are those of a method and perhaps a target, rather than of a TLS record.
func looksLikeHTTP(b [5]byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return b[0] >= 'A' && b[0] <= 'Z'
}
