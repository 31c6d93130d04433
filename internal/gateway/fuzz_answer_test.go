package gateway

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/candor-gateway/candor/internal/upstream"
)

// FuzzAnswer lets an upstream answer with any bytes and close. What the client gets is one answer for another reader too: the upstream's, with its status
// and body, or a whole one of ours. An answer that was cut behind us is never whole before us. Half of the gateways let pass what can be let pass.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhi",
		"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\nX-A: \x80\r\n\r\n2;a=b\r\nhi\r\n0\r\nX-T: 1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
		"HTTP/1.0 200 OK\r\nConnection: x-a\r\nX-A: 1\r\n\r\nhi",
		"HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 100 \r\n\r\nHTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\n",
		"HTTP/1.1 101 Switch\r\nUpgrade: a\r\n\r\n",
		"HTTP/1.1 404 No\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nhi",
		"HTTP/1.1 404 No\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 2000 OK\r\n\r\n", "hello", "",
		"HTTP/1.1 200 OK\nX-A : 1\n 2\nContent-Length: 2\n\nhi", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\nhi\n0\nX: y\n\n",
	} {
		for kind := range byte(16) {
			f.Add([]byte(seed), kind)
		}
	}
	var current atomic.Pointer[[]byte]
	houses := [4]*house{}
	for i := range houses {
		p := newPlan()
		p.Options.Portable, p.Sink = i&1 == 1, io.Discard
		if i > 1 {
			p.Spec.Lenient = upstream.LenientAll
		}
		houses[i] = p.open(f, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if _, err := readCall(r); err == nil {
				_, _ = c.Write(*current.Load())
			}
		}))
	}
	f.Fuzz(func(t *testing.T, raw []byte, kind byte) {
		current.Store(&raw)
		method, version := [...]string{"GET", "HEAD"}[kind&1], [...]string{"HTTP/1.1", "HTTP/1.0"}[kind>>1&1]
		c := houses[kind>>2&3].dial(t)
		c.send(fmt.Sprintf("%s /public/x %s\r\nHost: a\r\n\r\n", method, version))
		if version == "HTTP/1.1" {
			c.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") // what stands behind the answer must be the next one
		}
		got, whole := readAnswer(c.r, method)
		if got == nil {
			if whole {
				t.Fatalf("nothing came for %q", raw)
			}
			c.tcp.Close()
			return
		}
		checkAnswer(t, got, whole, raw, method, kind>>2&3 > 1)
		if whole && !got.close {
			next, _ := readAnswer(c.r, "OPTIONS")
			if next == nil || next.status != 204 {
				t.Fatalf("behind the answer to %q stands %+v", raw, next)
			}
		}
		c.tcp.Close()
	})
}

// message is an answer as net/http reads it.
type message struct {
	status int
	header http.Header
	body   []byte
	close  bool
}

// readAnswer reads interim answers and the final one. It reports whether that was whole; nil and true where the connection ended in order before anything came.
func readAnswer(r *bufio.Reader, method string) (*message, bool) {
	for interims := 0; ; interims++ {
		if _, err := r.Peek(1); err != nil {
			return nil, err == io.EOF && interims == 0
		}
		got, err := http.ReadResponse(r, &http.Request{Method: method}) //nolint:bodyclose // there is no connection behind it
		if err != nil {
			return nil, false
		}
		if got.StatusCode < 200 && got.StatusCode != 101 {
			continue
		}
		m := &message{status: got.StatusCode, header: got.Header, close: got.Close}
		m.body, err = io.ReadAll(got.Body)
		return m, err == nil
	}
}

func checkAnswer(t *testing.T, got *message, whole bool, raw []byte, method string, lenient bool) {
	t.Helper()
	if ids := got.header["X-Request-Id"]; len(ids) != 1 || ids[0] != noonUUID {
		t.Fatalf("the id is %q, for %q", ids, raw)
	}
	if ours := got.header.Get("Candor-Problem"); ours != "" {
		if !whole || got.status != 502 || !strings.HasPrefix(ours, "upstream_") {
			t.Fatalf("ours is %d %s, whole: %v, for %q", got.status, ours, whole, raw)
		}
		return
	}
	want, was := readAnswer(bufio.NewReader(bytes.NewReader(raw)), method)
	switch {
	case lenient && (want == nil || !was): // net/http takes no blank before a colon, and no bare LF behind a chunk
	case want == nil:
		t.Fatalf("%q is no answer, and was passed on", raw)
	case got.status != want.status:
		t.Fatalf("status %d, want %d, for %q", got.status, want.status, raw)
	case whole && !was:
		t.Fatalf("a cut answer became whole: %q for %q", got.body, raw)
	case whole && !bytes.Equal(got.body, want.body):
		t.Fatalf("body %q, want %q, for %q", got.body, want.body, raw)
	}
}
