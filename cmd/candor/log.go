package main

import (
	"io"
	"log/slog"

	"github.com/candor-gateway/candor/internal/config"
)

// newLog is Candor's own log: what the process says of itself, never of a call.
func newLog(w io.Writer, of config.Log) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(of.Level)) != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if of.Format == "text" {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}
