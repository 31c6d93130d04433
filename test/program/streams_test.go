//go:build unix

package program_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// patience: an end that nobody holds up takes far less, and one that somebody does some seconds.
const patience = testkit.Patience

// instance is a program that serves, with streams that behave as its test wants.
type instance struct {
	t          *testing.T
	cmd        *exec.Cmd
	api, admin string // URLs
	ended      chan error
	stdout     *stream
	stderr     *stream
	came, let  chan struct{} // a call to /slow is there; it may end
	folder     string
	client     *http.Client // its own: who closes the idle connections of another test's client ends calls of that test
}

// stream is one end of a pipe: the program has the other.
type stream struct {
	read, write *os.File
	mu          sync.Mutex
	text        bytes.Buffer
	done        chan struct{}
}

// kinds of readers of a stream.
const (
	reads  = "is read"
	leaves = "is closed after its first line"
	gone   = "is closed before"
	sleeps = "is never read"
	full   = "is full before, and never read"
)

func newStream(t *testing.T, kind string) *stream {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &stream{read: r, write: w, done: make(chan struct{})}
	t.Cleanup(func() { _ = r.Close(); _ = w.Close() })
	switch kind {
	case gone:
		_ = r.Close()
	case full:
		fill(t, w)
	case reads:
		go s.collect(false)
	case leaves:
		go s.collect(true)
	}
	return s
}

// fill writes to a pipe until it takes no more.
func fill(t *testing.T, w *os.File) {
	t.Helper()
	_ = w.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
	for err := error(nil); err == nil; {
		_, err = w.Write(bytes.Repeat([]byte("full\n"), 1000))
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
	}
}

