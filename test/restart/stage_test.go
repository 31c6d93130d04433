//go:build unix

// Package restart_test restarts the built program under load as its operators do: one process gives its sockets to the next, or systemd gives them to each.
package restart_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
)

// program is the built candor.
var program string

func TestMain(m *testing.M) {
	if os.Getenv("CANDOR_TEST_STARTER") != "" {
		starter()
	}
	os.Exit(runWithProgram(m))
}

func runWithProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "candor-restart-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "candor")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/candor").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build candor: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

const configuration = `
data: DATA
listeners:
  - {address: "PLAIN", health: true}
  - {address: "SECURE", tls: {certificates: [{cert: CERT, key: KEY}]}}
admin: "ADMIN"
drain: {delay: 100ms, finish: 10s}
log: {access: off}
upstreams: {api: "API"}
scopes: {r_profile: Read}
products: {profile: {scopes: [r_profile]}}
apps: [{name: demo, products: [profile]}]
quotas: {all: {app: 1000000/day}}
apis:
  - upstream: api
    routes:
      - {name: me, path: /me, scopes: [r_profile], quota: all}
      - {name: slow, path: /slow, credentials: public}
`

// stage is what an instance needs around it.
type stage struct {
	t     *testing.T
	dir   string
	words map[string]string
	api   *httptest.Server
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, dir: t.TempDir()}
	s.api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" { // one that is under way at each hand-over
			select {
			case <-time.After(150 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s", r.Method, b)
	}))
	t.Cleanup(s.api.Close)
	cert, key := testkit.SelfSigned(t, "first", []string{"127.0.0.1"}).Files(t)
	s.words = map[string]string{
		"DATA": filepath.Join(s.dir, "data"), "API": s.api.URL, "CERT": cert, "KEY": key,
		"PLAIN": freeAddress(t), "SECURE": freeAddress(t), "ADMIN": freeAddress(t),
	}
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := testkit.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// file writes the configuration with old → new replaced in it, pairwise.
func (s *stage) file(replace ...string) string {
	s.t.Helper()
	text := configuration
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			s.t.Fatalf("the configuration has no %q", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	for word, value := range s.words {
		text = strings.ReplaceAll(text, word, value)
	}
	f, err := os.CreateTemp(s.dir, "candor-*.yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		s.t.Fatal(err)
	}
	return f.Name()
}

func (s *stage) operator() *admin.Client {
	return admin.Dial(filepath.Join(s.words["DATA"], "admin.sock"))
}

// process is a candor at work.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	said testkit.Lines
	done chan struct{} // closed when it has ended
}

// start starts a command, which is killed with the test at the latest.
func (s *stage) start(name string, args ...string) *process {
	s.t.Helper()
	return s.startWith(exec.CommandContext(s.t.Context(), name, args...))
}

func (s *stage) startWith(cmd *exec.Cmd) *process {
	s.t.Helper()
	p := &process{t: s.t, cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.said, &p.said
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = cmd.Wait()
	}()
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-p.done
		if s.t.Failed() {
			s.t.Logf("process %d said:\n%s", cmd.Process.Pid, p.said.String())
		}
	})
	return p
}

// serve starts candor serve, and waits until it serves.
func (s *stage) serve(args ...string) *process {
	s.t.Helper()
	p := s.start(program, append([]string{"serve", "--log-format", "text"}, args...)...)
	p.says("msg=serving ")
	return p
}

// says waits until the process has said something.
func (p *process) says(what string) {
	p.t.Helper()
	p.until(what, func() bool { return strings.Contains(p.said.String(), what) })
}

func (p *process) until(what string, is func() bool) {
	p.t.Helper()
	if !testkit.Comes(is) {
		p.t.Fatalf("it did not come to %s:\n%s", what, p.said.String())
	}
}

// ends waits for the end, and checks the exit code.
func (p *process) ends(code int) {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(testkit.Patience):
		p.t.Fatalf("process %d does not end", p.cmd.Process.Pid)
	}
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.t.Fatalf("exit code %d, want %d:\n%s", got, code, p.said.String())
	}
}

func (p *process) terminate() { p.signal(syscall.SIGTERM) }

func (p *process) signal(by os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(by); err != nil {
		p.t.Fatal(err)
	}
}
