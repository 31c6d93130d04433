package accesslog

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Open begins a log: to a file, which is made if need be and appended to, to a
// named pipe, or to a standard stream ("stdout", "stderr"). Close it.
func Open(path string, o Options) (*Log, error) {
	if w := standard(path); w != nil {
		return New(w, o), nil
	}
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	l := newLog(f, o)
	l.path, l.close = path, f.Close
	go l.run()
	return l, nil
}

func standard(name string) io.Writer {
	switch name {
	case "stdout":
		return os.Stdout
	case "stderr":
		return os.Stderr
	}
	return nil
}

func openFile(path string) (*os.File, error) {
	how := os.O_WRONLY
	// A named pipe is opened for both directions: so it does not wait for a
	// reader to come, and holds what is written while one restarts.
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		how = os.O_RDWR
	}
	f, err := os.OpenFile(path, how|os.O_APPEND|os.O_CREATE, 0o640) //nolint:gosec // G302, G304: the operator's path; a log shipper reads by group
	if err != nil {
		return nil, fmt.Errorf("open access log: %w", err)
	}
	return f, nil
}

// turn is where a log goes on in another file.
type turn struct {
	at   int // in active: what stands before it belongs to the file of before
	file *os.File
	done chan struct{} // closed when the writer has let go of the file of before
}

// Reopen goes on in a new file of the same path, after the old one was renamed.
// No line is lost. If the new one cannot be opened, the old stays in use. It
// returns when the old file is complete and closed, or else when ctx ends, and
// the log goes on in the new file as soon as the old one lets it. A log to a
// standard stream has nothing to reopen.
func (l *Log) Reopen(ctx context.Context) error {
	if l.path == "" {
		return nil
	}
	f, err := openFile(l.path)
	if err != nil {
		return err
	}
	done := l.turnTo(f)
	select {
	case <-done:
	case <-l.stopped:
	case <-ctx.Done():
	}
	return nil
}

// turnTo asks the writer to go on in f. Where it has not come to an earlier turn
// yet, f takes over what was meant for that one's file.
func (l *Log) turnTo(f *os.File) (done chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		_ = f.Close() // nothing is written any more
		return l.stopped
	}
	if l.turn != nil {
		_ = l.turn.file.Close() // nothing was written to it
		l.turn.file = f
		return l.turn.done
	}
	l.turn = &turn{at: len(l.active), file: f, done: make(chan struct{})}
	l.rouse()
	return l.turn.done
}

// take makes the turn. The writer calls it.
func (l *Log) take(t *turn) {
	l.mu.Lock()
	old := l.close
	l.close = t.file.Close
	left := l.left
	l.mu.Unlock()
	if err := old(); err != nil && !left {
		l.options.Log.Warn("the file before of the access log could not be closed", "error", err)
	}
	l.out, l.midline = t.file, false
	close(t.done)
}
