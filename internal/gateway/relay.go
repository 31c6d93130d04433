package gateway

import (
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// relay passes the upstream's answer on; begun is what was read of its body already. Head and first bytes of the body leave in one write. The fault is one
// before that.
func (x *exchange) relay(up *upstream.Conn, begun []byte) (downstream.After, upstream.Fault) {
	as := framingOf(&up.Head)
	x.scratch.head = tellCache(x, x.heads().AppendPassed(x.scratch.head[:0], &up.Head))
	tellTiming(x)
	tellStaged(x)
	x.from.Begin(x.scratch.head, as, x.attempt.sent())
	beginRepeat(x, up.Head.Status)
	piece(x, begun)
	if f := gather(x, up, 0); f.Cause != upstream.OK {
		return 0, f
	}
	return passAllOn(x, up), upstream.Fault{}
}

// passAllOn writes the answer that has been begun, to its end.
func passAllOn(x *exchange, up *upstream.Conn) downstream.After {
	x.entry.Status = up.Head.Status
	if counted(x.call.Switch, up.Head.Status) == admission.Unsent {
		x.call.GiveBack() // before the client knows: it may ask again at once
	}
	for written := x.passOn(up); written; written = x.passOn(up) {
		if up.Ended() {
			return x.endUpstream(relayed, upstream.Fault{})
		}
		data, f := x.nextPiece(up, 0)
		switch f.Cause {
		case upstream.OK:
			piece(x, data)
			_ = gather(x, up, len(data)) // a fault behind it is met again, once this is written
		case upstream.Cancelled:
			x.entry.Note = "left while the answer was awaited"
			return x.endUpstream(clientLeft, f)
		default:
			return x.endUpstream(brokeLate, f)
		}
	}
	return x.endUpstream(clientLeft, upstream.Fault{})
}

// together is about how much of a body is gathered from small pieces before it is written.
const together = buffer.Small

// gather adds what else is in hand to a write that has n bytes of the body: a chunk of an upstream is no reason for a write of ours, and nothing is waited for.
func gather(x *exchange, up *upstream.Conn, n int) upstream.Fault {
	for n < together && !up.Ended() {
		data, f := up.InHand()
		if f.Cause != upstream.OK {
			return f
		}
		if len(data) == 0 {
			break
		}
		piece(x, data)
		n += len(data) + chunkLine
	}
	return upstream.Fault{}
}

// chunkLine is what the framing of a small chunk takes.
const chunkLine = len("1\r\n\r\n")

// passOn writes what there is of the answer, and its end once that was read.
func (x *exchange) passOn(up *upstream.Conn) bool {
	if up.Ended() {
		keepWhole(x) // before the client knows, and the next too: it may ask again at once
		upstream.LeavePlace(up)
		return x.from.End(up.Trailers())
	}
	return x.from.Flush()
}

// nextPiece waits for a piece, not longer than until (mono ns) if that is not 0; a client that leaves in the meantime cancels it.
func (x *exchange) nextPiece(up *upstream.Conn, until int64) ([]byte, upstream.Fault) {
	wait, from := x.from.Wait(), x.g.o.Clock.Mono()
	wait.On(up, from)
	data, f := up.Piece(until)
	if s := x.entry.Seen; s != nil {
		s.Gap = max(s.Gap, (x.g.o.Clock.Mono()-from)/1e3)
	}
	if !wait.Over() {
		return nil, upstream.Fault{Cause: upstream.Cancelled}
	}
	return data, f
}

// framingOf is the framing of an answer whose body goes on as it comes.
func framingOf(h *http1.ResponseHead) downstream.Framing {
	switch h.Body {
	case http1.NoBody:
		return downstream.None
	case http1.LengthBody:
		return downstream.Length
	default:
		return downstream.Unknown
	}
}
