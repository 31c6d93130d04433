package handover

import (
	"fmt"
	"net"
	"os"
	"testing"
)

// TestListensAt: which address of a configuration a socket stands for.
func TestListensAt(t *testing.T) {
	for _, c := range []struct {
		real, address string
		want          bool
	}{
		{"127.0.0.1:8080", "127.0.0.1:8080", true},
		{"127.0.0.1:8080", "localhost:8080", true},
		{"127.0.0.1:8080", "127.0.0.1:8081", false},
		{"127.0.0.1:8080", "127.0.0.2:8080", false},
		{"127.0.0.1:8080", ":8080", false},
		{"127.0.0.1:8080", "127.0.0.1:0", false},
		{"[::]:443", ":443", true},
		{"[::]:443", ":https", true},
		{"[::]:443", "[::]:443", true},
		{"[::]:443", "0.0.0.0:443", false},
		{"[::]:443", "127.0.0.1:443", false},
		{"0.0.0.0:443", "0.0.0.0:443", true},
		{"0.0.0.0:443", ":443", true},
		{"0.0.0.0:443", "[::]:443", false},
		{"[::1]:443", "[::1]:443", true},
		{"[::1]:443", "127.0.0.1:443", false},
		{"[fe80::1%lo]:443", "[fe80::1%lo]:443", true},
		{"[fe80::1%lo]:443", "[fe80::1%eth7]:443", false},
		{"127.0.0.1:8080", "no address", false},
	} {
		real, err := net.ResolveTCPAddr("tcp", c.real)
		if err != nil {
			t.Fatal(err)
		}
		if got := listensAt(real, c.address); got != c.want {
			t.Errorf("a socket at %s for %s: %v", c.real, c.address, got)
		}
	}
}

// TestTake: each socket is taken once, and the one that had this very address first.
func TestTake(t *testing.T) {
	var p Pool
	defer p.Close()
	open := func(address, what string) *net.TCPListener {
		t.Helper()
		l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		p = append(p, Socket{TCPListener: l, Address: address, For: what})
		return l
	}
	first, second, operator, other := open("127.0.0.1:0", API), open("127.0.0.1:0", API), open("127.0.0.1:0", Admin), open("gw.internal:80", API)
	given := p
	for i, c := range []struct {
		address, what string
		want          *net.TCPListener
	}{
		{"127.0.0.1:0", Admin, operator},
		{"127.0.0.1:0", API, first},
		{"127.0.0.1:0", API, second},
		{"127.0.0.1:0", API, nil},
		{other.Addr().String(), Admin, other},
		{other.Addr().String(), Admin, nil},
	} {
		if got := p.Take(c.address, c.what); got != c.want {
			t.Errorf("%d: got %v, want %v", i, got, c.want)
		}
	}
	if len(p) != 0 || len(given) != 4 || given[0].TCPListener != first {
		t.Errorf("%d are left; what was given has %d", len(p), len(given))
	}
}

// TestSystemdEnvironment: what there is nothing to take of.
func TestSystemdEnvironment(t *testing.T) {
	mine := fmt.Sprint(os.Getpid())
	for name, env := range map[string]map[string]string{
		"nothing":         {},
		"another process": {"LISTEN_PID": "1", "LISTEN_FDS": "700"},
		"no number":       {"LISTEN_PID": mine},
		"none":            {"LISTEN_PID": mine, "LISTEN_FDS": "0"},
	} {
		got, err := Systemd(func(name string) (string, bool) { text, ok := env[name]; return text, ok }, os.Getpid())
		if err != nil || len(got) != 0 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, n := range []string{"many", "-1", "1025", "1 "} {
		env := map[string]string{"LISTEN_PID": mine, "LISTEN_FDS": n}
		if _, err := Systemd(func(name string) (string, bool) { text, ok := env[name]; return text, ok }, os.Getpid()); err == nil {
			t.Errorf("LISTEN_FDS=%s is taken", n)
		}
	}
}

// TestNotifierOf: whom there is to tell.
func TestNotifierOf(t *testing.T) {
	for path, want := range map[string]bool{"": false, "/run/systemd/notify": true, "@abstract": true, "vsock:2:1234": false, "notify": false} {
		n := NotifierOf(func(string) (string, bool) { return path, path != "" })
		if got := n.path != ""; got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
	if err := (Notifier{}).Tell(Ready); err != nil {
		t.Errorf("nobody is told: %v", err)
	}
	if err := (Notifier{path: "/nowhere/notify"}).Tell(Ready); err == nil {
		t.Error("a manager that is not there was told")
	}
}
