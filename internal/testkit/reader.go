package testkit

import (
	"bufio"
	"context"
	_ "embed" // the readers
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// Reader is a reader of requests that others have made. It runs in a process of its own, which reads one after another.
type Reader struct {
	Name string
	mu   sync.Mutex
	in   io.Writer
	out  *bufio.Reader
}

// Reading is what a reader took for the first request in some bytes. Strings are bytes.
type Reading struct {
	Method, Target   string
	Fields, Trailers [][2]string
	Body             string
	Whole            bool   // it came to its end
	Left             string // behind that
	Error            string // why it was not read, "" where it was
}

// String is all of it, so that two of them can be told apart.
func (r Reading) String() string {
	return fmt.Sprintf("%q %q, fields %q, body %q, trailers %q, whole %t, left %q, error %q", r.Method, r.Target, r.Fields, r.Body, r.Trailers, r.Whole, r.Left, r.Error)
}

var (
	//go:embed readers/h11.py
	h11 string
	//go:embed readers/llhttp.js
	llhttp string
)

// StartReaders starts llhttp, which is Node's, and h11, which is Python's. They end with the test.
func StartReaders(tb testing.TB) []*Reader {
	tb.Helper()
	python := "/usr/bin/python3" // whose modules the system has installed
	if exec.CommandContext(tb.Context(), python, "-c", "import h11").Run() != nil {
		python = "python3"
	}
	return []*Reader{
		startReader(tb, "llhttp", "node", "--no-deprecation", "-e", llhttp),
		startReader(tb, "h11", python, "-c", h11),
	}
}

func startReader(tb testing.TB, name, program string, args ...string) *Reader {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	process := exec.CommandContext(ctx, program, args...) //nolint:gosec // the two above
	process.Stderr = tb.Output()
	in, err := process.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := process.Start(); err != nil {
		tb.Fatalf("%v; type: hack/need node h11", err)
	}
	tb.Cleanup(func() {
		cancel()
		_ = process.Wait()
	})
	return &Reader{Name: name, in: in, out: bufio.NewReader(out)}
}

// Read has a request read.
func (r *Reader) Read(tb testing.TB, raw []byte) (got Reading) {
	tb.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := io.WriteString(r.in, hex.EncodeToString(raw)+"\n"); err != nil {
		tb.Fatalf("%s: %v; type: hack/need node h11", r.Name, err)
	}
	line, err := r.out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &got)
	}
	if err != nil {
		tb.Fatalf("%s: %v; type: hack/need node h11", r.Name, err)
	}
	for _, s := range []*string{&got.Method, &got.Target, &got.Body, &got.Left} {
		*s = fromLatin1(*s)
	}
	for _, fields := range [][][2]string{got.Fields, got.Trailers} {
		for i := range fields {
			fields[i] = [2]string{fromLatin1(fields[i][0]), fromLatin1(fields[i][1])}
		}
	}
	return got
}

// Agree has a request read by each of them, and reports where one reads anything else than want, or does not read it to its end, or leaves a byte.
func Agree(tb testing.TB, readers []*Reader, raw []byte, want Reading) {
	tb.Helper()
	want.Whole = true
	for _, r := range readers {
		got := r.Read(tb, raw)
		if got.Error != "" && got.isForeign(want.Target) {
			continue
		}
		if got, want := got.String(), want.String(); got != want {
			tb.Errorf("%s reads something else in %q:\n got %s\nwant %s", r.Name, raw, got, want)
		}
	}
}

// fromLatin1 makes bytes of characters.
func fromLatin1(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
	}
	return b.String()
}

// isForeign reports whether a request was refused for what the reader does not know, and not for how it reads it: methods that llhttp has no number for, and targets
// with bytes beyond ASCII.
func (r Reading) isForeign(target string) bool {
	return r.Error == "Invalid method encountered" || strings.ContainsFunc(target, func(c rune) bool { return c > '~' })
}
