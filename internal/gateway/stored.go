package gateway

import (
	"cmp"

	"github.com/candor-gateway/candor/httpcache"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// answerStored answers with what is stored, as if it had just come from the API: ids, limits and fields of ours are made for each copy. The caller's own
// conditions are answered from it. how is what the call is counted as.
func answerStored(x *exchange, how cache.Result) downstream.After {
	c := x.cached
	e := c.entry
	c.here = true
	if c.status.Stored {
		c.land(x, cmp.Or(c.shared, e))
	}
	c.land(x, nil) // what is not stored may come from before a change
	x.letGo(how != cache.Stale)
	now := x.call.At
	if how != cache.Hit && how != cache.Coalesced { // of these it has just been decided
		_, now = x.g.now()
		c.look(now)
	}
	if c.status.Forward == httpcache.NotForwarded || how == cache.Stale {
		c.status.Left, c.status.Lasts = c.use.Left, true
	}
	x.entry.Cache, x.entry.ByUpstream = how.Name(), true
	x.entry.Seen, x.entry.AnswerID = nil, nil // of an answer that is not passed on
	x.g.o.Cache.Counts.Add(x.call.Match.Route.Number, how)
	recordAnswer(x)
	switch {
	case httpcache.Unmodified(x.call.Head, &e.Says, now):
		c.unmodifiedHead, c.unmodifiedFields = heads.AppendUnmodified(e.Head, &c.unmodified, c.unmodifiedHead[:0], c.unmodifiedFields[:0], httpcache.Tells)
		return writeStored(x, &c.unmodified, nil)
	case wraps(e.Head.Status, x.upstream()) && !passesWhole(x, e):
		return wrapStored(x, e)
	}
	return writeStored(x, e.Head, e.Body)
}

// writeStored writes a head and a body from the store.
func writeStored(x *exchange, h *http1.ResponseHead, body []byte) downstream.After {
	as := framingOf(h)
	if !x.cached.keep.whole {
		as = downstream.None
	}
	x.scratch.head = tellStored(x, x.heads().AppendPassed(x.scratch.head[:0], h))
	tellTiming(x)
	x.from.Begin(x.scratch.head, as, true)
	beginRepeat(x, h.Status)
	x.entry.Status = h.Status
	if len(body) > together && as != downstream.None && !x.from.Flush() { // what is larger is not copied behind the head
		return x.endUpstream(clientLeft, upstream.Fault{})
	}
	piece(x, body)
	if !x.from.End(nil) {
		return x.endUpstream(clientLeft, upstream.Fault{})
	}
	return x.endUpstream(relayed, upstream.Fault{})
}

// tellStored adds to a head how old the answer is, and what the cache had to do with it.
func tellStored(x *exchange, head []byte) []byte {
	return tellCache(x, heads.AppendAge(head, x.cached.use.Age))
}

// passesWhole reports whether a stored error speaks the contract already, or is not one of those that are wrapped; see wrap.
func passesWhole(x *exchange, e *cache.Entry) bool {
	if x.upstream().Spec().Wrap == upstream.WrapEmpty {
		return len(e.Body) > 0
	}
	return x.cached.keep.whole && x.speak().Catalogue.Default() != problem.Own && isContract(plainOf(e), e.Head.Status)
}

// plainOf is what is judged of a stored error.
func plainOf(e *cache.Entry) []byte {
	return gunzip(e.Head.Get(http1.ContentEncoding), e.Body[:min(len(e.Body), maxJudged)])
}

// wrapStored answers with a problem of ours in the place of a stored error, as wrap does with one that has just come.
func wrapStored(x *exchange, e *cache.Entry) downstream.After {
	x.keepOf(e.Head, plainOf(e))
	if !x.attempt.applied {
		x.call.Problem.Applied = problem.AppliedNo // whatever became of the call whose answer that was
	}
	x.kept = heads.AppendAge(x.kept, x.cached.use.Age)
	x.scratch.kept = x.kept
	return x.endUpstream(wrapped, upstream.Fault{})
}

// answeredCached looks at the answer of an upstream with what is stored in mind. It reports true where the answer is passed on no more: what is stored holds, or
// stands in, or it has broken before any of it was written.
func answeredCached(x *exchange, up *upstream.Conn) (after downstream.After, f upstream.Fault, over bool) {
	c := x.cached
	if c.apart {
		return after, f, false
	}
	_, now := x.g.now()
	status := up.Head.Status
	if c.asks && status == 304 { // see confirmed
		return answerStored(x, cache.Revalidated), f, true
	}
	if httpcache.IsError(status) && c.standsIn(x) {
		c.status.Got = status
		return standIn(x), f, true
	}
	if c.status.Detail = c.keep.answered(&up.Head, now); c.status.Detail != "" {
		c.land(x, nil)
		if c.asks && !httpcache.IsError(status) { // what was asked about does not hold any more
			x.g.o.Cache.Forget(c.keep.key, c.entry)
		}
		return after, f, false
	}
	c.status.Stored = true // unless it breaks
	return heldAlready(x, up, now)
}

// keepWrapped copies an error in whose place a problem of ours stands, if it is here whole: it is stored as it came.
func keepWrapped(x *exchange, up *upstream.Conn, body []byte) {
	switch {
	case x.cached == nil:
	case up.Ended():
		x.cached.keep.piece(body)
	case x.cached.keep.on:
		x.cached.keep.drop()
		x.cached.status.Stored, x.cached.status.Detail = false, "not-read"
	}
}

// standsIn reports whether what is stored may be the answer though the upstream has failed.
func (c *cached) standsIn(x *exchange) bool {
	if c == nil || c.entry == nil || c.here || x.from.Written() {
		return false
	}
	_, now := x.g.now()
	c.look(now)
	return c.use.OnError || c.use.Verdict == httpcache.Fresh
}

// standIn answers with what is stored in the place of an upstream that has failed (RFC 5861 §4). What had come of an answer that broke is forgotten: it would be kept
// as if it was whole.
func standIn(x *exchange) downstream.After {
	c := x.cached
	c.keep.drop()
	c.status.Stored, c.status.Detail = false, "stale-if-error"
	x.repeat, x.scratch.bodies[1] = repeat{}, x.scratch.bodies[1][:0]
	x.attempt.endUpload(x.from.Body())
	return answerStored(x, cache.Stale)
}

// keepWhole keeps an answer that has come whole.
func keepWhole(x *exchange) {
	c := x.cached
	if c == nil {
		return
	}
	e, stored := c.keep.end()
	if !stored {
		e = nil
	}
	c.land(x, e)
}

// endCached ends what a call has to do with the cache, before its answer is written where that is one of ours. What is not whole is not kept.
func endCached(x *exchange, o outcome) {
	c := x.cached
	if c == nil {
		return
	}
	if o != wrapped {
		c.keep.drop()
	}
	keepWhole(x)
	if !c.apart && !c.here {
		x.g.o.Cache.Counts.Add(x.call.Match.Route.Number, cache.Miss)
	}
}
