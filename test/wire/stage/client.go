package stage

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// Client is one connection to a gateway, on which bytes are sent as they are given.
type Client struct {
	tcp *net.TCPConn
	c   net.Conn
	r   *bufio.Reader
}

// Dial connects; over TLS where a configuration is given. Everything on the connection must be over within Patience.
func Dial(tb testing.TB, address string, over *tls.Config) *Client {
	tb.Helper()
	d := net.Dialer{Timeout: testkit.Patience}
	nc, err := d.DialContext(tb.Context(), "tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	c := &Client{tcp: nc.(*net.TCPConn), c: nc}
	if over != nil {
		c.c = tls.Client(nc, over)
	}
	c.r = bufio.NewReader(c.c)
	_ = nc.SetDeadline(time.Now().Add(testkit.Patience)) //nolint:forbidigo // a socket measures its deadline by the real time
	return c
}

// Send sends all at once. A gateway that has refused already may have closed: that is for the reader to see.
func (c *Client) Send(raw string) { _, _ = io.WriteString(c.c, raw) }

// Drip sends byte by byte.
func (c *Client) Drip(raw string) {
	for i := range len(raw) {
		c.Send(raw[i : i+1])
	}
}

// EndSending half-closes.
func (c *Client) EndSending() { _ = c.c.(interface{ CloseWrite() error }).CloseWrite() }

// Reset resets the connection.
func (c *Client) Reset() {
	_ = c.tcp.SetLinger(0)
	_ = c.tcp.Close()
}

// Close closes the connection.
func (c *Client) Close() { _ = c.c.Close() }

// Answer is one answer as it came.
type Answer struct {
	Status int
	Head   string // with its empty line
	Body   string // its framing taken off, where it is chunked
	Raw    string
}

// Field is the value of a field, "" for none.
func (a Answer) Field(name string) string { return testkit.Field(a.Head, name) }

// Answer reads one answer; toHEAD says that it has no body. An error is returned with what came before it.
func (c *Client) Answer(toHEAD bool) (a Answer, err error) {
	a.Head, err = testkit.ReadHead(c.r)
	if a.Raw = a.Head; err != nil {
		return a, err
	}
	if len(a.Head) < len("HTTP/1.1 200") {
		return a, fmt.Errorf("no answer: %q", a.Head)
	}
	if a.Status, err = strconv.Atoi(a.Head[9:12]); err != nil {
		return a, err
	}
	if toHEAD || a.Status < 200 || a.Status == 204 || a.Status == 304 {
		return a, nil
	}
	a.Body, err = testkit.ReadBody(c.r, a.Head, true)
	if a.Raw += a.Body; a.Field("Transfer-Encoding") != "" {
		payload, _ := dechunk([]byte(a.Body))
		a.Body = string(payload)
	}
	return a, err
}

// Until reads until what was read ends with text.
func (c *Client) Until(text string) (string, error) {
	var read []byte
	for !bytes.HasSuffix(read, []byte(text)) {
		b, err := c.r.ReadByte()
		if err != nil {
			return string(read), err
		}
		read = append(read, b)
	}
	return string(read), nil
}

// Rest reads to the end of the connection. The error is nil where it ended in order.
func (c *Client) Rest() (string, error) {
	rest, err := io.ReadAll(c.r)
	return string(rest), err
}

// Stuck reports whether an error is that of a deadline: whatever was waited for did not come.
func Stuck(err error) bool {
	var late net.Error
	return errors.As(err, &late) && late.Timeout()
}

// Cut reports whether an error is that of a reset connection.
func Cut(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && !op.Timeout()
}