// collect reads all that comes, or one line, and then leaves.
func (s *stream) collect(one bool) {
	defer close(s.done)
	in := bufio.NewReader(s.read)
	for {
		line, err := in.ReadString('\n')
		s.mu.Lock()
		s.text.WriteString(line)
		s.mu.Unlock()
		if err != nil || one {
			_ = s.read.Close()
			return
		}
	}
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// run starts the program with streams of these kinds, and waits until it serves.
func run(t *testing.T, command, stdout, stderr, access, drain string) *instance {
	t.Helper()
	i := &instance{t: t, ended: make(chan error, 1), came: make(chan struct{}, 1), let: make(chan struct{}), folder: t.TempDir()}
	i.client = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	t.Cleanup(i.client.CloseIdleConnections)
	i.stdout, i.stderr = newStream(t, stdout), newStream(t, stderr)
	stop := make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/xxx") {
			w.WriteHeader(404) // a line of candor observe
		}
		if r.URL.Path == "/slow" {
			i.came <- struct{}{}
			select {
			case <-i.let:
			case <-r.Context().Done():
			case <-stop:
			}
		}
	}))
	t.Cleanup(upstream.Close)
	t.Cleanup(func() { close(stop) })
	api, admin := free(t), free(t)
	i.api, i.admin = "http://"+api, "http://"+admin
	config := fmt.Sprintf("listeners: [%q]\nadmin: %q\ndata: none\nlog: {access: %q}\ndrain: %s\nupstreams: {api: %q}\napis: [{credentials: public, routes: [/**]}]\n",
		api, admin, access, drain, upstream.URL)
	if err := os.WriteFile(filepath.Join(i.folder, "candor.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"serve"}
	if command == "sandbox" {
		args = []string{"sandbox", "--api", api, "--admin", admin, "--www", "127.0.0.1:0", "--demo", "127.0.0.1:0", "--log-level", "info"}
	}
	if command == "observe" {
		args = []string{"observe", upstream.URL, "--listen", api, "--admin", admin}
	}
	i.cmd = exec.Command("candor", args...)
	i.cmd.Dir, i.cmd.Stdout, i.cmd.Stderr = i.folder, i.stdout.write, i.stderr.write
	if err := i.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = i.stdout.write.Close(), i.stderr.write.Close()
	go func() { i.ended <- i.cmd.Wait() }()
	t.Cleanup(func() { _ = i.cmd.Process.Kill() })
	i.until("it serves", func() bool { return i.get(i.api+"/") == nil })
	return i
}

// free is an address that nothing listens on.
func free(t *testing.T) string {
	t.Helper()
	address, err := testkit.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func (i *instance) until(what string, ok func() bool) {
	i.t.Helper()
	if !testkit.Comes(ok) {
		i.t.Fatalf("never: %s\n%s", what, i.stderr)
	}
}

// get reports a call that was not answered.
func (i *instance) get(url string) error {
	ctx, cancel := context.WithTimeout(i.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	resp, err := i.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// flood makes calls whose lines no pipe and no buffer can hold: 350 of 6 KB.
func (i *instance) flood() {
	i.t.Helper()
	long := i.api + "/" + strings.Repeat("x", 6000)
	for range 350 {
		if err := i.get(long); err != nil {
			i.t.Fatal(err)
		}
	}
}

func (i *instance) signal(s syscall.Signal) {
	i.t.Helper()
	if err := i.cmd.Process.Signal(s); err != nil {
		i.t.Fatal(err)
	}
}

// ends waits for the end and compares the exit code.
func (i *instance) ends(code int) {
	i.t.Helper()
	i.client.CloseIdleConnections()
	select {
	case <-i.ended:
	case <-time.After(patience):
		i.t.Fatalf("it does not end\n%s", i.stderr)
	}
	if got := i.cmd.ProcessState; got.ExitCode() != code {
		i.t.Errorf("it ended by %s, want exit code %d\n%s", got, code, i.stderr)
	}
}

// TestStreamsDecideNothing: whatever becomes of the standard streams, calls are served, and the process ends when it is told to and not before.
func TestStreamsDecideNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ command, stdout, stderr string }{
		{"serve", leaves, reads},
		{"serve", gone, gone},
		{"serve", sleeps, reads},
		{"serve", reads, full},
		{"serve", full, full},
		{"observe", leaves, reads},
		{"observe", gone, gone},
		{"observe", full, full},
		{"sandbox", leaves, reads},
		{"sandbox", gone, gone},
		{"sandbox", full, full},
	} {
		t.Run(fmt.Sprintf("%s, stdout %s, stderr %s", c.command, c.stdout, c.stderr), func(t *testing.T) {
			t.Parallel()
			i := run(t, c.command, c.stdout, c.stderr, "stdout", "{delay: 0s}")
			i.flood()
			i.signal(syscall.SIGTERM)
			i.ends(0)
		})
	}
}

// TestAStreamForBothLogs: nobody reads it, or somebody has left.
func TestAStreamForBothLogs(t *testing.T) {
	t.Parallel()
	for _, stderr := range []string{gone, full} {
		t.Run(stderr, func(t *testing.T) {
			t.Parallel()
			i := run(t, "serve", reads, stderr, "stderr", "{delay: 0s}")
			i.flood()
			i.signal(syscall.SIGHUP)
			i.flood()
			i.signal(syscall.SIGINT)
			i.ends(0)
		})
	}
}

// TestASecondSignal ends the process at once where nobody reads its streams, and a call and the delay would keep it.
func TestASecondSignal(t *testing.T) {
	t.Parallel()
	for _, stream := range []string{reads, gone, full} {
		t.Run(stream, func(t *testing.T) {
			t.Parallel()
			i := run(t, "serve", stream, stream, "stdout", "{delay: 10m, finish: 10m}")
			i.flood()
			slow := make(chan error, 1)
			go func() { slow <- i.get(i.api + "/slow") }()
			<-i.came
			i.signal(syscall.SIGTERM)
			i.until("it drains", func() bool { return i.get(i.admin+"/readyz") == nil && !i.ready() })
			i.signal(syscall.SIGTERM)
			i.ends(1)
			if err := <-slow; err == nil {
				t.Error("the call in flight was answered")
			}
		})
	}
}

func (i *instance) ready() bool {
	status, _ := ask(i.t.Context(), i.admin+"/readyz", nil)
	return status == "200"
}

// TestLinesAreMissed: those that were dropped are in the metric, and the log of the process says so once; when the log is read again it says how many.
func TestLinesAreMissed(t *testing.T) {
	t.Parallel()
	i := run(t, "serve", sleeps, reads, "stdout", "{delay: 0s}")
	i.flood()
	i.until("lines are dropped", func() bool { return i.missed() > 0 })
	missed := i.missed()
	go i.stdout.collect(false)
	i.until("the log is read again", func() bool { return strings.Contains(i.stderr.String(), "the access log is written again") })
	i.signal(syscall.SIGTERM)
	i.ends(0)
	<-i.stdout.done
	if want := fmt.Sprintf(`"dropped":%d}`, missed); !strings.Contains(i.stdout.String(), want) {
		t.Errorf("the access log does not say %s", want)
	}
	if said := strings.Count(i.stderr.String(), "lines are dropped"); said != 1 {
		t.Errorf("it was told %d times:\n%s", said, i.stderr)
	}
}

// TestADiskThatIsFull: calls are served, each line that is lost is in the metric, and the log says it once.
func TestADiskThatIsFull(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		return // Linux alone has it
	}
	i := run(t, "serve", reads, reads, "/dev/full", "{delay: 0s}")
	for n := range 3 {
		if err := i.get(i.api + "/"); err != nil {
			t.Fatal(err)
		}
		i.until("the lines are counted", func() bool { return i.missed() > n })
	}
	i.signal(syscall.SIGTERM)
	i.ends(0)
	<-i.stderr.done
	if said := strings.Count(i.stderr.String(), "no space left on device"); said != 1 {
		t.Errorf("it was told %d times:\n%s", said, i.stderr)
	}
}

var missedTotal = regexp.MustCompile(`(?m)^candor_access_log_lines_dropped_total (\d+)$`)

func (i *instance) missed() (n int) {
	_, page := ask(i.t.Context(), i.admin+"/metrics", nil)
	if found := missedTotal.FindSubmatch(page); found != nil {
		_, _ = fmt.Sscan(string(found[1]), &n)
	}
	return n
}

// TestANamedPipeAsAccessLog: it needs no reader to begin, to be reopened, or to end.
func TestANamedPipeAsAccessLog(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	i := run(t, "serve", reads, reads, pipe, "{delay: 0s}")
	i.flood()
	i.signal(syscall.SIGHUP)
	i.until("it was reloaded", func() bool { return strings.Contains(i.stderr.String(), `"msg":"reloaded"`) })
	i.signal(syscall.SIGTERM)
	i.ends(0)
	<-i.stderr.done
	if !strings.Contains(i.stderr.String(), "the last lines of the access log were not taken in time") {
		t.Errorf("nobody is told:\n%s", i.stderr)
	}
}

// TestTheEndIsSaid, and by which signal.
func TestTheEndIsSaid(t *testing.T) {
	t.Parallel()
	for signal, code := range map[syscall.Signal]string{syscall.SIGTERM: "terminated", syscall.SIGINT: "interrupt"} {
		i := run(t, "serve", reads, reads, "stdout", "{delay: 0s}")
		i.signal(signal)
		i.ends(0)
		<-i.stderr.done
		if want := regexp.MustCompile(`"msg":"ended","signal":"` + code + `","after":"[^"]+"\}\n$`); !want.MatchString(i.stderr.String()) {
			t.Errorf("the log does not end with the end:\n%s", i.stderr)
		}
	}
}

// TestInterruptHasNoDelay: who presses Ctrl-C sits before it.
func TestInterruptHasNoDelay(t *testing.T) {
	t.Parallel()
	i := run(t, "serve", reads, reads, "stdout", "{delay: 10m}")
	i.signal(syscall.SIGINT)
	i.ends(0)
}
