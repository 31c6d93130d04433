package gateway

import (
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/jsontext"
	"github.com/candor-gateway/candor/internal/route"
)

// watch looks at a body while it passes, for checks that are only observed: nothing waits for it, and nothing of the call is changed.
type watch struct {
	downstream.Body
	x     *exchange
	rules admission.BodyRules
	size  int64  // bytes that have passed
	seen  []byte // of them, where they are looked at as JSON
	blind bool   // there were more than may be held, or there was no room
}

// bodyOf is the body of a call, to be read.
func bodyOf(x *exchange) downstream.Body {
	if x.attempt.copied != nil {
		return x.attempt.copied
	}
	if x.attempt.watch != nil {
		return x.attempt.watch
	}
	return x.from.Body()
}

// watchBody begins to look at the body, where a check is only observed.
func watchBody(x *exchange, rules admission.BodyRules) {
	if rules.Watch || rules.Noted > 0 && x.call.Head.Body == http1.ChunkedBody {
		x.attempt.watch = &watch{Body: x.from.Body(), x: x, rules: rules}
	}
}

// InHand is downstream.Body's.
func (w *watch) InHand() ([]byte, downstream.Fault) {
	data, f := w.Body.InHand()
	w.look(data)
	return data, f
}

// Piece is downstream.Body's.
func (w *watch) Piece() ([]byte, downstream.Fault) {
	data, f := w.Body.Piece()
	w.look(data)
	return data, f
}

func (w *watch) look(data []byte) {
	w.size += int64(len(data))
	if !w.rules.Watch || w.blind || len(data) == 0 {
		return
	}
	x := w.x
	if held := w.rules.Held; held > 0 && w.size > held || !x.g.hold(x.policy, x.listener, x.call.Peer.Addr, int64(len(data)), x.attempt.held) {
		w.blind, w.seen = true, nil
		x.attempt.release(&x.g.held, x.call.Peer.Addr)
		return
	}
	x.attempt.held += int64(len(data))
	w.seen = append(w.seen, data...)
}

// judge notes what a body would have been refused for: its size as far as it has passed, what is in it once it has passed whole.
func (w *watch) judge() {
	if w == nil {
		return
	}
	c, rules := &w.x.call, &w.rules
	if c.Head.Body == http1.ChunkedBody && rules.Noted > 0 && w.size > rules.Noted {
		c.TooLarge(route.CheckLength, rules.Noted, w.size)
	}
	switch {
	case !rules.Watch:
	case rules.Held > 0 && w.size > rules.Held:
		c.TooLarge(route.CheckBody, rules.Held, w.size)
	case w.Ended() && !w.blind:
		c.JudgeBody(jsontext.Check(w.seen))
	}
}
