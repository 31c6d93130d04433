package admission

import "github.com/candor-gateway/candor/internal/access"

// Products are those of the app that the caller was found to be; none before.
func (c *Call) Products() access.ProductSet { return c.products }
