package gateway

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"time"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// The bounds of wrapping: what is judged of a foreign error, and what is kept of it.
const (
	maxJudged = 64 << 10
	maxKept   = 4 << 10
	maxWait   = 2 * time.Second // from its head to the end of what is judged: it is wrapped without its body then
)

// wraps reports whether an answer is an error that must speak the contract. A status from 600 on means nothing in HTTP: whoever answers with one has a
// reader who knows it.
func wraps(status int, u *upstream.Upstream) bool {
	return status >= 400 && status < 600 && u.Spec().Wrap != upstream.WrapNone
}

// wrap answers with a problem of ours in the place of a foreign error. The upstream's own passes where it speaks the contract already.
func (x *exchange) wrap(up *upstream.Conn) (downstream.After, upstream.Fault) {
	up.KeepHead()
	if x.upstream().Spec().Wrap == upstream.WrapEmpty {
		return x.wrapEmpty(up)
	}
	body, f := judged(x, up, maxJudged)
	switch f.Cause {
	case upstream.OK:
	case upstream.TooLate:
		x.entry.Note = "wrapped without its body, which did not come within " + maxWait.String()
	default:
		return 0, f
	}
	plain := gunzip(up.Head.Get(http1.ContentEncoding), body[:min(len(body), maxJudged)])
	status := up.Head.Status
	if !x.attempt.call.ToHEAD && x.speak().Catalogue.Default() != problem.Own && isContract(plain, status) {
		return x.relay(up, body)
	}
	keepWrapped(x, up, body)
	x.keepOf(&up.Head, plain)
	return x.endUpstream(wrapped, upstream.Fault{}), upstream.Fault{}
}

// wrapEmpty answers with a problem of ours in the place of an error that says nothing. An answer to a HEAD has no body in any case: it is taken for one that
// a GET would find empty where its length says so. A body that does not begin in time is one.
func (x *exchange) wrapEmpty(up *upstream.Conn) (downstream.After, upstream.Fault) {
	if x.attempt.call.ToHEAD && string(up.Head.Get(http1.ContentLength)) != "0" {
		return x.relay(up, nil)
	}
	body, f := judged(x, up, 1)
	switch {
	case f.Cause == upstream.TooLate, f.Cause == upstream.OK && len(body) > 0:
		return x.relay(up, body)
	case f.Cause != upstream.OK:
		return 0, f
	}
	keepWrapped(x, up, nil)
	x.keepOf(&up.Head, nil)
	return x.endUpstream(wrapped, upstream.Fault{}), upstream.Fault{}
}

// judged reads at least so much of the body, or all of it; none, and TooLate, where it does not come in time.
func judged(x *exchange, up *upstream.Conn, least int) (body []byte, f upstream.Fault) {
	until := x.g.o.Clock.Mono() + int64(maxWait)
	for !up.Ended() && len(body) < least {
		data, f := x.nextPiece(up, until)
		if f.Cause != upstream.OK {
			return nil, f
		}
		body = append(body, data...)
	}
	return body, upstream.Fault{}
}

// gunzip takes gzip off; what is no gzip stays as it is.
func gunzip(encoding, body []byte) []byte {
	if !ascii.EqualFold(encoding, "gzip") {
		return body
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return body
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxJudged))
	if err != nil && len(plain) == 0 {
		return body
	}
	return plain
}

// isContract reports whether a body is the contract's: a JSON object whose status is the status line's, with a code and a message.
func isContract(body []byte, status int) bool {
	var said map[string]json.RawMessage // not a struct: that would take names in any case
	if json.Unmarshal(body, &said) != nil {
		return false
	}
	var number int
	return json.Unmarshal(said["status"], &number) == nil && number == status && isString(said["code"]) && isString(said["message"])
}

func isString(value json.RawMessage) bool { return len(value) > 0 && value[0] == '"' }

// keepOf makes the call's problem the row that the foreign status belongs to, and keeps what is to pass of the answer.
func (x *exchange) keepOf(h *http1.ResponseHead, body []byte) {
	p := &x.call.Problem
	status := h.Status
	*p = problem.Problem{Type: rowOf(status), Applied: problem.AppliedUnknown}
	switch {
	case status == 407:
		p.Detail = problem.DetailUpstreamProxyAuth
	case p.Type == problem.UpstreamClientError || p.Type == problem.UpstreamServerError:
		p.Status = status
	}
	if status < 500 && status != 407 && len(body) <= maxKept && json.Valid(body) {
		p.UpstreamBody = body
	}
	x.scratch.kept = tellCache(x, x.heads().AppendKept(x.scratch.kept[:0], h))
	x.kept = x.scratch.kept
}

// rows are the statuses that have a row of their own; the rest is the catch-all of its class.
var rows = map[int]problem.Type{
	404: problem.EntityNotFound, 406: problem.NotAcceptable, 407: problem.UpstreamInvalid, 409: problem.Conflict, 410: problem.Gone,
	412: problem.PreconditionFailed, 415: problem.UnsupportedMediaType, 422: problem.Unprocessable,
}

func rowOf(status int) problem.Type {
	if t, ok := rows[status]; ok {
		return t
	}
	if status >= 500 {
		return problem.UpstreamServerError
	}
	return problem.UpstreamClientError
}
