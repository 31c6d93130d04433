package downstream

import (
	"bytes"
	"net"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/tunnel"
)

// Carrier carries what follows a call that has switched its connection to another protocol, once Serve has returned Tunnel.
type Carrier interface {
	// Carry is given the client's end, and returns when that is done with. orderly asks for a close that nothing overtakes.
	Carry(client *tunnel.End) (orderly bool)
}

// switched is what a connection needs that speaks another protocol.
type switched struct {
	on     atomic.Bool // its call has switched it
	to     Carrier
	stall  time.Duration // a write fails once the client has taken nothing for so long; 0: it waits
	first  []byte        // what was read of the client behind the call
	seal   tunnel.Seal   // under TLS
	halted atomic.Bool   // its reads and writes are to fail
}

// Switch is Call's.
func (k *call) Switch(head []byte, to Carrier, stall time.Duration) bool {
	a, s := &k.answer, &k.conn.switched
	a.passed, a.then, a.piece = true, closes, nil
	a.out = append(append(a.out[:0], head...), "Connection: Upgrade\r\n\r\n"...)
	s.to, s.stall = to, stall
	return k.Flush()
}

// leaveHTTP takes what belongs to the other protocol out of the call, and gives that back: a tunnel that is idle holds nothing of it.
func (k *call) leaveHTTP() {
	c := k.conn
	first := bytes.Clone(k.window())
	if k.use(len(first)); len(first) > 0 {
		first = append(first, k.window()...)
	}
	c.switched.first = first
	c.switched.on.Store(true)
	c.giveBack()
}

// carry is the rest of the life of a connection that has switched: on a goroutine of its own, whose stack has never served a call.
func (c *Conn) carry() {
	_ = c.tcp.SetDeadline(time.Time{})
	orderly := c.switched.to.Carry(&tunnel.End{
		TCP: c.tcp, TLS: c.tls, Seal: &c.switched.seal, First: c.switched.first, Portable: c.side.Portable, Stop: func() { c.switched.halt(c.tcp) },
		Write: func(b []byte) error {
			_, err := c.write(b)
			return err
		},
	})
	c.reading.Moved()
	if orderly {
		c.linger()
	}
	c.close()
	c.user.Gone(c)
}

// halt wakes whoever reads or writes the connection, for good. It may be called from anywhere.
func (s *switched) halt(tcp *net.TCPConn) {
	s.halted.Store(true)
	_ = tcp.SetDeadline(clock.Passed())
}

// stallOr is how long a write goes on while the client takes nothing: http, unless it speaks another protocol.
func (s *switched) stallOr(http time.Duration) time.Duration {
	if s.on.Load() {
		return s.stall
	}
	return http
}

// Switched reports whether the connection speaks another protocol than HTTP. It may be called from anywhere.
func (c *Conn) Switched() bool { return c.switched.on.Load() }
