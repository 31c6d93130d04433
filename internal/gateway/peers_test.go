package gateway

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// origin is an upstream that does what a test says.
type origin struct {
	addr  string
	over  *tls.Config                           // nil: plain
	stop  func() error                          // stops listening
	serve func(c *net.TCPConn, r *bufio.Reader) // a connection, which is closed when serve returns
	seen  chan string                           // the requests, whole, as answering read them

	mu    sync.Mutex
	conns map[*net.TCPConn]bool
	work  sync.WaitGroup
}

// answering answers the i-th call with the i-th answer, the last one for all that follow. Its connections are kept.
func answering(answers ...string) *origin {
	var mu sync.Mutex
	var calls int
	o := &origin{seen: make(chan string, 100)}
	o.serve = func(c *net.TCPConn, r *bufio.Reader) {
		for {
			raw, err := readCall(r)
			if err != nil {
				return
			}
			mu.Lock()
			answer := answers[min(calls, len(answers)-1)]
			calls++
			mu.Unlock()
			select {
			case o.seen <- raw:
			default: // nobody looks
			}
			if _, err := io.WriteString(c, answer); err != nil {
				return
			}
		}
	}
	return o
}

// acting is an origin of which each connection is served by act.
func acting(act func(c *net.TCPConn, r *bufio.Reader)) *origin {
	return &origin{serve: act, seen: make(chan string, 100)}
}

// nowhere is an origin that nobody can be dialled at.
func nowhere() *origin { return &origin{addr: testkit.Nowhere} }

func (o *origin) start(tb testing.TB) {
	tb.Helper()
	if o.serve == nil {
		return
	}
	l := testkit.Listen(tb)
	o.addr, o.stop = l.Addr().String(), l.Close
	o.conns = map[*net.TCPConn]bool{}
	o.work.Go(func() { o.accept(l) })
	tb.Cleanup(func() {
		_ = l.Close()
		o.mu.Lock()
		for c := range o.conns {
			_ = c.Close()
		}
		o.conns = nil
		o.mu.Unlock()
		o.work.Wait()
	})
}

func (o *origin) accept(l *net.TCPListener) {
	for {
		c, err := l.AcceptTCP()
		if err != nil {
			return
		}
		o.mu.Lock()
		if o.conns == nil {
			_ = c.Close()
		} else {
			o.conns[c] = true
		}
		o.mu.Unlock()
		o.work.Go(func() {
			defer c.Close()
			o.serve(c, bufio.NewReader(c))
			o.mu.Lock()
			delete(o.conns, c)
			o.mu.Unlock()
		})
	}
}

// open is how many connections the origin has.
func (o *origin) open() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.conns)
}

// readCall reads one request with its body, as it came.
func readCall(r *bufio.Reader) (raw string, err error) {
	if raw, err = testkit.ReadHead(r); err != nil {
		return raw, err
	}
	body, err := testkit.ReadBody(r, raw, false)
	return raw + body, err
}

// client is one connection to the gateway.
type client struct {
	tb  testing.TB
	tcp *net.TCPConn
	c   net.Conn
	r   *bufio.Reader
}

// dial connects to the plain listener.
func (h *house) dial(tb testing.TB) *client {
	tb.Helper()
	return dialTo(tb, h.plain)
}

// dialTLS connects to the listener over TLS.
func (h *house) dialTLS(tb testing.TB) *client {
	tb.Helper()
	c := dialTo(tb, h.tls)
	c.c = tls.Client(c.tcp, &tls.Config{InsecureSkipVerify: true, DynamicRecordSizingDisabled: true})
	c.r = bufio.NewReader(c.c)
	return c
}

func dialTo(tb testing.TB, addr string) *client {
	tb.Helper()
	nc, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(patience))
	return &client{tb, nc.(*net.TCPConn), nc, bufio.NewReader(nc)}
}

// send sends all at once. A gateway that has refused already may have closed: that is for the reader to see.
func (c *client) send(raw string) { _, _ = io.WriteString(c.c, raw) }

// answer is one answer as it came.
type answer struct {
	status     int
	head, body string // the head with its empty line, the body with its framing
}

// read reads one answer; it must come.
func (c *client) read() answer {
	c.tb.Helper()
	return c.readTo("GET")
}

func (c *client) readTo(method string) answer {
	c.tb.Helper()
	head, err := testkit.ReadHead(c.r)
	if err != nil {
		c.tb.Fatalf("no answer: %v, after %.300q", err, head)
	}
	a := answer{head: head}
	if a.status, err = strconv.Atoi(head[9:12]); err != nil {
		c.tb.Fatalf("no status in %.300q", head)
	}
	if method == "HEAD" || a.status < 200 || a.status == 204 || a.status == 304 {
		return a
	}
	if a.body, err = testkit.ReadBody(c.r, head, true); err != nil {
		c.tb.Fatalf("the body broke: %v, after %.300q", err, head+a.body)
	}
	return a
}

// end reads to the end of the connection, which must come in order, and returns what was there.
func (c *client) end() string {
	c.tb.Helper()
	rest, err := io.ReadAll(c.r)
	if err != nil {
		c.tb.Fatalf("the connection did not end in order: %v, after %.300q", err, rest)
	}
	return string(rest)
}

// cut reads until the connection is reset, and returns what was there.
func (c *client) cut() string {
	c.tb.Helper()
	rest, err := io.ReadAll(c.r)
	var late net.Error
	if err == nil || errors.As(err, &late) && late.Timeout() {
		c.tb.Fatalf("the connection was not reset: %v, after %.300q", err, rest)
	}
	return string(rest)
}

// halfClose ends what the client sends.
func (c *client) halfClose() {
	c.tb.Helper()
	if err := c.c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		c.tb.Fatal(err)
	}
}

func serverTLS(tb testing.TB) *tls.Config {
	tb.Helper()
	pair := testkit.SelfSigned(tb, "localhost", nil).Pair()
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, DynamicRecordSizingDisabled: true}
}

// call is a GET with a good token.
func (s *stage) get(path string, fields ...string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer " + s.token + "\r\n" + strings.Join(append(fields, ""), "\r\n") + "\r\n"
}

// answerAndClose answers one call and closes the connection.
func answerAndClose(answer string) func(*net.TCPConn, *bufio.Reader) {
	return func(c *net.TCPConn, r *bufio.Reader) {
		if _, err := readCall(r); err == nil {
			_, _ = io.WriteString(c, answer)
		}
	}
}
