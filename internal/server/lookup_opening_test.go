package server

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// late is a log that opens when somebody waits for it.
type late struct {
	stoppedLog
	open bool
}

func (l *late) Store() requestlog.Store {
	if !l.open {
		return (&requestlog.Log{}).Store()
	}
	return l.stoppedLog.Store()
}

func (l *late) Flush(context.Context) error {
	l.open = true
	return nil
}

// Who asks in the first moments of an instance waits until the log is open.
func TestLookUpWhileTheLogOpens(t *testing.T) {
	t.Parallel()
	store, _ := digested(t)
	at := digestNoon.Add(-time.Hour)
	id := callid.New(at.UnixMilli(), 0, 1)
	r := &requestlog.Record{ID: id, RequestID: id.String(), Time: at, Status: 404, Problem: "resource_not_found", By: requestlog.ByGateway}
	if err := store.Add(t.Context(), []*requestlog.Record{r}); err != nil {
		t.Fatal(err)
	}
	l := &lookup{log: &late{stoppedLog: stoppedLog{store}}, now: func() time.Time { return digestNoon }}
	if _, err := l.Request(t.Context(), id.String()); err != nil {
		t.Error(err)
	}
	l.log = &late{stoppedLog: stoppedLog{store}}
	if page, err := l.Requests(t.Context(), url.Values{}); err != nil || len(page.Requests) != 1 {
		t.Error(page, err)
	}
}
