package stage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"runtime"
	"sync"
	"testing"
)

// accessLog reads what a gateway writes to its access log: every line must be one JSON object.
type accessLog struct {
	tb   testing.TB
	mu   sync.Mutex
	rest []byte
}

// Write takes whole lines, or parts of them.
func (l *accessLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, b...)
	whole := bytes.LastIndexByte(l.rest, '\n') + 1
	for s := bufio.NewScanner(bytes.NewReader(l.rest[:whole])); s.Scan(); {
		if line := map[string]any{}; json.Unmarshal(s.Bytes(), &line) != nil || line["id"] == nil {
			l.tb.Errorf("a line of the access log: %q", s.Text())
		}
	}
	l.rest = append(l.rest[:0], l.rest[whole:]...)
	return len(b), nil
}

// panics lets a test fail when the runtime found a fault in a call: its 500, or its reset, could be taken for what was asked for. What a test itself throws
// is no runtime.Error.
type panics struct {
	slog.Handler
	tb testing.TB
}

// Handle is slog's.
func (p panics) Handle(ctx context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if fault, ours := a.Value.Any().(runtime.Error); ours {
			p.tb.Errorf("a call panicked: %v", fault)
		}
		return true
	})
	return p.Handler.Handle(ctx, r)
}
