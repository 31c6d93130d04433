package http1

import "slices"

// Keep returns a copy of h that shares no memory with it, for whoever holds on to an answer longer than its connection's buffer lives. It holds no more than
// the head's own bytes.
func (h *ResponseHead) Keep() *ResponseHead {
	kept := *h
	kept.Buf, kept.Fields = slices.Clone(h.Buf[:h.Len]), slices.Clone(h.Fields)
	return &kept
}
