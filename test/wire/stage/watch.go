package stage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// accessLog reads what a gateway writes to its access log: every line must be one JSON object.
type accessLog struct {
	tb   testing.TB
	mu   sync.Mutex
	rest []byte
	came sync.Cond
	byID map[string][]string // lines
}

func newAccessLog(tb testing.TB) *accessLog {
	tb.Helper()
	l := &accessLog{tb: tb, byID: map[string][]string{}}
	l.came.L = &l.mu
	return l
}

// says waits for a line of the call that has this text in it.
func (l *accessLog) says(id, text string) bool {
	late := false
	limit := time.AfterFunc(testkit.Patience, func() {
		l.mu.Lock()
		late = true
		l.mu.Unlock()
		l.came.Broadcast()
	})
	defer limit.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for !late {
		if slices.ContainsFunc(l.byID[id], func(line string) bool { return strings.Contains(line, text) }) {
			return true
		}
		l.came.Wait()
	}
	return false
}

// Write takes whole lines, or parts of them.
func (l *accessLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, b...)
	whole := bytes.LastIndexByte(l.rest, '\n') + 1
	for s := bufio.NewScanner(bytes.NewReader(l.rest[:whole])); s.Scan(); {
		var line struct{ ID string }
		if json.Unmarshal(s.Bytes(), &line) != nil || line.ID == "" {
			l.tb.Errorf("a line of the access log: %q", s.Text())
		}
		l.byID[line.ID] = append(l.byID[line.ID], s.Text())
	}
	l.came.Broadcast()
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
