package server_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
)

// TestMain is also the program that TestKill kills.
func TestMain(m *testing.M) {
	if file := os.Getenv("CANDOR_TEST_CHILD"); file != "" {
		child(file)
		return
	}
	goleak.VerifyTestMain(m)
}

// patience is how long anything may take before a test calls it stuck.
const patience = testkit.Patience

// configuration is the one of all tests; words in double braces are filled in, and tests replace parts of it.
const configuration = `
version: 1
data: {{data}}
listeners:
  - {address: "127.0.0.1:0", health: true}
  - {address: "127.0.0.1:0", tls: {certificates: [{cert: {{cert}}, key: {{key}}}]}}
admin: {address: "127.0.0.1:0"}
log: {access: {{log}}}
drain: {delay: 0s, finish: 10s}
upstreams:
  people: {targets: ["{{people}}"]}
scopes: {r_profile: Read, r_ads: Ads}
products: {profile: {scopes: [r_profile]}, ads: {scopes: [r_ads]}}
apps: [{name: demo, products: [profile]}, {name: partner, products: [profile, ads]}]
quotas: {people: {app: 100/day}}
apis:
  - base: /v2
    name: people
    upstream: people
    routes:
      - {name: me, path: /me, methods: [GET], scopes: [r_profile], quota: people}
      - {name: slow, path: /slow, methods: [GET, POST], credentials: public}
      - {name: news, path: /news, methods: [GET], credentials: public}
      - {name: cut, path: /cut, methods: [GET], credentials: public}
      - {name: hints, path: /hints, methods: [GET], credentials: public}
`

// stage is what an instance needs around it.
type stage struct {
	t     *testing.T
	words map[string]string
	up    *api
	log   *testkit.Lines // the instance's own log
	out   *testkit.Lines // its standard output
}

func newStage(t *testing.T) *stage {
	t.Helper()
	dir := t.TempDir()
	s := &stage{t: t, up: newAPI(t), log: &testkit.Lines{}, out: &testkit.Lines{}}
	s.words = map[string]string{"data": filepath.Join(dir, "data"), "log": "stdout", "people": s.up.URL}
	s.words["cert"], s.words["key"] = certificate(t, "first")
	s.words["ca"], _ = certificate(t, "authority")
	return s
}

// config reads a configuration of the stage, with old → new replaced in it, pairwise.
func (s *stage) config(replace ...string) *config.Config {
	s.t.Helper()
	cfg, err := config.Parse(filepath.Join(s.t.TempDir(), "candor.yaml"), []byte(s.text(replace...)), func(string) (string, bool) { return "", false })
	if err != nil {
		s.t.Fatal(err)
	}
	return cfg
}

func (s *stage) text(replace ...string) string {
	s.t.Helper()
	text := configuration
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(text, replace[i]) {
			s.t.Fatalf("the configuration has no %q", replace[i])
		}
		text = strings.Replace(text, replace[i], replace[i+1], 1)
	}
	for word, value := range s.words {
		text = strings.ReplaceAll(text, "{{"+word+"}}", value)
	}
	return text
}

func (s *stage) options() server.Options {
	return server.Options{Log: slog.New(slog.NewTextHandler(s.log, nil)), Stdout: s.out, Version: "1.2.3", Commit: "abc", Passwords: account.Least, Pages: server.PagesMadeOnce}
}

// instance is a running server. Its clients keep no connections unless a test asks for them.
type instance struct {
	*server.Server
	t      *testing.T
	Client *http.Client
	over   sync.Once
	err    error // of the shutdown
}

// start runs an instance that ends with the test, if the test does not end it.
func (s *stage) start(replace ...string) *instance {
	s.t.Helper()
	return s.startBy(s.config(replace...), s.options())
}

func (s *stage) startBy(cfg *config.Config, o server.Options) *instance {
	s.t.Helper()
	sv, err := server.Start(s.t.Context(), cfg, o)
	if err != nil {
		s.t.Fatal(err)
	}
	trust := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
	i := &instance{Server: sv, t: s.t, Client: &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: trust, DisableKeepAlives: true}}}
	s.t.Cleanup(func() {
		if err := i.end(); err != nil {
			s.t.Errorf("shut down: %v", err)
		}
	})
	return i
}

