package server

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

const (
	// beyondSeats is how many connections are told that there is no room; one more ends the slowest of them.
	beyondSeats = 32
	// leastIdle is how long a connection must have carried no whole request before it makes room for another.
	leastIdle = time.Second
)

// seats bound the connections of www, and of one address those that it has of them. At a bound the one that has carried no whole request for longest makes room;
// where all are at work, a new one is told so.
type seats struct {
	most, share int

	mu       sync.Mutex
	taken    map[net.Conn]*seat
	of       map[netip.Addr]int // seats of each address
	standing int                // of those taken, beyond the bounds
}

// seat is what is known of a connection.
type seat struct {
	of       netip.Addr // whose share it is of; none where it comes for many
	since    time.Time  // since when it carries no whole request; zero while it does
	standing bool
}

func newSeats(most, share int) *seats {
	return &seats{most: most, share: share, taken: map[net.Conn]*seat{}, of: map[netip.Addr]int{}}
}

// standing marks the context of a connection for which there is no seat.
type standing struct{}

func isStanding(ctx context.Context) bool { return ctx.Value(standing{}) != nil }

// take seats a new connection.
func (s *seats) take(ctx context.Context, c net.Conn, of netip.Addr, now time.Time) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.hasShare(of):
		s.makeRoom(now.Add(-leastIdle), func(other *seat) bool { return !other.standing && other.of == of })
	case s.full():
		s.makeRoom(now.Add(-leastIdle), func(other *seat) bool { return !other.standing })
	}
	stands := s.hasShare(of) || s.full()
	if stands && s.standing >= beyondSeats { // who has said a whole request is answered already: the others are slow
		s.makeRoom(now, func(other *seat) bool { return other.standing })
		if s.standing >= beyondSeats {
			_ = c.Close()
			return ctx
		}
	}
	s.taken[c] = &seat{of, now, stands}
	if stands {
		s.standing++
		return context.WithValue(ctx, standing{}, true)
	}
	s.of[of]++
	return ctx
}

func (s *seats) full() bool { return len(s.taken)-s.standing >= s.most }

func (s *seats) hasShare(of netip.Addr) bool { return of.IsValid() && s.of[of] >= s.share }

// makeRoom closes, of those that may be closed, the connection that has carried no whole request for longest, if that is since until at least.
func (s *seats) makeRoom(until time.Time, may func(*seat) bool) {
	var longest net.Conn
	for c, one := range s.taken {
		if !one.since.IsZero() && !one.since.After(until) && may(one) && (longest == nil || one.since.Before(s.taken[longest].since)) {
			longest = c
		}
	}
	if longest != nil {
		s.leave(longest)
		_ = longest.Close()
	}
}

// leave frees the seat of a connection.
func (s *seats) leave(c net.Conn) {
	one := s.taken[c]
	delete(s.taken, c)
	if one.standing {
		s.standing--
		return
	}
	if s.of[one.of]--; s.of[one.of] == 0 {
		delete(s.of, one.of)
	}
}

// note is http.Server's ConnState: a connection is active from the end of a request's head.
func (s *seats) note(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, seated := s.taken[c]
	if !seated {
		return
	}
	switch state {
	case http.StateActive:
		one.since = time.Time{}
	case http.StateIdle:
		one.since = time.Now()
	case http.StateClosed, http.StateHijacked:
		s.leave(c)
	case http.StateNew:
	}
}

// closeIdle closes what carries nothing: also what was opened and has not asked yet, for which the library would wait.
func (s *seats) closeIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, one := range s.taken {
		if !one.since.IsZero() {
			s.leave(c)
			_ = c.Close()
		}
	}
}

// working is how many connections carry a request now.
func (s *seats) working() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.taken {
		if one.since.IsZero() {
			n++
		}
	}
	return n
}

func (s *seats) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.taken)
}

// visitor is whose share of the seats a connection is of: an IPv4 address or an IPv6 /64, which one customer has alone. A trusted balancer comes for many.
func (f *siteFacts) visitor(c net.Conn) netip.Addr {
	peer, err := netip.ParseAddrPort(c.RemoteAddr().String())
	at := peer.Addr().Unmap()
	if err != nil || f.proxies.Trust(at) {
		return netip.Addr{}
	}
	if at.Is4() {
		return at
	}
	p, err := at.WithZone("").Prefix(64)
	if err != nil {
		return at
	}
	return p.Addr()
}
