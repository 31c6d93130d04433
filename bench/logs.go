//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

// accessLog is the file that a proxy writes a line to for each call.
type accessLog struct {
	file  *os.File
	calls int64 // that were made since the file was emptied
	loses bool  // now and then it loses a line: one in a thousand is let pass
}

func newAccessLog(name string) (*accessLog, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600) //nolint:gosec // in our own folder
	return &accessLog{file: file}, err
}

// settle waits until a line stands there for each call, and empties the file.
// A proxy that saves itself a line, or writes one too many, has not done the
// work. nil, for a proxy that keeps no log, is settled.
func (l *accessLog) settle(ctx context.Context) error {
	if l == nil {
		return nil
	}
	for end := mono() + int64(3*time.Second); ; {
		n, err := l.lines()
		switch {
		case err != nil:
			return err
		case n == l.calls, l.loses && mono() > end && n < l.calls && n > l.calls-l.calls/1000-2:
			l.calls = 0
			return l.file.Truncate(0)
		case mono() > end:
			return fmt.Errorf("%d lines in the access log for %d calls", n, l.calls)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// lines counts the lines that stand in the file.
func (l *accessLog) lines() (n int64, err error) {
	if _, err := l.file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	for buf := make([]byte, 1<<20); ; {
		m, err := l.file.Read(buf)
		n += int64(bytes.Count(buf[:m], []byte("\n")))
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
