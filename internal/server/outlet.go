package server

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// Outlet is a stream for which nobody waits: what is written to it leaves in its order as soon as the other side takes it, and up to then stays in memory.
// What is more than 1 MiB there is dropped, and a line says how much. Close it.
type Outlet struct {
	queue   *accesslog.Log
	missing atomic.Pointer[func(n uint64) []byte] // that line in the words of the log that uses the outlet
}

// NewOutlet begins an outlet to w, which stays open.
func NewOutlet(w io.Writer) *Outlet {
	o := &Outlet{}
	o.queue = accesslog.New(w, accesslog.Options{Prompt: true, Missing: func(dst []byte, n uint64) []byte {
		if say := o.missing.Load(); say != nil {
			return append(dst, (*say)(n)...)
		}
		return fmt.Appendf(dst, "candor: what was written %d times is missing here\n", n)
	}})
	return o
}

// Write never waits and never fails.
func (o *Outlet) Write(b []byte) (int, error) { return o.queue.Write(b) }

// Missing is how many lines were dropped, or lost to a stream that was closed.
func (o *Outlet) Missing() uint64 { return o.queue.Stats().Missing() }

// Close writes what waits, and leaves behind what ctx leaves no time for.
func (o *Outlet) Close(ctx context.Context) { _, _ = o.queue.CloseWithin(ctx) }
