package sandbox

import (
	"bufio"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
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
	s := serving(t, misbehaving(http.HandlerFunc(hello), atNoon))
	for _, tt := range []struct {
		name, method, fault, body, want string
	}{
		{"truncate", "POST", "truncate", "you all", "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\nhello "},
		{"truncate without a body", "DELETE", "truncate", "", "HTTP/1.1 204 "},
		{"garbage", "GET", "garbage", "", "\x15\x03 220 this is no HTTP at all\r\n\x00\xff\r\n\r\n"},
		{"no fault of ours", "GET", "expired_access_token", "", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello "},
		{"status", "GET", "status=503", "", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 59\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" +
			`{"error":"Service Unavailable","source":"sandbox upstream"}`},
		{"status without a name", "GET", "status=599", "", "HTTP/1.1 599 status code 599\r\nContent-Length: 50\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" +
			`{"error":"status 599","source":"sandbox upstream"}`},
		{"status without a body", "GET", "status=204", "", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
		{"slow", "POST", "slow=1ms", "you", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhello you"},
		{"slow head", "POST", "slow_head=1ms", "you", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Type: text/plain\r\n\r\nhello you"},
		{"drip", "POST", "drip=1ms", "you", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nhello you"},
		{"drip for HEAD", "HEAD", "drip=1ms", "", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"},
		{"truncate for HEAD", "HEAD", "truncate", "", "HTTP/1.1 200 OK\r\nContent-Length:"},
		{"longer than it is", "POST", "wrong_length=long", "you", "HTTP/1.1 200 OK\r\nContent-Length: 19\r\nContent-Type: text/plain\r\n\r\nhello you"},
		{"shorter than it is", "POST", "wrong_length=short", "you", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: text/plain\r\n\r\nhello you"},
		{"truncated JSON", "POST", "truncated_json", "you", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nhell"},
		{"truncated JSON for HEAD", "HEAD", "truncated_json", "", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"},
		{"truncated JSON that is none", "DELETE", "truncated_json", "", "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
		{"empty", "GET", "empty", "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"},
		{"html", "GET", "html=502", "", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 122\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" +
			"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"},
		{"seconds", "GET", "retry_after=429:120s", "", busy("429 Too Many Requests", "120")},
		{"no wait", "GET", "retry_after=503:0s", "", busy("503 Service Unavailable", "0")},
		{"a date", "GET", "retry_after=503:date", "", busy("503 Service Unavailable", "Sat, 14 Mar 2026 12:00:06 GMT")},
		{"a date that is past", "GET", "retry_after=429:past", "", busy("429 Too Many Requests", "Sat, 14 Mar 2026 11:00:00 GMT")},
		{"ten years", "GET", "retry_after=503:decade", "", busy("503 Service Unavailable", "315360000")},
		{"less than none", "GET", "retry_after=503:negative", "", busy("503 Service Unavailable", "-5")},
		{"words", "GET", "retry_after=503:words", "", busy("503 Service Unavailable", "in a little while")},
		{"redirect loop", "GET", "redirect_loop", "", "HTTP/1.1 302 Found\r\nContent-Length: 45\r\nContent-Type: application/json\r\nLocation: /\r\nConnection: close\r\n\r\n" +
			`{"error":"Found","source":"sandbox upstream"}`},
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

// atNoon is a clock that stands still, a moment after a full second.
func atNoon() time.Time { return time.Date(2026, 3, 14, 12, 0, 0, 1, time.UTC) }

// A reset is one, before the first byte or behind half of an answer.
func TestReset(t *testing.T) {
	s := serving(t, misbehaving(http.HandlerFunc(hello), atNoon))
	for _, tt := range []struct{ fault, method, body, want string }{
		{"reset", "GET", "", ""},
		{"reset_mid_body", "POST", "you all", "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\nhello "},
		{"reset_mid_body", "DELETE", "", "HTTP/1.1 204 "},
	} {
		got, err := raw(t, s, tt.method, tt.fault, tt.body)
		if got != tt.want || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s of %s: got %q, %v; want %q and a reset", tt.fault, tt.method, got, err, tt.want)
		}
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

// busy is an answer of an upstream that has no time.
func busy(status, retryAfter string) string {
	body := `{"error":"` + status[4:] + `","source":"sandbox upstream"}`
	return "HTTP/1.1 " + status + "\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\nContent-Type: application/json\r\nRetry-After: " + retryAfter +
		"\r\nConnection: close\r\n\r\n" + body
}

// The wait for a call that hangs ends with its caller, and with the upstream.
func TestHang(t *testing.T) {
	for name, end := range map[string]func(*side, net.Conn){
		"the caller leaves":  func(_ *side, c net.Conn) { c.Close() },
		"the upstream stops": func(s *side, _ net.Conn) { s.close() },
	} {
		for _, fault := range []string{"hang", "slow=1m", "slow_head=1m", "drip=1m"} {
			t.Run(name+" of "+fault, func(t *testing.T) {
				begun, ended := make(chan struct{}, 1), make(chan struct{})
				bad := misbehaving(http.HandlerFunc(hello), atNoon)
				s := serving(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer close(ended)
					begun <- struct{}{}
					bad.ServeHTTP(w, r)
				}))
				c, err := net.Dial("tcp", s.l.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nX-Sandbox-Fault: "+fault+"\r\n\r\n")
				testkit.Receive(t, "the call", begun)
				if fault == "slow_head=1m" && name == "the caller leaves" {
					return // it is found out at the next line
				}
				end(s, c)
				testkit.Receive(t, "the end of the wait", ended)
			})
		}
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
