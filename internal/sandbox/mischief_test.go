package sandbox

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

var quiet = slog.New(slog.DiscardHandler)

// serving runs an upstream for a test.
func serving(t *testing.T, h http.Handler) *side {
	t.Helper()
	s, err := listen(t.Context(), "upstream", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.serve(h, quiet)
	t.Cleanup(s.close)
	return s
}

// hello is an upstream that behaves.
func hello(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	if r.Method == http.MethodDelete {
		w.WriteHeader(204)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, "hello "+string(b))
}

// raw sends one request and reads until the end of the connection.
func raw(t *testing.T, s *side, method, fault, body string) (string, error) {
	t.Helper()
	c, err := net.Dial("tcp", s.l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	_, err = io.WriteString(c, method+" / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Sandbox-Fault: "+fault+"\r\nContent-Length: "+
		string(rune('0'+len(body)))+"\r\n\r\n"+body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(c)
	return string(b), err
}

func TestMischief(t *testing.T) {
	s := serving(t, misbehaving(http.HandlerFunc(hello)))
	for _, tt := range []struct {
		name, method, fault, body, want string
	}{
		{"truncate", "POST", "truncate", "you all", "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\nhello "},
		{"truncate without a body", "DELETE", "truncate", "", "HTTP/1.1 204 No Content"},
		{"garbage", "GET", "garbage", "", "\x15\x03 220 this is no HTTP at all\r\n\x00\xff\r\n\r\n"},
		{"no fault of ours", "GET", "expired_access_token", "", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello "},
		{"status", "GET", "status=503", "", "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 59\r\nConnection: close\r\n\r\n" +
			`{"error":"Service Unavailable","source":"sandbox upstream"}`},
		{"status without a name", "GET", "status=599", "", "HTTP/1.1 599 status code 599\r\nContent-Type: application/json\r\nContent-Length: 50\r\nConnection: close\r\n\r\n" +
			`{"error":"status 599","source":"sandbox upstream"}`},
		{"status without a body", "GET", "status=204", "", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
		{"slow", "POST", "slow=1ms", "you", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhello you"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := raw(t, s, tt.method, tt.fault, tt.body)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, withoutDate(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestReset(t *testing.T) {
	s := serving(t, misbehaving(http.HandlerFunc(hello)))
	got, err := raw(t, s, "GET", "reset", "")
	if got != "" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %q, %v; want a reset before the first byte", got, err)
	}
}

// A caller that leaves is not waited for.
func TestSlowStopsWhenTheCallerLeaves(t *testing.T) {
	left := make(chan bool, 1)
	s := serving(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { left <- !waited(r, time.Minute) }))
	c, err := net.Dial("tcp", s.l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
	c.Close()
	if !testkit.Receive(t, "the end of the wait", left) {
		t.Error("it waited to the end")
	}
}

func withoutDate(answer string) string {
	var b strings.Builder
	r := bufio.NewReader(strings.NewReader(answer))
	for {
		line, err := r.ReadString('\n')
		if !strings.HasPrefix(line, "Date: ") {
			b.WriteString(line)
		}
		if err != nil {
			return b.String()
		}
	}
}
