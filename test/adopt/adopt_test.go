// Package adopt puts Candor before APIs that it knows nothing of, and holds what they get and what their callers get against the same without it.
package adopt

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// suite is what a client sends, a connection each; {host} is the API's.
var suite = map[string]string{
	"GET":              "GET /a?b=c HTTP/1.1\r\nhost: {host}\r\nUser-Agent: x\r\nx-lower: 1\r\nX-UPPER: 2\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n",
	"HEAD":             "HEAD /cookies HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"an odd query":     "GET /a?x=%zz&y=[1]|{2}&z=%& HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"an odd path":      "GET //a/./b/..//%2F%5c/%41;x=1/@:!$ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"credentials":      "GET /a?access_token=x HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer a.b.c\r\nCookie: s=1; t=2\r\nX-Api-Key: k\r\nConnection: close\r\n\r\n",
	"proxies before":   "GET /a HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Proto: https\r\nForwarded: for=1.2.3.4\r\nVia: 1.1 x\r\ntraceparent: 00-1-2-01\r\nConnection: close\r\n\r\n",
	"ids":              "GET /id HTTP/1.1\r\nHost: {host}\r\nX-Request-Id: mine\r\nConnection: close\r\n\r\n",
	"a form":           "POST /a HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\nConnection: close\r\n\r\na=b&c=d",
	"an empty body":    "POST /a HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
	"an upload":        "PUT /a HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\nConnection: close\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n",
	"Expect":           "POST /a HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
	"a body on DELETE": "DELETE /a HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nX-HTTP-Method-Override: GET\r\nConnection: close\r\n\r\nhi",
	"a preflight":      "OPTIONS /a HTTP/1.1\r\nHost: {host}\r\nOrigin: https://b.example\r\nAccess-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n",
	"TRACE":            "TRACE /a HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"an own method":    "BREW /a HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"PATCH":            "PATCH /a HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
	"HTTP/1.0":         "GET /a HTTP/1.0\r\nHost: {host}\r\n\r\n",
	"cookies":          "GET /cookies HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"redirect":         "GET /redirect HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"gzip":             "GET /gzip HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n",
	"range":            "GET /range HTTP/1.1\r\nHost: {host}\r\nRange: bytes=0-4\r\nConnection: close\r\n\r\n",
	"a bad range":      "GET /range HTTP/1.1\r\nHost: {host}\r\nRange: bytes=99-\r\nConnection: close\r\n\r\n",
	"trailers":         "GET /trailers HTTP/1.1\r\nHost: {host}\r\nTE: trailers\r\nConnection: close\r\nConnection: TE\r\n\r\n",
	"events":           "GET /events HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n",
	"empty":            "GET /empty HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"the same":         "GET /same HTTP/1.1\r\nHost: {host}\r\nIf-None-Match: \"1\"\r\nConnection: close\r\n\r\n",
	"hints":            "GET /hints HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"a reason":         "GET /reason HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"an error":         "GET /error HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"denied":           "GET /denied HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
	"until it closes":  "GET /close HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
}

// call is one as an API says it got it.
type call struct {
	Line             string
	Fields, Trailers []string
	Body             string
}

// api is one that runs, and the calls that it got; nil where it cannot tell.
type api struct {
	address string
	calls   chan call
}

// run starts an API that prints its port and then its calls.
func run(t *testing.T, program string, args ...string) *api {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	port, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("%s does not start: %v", program, err)
	}
	a := &api{address: net.JoinHostPort("127.0.0.1", strings.TrimSpace(port)), calls: make(chan call, 10)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for decode := json.NewDecoder(lines); ; {
			var c call
			if decode.Decode(&c) != nil {
				return
			}
			a.calls <- c
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		_ = cmd.Wait()
	})
	return a
}

// before starts a Candor in front of an API, and returns its address.
func before(t *testing.T, address string) string {
	t.Helper()
	f := config.Front{URL: "http://" + address, Listen: "127.0.0.1:0"}
	cfg, err := f.Config()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Log.Access = "off"
	cfg.Drain = config.Drain{Finish: testkit.Patience}
	s, err := server.Start(t.Context(), cfg, server.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
	})
	return s.APIAddrs()[0]
}

// exchange sends a call and reads all that comes.
func exchange(t *testing.T, address, in string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, testkit.Patience)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(testkit.Patience))
	if _, err = io.WriteString(c, in); err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%v after %.200q", err, out)
	}
	return string(out)
}

// What belongs to one hop, differs between any two answers, or is added.
var (
	ofOneHop = regexp.MustCompile(`(?im)^(connection|keep-alive|transfer-encoding|date|x-request-id): .*\r\n`)
	added    = map[string]string{"X-Forwarded-For": "127.0.0.1", "Candor-Hops": "1"}
	hops     = map[string]bool{"connection": true, "te": true, "keep-alive": true, "transfer-encoding": true}
)

