package gateway

import (
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// upload sends the rest of a body while the answer is read: a second goroutine, which is waited for before the call ends.
type upload struct {
	up      *upstream.Conn
	done    chan struct{} // closed at its end
	last    atomic.Bool   // only the write of the last piece is left
	sentAll bool
	chunk   []byte          // a piece in its framing
	problem problem.Problem // why the body could not be had
}

func startUpload(x *exchange, up *upstream.Conn) *upload {
	u := &upload{up: up, done: make(chan struct{})}
	go func() {
		defer close(u.done)
		defer u.survive(x)
		u.run(x)
	}()
	return u
}

// survive makes a 500 of a panic, unless an answer was begun.
func (u *upload) survive(x *exchange) {
	if r := recover(); r != nil {
		x.g.tellPanic(x.call.ID, r)
		x.from.Body().Forget()
		u.problem = problem.Problem{Type: problem.InternalError}
		u.up.Cancel()
	}
}

func (u *upload) run(x *exchange) {
	up, b, stall := u.up, bodyOf(x), x.policy.Times.WriteStall
	for {
		data, f := b.Piece()
		if f.Cause == downstream.Stopped {
			return // an answer has overtaken the body
		}
		if f.Cause != downstream.OK {
			u.problem = clientProblem(f, f.Line, x.limits())
			up.Cancel() // reset, never ended: the upstream must not take a cut body for a whole one
			return
		}
		out := data
		if b.Framing() == http1.ChunkedBody {
			u.chunk = gatherBody(appendFramed(u.chunk[:0], b, data), b)
			out = u.chunk
		}
		u.last.Store(b.Ended())
		if f := up.Send(out, x.g.o.Clock.Mono(), stall); f.Cause != upstream.OK {
			up.SentWhole(x.g.o.Clock.Mono()) // what the upstream has said is read first; it has one more limit for it
			return
		}
		if b.Ended() {
			u.sentAll = true
			up.SentWhole(x.g.o.Clock.Mono())
			return
		}
	}
}

// gatherBody appends what else is in hand of a chunked body, so that it leaves in one write. A fault behind it is met again, once this is sent.
func gatherBody(out []byte, b downstream.Body) []byte {
	for len(out) < together && !b.Ended() {
		data, f := b.InHand()
		if f.Cause != downstream.OK || len(data) == 0 {
			break
		}
		out = appendFramed(out, b, data)
	}
	return appendEnd(out, b)
}

// lastWrite is how long an upload whose last piece is being written is waited for: an upstream that has answered most likely reads it.
const lastWrite = 50 * time.Millisecond

// running reports whether the upload has not ended yet. One that has only its last write to end is waited for a moment: an upstream may answer a body before
// the goroutine that has just sent it gets to say so.
func (u *upload) running() bool {
	select {
	case <-u.done:
		return false
	default:
	}
	if !u.last.Load() {
		return true
	}
	t := time.NewTimer(lastWrite)
	defer t.Stop()
	select {
	case <-u.done:
		return false
	case <-t.C:
		return true
	}
}

// sent reports whether the call has gone on to its last byte: else an answer has overtaken it.
func (a *attempt) sent() bool {
	if a.upload == nil {
		return a.call.Whole
	}
	return !a.upload.running() && a.upload.sentAll
}

// endUpload stops the upload and waits for it: the answer is read, or will not come. It reports whether the whole call was sent.
func (a *attempt) endUpload(b downstream.Body) bool {
	u := a.upload
	if u == nil {
		return a.call.Whole
	}
	if u.running() {
		u.up.Cancel() // wakes a write that the upstream does not read
		b.Stop(u.done)
		if !u.sentAll {
			b.Forget()
		}
	}
	return u.sentAll
}