// end shuts the instance down, once, and says how that went.
func (i *instance) end() error {
	i.over.Do(func() {
		i.Client.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		i.err = i.Shutdown(ctx)
	})
	return i.err
}

// mint makes a token of demo for a member.
func (i *instance) mint(app, member string) string {
	i.t.Helper()
	made, err := i.Mint(i.t.Context(), token.Order{App: app, Member: member, Scopes: []string{"r_profile"}, Life: time.Hour}, time.Now())
	if err != nil {
		i.t.Fatal(err)
	}
	return made.Token
}

// answer is what of an answer tests look at.
type answer struct {
	Status  int
	Problem string
	Body    string
	Close   bool
}

// get asks the plain listener.
func (i *instance) get(path, bearer string) answer {
	i.t.Helper()
	a, err := i.ask("http://"+i.APIAddrs()[0]+path, bearer)
	if err != nil {
		i.t.Fatal(err)
	}
	return a
}

func (i *instance) ask(url, bearer string) (answer, error) {
	r, err := http.NewRequestWithContext(i.t.Context(), "GET", url, nil)
	if err != nil {
		return answer{}, err
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := i.Client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header.Get("Candor-Problem"), string(body), false}, err
}

// status is get's status and problem.
func (i *instance) status(path, bearer string) answer {
	i.t.Helper()
	a := i.get(path, bearer)
	a.Body = ""
	return a
}

// api is the upstream. /v2/slow waits for let; all but /v2/cut answers with path and query.
type api struct {
	*httptest.Server
	came chan string   // a call to /v2/slow is there
	let  chan struct{} // it may go on
}

func newAPI(t *testing.T) *api {
	t.Helper()
	a := &api{came: make(chan string, 100), let: make(chan struct{}, 100)}
	stop := make(chan struct{})
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v2/slow":
			a.came <- r.URL.RequestURI()
			select {
			case <-a.let:
			case <-r.Context().Done():
				a.came <- "gone"
			case <-stop:
			}
		case "/v2/cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		case "/v2/hints":
			w.Header().Set("Link", "</style.css>; rel=preload")
			w.WriteHeader(103)
		}
		_, _ = io.WriteString(w, r.URL.RequestURI())
	}))
	t.Cleanup(func() { close(stop); a.Close() })
	return a
}

// wait waits for a call to reach /v2/slow, or for its end.
func (a *api) wait(t *testing.T) string {
	t.Helper()
	return testkit.Receive(t, "a call at the upstream", a.came)
}

// wire is a connection of a client that writes its own bytes.
type wire struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

// dial connects to the plain listener.
func (i *instance) dial() *wire {
	i.t.Helper()
	return dialTo(i.t, i.APIAddrs()[0])
}

func dialTo(t *testing.T, addr string) *wire {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { c.Close() })
	return &wire{c, t, bufio.NewReader(c)}
}

func (w *wire) say(text string) *wire {
	w.t.Helper()
	if _, err := io.WriteString(w.Conn, text); err != nil {
		w.t.Fatal(err)
	}
	return w
}

func (w *wire) ask(path string) *wire {
	w.t.Helper()
	return w.say("GET " + path + " HTTP/1.1\r\nHost: api\r\n\r\n")
}

func (w *wire) answer() answer {
	w.t.Helper()
	resp, err := http.ReadResponse(w.r, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header.Get("Candor-Problem"), string(body), resp.Close}
}

// ends says that the connection is closed, and nothing comes before.
func (w *wire) ends() bool {
	_, err := w.r.ReadByte()
	return errors.Is(err, io.EOF)
}

// entries are the lines of an access log, read back.
func entries(t *testing.T, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(text) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Errorf("%v in %s", err, line)
		}
		all = append(all, e)
	}
	return all
}

// certificate makes a pair that signs itself and ends within the hour, as files.
func certificate(t *testing.T, name string) (cert, key string) {
	t.Helper()
	now := time.Now()
	return testkit.SelfSigned(t, name, nil, testkit.Span(now.Add(-time.Hour), now.Add(time.Hour))).Files(t)
}
