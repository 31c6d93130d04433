// Package accesslog writes one line a call. No call waits for the disk, nor for
// whoever reads: lines go into a buffer in memory, and one goroutine writes it
// out. What does not fit is dropped and counted, and the log itself says how
// many. The lines that the process writes about itself leave by the same queue.
package accesslog

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
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
	// Prompt writes each line as soon as those before it are written.
	Prompt bool
	// Missing appends the line that tells of n dropped ones, its line end
	// included. nil: {"time":…,"dropped":n}.
	Missing func(dst []byte, n uint64) []byte
}

// Log is an access log. Its methods may be called by any number of goroutines.
type Log struct {
	options Options
	path    string // "" if it cannot be reopened

	mu     sync.Mutex // held for a copy into memory, never for a write
	active []byte
	turn   *turn // where in active another file begins; nil: nowhere
	stats  Stats
	closed bool
	left   bool   // the end did not wait for the writer
	missed uint64 // lines that the log has not told of yet
	inHand uint64 // lines that the writer is writing
	// troubled: lines are being lost, and that was told; told is how many had
	// been missing when the last such time was over.
	troubled bool
	told     uint64

	// The writer's alone.
	out     io.Writer
	spare   []byte
	failing bool
	midline bool // the last write broke off within a line

	close   func() error       // under mu
	wake    chan struct{}      // one is enough: the writer takes all there is
	flush   chan chan struct{} // asks for a write, and to be told of its end
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

// Missing is how many lines the log lacks.
func (s Stats) Missing() uint64 { return s.Dropped + s.Lost }

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
		flush:   make(chan chan struct{}),
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
}

// Append takes one line, its line end included. It copies it, and never waits
// for a write.
func (l *Log) Append(line []byte) {
	if first := l.hold(line); first {
		l.options.Log.Warn("the access log is not taken as fast as it is written; calls are served, and lines are dropped until it is")
	}
}

// hold keeps a line for the writer, and reports whether it is the first of a row
// that has to be dropped.
func (l *Log) hold(line []byte) (firstDropped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.active)
	if l.closed || before+len(line) > maxBuffer {
		l.stats.Dropped++
		l.missed++
		firstDropped = !l.closed && !l.troubled
		l.troubled = l.troubled || firstDropped
		return firstDropped
	}
	l.stats.Lines++
	l.active = append(l.active, line...)
	if l.options.Prompt || before < flushAt && len(l.active) >= flushAt {
		l.rouse()
	}
	return false
}

// Write is Append for whoever needs an io.Writer. It never fails.
func (l *Log) Write(line []byte) (int, error) {
	l.Append(line)
	return len(line), nil
}

func (l *Log) rouse() {
	select {
	case l.wake <- struct{}{}:
	default: // the writer is roused already
	}
}

// Flush returns when what was appended before it was called has been written,
// however long that takes.
func (l *Log) Flush() {
	done := make(chan struct{})
	select {
	case l.flush <- done:
		<-done
	case <-l.stopped:
	}
}

// Stats are the counts up to now.
func (l *Log) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stats
}

// Close writes what was appended before it was called and ends the log, however
// long that takes. Lines appended later are dropped.
func (l *Log) Close() error {
	_, err := l.CloseWithin(context.Background())
	return err
}

// CloseWithin is Close, but leaves behind what ctx leaves no time for, and says
// how many lines those are: nobody may be reading on the other side.
func (l *Log) CloseWithin(ctx context.Context) (unwritten uint64, err error) {
	l.mu.Lock()
	again := l.closed
	l.closed = true
	l.mu.Unlock()
	if again {
		return 0, nil
	}
	close(l.stop)
	select {
	case <-l.stopped:
	case <-ctx.Done():
		unwritten = l.leave()
	}
	l.mu.Lock()
	end := l.close
	l.mu.Unlock()
	if err := end(); err != nil && unwritten == 0 {
		return 0, fmt.Errorf("close the access log: %w", err)
	}
	return unwritten, nil
}

// leave gives up on the writer, unless it has just finished.
func (l *Log) leave() (unwritten uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = true
	unwritten = l.inHand + countLines(l.active)
	l.stats.Lost += unwritten
	return unwritten
}

func countLines(b []byte) uint64 { return uint64(bytes.Count(b, []byte{'\n'})) }

// missedLine tells in the log itself what is missing from it.
func (l *Log) missedLine(n uint64) []byte {
	if l.options.Missing != nil {
		return l.options.Missing(nil, n)
	}
	line := []byte(`{`)
	if l.options.Now != nil {
		line = append(appendTime(append(line, `"time":"`...), l.options.Now().UnixNano()), `",`...)
	}
	line = strconv.AppendUint(append(line, `"dropped":`...), n, 10)
	return append(line, "}\n"...)
}
