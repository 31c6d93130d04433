package adopt

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// tap stands before an upstream and notes what goes to it, in the order in which it comes.
type tap struct {
	address string // where it listens
	to      string

	mu    sync.Mutex
	noted []byte
	conns map[net.Conn]bool
	all   sync.WaitGroup
}

func startTap(t *testing.T, to string) *tap {
	t.Helper()
	l := testkit.Listen(t)
	p := &tap{address: l.Addr().String(), to: to, conns: map[net.Conn]bool{}}
	p.all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.all.Go(func() { p.carry(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.mu.Lock()
		for c := range p.conns {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.all.Wait()
	})
	return p
}

func (p *tap) carry(from net.Conn) {
	to, err := net.Dial("tcp", p.to)
	if err != nil {
		_ = from.Close()
		return
	}
	p.know(from, to)
	p.all.Go(func() {
		_, _ = io.Copy(to, io.TeeReader(from, p))
		_ = to.(*net.TCPConn).CloseWrite()
	})
	_, _ = io.Copy(from, to)
	_ = from.Close()
	_ = to.Close()
}

func (p *tap) know(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		p.conns[c] = true
	}
}

// Write notes.
func (p *tap) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noted = append(p.noted, b...)
	return len(b), nil
}

// take is what was noted since it was last asked.
func (p *tap) take() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	noted := string(p.noted)
	p.noted = nil
	return noted
}
