package testkit

import (
	"bytes"
	"strings"
	"sync"
)

// Lines is a log in memory: it may be written and read at the same time. The zero value is an empty one.
type Lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write is io.Writer's.
func (l *Lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

// String is all that was written so far.
func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// All are the lines so far, without their ends and without empty ones.
func (l *Lines) All() []string {
	return strings.FieldsFunc(l.String(), func(r rune) bool { return r == '\n' })
}
