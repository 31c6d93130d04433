package gateway

import (
	"cmp"
	"net/url"

	"github.com/candor-gateway/candor/httpcache"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// sentCached notes for the cache that the call is sent now.
func sentCached(x *exchange) {
	if c := x.cached; c != nil && !c.apart {
		_, now := x.g.now()
		c.keep.sent(now)
		c.status.Got, c.status.Stored, c.status.Detail = 0, false, ""
	}
}

// confirmed reports whether an answer can be used: false, where it is a 304 to conditions of ours that is not about what is stored. The call is then to be sent
// once more without them, as if nothing was stored. What a 304 confirms is freshened.
func confirmed(x *exchange, h *http1.ResponseHead) bool {
	c := x.cached
	if !c.asks || h.Status != 304 {
		return true
	}
	_, now := x.g.now()
	says := httpcache.ReadAnswer(h, 304, c.keep.asked, now)
	if c.entry.Says.Confirms(&says) {
		if e, stored := c.keep.freshened(h, now); e != nil {
			c.entry, c.shared, c.status.Got, c.status.Stored = cmp.Or(c.keep.withCookies(h, e), e), e, 304, stored
			return true
		}
	}
	x.g.o.Cache.Forget(c.keep.key, c.entry)
	c.entry, c.asks = nil, false
	return false
}

// heldAlready answers a caller who holds already what the upstream has answered to conditions of ours, which took the place of his: it is read whole for the
// store, and he is told that it holds. It reports false where he does not hold it.
func heldAlready(x *exchange, up *upstream.Conn, now int64) (after downstream.After, f upstream.Fault, held bool) {
	c := x.cached
	says := httpcache.ReadAnswer(&up.Head, up.Head.Status, c.keep.asked, now)
	if !c.asks || up.Head.Body != http1.LengthBody || !httpcache.Unmodified(x.call.Head, &says, now) {
		return after, f, false
	}
	for !up.Ended() {
		var data []byte
		if data, f = x.nextPiece(up, 0); f.Cause != upstream.OK {
			return after, f, true
		}
		c.keep.piece(data)
	}
	e, stored := c.keep.end()
	if e == nil {
		return after, upstream.Fault{Cause: upstream.Invalid}, true
	}
	c.entry, c.status.Got, c.status.Stored = e, up.Head.Status, stored
	return answerStored(x, cache.Miss), f, true
}

// dropChanged forgets what is stored of the target of a call that has changed it, and of what its answer says that has changed with it (RFC 9111 §4.4).
func dropChanged(x *exchange, h *http1.ResponseHead) {
	s := x.g.o.Cache
	if s == nil || !x.policy.caches || x.call.Tunnelled || !httpcache.Invalidates(methodOf(x.call.Head), h.Status) {
		return
	}
	u := x.upstream()
	target := x.heads().AppendTarget([]byte(u.Spec().Prefix))
	_, id := targetID(s, nil, u, target)
	s.Drop(id)
	for _, name := range [...]http1.Name{http1.Location, http1.ContentLocation} {
		if to := h.Get(name); len(to) > 0 {
			dropNamed(x, target, to)
		}
	}
}

// dropNamed forgets what is stored of another target that an answer names, in the upstream's words, if that is the same server.
func dropNamed(x *exchange, target, named []byte) {
	u, h := x.upstream(), x.call.Head
	host, fixed := u.Host()
	if !fixed && !h.Authority.Empty() {
		host = string(h.Authority.Of(h.Buf))
	}
	base, err := url.Parse(u.Scheme() + "://" + host + string(target))
	if err != nil {
		return
	}
	to, err := base.Parse(string(named))
	if err != nil || !ascii.EqualFold(to.Host, base.Host) && to.Host != u.Target() {
		return
	}
	_, id := targetID(x.g.o.Cache, nil, u, []byte(to.RequestURI()))
	x.g.o.Cache.Drop(id)
}
