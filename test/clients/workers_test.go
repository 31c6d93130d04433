package clients

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

// worker is a process of a client of other people, which does one job after another.
type worker struct {
	name    string
	program string
	args    []string

	mu  sync.Mutex
	in  io.Writer
	out *bufio.Reader
}

// modules is where Node finds what hack/need has brought from npm.
const modules = "NODE_PATH=../adopt/node_modules"

// workers are the clients whose start costs more than many calls.
func workers() []*worker {
	return []*worker{
		{name: "Python requests", program: "/usr/bin/python3", args: []string{"testdata/jobs.py"}}, // whose modules the system has installed
		{name: "Node undici", program: "node", args: []string{"testdata/jobs.js"}},
		{name: "Java HttpClient", program: "java", args: []string{"testdata/Jobs.java"}},
	}
}

// start starts the process, which ends with the test.
func (w *worker) start(t *testing.T) {
	t.Helper()
	process := exec.Command(w.program, w.args...)
	process.Env = append(os.Environ(), modules, "NO_PROXY=*")
	process.Stderr = t.Output()
	in, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatalf("%v; type: hack/need requests node adopt java", err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	w.in, w.out = in, bufio.NewReader(out)
}

// do has a job done, and returns what was said of each time.
func (w *worker) do(t *testing.T, kind string, j job) (said []string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	how := "length"
	if j.chunked {
		how = "chunked"
	}
	if _, err := fmt.Fprintln(w.in, strings.Join([]string{kind, fmt.Sprint(j.times), j.url, j.file, how, j.ca, j.header}, "\t")); err != nil {
		t.Fatalf("%s: %v", w.name, err)
	}
	for range j.times {
		line, err := w.out.ReadString('\n')
		if err != nil {
			t.Fatalf("%s: %v; type: hack/need requests node adopt java", w.name, err)
		}
		said = append(said, strings.TrimSpace(line))
	}
	return said
}
