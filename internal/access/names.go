package access

import (
	"fmt"
	"strings"
	"sync"
)

// Names gives scopes and products their numbers. It is append-only: a number means the same after a reload and after a restart, or a reload could
// change what a live token may do. Reading is safe beside adding.
type Names struct {
	mu       sync.RWMutex
	scopes   list
	products list
}

type list struct {
	names  []string
	number map[string]int
}

// NewNames makes a registry from the names in the order of their numbers, as Scopes and Products returned them.
func NewNames(scopes, products []string) *Names {
	n := &Names{}
	for _, s := range scopes {
		n.scopes.add(s)
	}
	for _, p := range products {
		n.products.add(p)
	}
	return n
}

// AddScope returns the scope's number, giving it the next one if it is new. It fails when all MaxScopes numbers are given.
func (n *Names) AddScope(name string) (Scope, error) {
	i, err := n.put(&n.scopes, name, MaxScopes, "scope")
	return Scope(i), err
}

// AddProduct returns the product's number, giving it the next one if it is new. It fails when all MaxProducts numbers are given.
func (n *Names) AddProduct(name string) (uint8, error) {
	i, err := n.put(&n.products, name, MaxProducts, "product")
	return uint8(i), err
}

// Scope returns the number of a known scope.
func (n *Names) Scope(name string) (Scope, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	i, ok := n.scopes.number[name]
	return Scope(i), ok
}

// Product returns the number of a known product.
func (n *Names) Product(name string) (uint8, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	i, ok := n.products.number[name]
	return uint8(i), ok
}

// Scopes returns all scope names in the order of their numbers.
func (n *Names) Scopes() []string { return n.copyOf(&n.scopes) }

// Products returns all product names in the order of their numbers.
func (n *Names) Products() []string { return n.copyOf(&n.products) }

// AppendScopes appends the names of the set's scopes to dst, in the order of their numbers.
func (n *Names) AppendScopes(dst []string, s ScopeSet) []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.scopes.pick(dst, func(i int) bool { return s.Has(Scope(i)) })
}

// AppendProducts appends the names of the set's products to dst, in the order of their numbers.
func (n *Names) AppendProducts(dst []string, p ProductSet) []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.products.pick(dst, func(i int) bool { return p.Has(uint8(i)) })
}

// ScopeText joins the names of the set's scopes by spaces, as OAuth 2.0 does (RFC 6749 §3.3).
func (n *Names) ScopeText(s ScopeSet) string { return strings.Join(n.AppendScopes(nil, s), " ") }

func (n *Names) put(l *list, name string, most int, what string) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if i, ok := l.number[name]; ok {
		return i, nil
	}
	if len(l.names) == most {
		return 0, fmt.Errorf("%s %q: all %d numbers are given; numbers are never used again", what, name, most)
	}
	return l.add(name), nil
}

func (n *Names) copyOf(l *list) []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return append([]string(nil), l.names...)
}

func (l *list) add(name string) int {
	if l.number == nil {
		l.number = map[string]int{}
	}
	if i, ok := l.number[name]; ok {
		return i
	}
	l.number[name] = len(l.names)
	l.names = append(l.names, name)
	return len(l.names) - 1
}

func (l *list) pick(dst []string, in func(int) bool) []string {
	for i, name := range l.names {
		if in(i) {
			dst = append(dst, name)
		}
	}
	return dst
}
