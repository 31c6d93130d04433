package http1

// Received counts the bytes of the body seen so far, framing included.
func (c *Chunked) Received() int64 { return c.off }

// TrailerFields returns the trailers as fields of Line(), once the body is done.
func (c *Chunked) TrailerFields() []Field { return c.trailers.Fields }
