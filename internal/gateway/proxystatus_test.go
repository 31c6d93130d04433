package gateway

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
)

// registered are the proxy error types of RFC 9209 §2.3 that we use.
var registered = []string{
	"dns_error", "destination_unavailable", "connection_refused", "connection_terminated", "connection_timeout", "connection_read_timeout", "connection_write_timeout", "connection_limit_reached",
	"tls_protocol_error", "tls_certificate_error", "http_response_incomplete", "http_response_header_section_size", "http_response_trailer_section_size", "http_response_transfer_coding",
	"http_response_timeout", "http_protocol_error", "proxy_internal_error",
}

// Each fault that becomes an answer of ours has a registered word.
func TestProxyErrorsAreRegistered(t *testing.T) {
	for c := upstream.OK; c <= upstream.Cancelled; c++ {
		silent := c == upstream.OK || c == upstream.TooLate || c == upstream.Cancelled
		for _, begun := range []bool{false, true} {
			if word := proxyError(upstream.Fault{Cause: c}, begun); word == "" != silent || !silent && !slices.Contains(registered, word) {
				t.Errorf("%v: %q", c, word)
			}
		}
	}
	for kind := range sizes {
		if word := proxyError(upstream.Fault{Cause: upstream.PastLimit, HTTP: http1.Fault{Kind: kind}}, false); !slices.Contains(registered, word) {
			t.Errorf("%v: %q", kind, word)
		}
	}
}

// TestProxyStatus: an answer of ours for an upstream's failure names that; no other answer does, and what the API says of proxies behind it passes.
func TestProxyStatus(t *testing.T) {
	const get = "GET /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n"
	says := func(answer string) *origin {
		return acting(func(c *net.TCPConn, r *bufio.Reader) {
			_, _ = readCall(r)
			_, _ = io.WriteString(c, answer)
		})
	}
	hanging := func() *origin {
		return acting(func(_ *net.TCPConn, r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) })
	}
	overTLS := func() *origin {
		o := acting(func(c *net.TCPConn, r *bufio.Reader) {
			_, _ = io.WriteString(c, "HTTP/1.1 400 No TLS\r\n\r\n")
			_, _ = io.Copy(io.Discard, r)
		})
		o.over = &tls.Config{}
		return o
	}
	wrapping := func(p *plan) { p.Spec.Wrap = upstream.WrapAll }
	for name, c := range map[string]struct {
		origin *origin
		plan   func(*plan)
		call   string
		status int
		want   string
	}{
		"refused":                 {nowhere(), nil, get, 502, "candor; error=connection_refused"},
		"closed":                  {says(""), nil, get, 502, "candor; error=connection_terminated"},
		"no answer in time":       {hanging(), func(p *plan) { p.Spec.FirstByte = 20 * time.Millisecond }, get, 504, "candor; error=connection_read_timeout"},
		"the call's time":         {hanging(), nil, "GET /short HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer %\r\n\r\n", 504, "candor; error=http_response_timeout"},
		"garbage":                 {says("SSH-2.0-x\r\n\r\n"), nil, get, 502, "candor; error=http_protocol_error"},
		"a large head":            {says("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n"), nil, get, 502, "candor; error=http_response_header_section_size"},
		"an error that breaks":    {says("HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\nx"), wrapping, get, 502, "candor; error=http_response_incomplete"},
		"TLS to what speaks none": {overTLS(), nil, get, 502, "candor; error=tls_protocol_error"},
		"an answer":               {says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), nil, get, 200, ""},
		"what the API says":       {says("HTTP/1.1 502 No\r\nProxy-Status: cdn; error=dns_error\r\nContent-Length: 0\r\n\r\n"), nil, get, 502, "cdn; error=dns_error"},
		"an error that is wrapped": {
			says("HTTP/1.1 502 No\r\nProxy-Status: cdn; error=dns_error\r\nContent-Length: 0\r\n\r\n"), wrapping, get, 502, "",
		},
		"a refusal": {says(""), nil, "GET /me HTTP/1.1\r\nHost: a.example\r\n\r\n", 401, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan()
			if c.plan != nil {
				c.plan(p)
			}
			h := p.open(t, c.origin)
			cl := h.dial(t)
			cl.send(strings.Replace(c.call, "%", h.token, 1))
			a := cl.read()
			if a.status != c.status || testkit.Field(a.head, "Proxy-Status") != c.want || strings.Count(a.head, "Proxy-Status") > 1 {
				t.Errorf("got %q", a.head)
			}
			if strings.Contains(a.head, "127.0.0.1") {
				t.Errorf("it tells an address: %q", a.head)
			}
		})
	}
}

// A certificate that names somebody else, or that nobody vouches for, is told from TLS that does not come about.
func TestProxyStatusOfACertificate(t *testing.T) {
	pair := testkit.SelfSigned(t, "other.example", nil).Pair()
	l := testkit.Listen(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{pair}}).Handshake()
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	h := newPlan().open(t, &origin{addr: l.Addr().String(), over: &tls.Config{}})
	c := h.dial(t)
	c.send("GET /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n")
	if a := c.read(); a.status != 502 || testkit.Field(a.head, "Proxy-Status") != "candor; error=tls_certificate_error" {
		t.Errorf("got %q", a.head)
	}
}

// A fault of ours is told as one.
func TestProxyStatusOfAPanic(t *testing.T) {
	p := newPlan()
	p.Options.Stage, p.Log = panicking{}, io.Discard
	h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
	c := h.dial(t)
	c.send(h.get("/me", "X-Panic: 1"))
	if a := c.read(); a.status != 500 || testkit.Field(a.head, "Proxy-Status") != "candor; error=proxy_internal_error" {
		t.Errorf("got %q", a.head)
	}
}
