package access

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamesKeepTheirNumbers(t *testing.T) {
	n := &Names{}
	for want, name := range []string{"r_profile", "r_basic", "openid"} {
		if got, err := n.AddScope(name); err != nil || int(got) != want {
			t.Fatalf("AddScope(%q) = %d, %v", name, got, err)
		}
	}
	if p, err := n.AddProduct("ads"); err != nil || p != 0 {
		t.Fatalf("AddProduct = %d, %v", p, err)
	}
	if again, err := n.AddScope("r_basic"); err != nil || again != 1 {
		t.Errorf("AddScope of a known name = %d, %v", again, err)
	}
	n = NewNames(n.Scopes(), n.Products()) // as after a restart
	if next, err := n.AddScope("w_posts"); err != nil || next != 3 {
		t.Errorf("AddScope after a restart = %d, %v", next, err)
	}
	if _, known := n.Scope("ads"); known {
		t.Error("a product's name is known as a scope")
	}
	if p, known := n.Product("ads"); !known || p != 0 {
		t.Errorf("Product(ads) = %d, %v", p, known)
	}
	if got := n.ScopeText(set(3, 0)); got != "r_profile w_posts" {
		t.Errorf("ScopeText = %q", got)
	}
	if diff := cmp.Diff([]string{"ads"}, n.AppendProducts(nil, 1)); diff != "" {
		t.Error(diff)
	}
}

func TestNamesRunOut(t *testing.T) {
	n := &Names{}
	for i := range MaxProducts {
		if _, err := n.AddProduct(fmt.Sprintf("p%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := n.AddProduct("more")
	if want := `product "more": all 64 numbers are given; numbers are never used again`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if p, err := n.AddProduct("p63"); err != nil || p != 63 {
		t.Errorf("a known name = %d, %v", p, err)
	}
}

func TestNamesTogether(t *testing.T) {
	n := &Names{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 100 {
				name := fmt.Sprintf("s%d", i)
				got, err := n.AddScope(name)
				if found, ok := n.Scope(name); err != nil || !ok || found != got {
					t.Errorf("%s: %d, %v; then %d, %v", name, got, err, found, ok)
				}
			}
		})
	}
	all.Wait()
	if got := len(n.Scopes()); got != 100 {
		t.Errorf("%d names, want 100", got)
	}
}

// TestReadingNamesWaitsForNobody: a reader under way when names are added sees the names of one moment, and takes no lock and no memory.
func TestReadingNamesWaitsForNobody(t *testing.T) {
	n := NewNames([]string{"a", "b", "a"}, []string{"p"})
	if diff := cmp.Diff([]string{"a", "b"}, n.Scopes()); diff != "" {
		t.Errorf("a name that is given twice has one number (-want +got):\n%s", diff)
	}
	n.turn.Lock() // somebody adds, and is slow
	defer n.turn.Unlock()
	all, buf := ScopeSet{}.With(0).With(1), make([]string, 0, 4)
	if allocs := testing.AllocsPerRun(100, func() {
		n.Scope("b")
		n.Product("p")
		buf = n.AppendProducts(n.AppendScopes(buf[:0], all), 1)
	}); allocs != 0 {
		t.Errorf("reading allocates %v times", allocs)
	}
	if diff := cmp.Diff([]string{"a", "b", "p"}, buf); diff != "" {
		t.Error(diff)
	}
	if got := (&Names{}).Scopes(); len(got) != 0 {
		t.Errorf("the zero value knows %q", got)
	}
}
