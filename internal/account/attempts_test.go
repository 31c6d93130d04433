package account

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const noon = int64(1_800_000_000)

func from(address string) Key {
	return Key{Email: "ada@example.com", Network: NetworkOf(netip.MustParseAddr(address))}
}

func TestNetworkOf(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":          "192.0.2.7/32",
		"::ffff:192.0.2.7":   "192.0.2.7/32",
		"2001:db8:1:2:3::4":  "2001:db8:1:2::/64",
		"fe80::1:2:3:4%eth0": "fe80::/64",
	} {
		if got := NetworkOf(netip.MustParseAddr(address)).String(); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	if got := NetworkOf(netip.Addr{}); got != (netip.Prefix{}) {
		t.Errorf("of no address: %s", got)
	}
}

// TestTheNextWaits: five fail for nothing, then each waits twice as long as the one before, 15 minutes at most; a wait is not prolonged by who does not wait.
func TestTheNextWaits(t *testing.T) {
	a, k, now := NewAttempts(), from("192.0.2.7"), noon
	for i := range 5 {
		if wait := a.Begin(k, now); wait != 0 {
			t.Fatalf("attempt %d waits for %s", i+1, wait)
		}
	}
	var waits []time.Duration
	for range 11 {
		wait := a.Begin(k, now)
		waits = append(waits, wait)
		if again := a.Begin(k, now+1); again != wait-time.Second {
			t.Errorf("a second later %s are left of %s", again, wait)
		}
		now += int64(wait / time.Second)
		if wait := a.Begin(k, now); wait != 0 {
			t.Errorf("after the wait there are %s more", wait)
		}
	}
	var want []time.Duration
	for _, s := range []int{2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		want = append(want, time.Duration(s)*time.Second)
	}
	if diff := cmp.Diff(want, waits); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if wait := a.Begin(from("192.0.2.8"), now); wait != 0 {
		t.Errorf("another network waits for %s", wait)
	}
	if wait := a.Begin(Key{Email: "eve@example.com", Network: k.Network}, now); wait != 0 {
		t.Errorf("another account waits for %s", wait)
	}
}

func fail(a *Attempts, k Key, times int, now int64) {
	for range times {
		a.Begin(k, now)
	}
}

// TestWhatIsForgotten: failures, 15 minutes after the wait for them is over; and those of a clock that was ahead.
func TestWhatIsForgotten(t *testing.T) {
	for name, c := range map[string]struct {
		later int64
		free  int // attempts that need not wait, of six
	}{
		"at once":                                 {0, 0},
		"after the wait":                          {2, 1},
		"before it is too late":                   {2 + 899, 1},
		"15 minutes after":                        {2 + 900, 5},
		"callers whose times differ a little":     {-5, 0},
		"a clock that was ahead and is put right": {-6, 5},
	} {
		a, k := NewAttempts(), from("192.0.2.7")
		fail(a, k, 5, noon)
		free := 0
		for range 6 {
			if a.Begin(k, noon+c.later) == 0 {
				free++
			}
		}
		if free != c.free {
			t.Errorf("%s: %d are free, want %d", name, free, c.free)
		}
	}
}

// TestSuccess forgets the failures at that account, and does not give a network another hundred.
func TestSuccess(t *testing.T) {
	a, k := NewAttempts(), from("192.0.2.7")
	fail(a, k, 4, noon)
	a.Begin(k, noon)
	a.Succeeded(k)
	fail(a, k, 5, noon)
	if wait := a.Begin(k, noon); wait != 2*time.Second {
		t.Errorf("after a success and five failures it waits for %s", wait)
	}
	mine := Key{Email: "eve@example.com", Network: k.Network}
	for i := range 91 { // 9 have failed
		if wait := a.Begin(mine, noon); wait != 0 {
			t.Fatalf("success %d waits for %s", i, wait)
		}
		a.Succeeded(mine)
		if wait := a.Begin(Key{Email: fmt.Sprint(i), Network: k.Network}, noon); wait != 0 {
			t.Fatalf("failure %d waits for %s", i, wait)
		}
	}
	if wait := a.Begin(mine, noon); wait != 2*time.Second {
		t.Errorf("a network of a hundred failures waits for %s", wait)
	}
}

