package quota

import (
	"context"
	"iter"

	"github.com/candor-gateway/candor/internal/access"
)

// Counter is one count as a store keeps it. What it counts is named in full,
// so it means the same after a restart with another configuration; all but
// Used and Ends is its identity.
type Counter struct {
	Resource string
	Key      Key
	Window   Window
	Burst    bool
	App      access.AppID
	Member   access.MemberID // 0 where Key is App
	Used     int64           // calls in the window; 0 for a burst
	Ends     int64           // Unix nanoseconds; from then on the counter says nothing and may be deleted
}

// Store keeps counters over a restart.
type Store interface {
	// SaveCounters inserts each counter or replaces the one of the same
	// identity. An error says that none may be kept.
	SaveCounters(ctx context.Context, counters iter.Seq[Counter]) error
	// LoadCounters returns what was saved. It may leave out what has ended.
	LoadCounters(ctx context.Context) ([]Counter, error)
}
