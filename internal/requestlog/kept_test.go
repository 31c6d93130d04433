package requestlog

import (
	"context"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
)

// kept is a small store in memory. fails makes its next writes fail.
type kept struct {
	mu      sync.Mutex
	records map[callid.ID]*Record
	batches int
	counts  []Count
	notes   map[string]map[string][]byte
	fails   error
	swept   int
	closed  int
}

func newKept() *kept {
	return &kept{records: map[callid.ID]*Record{}, notes: map[string]map[string][]byte{}}
}

var _ Store = (*kept)(nil)

func (k *kept) Add(_ context.Context, batch []*Record) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fails != nil {
		return k.fails
	}
	for _, r := range batch {
		k.records[r.ID] = r
	}
	k.batches++
	return nil
}

func (k *kept) Record(_ context.Context, id callid.ID) (*Record, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r, ok := k.records[id]; ok {
		return r, nil
	}
	return nil, ErrNotFound
}

func (k *kept) Records(context.Context, *Filter) ([]*Record, callid.ID, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := slices.SortedFunc(maps.Values(k.records), func(a, b *Record) int { return b.Time.Compare(a.Time) })
	return all, callid.ID{}, nil
}

func (k *kept) Sweep(context.Context, time.Time, int64) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.swept++
	return 0, nil
}

func (k *kept) Forget(context.Context, string, string) (int, error) { return 0, nil }

func (k *kept) SaveCounts(_ context.Context, counts []Count) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fails != nil {
		return k.fails
	}
	k.counts = append(k.counts, counts...)
	return nil
}

func (k *kept) Counts(context.Context, []string, time.Time) ([]Count, error) { return k.counts, nil }

func (k *kept) SaveNotes(_ context.Context, kind string, notes iter.Seq2[string, []byte]) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fails != nil {
		return k.fails
	}
	if k.notes[kind] == nil {
		k.notes[kind] = map[string][]byte{}
	}
	for key, value := range notes {
		if k.notes[kind][key] = slices.Clone(value); value == nil {
			delete(k.notes[kind], key)
		}
	}
	return nil
}

func (k *kept) Notes(_ context.Context, kind string) (map[string][]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.notes[kind]), nil
}

func (k *kept) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed++
	return nil
}

func (k *kept) size() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.records)
}

func (k *kept) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fails = err
}
