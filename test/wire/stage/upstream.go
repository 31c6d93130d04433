package stage

import (
	"bytes"
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// Upstream is a server on raw sockets. It records every byte that reaches it, and answers by script.
type Upstream struct {
	URL string

	ln   net.Listener
	all  sync.WaitGroup
	goes chan struct{}

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each change
	mark    string
	calls   []*Call
	scripts []Script
	conns   map[*net.TCPConn]int
	made    int
}

// Call is what the upstream got of one call.
type Call struct {
	Conn  int // number of the connection that it came on
	Bytes []byte
	Whole bool // it came to its end
	Done  bool // its script was played
	Gone  bool // the connection has ended since
}

// StartUpstream starts a recording upstream that ends with the test; over TLS where a configuration is given.
func StartUpstream(tb testing.TB, over *tls.Config) *Upstream {
	tb.Helper()
	ln := testkit.Listen(tb)
	u := &Upstream{URL: "http://" + ln.Addr().String(), ln: ln, goes: make(chan struct{}), changed: make(chan struct{}), conns: map[*net.TCPConn]int{}}
	if over != nil {
		u.URL = "https://" + ln.Addr().String()
	}
	u.all.Go(func() { u.accept(over) })
	tb.Cleanup(u.close)
	return u
}

func (u *Upstream) accept(over *tls.Config) {
	for {
		c, err := u.ln.Accept()
		if err != nil {
			return
		}
		tcp := c.(*net.TCPConn)
		if over != nil {
			c = tls.Server(c, over)
		}
		u.mu.Lock()
		u.made++
		u.conns[tcp] = u.made
		p := &peer{u: u, c: c, tcp: tcp, number: u.made}
		u.mu.Unlock()
		u.all.Go(p.serve)
	}
}

func (u *Upstream) close() {
	_ = u.ln.Close()
	u.mu.Lock()
	for tcp := range u.conns {
		_ = tcp.Close()
	}
	u.mu.Unlock()
	u.all.Wait()
}

// Play makes scripts those of the next calls in whose head mark stands, and forgets what was recorded. Calls without the mark
// are those of an earlier play that come late: they are neither counted nor given a script.
func (u *Upstream) Play(mark string, scripts ...Script) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.mark, u.scripts = mark, scripts
	u.calls = nil
}

// Go lets a script that waits at sync go on.
func (u *Upstream) Go() {
	select {
	case u.goes <- struct{}{}:
	case <-time.After(testkit.Patience):
	}
}

// Calls is what was recorded since Play.
func (u *Upstream) Calls() (calls []Call) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, c := range u.calls {
		if wholeHead(c.Bytes) > 0 && !marked(c.Bytes, u.mark) {
			continue
		}
		copied := *c
		copied.Bytes = slices.Clone(c.Bytes)
		copied.Whole = wholeRequest(copied.Bytes) > 0
		calls = append(calls, copied)
	}
	return calls
}

// marked reports whether a mark stands in the head of a call.
func marked(call []byte, mark string) bool {
	return bytes.Contains(call[:wholeHead(call)], []byte(mark))
}

// Await waits until what was recorded is as ok wants it, and reports whether that came true in time.
func (u *Upstream) Await(ok func([]Call) bool) bool {
	late := time.NewTimer(testkit.Patience)
	defer late.Stop()
	for {
		u.mu.Lock()
		changed := u.changed
		u.mu.Unlock()
		if ok(u.Calls()) {
			return true
		}
		select {
		case <-changed:
		case <-late.C:
			return false
		}
	}
}

// Quiet waits until every script was played or its connection ended.
func (u *Upstream) Quiet() bool {
	return u.Await(func(calls []Call) bool {
		return !slices.ContainsFunc(calls, func(c Call) bool { return !c.Done && !c.Gone })
	})
}

// Open counts the connections that are open.
func (u *Upstream) Open() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.conns)
}

// change makes a change under the lock, and tells those that wait.
func (u *Upstream) change(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f()
	close(u.changed)
	u.changed = make(chan struct{})
}

// peer is one connection of the gateway.
type peer struct {
	u      *Upstream
	c      net.Conn
	tcp    *net.TCPConn
	number int
	call   *Call
}

func (p *peer) serve() {
	defer p.end()
	for {
		p.call = nil
		if !p.readUntil(func(raw []byte) bool { return len(raw) > 0 }) {
			return
		}
		on := p.readHead(Step{}) && p.run(p.script())
		p.u.change(func() { p.call.Done = true })
		if !on {
			return
		}
	}
}

func (p *peer) script() (s Script) {
	p.u.mu.Lock()
	defer p.u.mu.Unlock()
	if len(p.u.scripts) > 0 && marked(p.call.Bytes, p.u.mark) {
		s, p.u.scripts = p.u.scripts[0], p.u.scripts[1:]
	}
	return s
}

// readUntil reads and records until the call is as enough wants it. It says false where the connection ended before.
func (p *peer) readUntil(enough func([]byte) bool) bool {
	buf := make([]byte, 64<<10)
	for p.call == nil || !enough(p.call.Bytes) {
		n, err := p.c.Read(buf)
		if n > 0 {
			p.record(buf[:n])
		}
		if err != nil {
			return false
		}
	}
	return true
}

// record keeps every byte; the first begins a call.
func (p *peer) record(b []byte) {
	p.u.change(func() {
		if p.call == nil {
			p.call = &Call{Conn: p.number}
			p.u.calls = append(p.u.calls, p.call)
		}
		p.call.Bytes = append(p.call.Bytes, b...)
	})
}

func (p *peer) end() {
	_ = p.c.Close()
	p.u.change(func() {
		delete(p.u.conns, p.tcp)
		for _, c := range p.u.calls {
			if c.Conn == p.number {
				c.Gone = true
			}
		}
	})
}
