package server

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/problem"
)

// TestSeats: at the bound the connection that was idle for longest makes room; where none was, a new one is told, and beyond that closed.
func TestSeats(t *testing.T) {
	s := newSeats(2)
	start := time.Unix(1e9, 0)
	type guest struct {
		net.Conn
		standing bool
	}
	come := func(now time.Time) *guest {
		here, there := net.Pipe()
		t.Cleanup(func() { _ = here.Close(); _ = there.Close() })
		return &guest{here, isStanding(s.take(t.Context(), here, now))}
	}
	gone := func(g *guest) bool {
		_ = g.SetReadDeadline(time.Unix(1, 0))
		_, err := g.Read(make([]byte, 1))
		return err == io.ErrClosedPipe //nolint:errorlint // what a pipe says of its own side
	}
	a, b := come(start), come(start.Add(time.Millisecond))
	if c := come(start.Add(leastIdle / 2)); !c.standing || gone(a) {
		t.Error("a connection that has just come made room")
	} else {
		s.note(c.Conn, http.StateClosed)
	}
	s.note(a.Conn, http.StateActive)
	if c := come(start.Add(2 * leastIdle)); c.standing || gone(a) || !gone(b) {
		t.Error("the connection that carries nothing did not make room")
	} else {
		s.note(c.Conn, http.StateActive)
	}
	for range beyondSeats {
		if g := come(start.Add(time.Hour)); !g.standing || gone(g) {
			t.Fatal("it was not told that there is no room")
		} else {
			s.note(g.Conn, http.StateActive)
		}
	}
	if g := come(start.Add(time.Hour)); !gone(g) {
		t.Error("one more was let in")
	}
	s.note(a.Conn, http.StateIdle)
	s.closeIdle()
	if !gone(a) || s.count() != beyondSeats+1 {
		t.Errorf("%d are left", s.count())
	}
}

// TestVisits: what cannot be asked for over a socket: a page that panics, and a visitor without a seat.
func TestVisits(t *testing.T) {
	var log bytes.Buffer
	s := &Server{log: slog.New(slog.NewTextHandler(&log, nil)), o: Options{Now: time.Now}}
	cfg := config.Default()
	cfg.WWW = &config.WWW{}
	w := &www{listener: &listener{}, s: s, paths: []wwwPath{{"/panics", "www/panics", reading, func(*site, http.ResponseWriter, *http.Request) *problem.Problem { panic("geheim") }}}}
	s.www = w
	if err := s.takeWWW(cfg); err != nil {
		t.Fatal(err)
	}

	got := httptest.NewRecorder()
	w.ServeHTTP(got, httptest.NewRequest("GET", "/panics", http.NoBody))
	if got.Code != 500 || got.Header().Get("Candor-Problem") != "internal_error" || strings.Contains(got.Body.String(), "geheim") {
		t.Errorf("%d %+v %s", got.Code, got.Header(), got.Body)
	}
	if id := got.Header().Get("X-Request-Id"); !strings.Contains(log.String(), id) || !strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the log does not tell of %s: %s", id, log.String())
	}

	seats := newSeats(0)
	here, there := net.Pipe()
	defer func() { _ = here.Close(); _ = there.Close() }()
	r := httptest.NewRequest("GET", "/panics", http.NoBody)
	got = httptest.NewRecorder()
	w.ServeHTTP(got, r.WithContext(seats.take(r.Context(), here, time.Now())))
	if got.Code != 503 || got.Header().Get("Retry-After") != "1" || got.Header().Get("Connection") != "close" || !strings.Contains(got.Body.String(), "too many connections are open") {
		t.Errorf("%d %+v %s", got.Code, got.Header(), got.Body)
	}
}

// TestDoorOfWWW: where a hand-over came to nothing, the pages are served on, by the same socket.
func TestDoorOfWWW(t *testing.T) {
	s := &Server{log: slog.New(slog.DiscardHandler), o: Options{Now: time.Now}, fault: make(chan error, 1)}
	cfg := config.Default()
	cfg.WWW = &config.WWW{Address: "127.0.0.1:0"}
	if err := s.listenWWW(t.Context(), cfg, s.handed()); err != nil {
		t.Fatal(err)
	}
	if err := s.takeWWW(cfg); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}, Timeout: 15 * time.Second}
	defer client.CloseIdleConnections()
	status := func() int {
		a, err := client.Get("http://" + s.WWWAddr() + "/errors/4xx")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, a.Body)
		_ = a.Body.Close()
		return a.StatusCode
	}
	for range 2 {
		s.serveWWW()
		if got := status(); got != 200 {
			t.Errorf("%d", got)
		}
		s.www.leave()
		s.www.stop()
		asked := make(chan int)
		go func() { asked <- status() }() // it waits in the socket
		s.www.resume()
		s.serveWWW()
		if got := <-asked; got != 200 {
			t.Errorf("what waited: %d", got)
		}
		s.www.leave()
		s.www.stop()
		s.www.resume()
	}
	s.serveWWW()
	<-s.www.drain(t.Context())
	select {
	case err := <-s.fault:
		t.Error(err)
	default:
	}
}

// TestClientOfWWW: a trusted balancer is believed about the hop before it, and nobody else.
func TestClientOfWWW(t *testing.T) {
	f := &siteFacts{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for _, c := range []struct{ name, peer, forwarded, want string }{
		{"nobody between", "203.0.113.7:1", "", "203.0.113.7"},
		{"one who says he is a balancer", "203.0.113.7:1", "198.51.100.1", "203.0.113.7"},
		{"a balancer", "10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"two, and what the client made up", "10.0.0.1:1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"one that writes ports", "10.0.0.1:1", "198.51.100.1:4711", "198.51.100.1"},
		{"IPv6", "[fd00::1]:1", "2001:db8::1", "2001:db8::1"},
		{"IPv6 with a port", "[fd00::1]:1", "[2001:db8::1]:4711", "2001:db8::1"},
		{"IPv6 in brackets", "[fd00::1]:1", "[2001:db8::1]", "2001:db8::1"},
		{"IPv4 in IPv6", "[::ffff:10.0.0.1]:1", "::ffff:198.51.100.1", "198.51.100.1"},
		{"no address", "10.0.0.1:1", "unknown", "10.0.0.1"},
		{"nothing", "10.0.0.1:1", " ", "10.0.0.1"},
		{"balancers alone", "10.0.0.1:1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"no peer", "pipe", "", "invalid IP"},
	} {
		r := httptest.NewRequest("GET", "/errors", http.NoBody)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := f.client(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
