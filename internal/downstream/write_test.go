package downstream

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/testkit"
)

// stalling is a connection whose clock goes on by a look with each reading, and no slower than time does.
type stalling struct {
	*Conn
	client   *net.TCPConn
	last     time.Time // that was read
	readings int
	look     func(n int) // called at the nth reading of a write
}

// stallLimit and its looks: time must pass for a deadline, but how much decides nothing.
const (
	stallLimit = 320 * time.Millisecond
	stallLook  = stallLimit / 32
)

func newStalling(t *testing.T, over *tls.Config) *stalling {
	t.Helper()
	s := &stalling{look: func(int) {}}
	u := newUser()
	u.times.WriteStall = stallLimit
	u.side.Clock = clock.New(func() time.Time {
		if now := time.Now(); now.After(s.last.Add(stallLook)) {
			s.last = now
		} else {
			s.last = s.last.Add(stallLook)
		}
		s.readings++
		s.look(s.readings)
		return s.last
	})
	ours, client := testkit.Pair(t)
	s.client = client
	_ = s.client.SetReadBuffer(64 << 10)
	_ = ours.SetWriteBuffer(64 << 10)
	s.Conn = u.side.New(ours, over, 1, 1, u)
	t.Cleanup(func() {
		s.client.Close()
		s.reset()
	})
	shaken := make(chan error, 1)
	go func() {
		if over == nil {
			shaken <- nil
			return
		}
		shaken <- tls.Client(s.client, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(t.Context())
	}()
	if !s.handshake(t.Context()) || <-shaken != nil {
		t.Fatal("no handshake")
	}
	s.readings = 0
	return s
}

// both runs a test over a plain and a TLS connection.
func both(t *testing.T, test func(t *testing.T, s *stalling)) {
	t.Helper()
	secure := httptest.NewUnstartedServer(nil)
	secure.StartTLS()
	over := &tls.Config{Certificates: secure.TLS.Certificates}
	secure.Close()
	for name, over := range map[string]*tls.Config{"plain": nil, "TLS": over} {
		t.Run(name, func(t *testing.T) { test(t, newStalling(t, over)) })
	}
}

// What the sockets' buffers take is not taken by the client: neither at first nor after each wait.
func TestWriteToAClientThatReadsNothing(t *testing.T) {
	both(t, func(t *testing.T, s *stalling) {
		var taken uint64
		var since time.Time // when the client's side took something last
		looks := 0          // since then
		s.look = func(int) {
			if now := s.watch.taken(0); now != taken || since.IsZero() {
				taken, since, looks = now, s.last, 0
			}
			looks++
		}
		sent, err := s.write(make([]byte, 8<<20))
		if !errors.Is(err, os.ErrDeadlineExceeded) || sent == 0 {
			t.Errorf("sent %d: %v", sent, err)
		}
		if took := s.last.Sub(since); took < stallLimit-2*stallLook {
			t.Errorf("it gave up after %v", took)
		}
		if looks > 36 { // the limit is 32 of them, and at most a sixteenth late
			t.Errorf("it looked %d times", looks)
		}
	})
}

// A client that reads slowly is waited for, however long that takes in all.
func TestWriteToAClientThatReadsSlowly(t *testing.T) {
	both(t, func(t *testing.T, s *stalling) {
		some := make([]byte, 64<<10)
		s.look = func(n int) {
			if n > 1 { // else nothing may have been written yet
				_, _ = s.client.Read(some)
			}
		}
		_ = s.client.SetReadDeadline(time.Now().Add(patience))
		if sent, err := s.write(make([]byte, 6<<20)); err != nil || sent != 6<<20 {
			t.Errorf("sent %d: %v, after %d looks", sent, err, s.readings)
		}
		if s.readings < 40 {
			t.Errorf("it took %d looks only: what is tested did not happen", s.readings)
		}
	})
}
