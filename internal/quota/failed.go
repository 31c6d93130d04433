package quota

import (
	"encoding/binary"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/puzpuzpuz/xsync/v4"
)

// defaultFailedPerMinute is how many failed credentials of one client address
// are answered as such in a minute.
const defaultFailedPerMinute = 1000

// maxNetworks bounds the memory for failed credentials, at about 10 MB. Clients
// that come when it is full, and stays so after a sweep, are not counted: their
// failures are still refused, only each for its own reason.
const maxNetworks = 1 << 16

// network is who shares a bound: an IPv4 address, or an IPv6 /64, which one
// customer has for himself.
type network struct {
	prefix uint64
	v6     bool
}

func networkOf(addr netip.Addr) network {
	addr = addr.Unmap()
	if addr.Is4() {
		b := addr.As4()
		return network{prefix: uint64(binary.BigEndian.Uint32(b[:]))}
	}
	if !addr.IsValid() { // a Unix socket's client
		return network{}
	}
	b := addr.As16()
	return network{prefix: binary.BigEndian.Uint64(b[:8]), v6: true}
}

type failed struct {
	networks *xsync.Map[network, *counter]
	limit    atomic.Pointer[row] // whose N is negative where there is no bound
	sweptAt  atomic.Int64        // Unix s
}

func (f *failed) init(perMinute int64) {
	f.networks = xsync.NewMap[network, *counter]()
	f.bound(perMinute)
}

func (f *failed) bound(perMinute int64) {
	if perMinute == 0 {
		perMinute = defaultFailedPerMinute
	}
	limit := newRow(Limit{Key: Member, Window: Minute, N: perMinute}, nil, "")
	f.limit.Store(&limit)
}

// SetFailedPerMinute changes the bound of Options. What was counted this minute
// holds.
func (l *Limiter) SetFailedPerMinute(n int64) { l.failed.bound(n) }

// FailedCredential counts one failed credential from addr at now (Unix ns) and
// reports whether there were too many in this minute, this one included.
func (l *Limiter) FailedCredential(addr netip.Addr, now int64) (over bool) {
	f := &l.failed
	limit := f.limit.Load()
	if limit.N < 0 {
		return false
	}
	var h held
	for {
		c := f.counter(networkOf(addr), now)
		if c == nil {
			return false
		}
		if verdict := c.take(limit, now, &h); verdict != swept {
			return verdict == exhausted
		}
	}
}

// counter finds or makes a network's counter; nil if there is no room.
func (f *failed) counter(n network, now int64) *counter {
	c, found := f.networks.Load(n)
	if found && !c.isSwept() {
		return c
	}
	if found {
		forget(f.networks, n, c)
	}
	if f.networks.Size() >= maxNetworks && !f.makeRoom(now) {
		return nil
	}
	c, _ = f.networks.LoadOrStore(n, newCounter(f.limit.Load(), who{}))
	return c
}

// makeRoom sweeps, at most once a second, and reports whether there is room.
func (f *failed) makeRoom(now int64) bool {
	second, last := now/int64(time.Second), f.sweptAt.Load()
	soon := second <= last && last < second+60 // later than that, the clock was ahead when it was swept
	if soon || !f.sweptAt.CompareAndSwap(last, second) {
		return false
	}
	sweep(f.networks, now, func() {})
	return f.networks.Size() < maxNetworks
}
