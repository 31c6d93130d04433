package server

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// StoppedRequests is the request log of an instance that does not run.
type StoppedRequests struct {
	*lookup
	core  *core
	store *sqlite.Log
	cfg   *config.Config
}

// OpenRequests opens the request log of an instance that does not run. One that runs holds the lock: *sqlite.HeldError.
func OpenRequests(ctx context.Context, cfg *config.Config, now time.Time) (*StoppedRequests, error) {
	if cfg.Data == "" || !exists(filepath.Join(cfg.Data, sqlite.LogFile)) {
		return nil, noRequestLog(cfg)
	}
	nothing := func() error { return nil }
	c := &core{unlock: nothing, undo: nothing}
	if err := c.take(cfg.Data); err != nil {
		return nil, err
	}
	store, err := sqlite.OpenLog(ctx, cfg.Data)
	if err != nil {
		return nil, errors.Join(err, c.unlock())
	}
	l := &lookup{log: stoppedLog{store}, now: func() time.Time { return now }, explain: explainRecord}
	return &StoppedRequests{l, c, store, cfg}, nil
}

func noRequestLog(cfg *config.Config) error {
	return refusal(404, "there is no request log: by %s it would be %s in the data folder, which an instance that runs writes when the first call fails", cfg.File, sqlite.LogFile)
}

// Close lets go of the log.
func (s *StoppedRequests) Close() error { return errors.Join(s.store.Close(), s.core.unlock()) }

// stoppedLog is the log that nobody writes to.
type stoppedLog struct{ store *sqlite.Log }

// Store is where the records are; it and what follows is recordLog's.
func (l stoppedLog) Store() requestlog.Store { return l.store }

// Flush has nothing to write.
func (stoppedLog) Flush(context.Context) error { return nil }

// Forget removes what there is of an app or a member.
func (l stoppedLog) Forget(ctx context.Context, app, member string) (int, error) {
	return requestlog.Forget(ctx, l.store, app, member)
}
