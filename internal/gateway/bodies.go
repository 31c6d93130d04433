package gateway

import "github.com/candor-gateway/candor/internal/downstream"

// maxRecorded is how much of a body the request log gets, where the route says that it does.
const maxRecorded = 4 << 10

// recordBody begins to keep how the body of a call begins, and before that forgets another call's.
func recordBody(x *exchange) {
	if r := x.call.Match.Route; !r.RecordBody || x.g.o.Recorder == nil {
		return
	}
	x.scratch.bodies[0], x.scratch.bodies[1] = x.scratch.bodies[0][:0], x.scratch.bodies[1][:0]
	x.attempt.copied = &copied{Body: bodyOf(x), to: &x.scratch.bodies[0]}
}

// recordAnswer begins to keep how an answer begins that is passed on.
func recordAnswer(x *exchange) {
	if _, is := x.from.(copiedAnswer); !is && x.attempt.copied != nil {
		x.from = copiedAnswer{x.from, &x.scratch.bodies[1]}
	}
}

// recordedBodies are the beginnings of the call's body and of the answer's, as far as they have passed; nil: they are not kept.
func recordedBodies(x *exchange) (body, answer []byte) {
	switch {
	case x.attempt.copied == nil:
		return nil, nil
	case x.attempt.checked != nil:
		return x.attempt.checked, x.scratch.bodies[1]
	}
	return x.scratch.bodies[0], x.scratch.bodies[1]
}

// copied is a body of which the beginning is copied while it passes.
type copied struct {
	downstream.Body
	to *[]byte
}

// InHand is downstream.Body's.
func (c *copied) InHand() ([]byte, downstream.Fault) {
	data, f := c.Body.InHand()
	copyBeginning(c.to, data)
	return data, f
}

// Piece is downstream.Body's.
func (c *copied) Piece() ([]byte, downstream.Fault) {
	data, f := c.Body.Piece()
	copyBeginning(c.to, data)
	return data, f
}

// copiedAnswer is a call of whose answer the beginning is copied while it is passed on.
type copiedAnswer struct {
	downstream.Call
	to *[]byte
}

// Piece is downstream.Call's.
func (c copiedAnswer) Piece(b []byte) {
	copyBeginning(c.to, b)
	c.Call.Piece(b)
}

func copyBeginning(to *[]byte, b []byte) {
	if room := maxRecorded - len(*to); room > 0 {
		*to = append(*to, b[:min(len(b), room)]...)
	}
}
