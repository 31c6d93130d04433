package server

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/problem"
)

// TestSeats: at the bound the connection that was idle for longest makes room; where none was, a new one is told, and beyond that closed.
func TestSeats(t *testing.T) {
	s := newSeats(2, 2)
	start := time.Unix(1e9, 0)
	type guest struct {
		net.Conn
		standing bool
	}
	come := func(now time.Time) *guest {
		here, there := net.Pipe()
		t.Cleanup(func() { _ = here.Close(); _ = there.Close() })
		return &guest{here, isStanding(s.take(t.Context(), here, netip.Addr{}, now))}
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
	if n := s.working(); n != 1 {
		t.Errorf("%d connections carry a request", n)
	}
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

// TestSeatsOfOneAddress: an address beyond its share takes no place from others, and none that is slow keeps one from an answer.
func TestSeatsOfOneAddress(t *testing.T) {
	const most, share = 8, 2
	s := newSeats(most, share)
	start := time.Unix(1e9, 0)
	closed := map[net.Conn]bool{}
	come := func(of string, now time.Time) (net.Conn, bool) {
		here, there := net.Pipe()
		t.Cleanup(func() { _ = here.Close(); _ = there.Close() })
		c := &closing{here, closed}
		return c, isStanding(s.take(t.Context(), c, netip.MustParseAddr(of), now))
	}
	var slow []net.Conn
	for n := range 3 * (most + beyondSeats) { // heads that begin and do not end
		c, stands := come("192.0.2.1", start)
		if want := n >= share; stands != want || closed[c] {
			t.Fatalf("connection %d of one address: stands %v, closed %v", n, stands, closed[c])
		}
		slow = append(slow, c)
	}
	if len(closed) != len(slow)-share-beyondSeats || s.standing != beyondSeats {
		t.Errorf("%d were closed, %d stand", len(closed), s.standing)
	}
	if c, stands := come("192.0.2.2", start); stands || closed[c] {
		t.Error("another address has no seat")
	}
	if c, stands := come("192.0.2.1", start); !stands || closed[c] {
		t.Error("one who shares the address of the slow is not answered")
	} else {
		s.note(c, http.StateActive)
		if come("192.0.2.1", start); closed[c] {
			t.Error("one who is being answered made room")
		}
		s.note(c, http.StateClosed)
	}
	later := start.Add(leastIdle)
	if c, stands := come("192.0.2.1", later); stands || closed[c] || closed[slow[0]] == closed[slow[1]] {
		t.Error("a slow head did not make room for another of its address")
	}
	for n := range 3 * most { // many addresses, each with its share of slow heads
		come("198.51.100."+strconv.Itoa(n), start)
	}
	if c, stands := come("192.0.2.3", later); stands || closed[c] {
		t.Error("a slow head did not make room for another address")
	}
	for c := range s.taken {
		s.note(c, http.StateClosed)
	}
	if len(s.of) != 0 || s.standing != 0 {
		t.Errorf("what is left: %v, %d", s.of, s.standing)
	}
}

// TestSlowVisitors: heads that one address begins and does not end keep nobody from an answer.
func TestSlowVisitors(t *testing.T) {
	s := &Server{log: slog.New(slog.DiscardHandler), o: Options{Now: time.Now}, fault: make(chan error, 1)}
	cfg := config.Default()
	cfg.WWW = &config.WWW{Address: "127.0.0.1:0"}
	if err := s.listenWWW(t.Context(), cfg, s.handed()); err != nil {
		t.Fatal(err)
	}
	if err := s.takeWWW(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	s.www.seats = newSeats(4, 2)
	s.serveWWW()
	defer func() { <-s.www.drain(t.Context()) }()
	dial := func(from string) net.Conn {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 15 * time.Second}
		c, err := d.DialContext(t.Context(), "tcp", s.WWWAddr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	for range 2 * beyondSeats {
		if _, err := io.WriteString(dial("127.0.0.1"), "GET /errors HTTP/1.1\r\nHo"); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		from string
		want []int // the slow of its address make room once they have been slow for a second
	}{{"127.0.0.1", []int{200, 503}}, {"127.0.0.2", []int{200}}, {"127.0.0.1", []int{200, 503}}, {"127.0.0.2", []int{200}}} {
		conn := dial(c.from)
		_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
		if _, err := io.WriteString(conn, "GET /errors HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		a, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", c.from, err)
		}
		if _, err = io.Copy(io.Discard, a.Body); err != nil || !slices.Contains(c.want, a.StatusCode) {
			t.Errorf("%s: %d, %v", c.from, a.StatusCode, err)
		}
		_ = a.Body.Close()
	}
}

// closing notes what was closed.
type closing struct {
	net.Conn
	closed map[net.Conn]bool
}

func (c *closing) Close() error {
	c.closed[c] = true
	return c.Conn.Close()
}

// TestVisitorOfWWW: whose share a connection is of.
func TestVisitorOfWWW(t *testing.T) {
	f := &siteFacts{proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	for peer, want := range map[string]string{
		"203.0.113.7:1": "203.0.113.7", "[::ffff:203.0.113.7]:1": "203.0.113.7", "10.0.0.1:1": "invalid IP", "[2001:db8::1:2:3:4]:1": "2001:db8::",
		"[fe80::1%lo]:1": "fe80::", "pipe": "invalid IP",
	} {
		if got := f.visitor(comingFrom{peer: peer}).String(); got != want {
			t.Errorf("%s: %s, want %s", peer, got, want)
		}
	}
}

// comingFrom is a connection of which the peer alone is asked.
type comingFrom struct {
	net.Conn
	peer string
}

func (c comingFrom) RemoteAddr() net.Addr { return c }
func (c comingFrom) Network() string      { return "tcp" }
func (c comingFrom) String() string       { return c.peer }

// TestVisits: what cannot be asked for over a socket: a page that panics, and a visitor without a seat.
func TestVisits(t *testing.T) {
	var log bytes.Buffer
	s := &Server{log: slog.New(slog.NewTextHandler(&log, nil)), o: Options{Now: time.Now}}
	cfg := config.Default()
	cfg.WWW = &config.WWW{}
	w := &www{listener: &listener{}, s: s, paths: []wwwPath{{"/panics", "www/panics", reading, func(*site, http.ResponseWriter, *http.Request) *problem.Problem { panic("geheim") }, nil, false}}}
	s.www = w
	if err := s.takeWWW(t.Context(), cfg); err != nil {
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

	seats := newSeats(0, 0)
	here, there := net.Pipe()
	defer func() { _ = here.Close(); _ = there.Close() }()
	r := httptest.NewRequest("GET", "/panics", http.NoBody)
	got = httptest.NewRecorder()
	w.ServeHTTP(got, r.WithContext(seats.take(r.Context(), here, netip.Addr{}, time.Now())))
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
	if err := s.takeWWW(t.Context(), cfg); err != nil {
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
		{"elements that are empty", "10.0.0.1:1", "198.51.100.1, ,10.0.0.2,", "198.51.100.1"},
		{"with a zone", "[fd00::1]:1", "fe80::1%eth0", "fe80::1"},
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

// TestUnread: why a body could not be read is told apart: it is too large, it did not come, or it is broken.
func TestUnread(t *testing.T) {
	for err, want := range map[error]problem.OAuthCause{
		&http.MaxBytesError{Limit: wwwForm}:                   problem.OAuthTooLarge,
		&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}: problem.OAuthSlow,
		io.ErrUnexpectedEOF:                                   problem.OAuthMalformed,
	} {
		if got := unread(err); got.Cause != want {
			t.Errorf("%v: %s, want %s", err, got.Cause.Name(), want.Name())
		}
	}
}
