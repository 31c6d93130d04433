package gateway

import (
	"hash/maphash"
	"math/rand/v2"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
)

// exchange is one call and its answer. It is lent for as long as the call is served.
type exchange struct {
	g    *Gateway
	call admission.Call
	perCall
	scratch scratch
}

// perCall is all that belongs to one call.
type perCall struct {
	from     downstream.Call
	listener *Listener
	policy   *Policy
	voice    *heads.Voice
	begun    int64 // mono ns at which the head was whole
	attempt  attempt
	entry    accesslog.Entry
	proxy    string // how the upstream has failed, as Proxy-Status says it
	kept     []byte // field lines of an answer that was wrapped, in scratch
	ended    int64  // mono ns at which the call was over
	ours     bool   // the answer's body is in scratch.text
	debug    bool   // it asked to be recorded whole
	tries    []requestlog.Try
	repeat   repeat
	staged   *Staged // nil: nothing is; nearly always so
	cached   *cached // in scratch; nil: its route has no cache
}

// scratch is memory that is used again for every call.
type scratch struct {
	head    []byte // of the answer
	text    []byte // a body of ours, then the line of the log
	request []byte // what is sent first to the upstream
	kept    []byte
	theirs  []byte // id of the API's own
	back    heads.Back
	id      [36]byte
	words   [2][route.AcceptCount]string // of the log: what was tolerated, and what would have to be
	would   would
	answer  maphash.Hash // of a body that is passed on
	passed  []string     // checks, of a record
	bodies  [2][]byte    // how the call's and the answer's begin, where that is recorded
	said    []byte       // what an answer of ours says in words, of a record
	cached  *cached      // nil until a call needs it
}

// exchanges lends exchanges.
func (g *Gateway) lend(from downstream.Call, l *Listener) *exchange {
	x, ok := g.exchanges.Get().(*exchange)
	if !ok {
		x = &exchange{g: g}
	}
	x.from, x.listener = from, l
	return x
}

// giveBack forgets the call: the one place that does.
func (x *exchange) giveBack() {
	unstage(x)
	forgetCached(x)
	x.perCall = perCall{}
	x.call.Head = nil
	s := &x.scratch
	shrink(&s.head, &s.text, &s.request, &s.kept, &s.said, &s.bodies[0], &s.bodies[1])
	x.g.exchanges.Put(x)
}

// shrink keeps no more memory than most calls need.
func shrink(scratch ...*[]byte) {
	for _, b := range scratch {
		if cap(*b) > 2*buffer.Small {
			*b = nil
		}
	}
}

// keepID keeps the id that an answer has of its own, if it can be one.
func (s *scratch) keepID(h *http1.ResponseHead) []byte {
	id := h.Get(http1.XRequestID)
	if id == nil {
		return nil
	}
	s.theirs = append(s.theirs[:0], id[:min(len(id), maxAnswerID)]...)
	return s.theirs
}

// maxAnswerID bounds what is kept of such an id.
const maxAnswerID = 128

// begin makes the exchange ready for the call whose head is whole, or else is wrong.
func (x *exchange) begin(whole bool) *admission.Call {
	c, peer := &x.call, x.from.Peer()
	mono, unix := x.g.now()
	x.begun = mono
	x.policy = x.g.policy.Load()
	c.Begin(&x.policy.Admission)
	c.Head, c.Broken = x.from.Head(), !whole
	c.At, c.Peer = unix, admission.Peer{TLS: peer.TLS, Certificate: peer.Certificate}
	c.Peer.Addr, c.Peer.Shared = x.policy.front(x.listener.Number).client(peer, c.Head, whole)
	c.ID = x.g.newID(unix / 1e6)
	x.voice = x.policy.Listeners[x.listener.Number]
	c.CORS = x.voice.CORS
	x.debug = asksForDebug(x)
	e := &x.entry // all of it was forgotten: to set what is known costs less than a copy
	e.Time, e.ID, e.Listener, e.Client, e.Peer = unix, c.ID, x.listener.Name, c.Peer.Addr, peer.Addr
	return c
}

func (g *Gateway) newID(unixMilli int64) callid.ID {
	if g.o.NewID != nil {
		return g.o.NewID(unixMilli)
	}
	return callid.New(unixMilli, rand.Uint64(), rand.Uint64()) //nolint:gosec // an id is no secret; the runtime's generator is seeded and takes no lock
}

// limits are those of this listener's heads.
func (x *exchange) limits() *http1.Limits { return x.policy.heads(x.from.Peer().TLS) }

// speak finds the voice once the API is known.
func (x *exchange) speak() *heads.Voice {
	if api := x.call.Match.API; api != nil {
		x.voice = x.policy.Voices[api.Index]
	}
	return x.voice
}

// since is the time since the head was whole, in µs, as the log says it.
func (x *exchange) since() int64 { return max(1, (x.g.o.Clock.Mono()-x.begun)/1e3) }
