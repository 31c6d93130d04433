package server

import (
	"log/slog"
	"time"
)

// trouble is work that is tried again and again. The log is told when it begins to fail and when it goes well again, and not each time between.
type trouble struct {
	fails, well string // what the log says then
	since       time.Time
}

// tell takes the outcome of one attempt at now.
func (t *trouble) tell(log *slog.Logger, err error, now time.Time) {
	switch {
	case err != nil && t.since.IsZero():
		t.since = now
		log.Warn(t.fails, "error", err)
	case err == nil && !t.since.IsZero():
		log.Info(t.well, "after", now.Sub(t.since).Round(time.Second).String())
		t.since = time.Time{}
	}
}
