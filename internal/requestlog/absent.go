package requestlog

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
)

// ErrOpening is returned while no store is open: for the first moment of a process, while another takes over, or since it cannot be opened.
var ErrOpening = errors.New("the request log is not open; try again in a moment, and see the log of the process if it stays so")

// absent is the store while there is none.
type absent struct{}

var _ Store = absent{}

func (absent) Add(context.Context, []*Record) error                     { return ErrOpening }
func (absent) Record(context.Context, callid.ID) (*Record, error)       { return nil, ErrOpening }
func (absent) Sweep(context.Context, time.Time, int64) (int, error)     { return 0, ErrOpening }
func (absent) Forget(context.Context, string, string) (int, error)      { return 0, ErrOpening }
func (absent) SaveCounts(context.Context, []Count) error                { return ErrOpening }
func (absent) Notes(context.Context, string) (map[string][]byte, error) { return nil, ErrOpening }
func (absent) Close() error                                             { return nil }
func (absent) Counts(context.Context, []string, time.Time) ([]Count, error) {
	return nil, ErrOpening
}

func (absent) Records(context.Context, *Filter) ([]*Record, callid.ID, error) {
	return nil, callid.ID{}, ErrOpening
}

func (absent) SaveNotes(context.Context, string, iter.Seq2[string, []byte]) error {
	return ErrOpening
}
