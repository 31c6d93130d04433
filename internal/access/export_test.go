package access

import "slices"

// Scopes returns all scope names in the order of their numbers.
func (n *Names) Scopes() []string { return slices.Clone(n.read().scopes.names) }

// Products returns all product names in the order of their numbers.
func (n *Names) Products() []string { return slices.Clone(n.read().products.names) }
