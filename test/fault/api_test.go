//go:build linux

package fault_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// api is the API behind Candor: one process after the other at one address, with one ledger.
type api struct {
	t               *testing.T
	whole           *testing.T // with which the process ends; t may be a part of it
	address, ledger string
	cmd             *exec.Cmd
	in              io.Writer
	out             *bufio.Reader
}

// newAPI starts it.
func newAPI(t *testing.T) *api {
	t.Helper()
	a := &api{t: t, whole: t, address: keptAddress(t), ledger: filepath.Join(t.TempDir(), "ledger")}
	a.start()
	return a
}

// keptAddress is an address whose port the system hands out to nobody, so that it can be listened on again.
func keptAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 20_000+rand.IntN(10_000)))
		if err == nil {
			l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

func (a *api) start() {
	a.t.Helper()
	self, err := os.Executable()
	if err != nil {
		a.t.Fatal(err)
	}
	a.cmd = exec.CommandContext(a.whole.Context(), self)
	a.cmd.Env = append(os.Environ(), apiAddress+"="+a.address, apiLedger+"="+a.ledger)
	a.cmd.Stderr = a.whole.Output()
	if a.in, err = a.cmd.StdinPipe(); err != nil {
		a.t.Fatal(err)
	}
	out, err := a.cmd.StdoutPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	a.out = bufio.NewReader(out)
	if err := a.cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.whole.Cleanup(a.kill)
	a.done()
}

// done waits until the process has done what it was told.
func (a *api) done() {
	a.t.Helper()
	if line, err := a.out.ReadString('\n'); line != "done\n" {
		a.t.Fatalf("the API says %q, %v", line, err)
	}
}

// tell has the process do something.
func (a *api) tell(word string) {
	a.t.Helper()
	if _, err := io.WriteString(a.in, word+"\n"); err != nil {
		a.t.Fatal(err)
	}
	a.done()
}

// kill is kill -9.
func (a *api) kill() {
	_ = a.cmd.Process.Kill()
	_ = a.cmd.Wait()
}

// hang stops the process where it is; goOn lets it go on.
func (a *api) hang() {
	a.signal(syscall.SIGSTOP)
	testkit.Until(a.t, "the process has stopped", func() bool { return a.state() == "T" })
}
func (a *api) goOn() { a.signal(syscall.SIGCONT) }

// state is what the system calls the state of the process: "17 (fault.test) T …".
func (a *api) state() string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", a.cmd.Process.Pid))
	_, behind, _ := strings.Cut(string(text), ") ")
	return behind[:min(len(behind), 1)]
}

func (a *api) signal(s syscall.Signal) {
	a.t.Helper()
	if err := a.cmd.Process.Signal(s); err != nil {
		a.t.Fatal(err)
	}
}

// fill leaves no place in the queue of those who connect: the next one is not even refused. What it returns ends that.
func (a *api) fill() (mend func()) {
	a.t.Helper()
	a.kill() // who is connected already needs no place
	a.start()
	a.tell("ignore")
	var taken []net.Conn
	for range 3 { // one is accepted already, two are in the queue
		c, err := net.Dial("tcp", a.address)
		if err != nil {
			a.t.Fatal(err)
		}
		taken = append(taken, c)
	}
	testkit.Until(a.t, "the queue is full", func() bool { return a.queued() == 2 })
	return func() {
		for _, c := range taken {
			c.Close()
		}
		a.tell("accept")
	}
}

// queued is how many have connected and were not accepted, as the system tells: "0: 0100007F:5208 00000000:0000 0A 00000000:00000002 …", where 0A is listening.
func (a *api) queued() (n int) {
	a.t.Helper()
	text, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		a.t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(a.address)
	number, _ := strconv.Atoi(port)
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if len(f) > 4 && f[3] == "0A" && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", number)) {
			_, _ = fmt.Sscanf(f[4], "%8X:%8X", new(int), &n)
		}
	}
	return n
}

// entries is how many lines of the ledger say that of a call.
func (a *api) entries(what, number string) (n int) {
	return a.count()[what+" "+number]
}

// total is how many lines say that of any call.
func (a *api) total(what string) (n int) {
	for line, times := range a.count() {
		if strings.HasPrefix(line, what+" ") {
			n += times
		}
	}
	return n
}

// count is the whole ledger.
func (a *api) count() map[string]int {
	a.t.Helper()
	text, err := os.ReadFile(a.ledger)
	if err != nil {
		a.t.Fatal(err)
	}
	lines := map[string]int{}
	for line := range strings.Lines(string(text)) {
		lines[strings.TrimSpace(line)]++
	}
	return lines
}

// holds waits until a call is held.
func (a *api) holds(number string) {
	a.t.Helper()
	testkit.Until(a.t, "call "+number+" is held", func() bool { return a.entries("held", number) > 0 })
}
