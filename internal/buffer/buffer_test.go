package buffer

import "testing"

func TestSizes(t *testing.T) {
	var l Lender
	for _, c := range []struct{ ask, got int }{{0, Small}, {1, Small}, {Small, Small}, {Small + 1, Medium}, {Medium, Medium}, {Medium + 1, Large}, {Large, Large}, {Large + 1, Large + 1}} {
		b := l.Get(c.ask)
		if len(b.B) != c.got {
			t.Errorf("Get(%d) lends %d bytes, want %d", c.ask, len(b.B), c.got)
		}
		l.Put(b)
	}
	l.Put(nil)
}

func TestGrowKeepsWhatIsUsed(t *testing.T) {
	var l Lender
	b := l.Get(1)
	copy(b.B, "head")
	if b = l.Grow(b, 4, Small+1); string(b.B[:4]) != "head" || len(b.B) != Medium {
		t.Errorf("got %q in %d bytes", b.B[:4], len(b.B))
	}
}

// A head that is read on and on must not be copied for every byte of it.
func TestGrowDoubles(t *testing.T) {
	var l Lender
	b, grown := l.Get(1), 0
	for len(b.B) < 8<<20 {
		want := Bigger(len(b.B))
		b = l.Grow(b, len(b.B), len(b.B)+1)
		if len(b.B) != want {
			t.Fatalf("grew to %d bytes, want %d", len(b.B), want)
		}
		grown++
	}
	if grown > 10 {
		t.Errorf("grew %d times up to %d bytes", grown, len(b.B))
	}
}
