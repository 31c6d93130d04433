package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/config"
)

// Log is Candor's own log: what the process says of itself, never of a call. Level and format can be changed while it is used.
type Log struct {
	*slog.Logger
	to  *Outlet
	now func() time.Time
	as  atomic.Pointer[form]
}

// form is how the log speaks at present.
type form struct {
	config.Log
	slog.Handler
}

// NewLog is a log to an outlet: whoever logs does not wait for whoever reads it. now dates the line that tells of dropped ones.
func NewLog(to *Outlet, of config.Log, now func() time.Time) *Log {
	l := &Log{to: to, now: now}
	l.Set(of)
	l.Logger = slog.New(present{log: l})
	missing := l.missing
	to.missing.Store(&missing)
	return l
}

// Set changes level and format.
func (l *Log) Set(of config.Log) { l.as.Store(&form{of, handlerTo(l.to, of)}) }

func handlerTo(w io.Writer, of config.Log) slog.Handler {
	var level slog.Level
	if level.UnmarshalText([]byte(of.Level)) != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if of.Format == "text" {
		return slog.NewTextHandler(w, options)
	}
	return slog.NewJSONHandler(safely{w}, options)
}

// safely writes JSON without the characters that could mislead whoever reads it. The text form quotes them already.
type safely struct{ io.Writer }

func (s safely) Write(line []byte) (int, error) {
	if _, err := s.Writer.Write(accesslog.AppendSafe(nil, line)); err != nil {
		return 0, err
	}
	return len(line), nil
}

// missing is the line that tells of dropped ones.
func (l *Log) missing(n uint64) []byte {
	var line bytes.Buffer
	r := slog.NewRecord(l.now(), slog.LevelWarn, "lines of this log are missing here: it was not read as fast as it was written", 0)
	r.AddAttrs(slog.Uint64("dropped", n))
	_ = handlerTo(&line, l.as.Load().Log).Handle(context.Background(), r) // a buffer takes everything
	return line.Bytes()
}

// present is the handler that the log has when a line is written.
type present struct {
	log  *Log
	more []func(slog.Handler) slog.Handler // attributes and groups of a logger that was made from the log's
}

func (p present) handler() slog.Handler {
	h := p.log.as.Load().Handler
	for _, more := range p.more {
		h = more(h)
	}
	return h
}

// Enabled is slog.Handler's.
func (p present) Enabled(ctx context.Context, level slog.Level) bool {
	return p.log.as.Load().Enabled(ctx, level)
}

// Handle is slog.Handler's.
func (p present) Handle(ctx context.Context, r slog.Record) error { return p.handler().Handle(ctx, r) }

// WithAttrs is slog.Handler's.
func (p present) WithAttrs(attrs []slog.Attr) slog.Handler {
	return p.with(func(h slog.Handler) slog.Handler { return h.WithAttrs(attrs) })
}

// WithGroup is slog.Handler's.
func (p present) WithGroup(name string) slog.Handler {
	return p.with(func(h slog.Handler) slog.Handler { return h.WithGroup(name) })
}

func (p present) with(more func(slog.Handler) slog.Handler) slog.Handler {
	p.more = append(slices.Clip(p.more), more)
	return p
}
