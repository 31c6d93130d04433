package clients

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/test/wire/stage"
)

const webSockets = `
upstreams: {up: "{{upstream}}"}
apis:
  - credentials: public
    cors: {origins: ["https://app.example"]}
    routes:
      - {path: /ws/**, upgrade: [websocket]}
      - /plain
`

// node runs ws.js.
func node(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "node", append([]string{"testdata/ws.js"}, args...)...)
	c.Env = append(os.Environ(), modules)
	return c
}

// startWebSockets starts a server of WebSockets and returns its URL.
func startWebSockets(t *testing.T) string {
	t.Helper()
	c := node(t.Context(), "serve")
	stop, err := c.StdinPipe() // at its end the server ends
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = c.Start(); err != nil {
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

// What Node's ws as a client finds behind Candor, with ws as the server: what it agrees on, messages of every kind, and each way in which it ends.
func TestWebSockets(t *testing.T) {
	t.Parallel()
	up := startWebSockets(t)
	want := `text: the same 11 bytes back, closed 1000 bye
a megabyte: the same 1048576 bytes back, closed 1000 bye
agreed: chat, permessage-deflate, closed 1000
ping: pong here, closed 1000
many messages: 1000 back, closed 1000
the server speaks first: welcome, closed 1000
the server ends: closed 4001 enough
the server dies: closed 1006
the client dies: closed 1006
the server refuses: refused 401 by the API
another path: refused 501 not_implemented
a page of another origin: refused 403 preflight_denied
a page of an origin that is listed: open, closed 1000
`
	for name, portable := range map[string]bool{"fast": false, "portable": true} {
		gate := stage.StartGate(t, webSockets, stage.Words{"upstream": up}, server.Options{Portable: portable})
		for over, url := range map[string]string{"plain": "ws://" + gate.Plain, "tls": "wss://" + gate.TLS} {
			t.Run(name+" "+over, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				got, err := node(ctx, "ask", url).CombinedOutput()
				if err != nil {
					t.Errorf("%v", err)
				}
				if d := cmp.Diff(want, string(got)); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
			})
		}
	}
}
