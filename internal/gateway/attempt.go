package gateway

import (
	"bytes"
	"context"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/retry"
)

// attempt is how a call goes to its upstream, and how far that has come.
type attempt struct {
	call    upstream.Call  // as it is sent
	up      *upstream.Conn // that carries it; nil: none does
	upload  *upload        // sends the rest of a body; nil where none is needed
	n       int            // how often it was sent
	retries int            // of that as its route says
	first   int64          // mono ns at which the first attempt began
	begun   int64          // the last one
	upgrade upgrade
	applied bool // a byte of it was written to an upstream, or may have been

	checked []byte  // a body that was read whole to be checked
	held    int64   // of it, as counted against Policy.Bodies
	watch   *watch  // looks at a body that passes; nil: nobody does
	copied  *copied // keeps how it begins; nil: nobody does
}

// send sends the call once, and waits for the head of its answer.
func (x *exchange) send(ctx context.Context, u *upstream.Upstream) upstream.Fault {
	a := &x.attempt
	if a.up != nil { // it has lost the call
		a.up.Close()
		a.up = nil
		a.call.Fresh = true
	}
	a.n++
	before := a.applied
	if a.begun = x.g.o.Clock.Mono(); a.n == 1 {
		a.first = a.begun
	}
	sentCached(x)
	a.applied = true // which a panic leaves so
	up, f := u.Send(ctx, &a.call)
	a.up = up
	if x.debug || a.retries > 0 {
		noteTry(x, up, f, a.begun)
	}
	a.applied = before || f.Applied || f.Cause == upstream.OK
	if at := a.call.Connected; at > 0 {
		x.entry.Stations.Connect = max(1, (at-x.begun)/1e3)
	}
	if f.Cause == upstream.OK && x.cached != nil && !confirmed(x, &up.Head) && x.prepare(u) {
		return x.send(ctx, u)
	}
	return f
}

// Rest is upstream.Caller's. The body is asked for here and not where it is read: an answer may be written beside that.
func (x *exchange) Rest(up *upstream.Conn) bool {
	if !x.from.Body().Ask() {
		return false
	}
	x.attempt.upload = startUpload(x, up)
	return true
}

// Interim is upstream.Caller's: a 1xx is passed on with its own fields alone, to clients that know of them (RFC 9110 §15.2).
func (x *exchange) Interim(h *http1.ResponseHead) bool {
	if x.call.Head.Minor == 0 {
		return true
	}
	x.scratch.text = x.heads().AppendInterim(x.scratch.text[:0], h)
	return x.from.Interim(x.scratch.text)
}

// again reports whether a call of this method that has failed so may be sent once more.
func (a *attempt) again(f upstream.Fault, method string) bool {
	applied := retry.Unapplied
	if f.Applied {
		applied = retry.Unknown
	}
	return f.MayRepeat && retry.Decide(method, 0, applied, 0, a.n).Again
}

// target is what the request line says that was sent; nil where none was.
func (a *attempt) target() []byte {
	if a.n == 0 {
		return nil
	}
	line, _, _ := bytes.Cut(a.call.Bytes, []byte(" HTTP/1.1\r\n"))
	_, target, _ := bytes.Cut(line, []byte(" "))
	return target
}
