package gateway

import (
	"net/netip"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/http1"
)

// Front is what stands before a listener: the balancers whose word counts, where they say for whom they speak, and how their connections begin. The zero Front
// is nothing.
type Front struct {
	forwarded.Trust
	Greeting downstream.Greeting
}

var nothing Front

func (p *Policy) front(listener int) *Front {
	if listener < len(p.Fronts) {
		return &p.Fronts[listener]
	}
	return &nothing
}

// trusts reports whether addr is a balancer's: it calls for many.
func (f *Front) trusts(addr netip.Addr) bool { return f.Proxies.Trust(addr) }

// believes reports whether what a call says of its origin is a balancer's word. Behind a PROXY header the head is, as far as anybody can tell, written by the
// client that is named there, or by nobody knows whom.
func (f *Front) believes(peer *downstream.Peer) bool {
	return len(f.Proxies) > 0 && peer.Named != downstream.Nobody && f.trusts(peer.From)
}

// client is the address of who calls. shared says that it is a balancer's, and stands for callers that are not known. Of a head that is not whole the
// line that counts may be missing.
func (f *Front) client(peer *downstream.Peer, h *http1.Head, whole bool) (client netip.Addr, shared bool) {
	switch {
	case len(f.Proxies) == 0:
		return peer.From, false
	case f.Source == forwarded.Peer:
		return peer.Addr, f.trusts(peer.Addr)
	case peer.Named == downstream.Nobody:
		return peer.Addr, true
	case !f.trusts(peer.From):
		return peer.From, false
	case f.Source == forwarded.ProxyProtocol:
		return peer.From, peer.Named == downstream.NoProxy
	case !whole:
		return peer.From, true
	}
	client, known := f.Client(h, peer.From)
	return client, !known
}
