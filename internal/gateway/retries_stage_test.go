package gateway

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/retry"
)

// What a scripted upstream does with an attempt; any other script is the answer, as it is written.
const (
	refuses = "refuses" // the connection
	resets  = "resets"  // once it has the call
	closes  = "closes"  // once it has the call
	hangs   = "hangs"   // and never answers
	breaks  = "breaks"  // within the body of an error
)

// script is an upstream that does one thing with each attempt, the last one with all that follow. Whether it listens is settled when the gateway draws its next wait.
type script struct {
	tb    testing.TB
	mu    sync.Mutex
	steps []string
	at    int
	addr  string
	l     *net.TCPListener
	conns []*net.TCPConn
	calls []string // as they came
	work  sync.WaitGroup
	ended chan struct{}
}

func newScript(tb testing.TB, steps ...string) *script {
	tb.Helper()
	s := &script{tb: tb, steps: steps, ended: make(chan struct{})}
	l := testkit.Listen(tb)
	s.l, s.addr = l, l.Addr().String()
	s.work.Go(func() { s.accept(l) })
	s.listen()
	tb.Cleanup(s.close)
	return s
}

func (s *script) step() string { return s.steps[min(s.at, len(s.steps)-1)] }

// listen opens or closes the listener, as the present step needs it.
func (s *script) listen() {
	if s.step() == refuses {
		if s.l != nil {
			_ = s.l.Close()
			s.l = nil
		}
		return
	}
	if s.l != nil {
		return
	}
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.tb.Errorf("the port is taken: %v", err)
		return
	}
	s.l = l.(*net.TCPListener)
	s.work.Go(func() { s.accept(l.(*net.TCPListener)) })
}

// next moves on to the next step, and is what the gateway draws its waits from: none.
func (s *script) next() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at++
	s.listen()
	return 0
}

func (s *script) accept(l *net.TCPListener) {
	for {
		c, err := l.AcceptTCP()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, c)
		s.mu.Unlock()
		s.work.Go(func() {
			s.serve(c)
			_ = c.Close()
		})
	}
}

func (s *script) serve(c *net.TCPConn) {
	for r := bufio.NewReader(c); ; {
		raw, err := readCall(r)
		if raw != "" {
			s.mu.Lock()
			s.calls = append(s.calls, raw)
			s.mu.Unlock()
		}
		if err != nil {
			return
		}
		s.mu.Lock()
		step := s.step()
		s.mu.Unlock()
		switch step {
		case resets:
			_ = c.SetLinger(0)
			return
		case closes:
			return
		case hangs:
			<-s.ended
			return
		case breaks:
			_, _ = io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{")
			return
		}
		if _, err := io.WriteString(c, step); err != nil || strings.Contains(step, "Connection: close") {
			return
		}
	}
}

// sent is what came so far.
func (s *script) sent() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.calls...)
}

func (s *script) close() {
	s.mu.Lock()
	if s.l != nil {
		_ = s.l.Close()
	}
	close(s.ended)
	for _, c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.work.Wait()
}

// tried is a plan with a route /again, which has what p says sent again to the upstream s.
func tried(s *script, p *retry.Policy) *plan {
	public := route.Credentials{Need: route.Public}
	plan := newPlan()
	plan.Options.Random = s.next
	plan.API.Routes = append(plan.API.Routes,
		route.Spec{Name: "again", Path: "/again/**", Credentials: &public, Retry: p},
		route.Spec{Name: "counted", Path: "/counted", Quota: "few", Retry: p})
	return plan
}

// over opens the house before the upstream of a script.
func (p *plan) over(tb testing.TB, s *script) *house {
	tb.Helper()
	return p.open(tb, &origin{addr: s.addr})
}

// again is the route that tries again.
func again(p *plan) *route.Spec {
	for i := range p.API.Routes {
		if p.API.Routes[i].Name == "again" {
			return &p.API.Routes[i]
		}
	}
	return nil
}

// retried is what was counted of calls that could be sent again; nil: nothing.
func (s *stage) retried() (counted map[upstream.Retried]int64) {
	for i := range upstream.RetriedCount {
		if n := s.upstream.Stats().Retried[i].Load(); n > 0 {
			if counted == nil {
				counted = map[upstream.Retried]int64{}
			}
			counted[i] = n
		}
	}
	return counted
}

// hasFailed reports whether so many attempts have.
func (s *script) hasFailed(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at >= n
}
