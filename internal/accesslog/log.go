// Package accesslog writes one line a call. No call waits for the disk: lines
// go into a buffer in memory, and one goroutine writes it out. What does not
// fit is dropped and counted, and the log itself says how many.
package accesslog

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	flushAt    = 64 << 10    // bytes that wake the writer
	flushAfter = time.Second // and the longest that a line is held back
	maxBuffer  = 1 << 20     // bytes held while the writer is at work
)

// Options shape a Log. The zero value works.
type Options struct {
	// Log is told of write errors, once for each time they begin, and of their
	// end. nil: nobody is.
	Log *slog.Logger
	// Now dates the line that tells of dropped ones. nil: it has no time.
	Now func() time.Time
}

// Log is an access log. Its methods may be called by any number of goroutines.
type Log struct {
	options Options
	path    string // "" if it cannot be reopened

	mu     sync.Mutex // held for a copy into memory, never for a write
	active []byte
	stats  Stats
	closed bool
	missed uint64 // lines that the log has not told of yet

	sink    sync.Mutex // held while writing; taken before mu
	out     io.Writer
	close   func() error
	spare   []byte
	failing bool
	midline bool // the last write broke off within a line

	wake    chan struct{} // one is enough: the writer takes all there is
	stop    chan struct{}
	stopped chan struct{}
}

// Stats are plain counts since the start.
type Stats struct {
	Lines   uint64 // appended, and not dropped
	Dropped uint64 // because the buffer was full or the log closed
	Lost    uint64 // lines that a failed write took with it
	Errors  uint64 // failed writes
}

// Open begins a log: to a file, which is made if need be and appended to, or to
// standard output ("stdout"). Close it.
func Open(path string, o Options) (*Log, error) {
	if path == "stdout" {
		return New(os.Stdout, o), nil
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

// New begins a log to w, which stays open when the log is closed. Close it.
func New(w io.Writer, o Options) *Log {
	l := newLog(w, o)
	go l.run()
	return l
}

func newLog(w io.Writer, o Options) *Log {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Log{
		options: o,
		out:     w,
		close:   func() error { return nil },
		active:  make([]byte, 0, 2*flushAt),
		spare:   make([]byte, 0, 2*flushAt),
		wake:    make(chan struct{}, 1),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
}

func openFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640) //nolint:gosec // G302, G304: the operator's path; a log shipper reads by group
	if err != nil {
		return nil, fmt.Errorf("open access log: %w", err)
	}
	return f, nil
}

// Append takes one line, its line end included. It copies it, and never waits
// for a write.
func (l *Log) Append(line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.active)
	if l.closed || before+len(line) > maxBuffer {
		l.stats.Dropped++
		l.missed++
		return
	}
	l.stats.Lines++
	l.active = append(l.active, line...)
	if before < flushAt && len(l.active) >= flushAt {
		l.rouse()
	}
}

func (l *Log) rouse() {
	select {
	case l.wake <- struct{}{}:
	default: // the writer is roused already
	}
}

// run is the writer.
func (l *Log) run() {
	defer close(l.stopped)
	tick := time.NewTicker(flushAfter)
	defer tick.Stop()
	for {
		select {
		case <-l.wake:
		case <-tick.C:
		case <-l.stop:
			return
		}
		l.Flush()
	}
}

// Flush writes what was appended before it was called.
func (l *Log) Flush() {
	l.sink.Lock()
	defer l.sink.Unlock()
	l.mu.Lock()
	l.active, l.spare = l.spare[:0], l.active
	missed := l.missed
	l.missed = 0
	l.mu.Unlock()
	lost := l.write(l.spare)
	l.mu.Lock()
	l.stats.Lost += lost
	l.mu.Unlock()
	if missed += lost; missed > 0 && l.write(l.missedLine(missed)) > 0 {
		l.miss(missed)
	}
}

// miss keeps n for the next line that tells of missing ones.
func (l *Log) miss(n uint64) {
	l.mu.Lock()
	l.missed += n
	l.mu.Unlock()
}

// missedLine tells in the log itself what is missing from it.
func (l *Log) missedLine(n uint64) []byte {
	line := []byte(`{`)
	if l.options.Now != nil {
		line = append(appendTime(append(line, `"time":"`...), l.options.Now().UnixNano()), `",`...)
	}
	line = strconv.AppendUint(append(line, `"dropped":`...), n, 10)
	return append(line, "}\n"...)
}

// write is called with sink held. A write that fails is not tried again: write
// returns how many lines it took with it.
func (l *Log) write(b []byte) (lost uint64) {
	if len(b) == 0 {
		return 0
	}
	if l.midline { // a broken line must not spoil the next
		if _, err := l.out.Write([]byte{'\n'}); err != nil {
			l.report(err)
			return uint64(bytes.Count(b, []byte{'\n'}))
		}
	}
	n, err := l.out.Write(b)
	l.midline = n > 0 && b[n-1] != '\n'
	l.report(err)
	return uint64(bytes.Count(b[n:], []byte{'\n'}))
}

// report tells of the first failure of a row, and of its end.
func (l *Log) report(err error) {
	if err == nil && l.failing {
		l.options.Log.Info("access log is written again")
	}
	if err != nil && !l.failing {
		l.options.Log.Error("cannot write the access log; lines are lost until this is mended", "error", err)
	}
	l.failing = err != nil
	if l.failing {
		l.mu.Lock()
		l.stats.Errors++
		l.mu.Unlock()
	}
}

// Reopen goes on in a new file of the same path, after the old one was renamed.
// No line is lost. If the new one cannot be opened, the old stays in use. A log
// to standard output has nothing to reopen.
func (l *Log) Reopen() error {
	if l.path == "" {
		return nil
	}
	f, err := openFile(l.path)
	if err != nil {
		return err
	}
	l.Flush()
	l.sink.Lock()
	old := l.close
	l.out, l.close, l.midline = f, f.Close, false
	l.sink.Unlock()
	if err := old(); err != nil {
		return fmt.Errorf("close the old access log: %w", err)
	}
	return nil
}

// Stats are the counts up to now.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats
}

// Close writes what was appended before it was called and ends the log. Lines
// appended later are dropped.
func (l *Log) Close() error {
	l.mu.Lock()
	again := l.closed
	l.closed = true
	l.mu.Unlock()
	if again {
		return nil
	}
	close(l.stop)
	<-l.stopped
	l.Flush()
	l.sink.Lock()
	defer l.sink.Unlock()
	return l.close()
}
