package upstream_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
)

func fileOf(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// certificate makes a pair for these names that signs itself, and writes it where CA can point to it.
func certificate(t *testing.T, names ...string) (pair tls.Certificate, ca string) {
	t.Helper()
	made := testkit.SelfSigned(t, "test", names, testkit.Authority)
	ca, _ = made.Files(t)
	return made.Pair(), ca
}

// securePeer does the handshake on each connection before it is handed over by secured.
func (p *peer) secured(t *testing.T, pair tls.Certificate, wrap func(net.Conn) net.Conn) chan *tls.Conn {
	t.Helper()
	out := make(chan *tls.Conn, 4)
	var work sync.WaitGroup
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop); work.Wait() })
	work.Go(func() {
		for {
			select {
			case c := <-p.made:
				s := tls.Server(wrap(c), &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
				if s.HandshakeContext(t.Context()) == nil {
					out <- s
				}
			case <-stop:
				return
			}
		}
	})
	return out
}

func bare(c net.Conn) net.Conn { return c }

func TestDialTLS(t *testing.T) {
	p := newPeer(t)
	pair, ca := certificate(t, "127.0.0.1")
	at := p.secured(t, pair, bare)
	spec := p.spec()
	spec.Targets[0] = strings.Replace(p.url, "http:", "https:", 1)
	spec.CA, spec.TLS = ca, patience
	b := start(t, spec, false)
	c := b.dial(t)
	s := <-at
	if got := s.ConnectionState().NegotiatedProtocol; got != "" {
		t.Errorf("protocol %q", got)
	}
	for i := range 3 {
		if got := b.goodCall(t, c, s, ok); got != "ok" || c.Reused != (i > 0) {
			t.Errorf("call %d: %q, reused %v", i, got, c.Reused)
		}
		c.Release(b.now(), true, 0)
		if c = b.Take(b.now(), false, 0, true); c == nil {
			t.Fatal("a TLS connection is not pooled, or not taken")
		}
		c.Begin()
	}
	if c.Address() != p.ln.Addr().String() {
		t.Errorf("address %s", c.Address())
	}
	c.Close()
}

// TestDialTLSName: a server that is dialled by its address shows the certificate of its name, is asked for it, and is held to it.
func TestDialTLSName(t *testing.T) {
	pair, ca := certificate(t, "api.internal")
	for _, c := range []struct {
		name, tlsName string
		want          upstream.Cause
		says          string // by the other side: the name that was asked for; of a fault
	}{
		{"its own name", "api.internal", upstream.OK, "api.internal"},
		{"none: the target's", "", upstream.TLSFailed, "127.0.0.1"},
		{"another name", "other.internal", upstream.TLSFailed, "is valid for api.internal, not other.internal"},
		{"an address", "10.0.0.5", upstream.TLSFailed, "10.0.0.5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			at := p.secured(t, pair, bare)
			spec := p.spec()
			spec.Targets[0] = strings.Replace(p.url, "http:", "https:", 1)
			spec.CA, spec.TLS, spec.TLSName = ca, patience, c.tlsName
			conn, f := start(t, spec, false).Dial(t.Context())
			switch {
			case f.Cause != c.want:
				t.Fatalf("%v: %v, want %v", f.Cause, f.Err, c.want)
			case f.Cause != upstream.OK && !strings.Contains(f.Err.Error(), c.says):
				t.Errorf("%v, want … %s", f.Err, c.says)
			case f.Cause == upstream.OK:
				if got := (<-at).ConnectionState().ServerName; got != c.says {
					t.Errorf("asked for %q, want %q", got, c.says)
				}
				conn.Close()
			}
		})
	}
}