func TestUndo(t *testing.T) {
	a, k := NewAttempts(), from("192.0.2.7")
	for i := range 200 {
		if wait := a.Begin(k, noon); wait != 0 {
			t.Fatalf("%d: %s", i, wait)
		}
		a.Undo(k)
	}
	if len(a.seen) != 0 || a.order.Len() != 0 {
		t.Errorf("%d places are remembered of nothing", len(a.seen))
	}
	a.Undo(k) // of what was forgotten meanwhile
	a.Succeeded(k)
}

// TestAKnownBrowser can sign in whatever strangers do in its network and at its account, and is bounded as well.
func TestAKnownBrowser(t *testing.T) {
	a, stranger := NewAttempts(), from("192.0.2.7")
	for i := range 200 {
		a.Begin(Key{Email: fmt.Sprint(i % 50), Network: stranger.Network}, noon)
	}
	fail(a, stranger, 10, noon)
	known := stranger
	known.Known = true
	if a.Begin(stranger, noon) == 0 {
		t.Error("strangers need not wait")
	}
	for i := range 5 {
		if wait := a.Begin(known, noon); wait != 0 {
			t.Errorf("%d: a known browser waits for %s", i, wait)
		}
	}
	if wait := a.Begin(known, noon); wait != 2*time.Second {
		t.Errorf("a known browser that fails waits for %s", wait)
	}
	elsewhere := known
	elsewhere.Network = NetworkOf(netip.MustParseAddr("198.51.100.1"))
	if wait := a.Begin(elsewhere, noon); wait != 2*time.Second {
		t.Errorf("in another network it waits for %s", wait)
	}
}

// TestMemoryIsBounded: of more than can be remembered those go that were not touched for long, and one that goes on trying is not forgotten for others.
func TestMemoryIsBounded(t *testing.T) {
	a, k := NewAttempts(), from("192.0.2.7")
	fail(a, k, 5, noon)
	for i := range mostSeen {
		if i%10000 == 0 && a.Begin(k, noon) != 2*time.Second {
			t.Fatalf("one that goes on trying is forgotten after %d others", i)
		}
		a.Begin(Key{Email: "x", Network: NetworkOf(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))}, noon)
	}
	if len(a.seen) != mostSeen || a.order.Len() != mostSeen {
		t.Errorf("%d and %d are remembered, not %d", len(a.seen), a.order.Len(), mostSeen)
	}
	first, last := from("10.0.0.0").Network, from("10.0.255.255").Network
	if a.seen[place{network: first}] != nil || a.seen[place{network: last}] == nil {
		t.Error("it is not the first that is forgotten")
	}
}

// TestManyAtOnce: of a thousand that come in one moment five are let.
func TestManyAtOnce(t *testing.T) {
	a, k := NewAttempts(), from("192.0.2.7")
	var let atomic.Int32
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			if a.Begin(k, noon) == 0 {
				let.Add(1)
			}
		})
	}
	all.Wait()
	if let.Load() != 5 {
		t.Errorf("%d were let", let.Load())
	}
}

// TestNoNetwork: those who come through a balancer that does not say for whom share no failures but those at one account.
func TestNoNetwork(t *testing.T) {
	a := NewAttempts()
	for i := range 2 * freeOfNetwork {
		if wait := a.Begin(Key{Email: fmt.Sprint(i)}, noon); wait != 0 {
			t.Fatalf("attempt %d at an account of its own waits for %s", i+1, wait)
		}
	}
	fail(a, Key{Email: "ada@example.com"}, 5, noon)
	if wait := a.Begin(Key{Email: "ada@example.com"}, noon); wait == 0 {
		t.Error("the sixth at one account does not wait")
	}
}
