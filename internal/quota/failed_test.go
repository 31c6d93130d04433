package quota

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

func TestFailedCredential(t *testing.T) {
	for _, c := range []struct {
		name   string
		bound  int64
		a, b   string
		shared bool
	}{
		{"the same IPv4 address", 10, "192.0.2.1", "192.0.2.1", true},
		{"another IPv4 address", 10, "192.0.2.1", "192.0.2.2", false},
		{"IPv4 written as IPv6", 10, "192.0.2.1", "::ffff:192.0.2.1", true},
		{"the same /64", 10, "2001:db8::1", "2001:db8::ffff:0:0:1", true},
		{"the next /64", 10, "2001:db8::1", "2001:db8:0:1::1", false},
		{"an IPv6 that looks like IPv4", 10, "0.0.0.5", "0:0:0:5::", false},
		{"off", -1, "192.0.2.1", "192.0.2.1", false},
	} {
		l := New(Options{FailedPerMinute: c.bound})
		a, b := netip.MustParseAddr(c.a), netip.MustParseAddr(c.b)
		for i := range 10 {
			if l.FailedCredential(a, noon) {
				t.Errorf("%s: failure %d was too many", c.name, i+1)
			}
		}
		if over := l.FailedCredential(b, noon); over != c.shared {
			t.Errorf("%s: got %v, want %v", c.name, over, c.shared)
		}
		if l.FailedCredential(b, at(time.Minute)) {
			t.Errorf("%s: still too many in the next minute", c.name)
		}
	}
}

func TestFailedCredentialByDefault(t *testing.T) {
	l := New(Options{})
	over := crowd(func(int, int) bool { return l.FailedCredential(netip.Addr{}, noon) })
	if over != 5000-defaultFailedPerMinute {
		t.Errorf("%d of 5000 were too many, want 4000", over)
	}
	if got := l.FailedResetsAt(at(59 * time.Second)); got != noon/1e9+60 {
		t.Errorf("resets at %d, want %d", got, noon/1e9+60)
	}
}

func TestFailedCredentialsAreBounded(t *testing.T) {
	l := New(Options{FailedPerMinute: 1})
	addr := func(i int) netip.Addr {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(i))
		return netip.AddrFrom4(b)
	}
	for i := range maxNetworks + 100 {
		l.FailedCredential(addr(i), noon)
	}
	if n := l.failed.networks.Size(); n != maxNetworks {
		t.Errorf("%d networks are held, want %d", n, maxNetworks)
	}
	if !l.FailedCredential(addr(5), noon) {
		t.Error("a network that is held is no longer counted")
	}
	if l.FailedCredential(addr(maxNetworks+5), noon) {
		t.Error("a network without room is refused")
	}
	later := at(time.Minute + 10*time.Second)
	l.FailedCredential(addr(maxNetworks+5), later)
	if !l.FailedCredential(addr(maxNetworks+5), later) {
		t.Error("a full table was not swept once its minute was over")
	}
	if n := l.failed.networks.Size(); n != 1 {
		t.Errorf("%d networks are held after the sweep, want 1", n)
	}
}
