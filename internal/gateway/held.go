package gateway

import (
	"hash/maphash"
	"net/netip"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/downstream"
)

// held is the memory that calls hold: bodies that are read to be checked, and heads beyond their first buffer. Who holds it is counted in a table by a keyed
// hash, without a lock and of one size however many addresses call: two that fall together share what each might have.
type held struct {
	total atomic.Int64
	seed  maphash.Seed
	by    [4096]atomic.Int64
}

// heldShare is the part of the bound that one address may hold while more than half of the bound is in use. An eighth: the half that one address alone can
// take leaves room for four others at their most, and none is refused below 32 MiB of the default bound.
const heldShare = 8

// hold takes n bytes for a call that holds own already, and reports whether there is room. One call alone, and a balancer, which calls for many, are not bound
// to the share.
func (g *Gateway) hold(policy *Policy, l *Listener, from netip.Addr, n, own int64) bool {
	h, most := &g.held, policy.Bodies
	total, theirs := h.total.Add(n), h.of(from).Add(n)
	switch {
	case most <= 0:
		return true
	case total <= most/2, total <= most && (theirs <= max(most/heldShare, own+n) || policy.front(l.Number).trusts(from)):
		return true
	}
	h.give(from, n)
	return false
}

// give takes n bytes back.
func (h *held) give(from netip.Addr, n int64) {
	h.total.Add(-n)
	h.of(from).Add(-n)
}

func (h *held) of(from netip.Addr) *atomic.Int64 {
	b := network(from).As16()
	return &h.by[maphash.Bytes(h.seed, b[:])%uint64(len(h.by))]
}

// Hold is downstream.Handler's.
func (d *door) Hold(p *downstream.Peer, n, own int64) bool {
	return d.g.hold(d.g.policy.Load(), d.l, p.Addr, n, own)
}

// Release is downstream.Handler's.
func (d *door) Release(p *downstream.Peer, n int64) { d.g.held.give(p.Addr, n) }
