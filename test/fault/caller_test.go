//go:build linux

package fault_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// caller is one connection to Candor. It sends what it is told, and nothing twice.
type caller struct {
	t  *testing.T
	c  net.Conn
	in *bufio.Reader
}

func (s *scene) connect() *caller {
	s.t.Helper()
	c, err := s.dial()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.c.Close() })
	return c
}

// dial is connect for whoever closes the connection, and may not end the test.
func (s *scene) dial() (*caller, error) {
	c, err := net.Dial("tcp", s.plain)
	if err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Now().Add(2 * testkit.Patience))
	return &caller{t: s.t, c: c, in: bufio.NewReader(c)}, nil
}

// write sends a text as it is.
func (c *caller) write(text string) { _, _ = io.WriteString(c.c, text) }

// told is what a caller was told.
type told struct {
	Status                          int
	Problem, Code, Applied          string // of the field Candor-Problem; of the body
	RetryAfter, Age, ID, BodyID     string
	CacheStatus, ProxyStatus, Close string
	Body                            string
	Cut                             error // the answer broke off; what came of its body is there
}

// send writes a request of a method with a body; "" is none.
func (c *caller) send(method, target, body string, fields ...string) {
	text := method + " " + target + " HTTP/1.1\r\nHost: api.example\r\n"
	for _, f := range fields {
		text += f + "\r\n"
	}
	if body != "" || method == "POST" {
		text += "Content-Length: " + itoa(len(body)) + "\r\n"
	}
	c.write(text + "\r\n" + body)
}

// read reads the answer to a method; an error is that none came. begun is called once five bytes of its body are here.
func (c *caller) read(method string, begun func()) (is told, err error) {
	r, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		return told{}, err
	}
	defer r.Body.Close()
	first := make([]byte, len("begun"))
	n, _ := io.ReadFull(r.Body, first)
	if begun != nil {
		begun()
	}
	rest, err := io.ReadAll(r.Body)
	is = told{
		Status: r.StatusCode, Problem: r.Header.Get("Candor-Problem"), RetryAfter: r.Header.Get("Retry-After"), Age: r.Header.Get("Age"),
		ID: r.Header.Get("X-Request-Id"), CacheStatus: r.Header.Get("Cache-Status"), ProxyStatus: r.Header.Get("Proxy-Status"),
		Close: r.Header.Get("Connection"), Body: string(first[:n]) + string(rest), Cut: err,
	}
	if hex := r.Header.Get("X-Li-Request-Id"); len(hex) == 32 {
		is.ID = strings.Join([]string{hex[:8], hex[8:12], hex[12:16], hex[16:20], hex[20:]}, "-")
	}
	var body struct{ Code, Applied, RequestID string }
	if json.Unmarshal([]byte(is.Body), &body) == nil {
		is.Code, is.Applied, is.BodyID = body.Code, body.Applied, cmp.Or(body.RequestID, is.ID)
	}
	return is, nil
}

// call sends a request and reads its answer.
func (c *caller) call(method, target, body string, fields ...string) (told, error) {
	c.send(method, target, body, fields...)
	return c.read(method, nil)
}

// awaited is an answer that is read beside what else happens.
type awaited struct {
	t     *testing.T
	begun chan struct{} // closed when some of its body is here
	done  chan error
	is    told
}

// awaits begins to read an answer.
func (c *caller) awaits(method string) *awaited {
	a := &awaited{t: c.t, begun: make(chan struct{}), done: make(chan error, 1)}
	go func() {
		is, err := c.read(method, func() { close(a.begun) })
		a.is = is
		a.done <- err
	}()
	return a
}

// whole is the answer once no more comes.
func (a *awaited) whole() told {
	a.t.Helper()
	if err := testkit.Receive(a.t, "an answer", a.done); err != nil {
		a.t.Errorf("no answer: %v", err)
	}
	return a.is
}
