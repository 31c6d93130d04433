package requestlog

import (
	"sync/atomic"
	"time"

	"github.com/puzpuzpuz/xsync/v4"
)

// gates let so many a second pass of each kind. They take no lock, and allocate nothing for a kind that they know.
type gates struct {
	of       *xsync.Map[uint64, *gate]
	overflow [256]gate // by the low byte of the kind, once there are too many
}

// mostGates bounds how many kinds are told apart.
const mostGates = 1 << 14

// gate counts within one second: the second stands above the count.
type gate struct {
	state atomic.Uint64
	held  atomic.Bool // it has held one back
}

const gateCount = 1<<24 - 1

// pass reports whether one more of a kind may pass at unix ns, and whether one was held back before.
func (g *gates) pass(kind uint64, at int64, most uint64) (ok, held bool) {
	one, known := g.of.Load(kind)
	if !known {
		one = g.find(kind)
	}
	ok = one.pass(uint64(at/int64(time.Second)), min(most, gateCount))
	if held = one.held.Load(); !ok && !held {
		one.held.Store(true)
	}
	return ok, held
}

func (g *gates) find(kind uint64) *gate {
	if g.of.Size() >= mostGates {
		return &g.overflow[kind&255]
	}
	one, _ := g.of.LoadOrStore(kind, &gate{})
	return one
}

func (g *gate) pass(second, most uint64) bool {
	for {
		was := g.state.Load()
		n := was & gateCount
		if was>>24 != second&(1<<40-1) {
			n = 0
		}
		if n >= most {
			return false
		}
		if g.state.CompareAndSwap(was, second<<24|(n+1)) {
			return true
		}
	}
}

// sweep forgets the kinds that did not come in the last seconds, but for those of which one was held back, as long as there is room.
func (g *gates) sweep(at int64) {
	second, few := uint64(at/int64(time.Second)), g.of.Size() < mostGates/2
	g.of.Range(func(kind uint64, one *gate) bool {
		was := one.state.Load() >> 24
		if old := was+2 < second || was > second+2; old && (!few || !one.held.Load()) {
			g.of.Delete(kind)
		}
		return true
	})
}

// paces let one a second pass of each key, and as many at first as it takes to learn what is usual. They take no lock, and allocate nothing for a key that they know.
type paces struct {
	of *xsync.Map[uint64, *atomic.Int64] // unix ns: at one a second, the next one of the key is due then
}

const (
	paceEvery = int64(time.Second)
	paceBurst = 8
	mostPaces = 1 << 16
)

// pass reports whether one of the key may pass at unix ns. One that is not known, where there are too many, may not.
func (p *paces) pass(key uint64, at int64) bool {
	due, ok := p.of.Load(key)
	if !ok {
		if p.of.Size() >= mostPaces {
			return false
		}
		due, _ = p.of.LoadOrStore(key, &atomic.Int64{})
	}
	for {
		was := due.Load()
		if ahead := was - at; ahead > (paceBurst-1)*paceEvery && ahead <= paceBurst*paceEvery { // further ahead it is only where the clock was set back
			return false
		}
		next := was
		if was < at || was-at > paceBurst*paceEvery {
			next = at
		}
		if due.CompareAndSwap(was, next+paceEvery) {
			return true
		}
	}
}

// sweep forgets the keys that may have their burst again: a new one is no different.
func (p *paces) sweep(at int64) {
	p.of.Range(func(key uint64, due *atomic.Int64) bool {
		if was := due.Load(); was <= at || was-at > paceBurst*paceEvery {
			p.of.Delete(key)
		}
		return true
	})
}

func newGates() *xsync.Map[uint64, *gate] { return xsync.NewMap[uint64, *gate]() }

func newPaces() *xsync.Map[uint64, *atomic.Int64] { return xsync.NewMap[uint64, *atomic.Int64]() }
