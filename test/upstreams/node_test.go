// Package upstreams forwards to servers that others have made, as people run them behind a gateway.
package upstreams

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/test/wire/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startNode starts Node's own server and returns its URL.
func startNode(t *testing.T) string {
	t.Helper()
	node := exec.Command("node", "testdata/server.js")
	stop, err := node.StdinPipe() // at its end the server ends
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stop.Close()
		_ = node.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "http://127.0.0.1:" + strings.TrimSpace(port)
}

// TestNode: Node closes a connection that is idle for 5 s and says so; it is used for 4 s, and for less by a call that cannot be sent again. The time is told to
// the pool, so that Node itself closes nothing meanwhile.
func TestNode(t *testing.T) {
	t.Parallel()
	url := startNode(t) // ends behind the last of the subtests
	for _, c := range []struct {
		name, path  string
		after       time.Duration
		twice, once bool // a call that may be sent twice, and one that may not, finds the connection
	}{
		{"at once", "/", 0, true, true},
		{"within a second", "/", 900 * time.Millisecond, true, true},
		{"later", "/", 1100 * time.Millisecond, true, false},
		{"a second before the end, and a little", "/", 3900 * time.Millisecond, true, false},
		{"less than a second before the end", "/", 4100 * time.Millisecond, false, false},
		{"behind 204, at once", "/nothing", 0, true, false},
		{"behind 204, after a rest", "/nothing", 5 * time.Millisecond, true, true},
	} {
		for twice, found := range map[bool]bool{true: c.twice, false: c.once} {
			name := c.name + ", sent once"
			if twice {
				name = c.name + ", sent again"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				ck := clock.New(func() time.Time { return stage.Noon })
				u, err := upstream.New(upstream.Spec{Name: "node", Targets: []string{url}, PoolSize: 1}, http1.ResponseDefaults(), ck, &buffer.Lender{})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(u.Close)
				call := "POST " + c.path + " HTTP/1.1\r\nHost: node\r\nContent-Length: 2\r\n\r\nhi"
				if use(t, u, call, ck.Mono(), twice); u.Idle() != 1 {
					t.Fatal("it was not pooled")
				}
				if got := use(t, u, call, ck.Mono()+int64(c.after), twice); got != found {
					t.Errorf("found: %v, want %v", got, found)
				}
			})
		}
	}
}

// use sends a call and reads its answer, whose connection then goes to the pool. It reports whether that came from there.
func use(t *testing.T, u *upstream.Upstream, call string, now int64, twice bool) bool {
	t.Helper()
	conn, f := u.Send(t.Context(), &upstream.Call{Bytes: []byte(call), Whole: true, Idempotent: twice, Now: now, Stall: testkit.Patience, Watch: unwatched{}})
	if f.Cause != upstream.OK {
		t.Fatal(f.Cause, f.Err)
	}
	for !conn.Ended() {
		if _, f := conn.Piece(0); f.Cause != upstream.OK {
			t.Fatal(f.Cause, f.Err)
		}
	}
	reused := conn.Reused
	conn.Release(now, true, 0)
	return reused
}

// unwatched is a call whose client stays.
type unwatched struct{}

func (unwatched) On(interface{ Cancel() }, int64) {}

func (unwatched) Over() bool { return true }
