//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"

	"golang.org/x/sys/unix"
)

// accessLog is the file that a proxy writes a line to for each call.
//
// haproxy has the descriptor from us, takes O_APPEND off it, and shares its
// position with us: so we read at positions of our own, and do not shorten the
// file below its feet.
type accessLog struct {
	file  *os.File
	at    int64 // where the lines begin that were not settled
	calls int64 // that were made since
	line  int64 // mean length of the lines that were last settled, bytes
	loses bool  // where two of its threads meet at the descriptor it gives up a line: one in a hundred is let pass
}

func newAccessLog(name string) (*accessLog, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600) //nolint:gosec // in our own folder
	return &accessLog{file: file}, err
}

// settle waits until a line stands there for each call, and leaves them behind.
// A proxy that saves itself a line, or writes one too many, has not done the
// work. nil, for a proxy that keeps no log, is settled.
func (l *accessLog) settle(ctx context.Context) error {
	if l == nil {
		return nil
	}
	n, size, err := l.wait(ctx)
	if err != nil || n == 0 {
		return err
	}
	l.calls, l.line = 0, size/n
	l.at += size
	// The room on the disk goes back, where that is possible; the length stays.
	_ = unix.Fallocate(int(l.file.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, 0, l.at)
	return nil
}

// wait waits until there is a line for each call, and returns their number and bytes.
func (l *accessLog) wait(ctx context.Context) (n, size int64, err error) {
	for end := mono() + int64(3*time.Second); ; {
		n, size, err = l.lines()
		switch {
		case err != nil || n == l.calls:
			return n, size, err
		case mono() > end && l.loses && n < l.calls && n+l.calls/100+10 > l.calls:
			return n, size, nil
		case mono() > end:
			return n, size, fmt.Errorf("%d lines in the access log for %d calls", n, l.calls)
		}
		select {
		case <-ctx.Done():
			return n, size, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// lines counts the whole lines that stand there, and their bytes.
func (l *accessLog) lines() (n, size int64, err error) {
	buf := make([]byte, 1<<20)
	for at := l.at; ; {
		m, err := l.file.ReadAt(buf, at)
		at += int64(m)
		if whole := bytes.LastIndexByte(buf[:m], '\n') + 1; whole > 0 {
			n += int64(bytes.Count(buf[:whole], []byte("\n")))
			size = at - int64(m-whole) - l.at
		}
		if errors.Is(err, io.EOF) {
			return n, size, nil
		}
		if err != nil {
			return n, size, err
		}
	}
}

// last returns the last line that holds a text, without its end; "" if none does.
func (l *accessLog) last(ctx context.Context, text string) (string, error) {
	_, size, err := l.wait(ctx)
	if err != nil {
		return "", err
	}
	all := make([]byte, size)
	if _, err := l.file.ReadAt(all, l.at); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	found := ""
	for line := range bytes.Lines(all) {
		if bytes.Contains(line, []byte(text)) {
			found = string(bytes.TrimSuffix(line, []byte("\n")))
		}
	}
	return found, nil
}

// member is a name and its value in a line of the log; a value that holds
// others is taken apart into them.
var member = regexp.MustCompile(`"(\w+)":("(?:[^"\\]|\\.)*"|[^][{},"]+)`)

// likeOurs is a line of Candor's log with what differs from call to call put
// into another's words; the rest stays, so that both write about as much.
func likeOurs(line string, theirs map[string]string) string {
	return member.ReplaceAllStringFunc(line, func(pair string) string {
		name := member.FindStringSubmatch(pair)[1]
		if word, ok := theirs[name]; ok {
			return `"` + name + `":` + word
		}
		return pair
	})
}
