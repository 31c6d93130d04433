package clients

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

const streams = `
upstreams: {up: "{{upstream}}", old: "{{old}}"}
apis:
  - {name: old, base: /old, credentials: public, upstream: old, routes: [/**]}
  - {name: new, credentials: public, upstream: up, routes: [/**]}
`

// slow is an API that says something only when it is told to.
type slow struct{ next atomic.Pointer[chan string] }

// ServeHTTP is http.Handler's. /events and /feed send what they are told as it comes, the one as events, the other in bytes of which nobody knows how many come;
// /poll answers with the first thing.
func (s *slow) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	out, told := http.NewResponseController(w), *s.next.Load()
	if r.URL.Path == "/events" {
		w.Header().Set("Content-Type", "text/event-stream")
	}
	if r.URL.Path != "/poll" {
		_ = out.Flush()
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case what, more := <-told:
			if !more {
				return
			}
			_, _ = io.WriteString(w, what)
			_ = out.Flush()
		}
		if r.URL.Path == "/poll" {
			return
		}
	}
}

// curl runs curl without a buffer of its own and returns the lines of what it prints.
func curl(t *testing.T, args ...string) *bufio.Reader {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	c := exec.CommandContext(ctx, "curl", append([]string{"-sNk"}, args...)...)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = c.Wait()
	})
	return bufio.NewReader(out)
}

// What an API sends bit by bit is there bit by bit: each bit is read before the next one is sent.
func TestStreamsAreFlushed(t *testing.T) { //nolint:paralleltest // its cases share one API
	api := &slow{}
	up := httptest.NewServer(api)
	t.Cleanup(up.Close)
	for name, portable := range map[string]bool{"fast": false, "portable": true} {
		gate := stage.StartGate(t, streams, stage.Words{"upstream": up.URL, "old": up.URL}, server.Options{Portable: portable})
		for over, base := range map[string]string{"plain": "http://" + gate.Plain, "tls": "https://" + gate.TLS} {
			for _, version := range []string{"--http1.1", "--http1.0"} {
				for _, path := range []string{"/events", "/feed", "/poll"} {
					t.Run(strings.Join([]string{name, over, version, path}, " "), func(t *testing.T) {
						next := make(chan string)
						api.next.Store(&next)
						out := curl(t, version, base+path)
						for i := range 3 {
							what := fmt.Sprintf("data: %d\n", i)
							select {
							case next <- what:
							case <-time.After(testkit.Patience):
								t.Fatal("the call did not reach the API")
							}
							if got, err := out.ReadString('\n'); got != what {
								t.Fatalf("%q, %v", got, err)
							}
							if path == "/poll" {
								break
							}
						}
						close(next)
						if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
							t.Errorf("at the end %q, %v", rest, err)
						}
					})
				}
			}
		}
	}
}

// startOld starts a server of HTTP/1.0 and returns its URL.
func startOld(t *testing.T) string {
	t.Helper()
	c := exec.Command("python3", "testdata/old.py")
	stop, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stop.Close()
		_ = c.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port)
}

// Clients of HTTP/1.0 and 1.1 before us, servers of both behind us.
func TestOldVersions(t *testing.T) {
	t.Parallel()
	old := startOld(t)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/streamed" {
			_ = http.NewResponseController(w).Flush()
		}
		fmt.Fprintf(w, "%s %s %q", r.Method, r.Proto, body)
	}))
	t.Cleanup(up.Close)
	gate := stage.StartGate(t, streams, stage.Words{"upstream": up.URL, "old": old}, server.Options{})
	for _, c := range []struct {
		name, path string
		args       []string
		want       string
	}{
		{"an old server that says how much", "/old/sized", nil, "old"},
		{"one that does not", "/old/other", nil, strings.Repeat("old ", 1000)},
		{"a body for it", "/old/x", []string{"-d", "hi"}, "got hi"},
		{"a new server", "/x", nil, `GET HTTP/1.1 ""`},
		{"one that does not say how much", "/streamed", nil, `GET HTTP/1.1 ""`},
		{"a body in chunks, from those who know them", "/x", []string{"-d", "hi"}, `POST HTTP/1.1 "hi"`},
	} {
		for _, version := range []string{"--http1.0", "--http1.1"} {
			t.Run(c.name+" "+version, func(t *testing.T) {
				t.Parallel()
				args := append([]string{version}, c.args...)
				url := "http://" + gate.Plain + c.path
				out := curl(t, append(args, url, url)...) // the second over the same connection, where there is one
				got, err := io.ReadAll(out)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(c.want+c.want, string(got)); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
			})
		}
	}
}
