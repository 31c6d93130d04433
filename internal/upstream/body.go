package upstream

import (
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/http1"
)

// bodyState is how far an answer's body has come.
type bodyState struct {
	framing http1.Framing
	left    int64 // of Length
	chunks  http1.Chunked
	ended   bool
	gap     time.Duration // how long a byte more of it is waited for; 0: without bound
	gapped  bool          // gap is known
}

func (b *bodyState) begin(h *http1.ResponseHead) {
	b.framing, b.left, b.ended, b.gapped = h.Body, h.Length, false, false
	b.chunks.ResetAnswer()
	switch h.Body {
	case http1.NoBody:
		b.ended = true
	case http1.LengthBody:
		b.ended = h.Length == 0
	case http1.ChunkedBody, http1.UntilClose:
	}
}

// endedByItself reports whether the answer is whole, and the connection did not have to end to say so.
func (b *bodyState) endedByItself() bool { return b.ended && b.framing != http1.UntilClose }

// Ended reports whether the whole answer is read.
func (c *Conn) Ended() bool { return c.body.ended }

// Trailers are the chunked answer's trailer lines, whole and valid, after its end.
func (c *Conn) Trailers() []byte { return c.body.chunks.Trailers() }

// InHand returns the piece of the body that is here already, without reading. With a chunked body it may be empty although bytes are in hand.
func (c *Conn) InHand() ([]byte, Fault) {
	data, f := c.decode()
	noteBreak(c, f)
	return data, f
}

// Piece returns the next piece of the answer's body, lent until the next call; empty with Ended at the end. It waits at most the gap for a byte, and not
// longer than until (mono ns) if that is not 0: TooLate.
func (c *Conn) Piece(until int64) ([]byte, Fault) {
	data, f := piece(c, until)
	noteBreak(c, f)
	return data, f
}

// noteBreak keeps how a body breaks.
func noteBreak(c *Conn, f Fault) {
	if f.Cause != OK {
		c.broke = f.Cause
	}
}

func piece(c *Conn, until int64) ([]byte, Fault) {
	c.patience = until
	for {
		data, f := c.decode()
		if len(data) > 0 || f.Cause != OK || c.body.ended {
			return data, f
		}
		if until > 0 && c.up.clock.Mono() >= until { // bytes that keep coming do not move it
			return nil, Fault{Cause: TooLate}
		}
		c.findGap()
		c.enlarge()
		if f := c.fill(GapTimeout); f.Cause != OK {
			return nil, c.endOf(f)
		}
	}
}

// endOf makes the end of a close-delimited body of what is a fault elsewhere (RFC 9112 §6.3).
func (c *Conn) endOf(f Fault) Fault {
	if f.Cause == Ended && c.body.framing == http1.UntilClose {
		c.body.ended = true
		return Fault{}
	}
	return f
}

// enlarge takes a large buffer for an answer that filled a small one, and of which more than that is to come. One that drips, as a stream of events does,
// holds no more memory than a head.
func (c *Conn) enlarge() {
	if c.r != c.w || c.w < len(c.buf.B) || len(c.buf.B) >= buffer.Large || c.body.framing == http1.LengthBody && c.body.left < buffer.Small {
		return
	}
	c.up.buffers.Put(c.buf)
	c.buf = c.up.buffers.Get(buffer.Large)
	c.r, c.w = 0, 0
}

// decode takes what is in hand out of its framing.
func (c *Conn) decode() ([]byte, Fault) {
	in := c.buf.B[c.r:c.w]
	switch c.body.framing {
	case http1.LengthBody:
		n := int(min(int64(len(in)), c.body.left))
		c.r += n
		c.body.left -= int64(n)
		c.body.ended = c.body.left == 0
		return in[:n], Fault{}
	case http1.UntilClose:
		c.r = c.w
		return in, Fault{}
	case http1.ChunkedBody:
		return c.decodeChunks(in)
	default:
		return nil, Fault{}
	}
}

func (c *Conn) decodeChunks(in []byte) ([]byte, Fault) {
	for !c.body.ended {
		n, data, done, f := c.body.chunks.Next(in, &c.up.limits)
		letPass(c, Lenient(c.body.chunks.Mended()))
		if f.Kind != http1.OK {
			return nil, invalid(f, c.body.chunks.Line(), c.body.chunks.WrongLine())
		}
		c.r += n
		c.body.ended = done
		if !data.Empty() {
			return data.Of(in), Fault{}
		}
		if n == 0 {
			return nil, Fault{}
		}
		in = in[n:]
	}
	return nil, Fault{}
}
