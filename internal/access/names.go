package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Names gives scopes and products their numbers. It is append-only: a number means the same after a reload and after a restart, or a reload could
// change what a live token may do. Reading takes no lock and is safe beside adding. The zero value knows no name.
type Names struct {
	turn  sync.Mutex // held by whoever adds
	known atomic.Pointer[registry]
}

// registry is what is known at one time. It is never changed, only replaced.
type registry struct{ scopes, products list }

type list struct {
	names  []string
	number map[string]int
}

// NewNames makes a registry from the names in the order of their numbers, as Scopes and Products returned them.
func NewNames(scopes, products []string) *Names {
	n := &Names{}
	n.known.Store(&registry{newList(scopes), newList(products)})
	return n
}

// AddScope returns the scope's number, giving it the next one if it is new. It fails when all MaxScopes numbers are given.
func (n *Names) AddScope(name string) (Scope, error) {
	i, err := n.put(func(r *registry) *list { return &r.scopes }, name, MaxScopes, "scope")
	return Scope(i), err
}

// AddProduct returns the product's number, giving it the next one if it is new. It fails when all MaxProducts numbers are given.
func (n *Names) AddProduct(name string) (uint8, error) {
	i, err := n.put(func(r *registry) *list { return &r.products }, name, MaxProducts, "product")
	return uint8(i), err
}

// Scope returns the number of a known scope.
func (n *Names) Scope(name string) (Scope, bool) {
	i, ok := n.read().scopes.number[name]
	return Scope(i), ok
}

// Product returns the number of a known product.
func (n *Names) Product(name string) (uint8, bool) {
	i, ok := n.read().products.number[name]
	return uint8(i), ok
}

// AppendScopes appends the names of the set's scopes to dst, in the order of their numbers.
func (n *Names) AppendScopes(dst []string, s ScopeSet) []string {
	for i, name := range n.read().scopes.names {
		if s.Has(Scope(i)) {
			dst = append(dst, name)
		}
	}
	return dst
}

// AppendProducts appends the names of the set's products to dst, in the order of their numbers.
func (n *Names) AppendProducts(dst []string, p ProductSet) []string {
	for i, name := range n.read().products.names {
		if p.Has(uint8(i)) {
			dst = append(dst, name)
		}
	}
	return dst
}

// ScopeText joins the names of the set's scopes by spaces, as OAuth 2.0 does (RFC 6749 §3.3).
func (n *Names) ScopeText(s ScopeSet) string { return strings.Join(n.AppendScopes(nil, s), " ") }

// read is what is known now.
func (n *Names) read() *registry {
	if r := n.known.Load(); r != nil {
		return r
	}
	return &registry{}
}

// put replaces the registry by one that knows the name too, unless it is known.
func (n *Names) put(of func(*registry) *list, name string, most int, what string) (int, error) {
	n.turn.Lock()
	defer n.turn.Unlock()
	next := *n.read()
	l := of(&next)
	if i, ok := l.number[name]; ok {
		return i, nil
	}
	if len(l.names) == most {
		return 0, fmt.Errorf("%s %q: all %d numbers are given; numbers are never used again", what, name, most)
	}
	*l = l.with(name)
	n.known.Store(&next)
	return len(l.names) - 1, nil
}

func newList(names []string) (l list) {
	l.number = make(map[string]int, len(names))
	for _, name := range names {
		if _, again := l.number[name]; !again {
			l.number[name] = len(l.names)
			l.names = append(l.names, name)
		}
	}
	return l
}

// with is the list and one name more; l stays as it is for those who read it.
func (l list) with(name string) list {
	number := make(map[string]int, len(l.names)+1)
	maps.Copy(number, l.number)
	number[name] = len(l.names)
	return list{append(slices.Clip(l.names), name), number}
}
