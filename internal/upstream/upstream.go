package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math"
	"net"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
)

// Upstream is one server that calls are forwarded to, and the connections kept to it. It survives reloads that leave its Spec as it was.
type Upstream struct {
	spec    Spec
	address string      // host:port to dial
	host    string      // what Host says where the caller's own is not kept
	tls     *tls.Config // nil: plain
	limits  http1.Limits
	clock   *clock.Clock
	buffers *buffer.Lender
	stats   Stats

	shards [shards]shard
	closed atomic.Bool

	portable bool // the plain way where a faster one exists, too
}

// shards is how many pools an upstream has: a client connection looks into its own first, so that no lock is shared by all calls.
const shards = 16

type shard struct {
	mu   sync.Mutex
	idle []*Conn // the one used last at the end
	_    [32]byte
}

// Stats are plain counters, for the operator.
type Stats struct{ Dialled, Failed, Reused, Closed atomic.Int64 }

// reuseAnyway is how recently a pooled connection must have been used to carry a call that must not be sent twice: an upstream that closes idle connections
// is then very unlikely to have closed this one (RFC 9110 §9.2.2 forbids to repeat it).
const reuseAnyway = int64(time.Second)

// New makes the upstream of spec; it dials nothing yet. limits bound the answers' heads. The error names the key that is wrong.
func New(spec Spec, limits http1.Limits, c *clock.Clock, b *buffer.Lender) (*Upstream, error) {
	if len(spec.Targets) != 1 {
		return nil, fmt.Errorf("upstream %s: targets: one is needed, %d are given", spec.Name, len(spec.Targets))
	}
	to, err := url.Parse(spec.Targets[0])
	if err != nil {
		return nil, fmt.Errorf("upstream %s: targets: %w", spec.Name, err)
	}
	u := &Upstream{spec: spec, limits: limits, clock: c, buffers: b, host: to.Host}
	switch to.Scheme {
	case "http":
		u.address = withPort(to, "80")
	case "https":
		u.address = withPort(to, "443")
		if u.tls, err = clientTLS(spec, to.Hostname()); err != nil {
			return nil, fmt.Errorf("upstream %s: %w", spec.Name, err)
		}
	default:
		return nil, fmt.Errorf("upstream %s: targets: %q begins neither with http:// nor with https://", spec.Name, spec.Targets[0])
	}
	return u, nil
}

func withPort(u *url.URL, port string) string {
	if p := u.Port(); p != "" {
		port = p
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// clientTLS speaks HTTP/1.1 only (ALPN), since that is what this room can carry.
func clientTLS(spec Spec, name string) (*tls.Config, error) {
	c := &tls.Config{
		ServerName: name, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12,
		InsecureSkipVerify:          spec.InsecureSkipVerify, //nolint:gosec // the operator asked for it, by a key whose name says so
		DynamicRecordSizingDisabled: true,
	}
	if spec.CA == "" {
		return c, nil
	}
	pem, err := os.ReadFile(spec.CA)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca: no certificate in %s", spec.CA)
	}
	return c, nil
}

// Portable makes the upstream use the plain way where a faster one exists, too: both pass the same tests.
func (u *Upstream) Portable() { u.portable = true }

// Spec is what the upstream was made from.
func (u *Upstream) Spec() Spec { return u.spec }

// Host is the authority of the target, as a Host field names it.
func (u *Upstream) Host() string { return u.host }

// Stats counts the connections.
func (u *Upstream) Stats() *Stats { return &u.stats }

// Take returns a pooled connection that is alive at now (mono ns), or nil. Where a call must not be sent twice only one that was used within the last
// second is good enough. near picks the pool that is looked into first.
// whole says that the call goes through Exchange, which looks itself whether the connection is alive.
func (u *Upstream) Take(now int64, twice bool, near uint32, whole bool) *Conn {
	for i := range uint32(shards) {
		s := &u.shards[(near+i)%shards]
		if c := s.take(u, now, twice, whole, i == 0); c != nil {
			u.stats.Reused.Add(1)
			return c
		}
	}
	return nil
}

// take pops the connection used last; those found dead or too old on the way are closed. Another shard's lock is only tried for.
func (s *shard) take(u *Upstream, now int64, twice, whole, own bool) *Conn {
	if own {
		s.mu.Lock()
	} else if !s.mu.TryLock() {
		return nil
	}
	defer s.mu.Unlock()
	for n := len(s.idle); n > 0; n = len(s.idle) {
		c := s.idle[n-1]
		if !twice && now-c.used > reuseAnyway {
			return nil // the others were used even earlier
		}
		s.idle[n-1] = nil
		s.idle = s.idle[:n-1]
		if u.fresh(c, now) && (whole && c.fastPath() || c.watch.Quiet()) {
			c.Reused = true
			return c
		}
		c.Close()
	}
	return nil
}

func (u *Upstream) fresh(c *Conn, now int64) bool {
	return (u.spec.PoolIdle <= 0 || now-c.used <= int64(u.spec.PoolIdle)) && (u.spec.PoolAge <= 0 || now-c.made <= int64(u.spec.PoolAge))
}

// put gives a connection back to the pool, or closes it where the pool is full or the upstream closed.
func (u *Upstream) put(c *Conn, now int64, near uint32) {
	c.used = now
	s, room := u.place(near)
	s.mu.Lock()
	keep := !u.closed.Load() && len(s.idle) < room
	if keep {
		s.idle = append(s.idle, c)
	}
	s.mu.Unlock()
	if !keep {
		c.Close()
	}
}

// place is the pool for the connections of near, and how many it may hold: all together hold PoolSize.
func (u *Upstream) place(near uint32) (s *shard, room int) {
	size := u.spec.PoolSize
	if size <= 0 {
		return &u.shards[near%shards], math.MaxInt
	}
	used := min(shards, size)
	i := int(near % uint32(used))
	room = size / used
	if i < size%used {
		room++
	}
	return &u.shards[i], room
}

// Sweep closes the pooled connections that are too old, too long idle or dead at now (mono ns). Called about once a second.
func (u *Upstream) Sweep(now int64) {
	for i := range u.shards {
		u.shards[i].sweep(u, now)
	}
}

func (s *shard) sweep(u *Upstream, now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.idle[:0]
	for _, c := range s.idle {
		if u.fresh(c, now) && c.watch.Quiet() {
			kept = append(kept, c)
			continue
		}
		c.Close()
	}
	clear(s.idle[len(kept):])
	s.idle = kept
}

// Close closes the pooled connections; those in use close when they come back. A call that began before may still dial.
func (u *Upstream) Close() {
	u.closed.Store(true)
	for i := range u.shards {
		s := &u.shards[i]
		s.mu.Lock()
		for _, c := range s.idle {
			c.Close()
		}
		s.idle = nil
		s.mu.Unlock()
	}
}

// Idle counts the pooled connections.
func (u *Upstream) Idle() (n int) {
	for i := range u.shards {
		u.shards[i].mu.Lock()
		n += len(u.shards[i].idle)
		u.shards[i].mu.Unlock()
	}
	return n
}
