//go:build linux

// Package fault_test breaks what the built program stands on, while it serves: it is killed, its disk is full, what it writes to is not what it was, the API behind it
// is killed, hangs, resets or answers garbage.
package fault_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
)

// program is the built candor.
var program string

func TestMain(m *testing.M) {
	if os.Getenv(apiAddress) != "" {
		apiMain()
	}
	os.Exit(runWithProgram(m))
}

func runWithProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "candor-fault-")
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

const (
	configuration = `
data: DATA
listeners: [{address: "PLAIN", health: true}]
admin: {address: "ADMIN", token: 0123456789abcdef}
drain: {delay: 0s}
log: {access: off}
requests: {detail: 1000000/s}
upstreams: {api: "API"}
scopes: {r_profile: Read}
products: {profile: {scopes: [r_profile]}}
apps: [{name: demo, products: [profile]}]
quotas: {all: {app: 1000000/day}}
apis:
  - upstream: api
    routes:
      - {name: me, path: /me, scopes: [r_profile], quota: all}
      - {name: open, path: /open, credentials: public}
`
	adminToken = "0123456789abcdef"
)

// stage is one instance after the other on one data folder.
type stage struct {
	t                 *testing.T
	data, plain, file string
	operator          *admin.Client
	admin             string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) }))
	t.Cleanup(api.Close)
	return stageOf(t, configuration, api.URL)
}

// stageOf is a stage of another configuration, before an API.
func stageOf(t *testing.T, configuration, api string) *stage {
	t.Helper()
	dir := t.TempDir()
	s := &stage{t: t, data: filepath.Join(dir, "data"), plain: freeAddress(t), admin: freeAddress(t), file: filepath.Join(dir, "candor.yaml")}
	text := strings.NewReplacer("DATA", s.data, "PLAIN", s.plain, "ADMIN", s.admin, "API", api, "LOG", filepath.Join(dir, "access.log")).Replace(configuration)
	if err := os.WriteFile(s.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.operator = admin.DialTCP(s.admin, adminToken)
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

// process is a candor at work.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	said testkit.Lines
	done chan struct{} // closed when it has ended
}

// serve starts the program, by another one if that is named, and waits until it serves.
func (s *stage) serve(by ...string) *process {
	s.t.Helper()
	words := append(by, program, "serve", "--log-format", "text", s.file)
	p := &process{t: s.t, cmd: exec.CommandContext(s.t.Context(), words[0], words[1:]...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait()
	}()
	s.t.Cleanup(func() {
		p.kill()
		if s.t.Failed() {
			s.t.Logf("process %d said:\n%s", p.cmd.Process.Pid, p.said.String())
		}
	})
	p.says("msg=serving ")
	return p
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// says waits until the process has said something.
func (p *process) says(what string) {
	p.t.Helper()
	if !testkit.Comes(func() bool { return strings.Contains(p.said.String(), what) }) {
		p.t.Fatalf("it did not say %q:\n%s", what, p.said.String())
	}
}

// call makes one call, and answers its status, its id and what is left of the quota.
func (s *stage) call(ctx context.Context, client *http.Client, path, token string) (status int, id, limit string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.plain+path, nil)
	if err != nil {
		return 0, "", "", err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0, "", "", err
	}
	defer answer.Body.Close()
	if _, err = io.Copy(io.Discard, answer.Body); err != nil {
		return 0, "", "", err
	}
	return answer.StatusCode, answer.Header.Get("X-Request-Id"), answer.Header.Get("RateLimit"), nil
}

// metric is the value of one.
func (s *stage) metric(name string) float64 {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+s.admin+"/metrics", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+adminToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindSubmatch(text)
	if found == nil {
		s.t.Fatalf("there is no metric %s", name)
	}
	n, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// isKept reports whether the record of an id can be read.
func (s *stage) isKept(id string) bool {
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Second)
	defer cancel()
	_, err := s.operator.Request(ctx, id)
	return err == nil
}
