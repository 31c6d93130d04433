package gateway

import (
	"bytes"
	"math/rand/v2"
	"strings"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// exchange is one call and its answer. A connection holds one while a call is under way and gives it back when it waits for the next.
type exchange struct {
	conn *conn
	g    *Gateway
	call admission.Call

	policy *Policy
	voice  *Voice

	in   *buffer.Buffer // what was read: in.B[r:w] is not yet used; the head begins at r
	r, w int
	body requestBody
	out  []byte // the answer, being built
	text []byte // a body of ours, being built
	kept []byte // field lines of an answer that was wrapped

	started int64 // mono ns of the head's first byte
	begun   int64 // mono ns at which the head was whole
	entry   accesslog.Entry
	read    int64 // bytes read from the client in this call
	sent    int64 // bytes written to the client in this call
	closing bool  // this answer says Connection: close
	parted  bool  // a byte of the answer may have been written

	attempt attempt
}

// begin makes the exchange ready for the call whose head is whole, or is wrong.
func (x *exchange) begin() *admission.Call {
	c := &x.call
	mono, unix := x.g.now()
	x.begun = mono
	x.policy = x.g.policy.Load()
	c.Begin(&x.policy.Admission)
	c.At, c.From, c.TLS = unix, x.conn.from, x.conn.secure()
	c.ID = x.g.newID(unix / 1e6)
	x.voice = x.policy.Listeners[x.conn.listener.Number]
	c.CORS = x.voice.CORS
	x.body.begin(&c.Head)
	x.entry = accesslog.Entry{Time: unix, ID: c.ID, Listener: x.conn.listener.Name, Client: c.From}
	x.sent, x.closing, x.parted = 0, false, false
	x.kept = x.kept[:0]
	x.attempt = attempt{call: upstream.Call{Bytes: x.attempt.call.Bytes[:0]}}
	return c
}

func (g *Gateway) newID(unixMilli int64) callid.ID {
	if g.o.NewID != nil {
		return g.o.NewID(unixMilli)
	}
	return callid.New(unixMilli, rand.Uint64(), rand.Uint64()) //nolint:gosec // an id is no secret; the runtime's generator is seeded and takes no lock
}

// heads are the limits of this listener's heads.
func (x *exchange) heads() *http1.Limits { return x.policy.heads(x.conn.secure()) }

func (p *Policy) heads(secure bool) *http1.Limits {
	if secure {
		return &p.Heads[1]
	}
	return &p.Heads[0]
}

// speak finds the voice once the API is known.
func (x *exchange) speak() *Voice {
	if api := x.call.Match.API; api != nil {
		x.voice = x.policy.Voices[api.Index]
	}
	return x.voice
}

// refusedEarly refuses what no policy decides about: a drain, another certificate's host, and what the sandbox asks for. The API is looked for first, so
// that its voice answers.
func (x *exchange) refusedEarly() bool {
	c := &x.call
	switch {
	case x.g.o.Intercept != nil && x.g.o.Intercept(c):
	case x.g.phase.Load() == finished:
		c.Problem = problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailDraining, RetryAfter: 1}
	case x.misdirected():
		c.Problem = problem.Problem{Type: problem.MisdirectedRequest, Detail: problem.DetailNotThisCertificate, Excerpt: c.Head.Authority.Of(c.Head.Buf)}
	default:
		return false
	}
	c.Locate()
	return true
}

// misdirected says whether the call is for a host whose certificate is another than the one that this connection was made with (RFC 9110 §15.5.20).
func (x *exchange) misdirected() bool {
	foreign, name := x.conn.listener.Foreign, x.conn.name
	if foreign == nil || name == "" {
		return false
	}
	host := x.call.Head.Authority.Of(x.call.Head.Buf)
	if i := bytes.LastIndexByte(host, ':'); i >= 0 && bytes.IndexByte(host[i:], ']') < 0 {
		host = host[:i]
	}
	return len(host) > 0 && !strings.EqualFold(string(host), name) && foreign(name, string(host))
}

// note keeps for the log why a fact could not be fetched.
func (x *exchange) note(err error) {
	if err != nil {
		x.entry.Note = err.Error()
	}
}

// reset makes the exchange ready to be lent to another connection.
func (x *exchange) reset() {
	x.conn = nil
	x.policy, x.voice = nil, nil
	x.attempt = attempt{call: upstream.Call{Bytes: x.attempt.call.Bytes}}
	if cap(x.attempt.call.Bytes) > 2*buffer.Small {
		x.attempt.call.Bytes = nil
	}
	x.r, x.w, x.read = 0, 0, 0
	x.started = 0
	x.call.Head.Reset()
	x.entry = accesslog.Entry{}
	if cap(x.out) > 2*buffer.Small {
		x.out = nil
	}
	if cap(x.text) > buffer.Small {
		x.text = nil
	}
}
