package access

import "slices"

// Scopes returns all scope names in the order of their numbers.
func (n *Names) Scopes() []string { return slices.Clone(n.read().scopes.names) }

// Products returns all product names in the order of their numbers.
func (n *Names) Products() []string { return slices.Clone(n.read().products.names) }

// AppendProducts appends the names of the set's products to dst, in the order of their numbers.
func (n *Names) AppendProducts(dst []string, p ProductSet) []string {
	for i, name := range n.read().products.names {
		if p.Has(uint8(i)) {
			dst = append(dst, name)
		}
	}
	return dst
}
