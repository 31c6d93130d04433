package downstream

import (
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/http1"
)

// call is a Call over HTTP/1. A connection holds one from the first byte of a head to the end of the answer; what it holds is lent.
type call struct {
	conn *Conn
	head http1.Head
	inbox
	extra  int64 // of the buffer of its head, beyond the first small one
	body   body
	answer answer
	fault  Fault // with which it is to be served, where that is not done at once
}

// Peer is Call's.
func (k *call) Peer() *Peer { return &k.conn.peer }

// Head is Call's.
func (k *call) Head() *http1.Head { return &k.head }

// Began is Call's.
func (k *call) Began() int64 { return k.started }

// Body is Call's.
func (k *call) Body() Body { return &k.body }

// Wait is Call's.
func (k *call) Wait() *Wait { return &k.conn.wait }

// Counts is Call's.
func (k *call) Counts() (in, out int64) { return k.read, k.answer.sent }

// borrow lends the connection a call, if it has none.
func (c *Conn) borrow() *call {
	if c.call != nil {
		return c.call
	}
	k, ok := c.side.calls.Get().(*call)
	if !ok {
		k = &call{}
		k.head.Reset()
		k.body.call = k
	}
	k.conn, c.call = c, k
	k.lend(c.side.Buffers)
	return k
}

// yield gives the call back if nothing is in hand.
func (c *Conn) yield() {
	if c.call != nil && c.call.empty() {
		c.giveBack()
	}
}

func (c *Conn) giveBack() {
	k := c.call
	if k == nil {
		return
	}
	c.call = nil
	k.release(c.side.Buffers)
	k.shrunk()
	k.head.Reset()
	k.answer.shrink()
	k.conn = nil
	c.side.calls.Put(k)
}

// mayGrow takes what the next larger buffer for the head needs, and reports whether it may have that.
func (k *call) mayGrow() bool {
	c := k.conn
	n := int64(buffer.Bigger(len(k.first.B))-buffer.Small) - k.extra
	if !c.user.Hold(&c.peer, n, k.extra) {
		return false
	}
	k.extra += n
	return true
}

// shrunk gives back what a larger buffer took.
func (k *call) shrunk() {
	if k.extra > 0 {
		k.conn.user.Release(&k.conn.peer, k.extra)
		k.extra = 0
	}
}

// begin makes the call ready for whoever serves it. Where its head is wrong nothing that follows is read as a call.
func (k *call) begin(f Fault) {
	k.behind(k.head.Len)
	k.body.begin(&k.head)
	k.body.unknown = f.Cause != OK
	k.answer.begin()
}

// settle moves to what follows the call.
func (k *call) settle() {
	k.inbox.settle(k.conn.side.Buffers)
	if len(k.first.B) == buffer.Small {
		k.shrunk()
	}
	k.head.Reset()
}

// write writes a part of an answer.
func (k *call) write(b []byte) bool {
	n, err := k.conn.write(b)
	k.answer.sent += int64(n)
	if err != nil {
		k.answer.err = err
	}
	return err == nil
}
