//go:build unix

package restart_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
)

// starter is what systemd is to a service: it becomes candor, with sockets as descriptors from 3 on.
func starter() {
	env := os.Environ()
	if os.Getenv("LISTEN_PID") == "" {
		env = append(env, "LISTEN_PID="+strconv.Itoa(os.Getpid()))
	}
	name := os.Getenv("CANDOR_TEST_STARTER")
	panic(syscall.Exec(name, append([]string{name}, os.Args[1:]...), env))
}

// given is what a service gets of systemd.
type given struct {
	files []*os.File
	names string
	more  []string // of the environment
}

// give makes p listen where systemd does.
func (s *stage) give(names string, addresses ...string) given {
	s.t.Helper()
	g := given{names: names}
	for _, a := range addresses {
		l, err := net.Listen("tcp", a)
		if err != nil {
			s.t.Fatal(err)
		}
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			s.t.Fatal(err)
		}
		l.Close() // the file is what stays
		s.t.Cleanup(func() { f.Close() })
		g.files = append(g.files, f)
	}
	return g
}

// startGiven starts candor as systemd does.
func (s *stage) startGiven(g given, args ...string) *process {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(s.t.Context(), self, append([]string{"serve", "--log-format", "text"}, args...)...)
	cmd.ExtraFiles = g.files
	cmd.Env = append(os.Environ(), append([]string{"CANDOR_TEST_STARTER=" + program, "LISTEN_FDS=" + strconv.Itoa(len(g.files)), "LISTEN_FDNAMES=" + g.names}, g.more...)...)
	return s.startWith(cmd)
}

// TestSystemdSockets: a service that is stopped and started again under load keeps its sockets, and no call fails.
func TestSystemdSockets(t *testing.T) {
	s := newStage(t)
	g := s.give("operator:api:secure", s.words["ADMIN"], s.words["PLAIN"], s.words["SECURE"])
	told := manager(t, &g)
	file := s.file()
	p := s.startGiven(g, file)
	p.says("msg=serving ")
	told.says("READY=1")
	made, err := s.operator().Mint(t.Context(), admin.MintRequest{App: "demo", Member: "ada", Scopes: []string{"r_profile"}})
	if err != nil {
		t.Fatal(err)
	}
	l := s.load(made.Token)
	l.sees(p, 50)
	for range 3 {
		p.terminate()
		told.says("STOPPING=1")
		p.ends(0)
		p = s.startGiven(g, file)
		told.says("READY=1")
		l.sees(p, 50)
	}
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	told.says("RELOADING=1")
	told.says("READY=1")
	l.ends()
	p.terminate()
	p.ends(0)
	if got, want := saved(t, s.words["DATA"]), l.counted.Load(); got != want {
		t.Errorf("%d calls were counted, and %d were made", got, want)
	}
}

// heard is what a service manager is told.
type heard struct {
	t *testing.T
	*net.UnixConn
}

// manager is one that listens at NOTIFY_SOCKET.
func manager(t *testing.T, g *given) heard {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	g.more = append(g.more, "NOTIFY_SOCKET="+path)
	return heard{t, c}
}

// says waits for what comes next.
func (h heard) says(want string) {
	h.t.Helper()
	b := make([]byte, 1000)
	_ = h.SetReadDeadline(time.Now().Add(testkit.Patience))
	n, err := h.Read(b)
	if got := string(b[:n]); err != nil || got != want {
		h.t.Fatalf("the manager was told %q, %v; want %q", got, err, want)
	}
}

// TestSystemdMistakes: what cannot be used of what was handed over is a mistake that says so, and nothing is served.
func TestSystemdMistakes(t *testing.T) {
	s := newStage(t)
	file := s.file("admin: \"ADMIN\"", "admin: off")
	odd := func(f *os.File, err error) given {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return given{files: []*os.File{f}, names: "odd"}
	}
	udp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	tcp, err := net.Dial("tcp", strings.TrimPrefix(s.api.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	local, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(t.TempDir(), "s"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	other := s.give("api:strange", s.words["PLAIN"], "127.0.0.1:0")
	for _, c := range []struct {
		name string
		given
		code int
		want string
	}{
		{"nothing listens there", other, 2, `("strange"), and nothing listens there by the configuration, which has listeners[0].address ` + s.words["PLAIN"]},
		{"a datagram socket", odd(udp.File()), 2, `(descriptor 3, named "odd") cannot be used: it is no socket that listens for streams`},
		{"a connection", odd(tcp.(*net.TCPConn).File()), 2, `cannot be used: it does not listen: a connection`},
		{"a Unix socket", odd(local.File()), 2, `cannot be used: it is a unix socket, and TCP is what is spoken here`},
		{"a file", odd(os.Open(file)), 2, `cannot be used: it is no socket`},
		{"no number", given{more: []string{"LISTEN_FDS=many"}}, 2, `LISTEN_FDS is "many"`},
		{"more than there are", given{more: []string{"LISTEN_FDS=700"}}, 2, `cannot be used: `},
	} {
		p := s.startGiven(c.given, file)
		p.ends(c.code)
		if got := p.said.String(); !strings.Contains(got, c.want) {
			t.Errorf("%s: got\n%s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestSystemdForAnother: what was handed over to another process is left alone.
func TestSystemdForAnother(t *testing.T) {
	s := newStage(t)
	g := s.give("strange", "127.0.0.1:0")
	g.more = append(g.more, "LISTEN_PID=1")
	p := s.startGiven(g, s.file())
	p.says("msg=serving ")
	p.terminate()
	p.ends(0)
}
