package gateway

import (
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
)

// Greeting is downstream.Handler's.
func (d *door) Greeting() downstream.Greeting { return d.front().Greeting }

// Ungreeted is downstream.Handler's.
func (d *door) Ungreeted(p *downstream.Peer, f downstream.ProxyFault) {
	d.ungreeted(p.Addr, greetings[f])
}

func (d *door) front() *Front { return d.g.policy.Load().front(d.l.Number) }

// isStranger reports whether a connection to a listener for balancers comes from anybody else.
func (d *door) isStranger(addr netip.Addr) bool {
	f := d.front()
	return f.Greeting == downstream.Proxy && !f.trusts(addr)
}

// reason is what the log says of a connection that was closed at once, and what to do about it.
type reason struct{ why, fix string }

var stranger = reason{
	"it is not of a balancer in trusted_proxies",
	"add the address to trusted_proxies if it is a balancer's; nobody else can call here",
}

// greetings are the reasons of connections that did not begin as they have to.
var greetings = [downstream.ProxyCut + 1]reason{
	downstream.ProxyMissing: {
		"it does not begin with a PROXY header",
		"let the balancer send one (haproxy: send-proxy-v2; nginx: proxy_protocol on, in a stream), or leave proxy_protocol: require out",
	},
	downstream.ProxySyntax:   {"its PROXY header is malformed", "look at what sends it: versions 1 and 2 of the protocol are understood"},
	downstream.ProxyTooLong:  {"its PROXY header is longer than 107 bytes (version 1) or 536 (version 2)", "let the balancer say less in it"},
	downstream.ProxyChecksum: {"the checksum of its PROXY header is wrong", "look at what changes it on the way"},
	downstream.ProxyCut:      {"its PROXY header is not whole", "the header has to come at once, within timeouts.first_byte"},
}

// ungreeted notes a connection that is closed for what it is not.
func (d *door) ungreeted(addr netip.Addr, of reason) {
	g := d.g
	g.conns.ungreeted.Add(1)
	if untold, ok := g.knocks.tells(network(addr), g.o.Clock.Mono()); ok {
		g.o.Log.Warn("a connection was closed: "+of.why, slog.String("listener", d.l.Name), slog.String("peer", addr.String()),
			slog.String("key", "listeners[].proxy_protocol"), slog.String("fix", of.fix), slog.Int64("untold", untold))
	}
}

// knocks bounds what the log says of connections that were closed at once: a line for each network and minute.
type knocks struct {
	mu     sync.Mutex
	toldAt map[netip.Addr]int64 // mono ns
	untold int64
}

// knockEvery is how often one network is told of, knockers how many are remembered.
const (
	knockEvery = int64(time.Minute)
	knockers   = 1024
)

// tells reports whether the log is told of a connection from there, and of how many it was not told before.
func (k *knocks) tells(from netip.Addr, now int64) (untold int64, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	at, told := k.toldAt[from]
	if told && now-at < knockEvery || !told && !k.makeRoom(now) {
		k.untold++
		return 0, false
	}
	k.toldAt[from] = now
	untold, k.untold = k.untold, 0
	return untold, true
}

func (k *knocks) makeRoom(now int64) bool {
	if k.toldAt == nil {
		k.toldAt = map[netip.Addr]int64{}
	}
	if len(k.toldAt) < knockers {
		return true
	}
	for from, at := range k.toldAt {
		if now-at >= knockEvery {
			delete(k.toldAt, from)
		}
	}
	return len(k.toldAt) < knockers
}