// TestDialFails: which way it failed, and nothing was written.
func TestDialFails(t *testing.T) {
	wrong, wrongCA := certificate(t, "other.example")
	right, _ := certificate(t, "127.0.0.1")
	_, otherCA := certificate(t, "127.0.0.1")
	secure := func(s *upstream.Spec) {
		s.Targets[0] = strings.Replace(s.Targets[0], "http:", "https:", 1)
		s.TLS = patience
	}
	for _, c := range []struct {
		name string
		with func(*upstream.Spec)
		pair *tls.Certificate
		peer func(*peer)
		want upstream.Cause
		says string
	}{
		{"refused", nil, nil, func(p *peer) { p.ln.Close() }, upstream.Refused, "connection refused"},
		{"a name that nobody has", func(s *upstream.Spec) { s.Targets[0], s.Connect = "http://nothing.invalid:80", time.Second }, nil, nil, upstream.DNSFailed, "nothing.invalid"},
		{"no time to connect", func(s *upstream.Spec) { s.Connect = 1 }, nil, nil, upstream.ConnectTimeout, "timeout"},
		{"a certificate of another name", func(s *upstream.Spec) { secure(s); s.CA = wrongCA }, &wrong, nil, upstream.TLSFailed, "certificate"},
		{"a certificate that nobody trusts", secure, &right, nil, upstream.TLSFailed, "unknown authority"},
		{"a certificate that others trust", func(s *upstream.Spec) { secure(s); s.CA = otherCA }, &right, nil, upstream.TLSFailed, "certificate"},
		{"plain HTTP", secure, nil, func(p *peer) {
			go func() { _, _ = io.WriteString(<-p.made, "HTTP/1.1 400 Bad Request\r\n\r\n") }()
		}, upstream.TLSFailed, "does not look like a TLS handshake"},
		{"closed in the handshake", secure, nil, func(p *peer) { go func() { (<-p.made).Close() }() }, upstream.TLSFailed, ""},
		{"silence in the handshake", func(s *upstream.Spec) { secure(s); s.TLS = 20 * time.Millisecond }, nil, nil, upstream.TLSTimeout, "deadline"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			spec := p.spec()
			if c.with != nil {
				c.with(&spec)
			}
			if c.pair != nil {
				p.secured(t, *c.pair, bare)
			}
			if c.peer != nil {
				c.peer(p)
			}
			b := start(t, spec, false)
			f := within(t, func() upstream.Fault { _, f := b.Dial(t.Context()); return f })
			if f.Cause != c.want || f.Err == nil || !strings.Contains(f.Err.Error(), c.says) {
				t.Errorf("%v: %v; want %v: … %s", f.Cause, f.Err, c.want, c.says)
			}
			if s := b.Stats(); s.Dialled.Load() != 1 || s.Failed.Load() != 1 {
				t.Errorf("%d dialled, %d failed", s.Dialled.Load(), s.Failed.Load())
			}
		})
	}
	t.Run("any certificate, where the operator says so", func(t *testing.T) {
		p := newPeer(t)
		p.secured(t, wrong, bare)
		spec := p.spec()
		secure(&spec)
		spec.InsecureSkipVerify = true
		start(t, spec, false).dial(t).Close()
	})
	t.Run("given up in the handshake", func(t *testing.T) {
		p := newPeer(t)
		spec := p.spec()
		secure(&spec)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { p.next(t); cancel() }()
		f := within(t, func() upstream.Fault { _, f := start(t, spec, false).Dial(ctx); return f })
		if f.Cause != upstream.Cancelled {
			t.Errorf("%v, want cancelled", f.Cause)
		}
	})
}

// gather holds back what is written until it is let go: two records in one segment.
type gather struct {
	net.Conn
	mu   sync.Mutex
	held *bytes.Buffer // nil: nothing is held back
}

func (g *gather) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held != nil {
		return g.held.Write(b)
	}
	return g.Conn.Write(b)
}

func (g *gather) hold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = &bytes.Buffer{}
}

func (g *gather) letGo(t *testing.T) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	all := g.held.String()
	g.held = nil
	say(t, g.Conn, all)
}

// TestWhatHidesInARecord: bytes behind an answer that the TLS layer has read, and we have not, are no less a reason not to pool the connection: the next call
// would get them as its answer.
func TestWhatHidesInARecord(t *testing.T) {
	p := newPeer(t)
	pair, ca := certificate(t, "127.0.0.1")
	at := p.secured(t, pair, func(c net.Conn) net.Conn { return &gather{Conn: c} })
	spec := p.spec()
	spec.Targets[0] = strings.Replace(p.url, "http:", "https:", 1)
	spec.CA, spec.TLS = ca, patience
	for _, behind := range []string{"", "x", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"} {
		b := start(t, spec, false)
		c := b.dial(t)
		s := <-at
		wire := s.NetConn().(*gather)
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			expect(t, s, get)
			wire.hold()
			say(t, s, ok)
			if behind != "" {
				say(t, s, behind)
			}
			wire.letGo(t)
		}()
		f := b.exchange(c, get)
		<-answered
		if text, g := body(c); f.Cause != upstream.OK || text != "ok" || g.Cause != upstream.OK {
			t.Fatalf("%v, %q, %v", f.Cause, text, g.Cause)
		}
		c.Release(b.now(), true, 0)
		if got := b.Idle() == 1; got != (behind == "") {
			t.Errorf("%q behind an answer: pooled %v", behind, got)
		}
	}
}
