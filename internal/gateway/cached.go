package gateway

import (
	"context"

	"github.com/candor-gateway/candor/httpcache"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// cached is what a call of a route with a cache has to do with it.
type cached struct {
	apart  bool          // nothing is looked for, and nothing is kept
	here   bool          // its answer comes from the store
	asks   bool          // the upstream is asked whether entry still holds
	entry  *cache.Entry  // what is stored for it; nil: nothing
	use    httpcache.Use // of that
	shared *cache.Entry  // what others get in its place; nil: the same
	status httpcache.Status
	flight *cache.Flight // that it leads: calls that wait for what it brings
	keep   keeping

	text, variant, target, lines []byte // scratch, as what follows
	unmodified                   http1.ResponseHead
	unmodifiedHead               []byte
	unmodifiedFields             []http1.Field
}

// mostFields is how many fields of a head memory is kept for.
const mostFields = 128

// cacheName is who speaks in Cache-Status.
const cacheName = "candor"

// askStore looks for the answer to an admitted call in the store, where its route has a cache. It reports true where the call is over.
func askStore(ctx context.Context, x *exchange) (downstream.After, bool) {
	if x.call.Match.Route.Cache == nil || x.g.o.Cache == nil {
		return 0, false
	}
	c := beginCached(x)
	if c.apart {
		return onlyStored(x)
	}
	find(x)
	if after, over := useStored(ctx, x, x.call.At+x.entry.Stations.Admit*1e3); over {
		return after, true
	}
	if !c.mayWait() {
		return 0, false
	}
	return await(ctx, x)
}

// beginCached makes the exchange's part in the cache ready for a call.
func beginCached(x *exchange) *cached {
	if x.scratch.cached == nil {
		x.scratch.cached = &cached{}
	}
	c, r := x.scratch.cached, x.call.Match.Route
	x.cached = c
	c.keep.begin(x, r)
	x.entry.Cache = "miss"
	switch method := methodOf(x.call.Head); {
	case method != "GET" && method != "HEAD":
		c.apart, c.status.Forward = true, httpcache.OtherMethod
	case !isPlain(x, &c.keep.asks):
		c.apart, c.status.Forward = true, httpcache.Bypass
	}
	if c.apart {
		x.entry.Cache = "bypass"
	}
	return c
}

// isPlain reports whether a GET or HEAD asks for what its target names, and nothing in it makes of it another call. A part of an answer is the upstream's to cut.
func isPlain(x *exchange, q *httpcache.Question) bool {
	c, h := &x.call, x.call.Head
	if h.Body != http1.NoBody && (h.Body != http1.LengthBody || h.Length > 0) || c.Switch != nil || c.Bare || c.Tunnelled || x.staged != nil || q.Part || q.Guarded {
		return false
	}
	for i := range h.Fields {
		f := &h.Fields[i]
		if f.Like == http1.XHTTPMethodOverride || f.Like == http1.XHTTPMethod || f.Like == http1.XMethodOverride || heads.Moves(f, h.Buf) {
			return false
		}
	}
	return true
}

// find looks for what is stored.
func find(x *exchange) {
	c := x.cached
	c.keep.key = keyOf(x)
	c.status.Forward = httpcache.URIMiss
	for _, e := range x.g.o.Cache.Get(c.keep.key) {
		c.status.Forward = httpcache.VaryMiss
		if isVariant(x, e) {
			c.entry = e
			return
		}
	}
}

// isVariant reports whether a stored answer is that to what the call says in the fields that it varies by.
func isVariant(x *exchange, e *cache.Entry) bool {
	if len(e.Names) == 0 {
		return true
	}
	c := x.cached
	c.variant = httpcache.AppendVariant(c.variant[:0], e.Names, x.call.Head)
	return string(c.variant) == string(e.Vary)
}

// useStored answers from the store where what is there may be used at now (unix ns). It reports true where the call is over.
func useStored(ctx context.Context, x *exchange, now int64) (downstream.After, bool) {
	c := x.cached
	if c.entry == nil {
		return onlyStored(x)
	}
	c.look(now)
	switch c.use.Verdict {
	case httpcache.Fresh:
		c.status.Forward = httpcache.NotForwarded
		return answerStored(x, cache.Hit), true
	case httpcache.Meanwhile:
		askBeside(ctx, x)
		c.status.Forward, c.status.Detail = httpcache.NotForwarded, "stale-while-revalidate"
		return answerStored(x, cache.Stale), true
	case httpcache.Another:
		c.entry, c.status.Forward = nil, httpcache.Miss
		return onlyStored(x)
	case httpcache.Unavailable:
		return onlyStored(x)
	case httpcache.Ask:
	}
	c.status.Forward = httpcache.StaleStored
	if c.use.Refused {
		c.status.Forward = httpcache.CallersWish
	}
	c.asks, c.keep.old = c.keep.whole && c.entry.Says.Validates(), c.entry
	return 0, false
}

// look decides how what is stored may be used at now (unix ns).
func (c *cached) look(now int64) {
	c.use = httpcache.Look(&c.keep.asks, &c.entry.Says, now, c.keep.rules)
}

// onlyStored refuses a call that wants a stored answer or none (RFC 9111 §5.2.1.7).
func onlyStored(x *exchange) (downstream.After, bool) {
	if !x.cached.keep.asks.Has(httpcache.OnlyIfCached) {
		return 0, false
	}
	x.call.Problem = problem.Problem{Type: problem.GatewayTimeout, Detail: problem.DetailOnlyIfCached}
	return x.endUpstream(bodyFailed, upstream.Fault{}), true
}

// conditions are the lines that ask the upstream whether what is stored still holds; nil: it is asked as the caller asked. There may be none, where what is
// stored has nothing by which it could be asked about: the caller's own do not pass then either.
func conditions(x *exchange) []byte {
	c := x.cached
	if c == nil || !c.asks {
		return nil
	}
	if c.lines == nil {
		c.lines = []byte{}
	}
	c.lines = c.entry.Says.AppendConditions(c.lines[:0])
	return c.lines
}

// tellCache adds to the head of an answer what the cache had to do with it (RFC 9211).
func tellCache(x *exchange, head []byte) []byte {
	if x.cached == nil {
		return head
	}
	head = append(head, "Cache-Status: "...)
	return append(x.cached.status.Append(head, cacheName), "\r\n"...)
}

// tellUncached adds the same to an answer of ours that stands in the place of the upstream's. One in which an error of the upstream's is wrapped has it already,
// and a call that wants a stored answer or none was not forwarded.
func tellUncached(x *exchange) {
	if x.cached == nil || x.kept != nil || x.call.Problem.Detail == problem.DetailOnlyIfCached {
		return
	}
	x.cached.status.Stored = false
	x.scratch.head = tellCache(x, x.scratch.head)
}

// forgetCached ends the call's part in the cache, whatever has become of it: nobody waits for it any more, and its memory is given back.
func forgetCached(x *exchange) {
	c := x.cached
	if c == nil {
		return
	}
	c.land(x, nil)
	c.keep.drop()
	shrink(&c.text, &c.variant, &c.target, &c.lines, &c.unmodifiedHead)
	if cap(c.unmodifiedFields) > mostFields {
		c.unmodifiedFields = nil
	}
	*c = cached{
		text: c.text[:0], variant: c.variant[:0], target: c.target[:0], lines: c.lines[:0],
		unmodifiedHead: c.unmodifiedHead[:0], unmodifiedFields: c.unmodifiedFields[:0],
	}
}

// outcomeOf is how a call counts against limits: one that was answered from the store counts as one that was sent.
func outcomeOf(x *exchange, o outcome) admission.Outcome {
	switch {
	case x.attempt.applied || o == panicked:
		return counted(x.call.Switch, x.entry.UpstreamStatus)
	case x.cached != nil && x.cached.here:
		return admission.Sent
	}
	return admission.Unsent
}