// plain is an answer without what may differ: its body is taken out of its chunks, and 100 is for whoever asked.
func plain(t *testing.T, answer string) (head, body string) {
	t.Helper()
	answer = strings.TrimPrefix(answer, "HTTP/1.1 100 Continue\r\n\r\n")
	interim := ""
	for strings.HasPrefix(answer, "HTTP/1.1 1") {
		one, rest, _ := strings.Cut(answer, "\r\n\r\n")
		interim, answer = interim+one+"\r\n\r\n", rest
	}
	head, body, _ = strings.Cut(answer, "\r\n\r\n")
	head += "\r\n"
	if strings.Contains(strings.ToLower(head), "transfer-encoding: chunked") && body != "" {
		rest := bufio.NewReader(strings.NewReader(body))
		data, err := io.ReadAll(httputil.NewChunkedReader(rest))
		if err != nil {
			t.Fatalf("%v in %q", err, answer)
		}
		trailers, _ := io.ReadAll(rest)
		body = string(data) + "\ntrailers: " + string(bytes.TrimSpace(trailers))
	}
	return interim + ofOneHop.ReplaceAllString(strings.Replace(head, "HTTP/1.0 ", "HTTP/1.1 ", 1), ""), strings.TrimSuffix(body, "\ntrailers: ")
}

// without is a call without what is added to it, and what belongs to one hop. An old version is raised by whoever forwards.
func without(c call, added map[string]string) call {
	c.Line = strings.ReplaceAll(c.Line, "HTTP/", "")
	c.Line = strings.TrimSuffix(strings.TrimSuffix(c.Line, " 1.0"), " 1.1")
	var fields []string
	for i := 0; i+1 < len(c.Fields); i += 2 {
		name, value := c.Fields[i], c.Fields[i+1]
		if added[name] != value && !hops[strings.ToLower(name)] {
			fields = append(fields, name+": "+value)
		}
	}
	c.Fields = fields
	return c
}

// alike runs the suite against an API itself and through Candor.
func alike(t *testing.T, a *api) {
	t.Helper()
	through := before(t, a.address)
	for name, sent := range suite {
		t.Run(name, func(t *testing.T) {
			in := strings.ReplaceAll(sent, "{host}", a.address)
			want, wantCall, wasCalled := a.ask(t, a.address, in)
			got, gotCall, isCalled := a.ask(t, through, in)
			wantHead, wantBody := plain(t, want)
			gotHead, gotBody := plain(t, got)
			if diff := cmp.Diff(wantHead, gotHead); diff != "" {
				t.Errorf("the head of the answer, directly (-) and through (+):\n%s", diff)
			}
			if diff := cmp.Diff(wantBody, gotBody); diff != "" {
				t.Errorf("the body, directly (-) and through (+):\n%s", diff)
			}
			if diff := cmp.Diff(without(wantCall, nil), without(gotCall, added)); diff != "" || wasCalled != isCalled {
				t.Errorf("the call, directly (- %v) and through (+ %v):\n%s", wasCalled, isCalled, diff)
			}
		})
	}
}

// ask sends a call, and says what the API got of it, if it tells and took it for one.
func (a *api) ask(t *testing.T, address, in string) (answer string, got call, called bool) {
	t.Helper()
	answer = exchange(t, address, in)
	if a.calls == nil || refusedByItself.MatchString(answer) {
		return answer, got, false
	}
	return answer, testkit.Receive(t, "the API was called", a.calls), true
}

// refusedByItself is how node answers what it does not take for a call.
var refusedByItself = regexp.MustCompile(`^HTTP/1\.1 400 Bad Request\r\n(?s:.*)\r\n\r\n$`)

func TestNode(t *testing.T) {
	alike(t, run(t, "node", "testdata/server.js"))
}

func TestPython(t *testing.T) {
	for _, version := range []string{"HTTP/1.1", "HTTP/1.0"} {
		t.Run(version, func(t *testing.T) { alike(t, run(t, "python3", "testdata/server.py", version)) })
	}
}

// nginxConf compresses, serves ranges of a file, redirects, and has pages of its own for errors.
const nginxConf = `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events {}
http {
	access_log off;
	client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
	default_type text/plain;
	gzip on;
	gzip_types text/plain;
	gzip_min_length 1;
	server {
		listen %s;
		error_page 404 /missing.html;
		error_page 403 =403 /denied.json;
		location = /missing.html { internal; return 404 "<h1>nothing here</h1>"; }
		location = /denied.json { internal; default_type application/json; return 403 '{"message":"no"}'; }
		location = /denied { return 403; }
		location = /gzip { return 200 "to be or not to be or not to be or not to be or not to be"; }
		location = /redirect { return 301 /elsewhere; }
		location = /empty { return 204; }
		location = /cookies { add_header Set-Cookie a=1; add_header Set-Cookie b=2; return 200 ok; }
		location = /error { return 500; }
		location = /range { root .; try_files /range.txt =404; }
		location = /same { root .; try_files /range.txt =404; }
	}
}
`

func TestNginx(t *testing.T) {
	l, err := net.Listen("tcp", "127.83.0.2:0") // an address that no other test listens on: nginx takes no port that is bound
	if err != nil {
		t.Fatal(err)
	}
	address, dir := l.Addr().String(), t.TempDir()
	_ = l.Close()
	for name, text := range map[string]string{"nginx.conf": fmt.Sprintf(nginxConf, address), "range.txt": "0123456789"} {
		if err = os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path, err := exec.LookPath("nginx")
	if err != nil {
		path = "/usr/sbin/nginx" // of no user's path but root's
	}
	nginx := exec.Command(path, "-p", dir, "-c", "nginx.conf", "-e", "stderr")
	nginx.Stderr = t.Output()
	if err = nginx.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = nginx.Process.Kill()
		_ = nginx.Wait()
	})
	testkit.Until(t, "nginx listens", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	alike(t, &api{address: address})
}
