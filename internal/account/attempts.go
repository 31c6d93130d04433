package account

import (
	"container/list"
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

// Key is whose attempt to sign in it is.
type Key struct {
	Email   string       // as access.Email spells it, whether there is such an account or not
	Network netip.Prefix // of NetworkOf
	Known   bool         // the browser has signed in to this account before
}

// NetworkOf is what one person can be taken to have of the net: an IPv4 address, or a /64 of IPv6.
func NetworkOf(addr netip.Addr) netip.Prefix {
	bits := 64
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		bits = 32
	}
	network, _ := addr.Prefix(bits) // the zero Prefix of no address
	return network
}

// How many attempts fail before the next has to wait: of one network at one account, of a browser that is known, and of one network altogether.
const (
	freeOfPair    = 5
	freeOfNetwork = 100
)

// mostWait is the longest that is waited for the next attempt, and how long after that failures are remembered.
const mostWait = 15 * time.Minute

// mostSeen bounds what is remembered. Beyond it that goes which was not touched for the longest time.
const mostSeen = 1 << 16

// Attempts bounds how often somebody may try to sign in: after a few failures the next try has to wait, twice as long each time. Nobody is ever locked out, and a
// browser that is known at an account has tries of its own, which nobody else can use up. It is safe for concurrent use, and its memory is bounded.
type Attempts struct {
	mu    sync.Mutex
	seed  maphash.Seed
	seen  map[place]*list.Element
	order list.List // of *failures, the one touched last in front
}

// NewAttempts makes one that remembers nobody.
func NewAttempts() *Attempts {
	return &Attempts{seed: maphash.MakeSeed(), seen: make(map[place]*list.Element)}
}

// place is what failures are counted for. The e-mail address is hashed, so that it takes no room, whatever is sent for one.
type place struct {
	email   uint64
	network netip.Prefix
	known   bool
}

// failures are those of a place.
type failures struct {
	place
	n    int
	last int64 // unix seconds
}

// places are those that an attempt counts for, and how many may fail at each before one has to wait. A known browser's is one alone: neither those who share its
// network nor those who try elsewhere use it up.
func (a *Attempts) places(k Key) []allowance {
	email := maphash.String(a.seed, k.Email)
	if k.Known {
		return []allowance{{place{email: email, known: true}, freeOfPair}}
	}
	pair := allowance{place{email: email, network: k.Network}, freeOfPair}
	if !k.Network.IsValid() { // a balancer that does not say for whom it calls: all share it
		return []allowance{pair}
	}
	return []allowance{pair, {place{network: k.Network}, freeOfNetwork}}
}

type allowance struct {
	place
	free int
}

// Begin asks for an attempt at now, in unix seconds: 0 lets it, else it must be refused, unless it comes again after that time. What may be tried counts as a failure
// from here on, so that a thousand at once are no more than five; Succeeded and Undo take that back.
func (a *Attempts) Begin(k Key, now int64) (wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	places := a.places(k)
	for _, p := range places {
		wait = max(wait, a.wait(p, now))
	}
	if wait > 0 {
		return wait
	}
	for _, p := range places {
		f := a.touch(p.place, now)
		f.n++
		f.last = now
	}
	return 0
}

// Succeeded says that an attempt which was let was the right one: what failed before it at this account is forgotten, and it is no failure of its network.
func (a *Attempts) Succeeded(k Key) {
	a.mu.Lock()
	defer a.mu.Unlock()
	places := a.places(k)
	a.forget(places[0].place)
	for _, p := range places[1:] {
		a.takeBack(p.place)
	}
}

// Undo says that an attempt which was let came to nothing, since nobody looked at the password: there was no room to hash it, or the store failed.
func (a *Attempts) Undo(k Key) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.places(k) {
		a.takeBack(p.place)
	}
}

// tolerated is how far the times of two callers may be apart, in seconds: what is later than that was counted by a clock that has been put right since.
const tolerated = 5

// wait is how long the next attempt has to wait.
func (a *Attempts) wait(p allowance, now int64) time.Duration {
	e := a.seen[p.place]
	if e == nil {
		return 0
	}
	f := e.Value.(*failures) //nolint:forcetypeassert // it holds nothing else
	until := f.last + int64(delay(f.n-p.free)/time.Second)
	if f.last > now+tolerated || now >= until+int64(mostWait/time.Second) {
		a.forget(p.place)
		return 0
	}
	a.order.MoveToFront(e) // who goes on trying is not forgotten for others
	return max(0, time.Duration(until-now)*time.Second)
}

// delay is how long is waited after so many failures beyond those that are free: 2 s after the first of which 0 is the number, then 4 s, and 15 min at most.
func delay(n int) time.Duration {
	if n < 0 {
		return 0
	}
	return min(2*time.Second<<min(n, 10), mostWait)
}

// touch is the place's count, made if there is none; if that is too many, one goes.
func (a *Attempts) touch(p place, now int64) *failures {
	if e := a.seen[p]; e != nil {
		a.order.MoveToFront(e)
		return e.Value.(*failures) //nolint:forcetypeassert // it holds nothing else
	}
	if len(a.seen) >= mostSeen {
		a.forget(a.order.Back().Value.(*failures).place) //nolint:forcetypeassert // it holds nothing else
	}
	f := &failures{place: p, last: now}
	a.seen[p] = a.order.PushFront(f)
	return f
}

func (a *Attempts) takeBack(p place) {
	e := a.seen[p]
	if e == nil {
		return
	}
	f := e.Value.(*failures) //nolint:forcetypeassert // it holds nothing else
	if f.n--; f.n <= 0 {
		a.forget(p)
	}
}

func (a *Attempts) forget(p place) {
	if e := a.seen[p]; e != nil {
		a.order.Remove(e)
		delete(a.seen, p)
	}
}
