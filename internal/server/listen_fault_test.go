package server

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestListenErrors: each has advice of its own.
func TestListenErrors(t *testing.T) {
	of := func(errno syscall.Errno) error {
		return &net.OpError{Op: "listen", Net: "tcp", Err: os.NewSyscallError("bind", errno)}
	}
	for _, c := range []struct {
		name, address string
		err           error
		want          []string
	}{
		{"in use, by nobody knows whom", "127.0.0.1:0", of(syscall.EADDRINUSE), []string{"listen on 127.0.0.1:0: the address is in use; as root, ss -ltnp 'sport = :0' shows by whom. Stop that program, or choose another port"}},
		{"not for this user", ":1", of(syscall.EACCES), []string{"listen on :1: permission denied; "}},
		{"not for this program", ":50000", of(syscall.EACCES), []string{"listen on :50000: permission denied; a rule of this system forbids the port to this program (SELinux, AppArmor"}},
		{"not here", "192.0.2.7:80", of(syscall.EADDRNOTAVAIL), []string{"this machine has no address 192.0.2.7 now (it has 127.0.0.1", "; listen on one that it has, on :80 for all, or start candor when the network is up"}},
		{"no IPv6", "[::1]:80", of(syscall.EAFNOSUPPORT), []string{"this machine has no IPv6; listen on an IPv4 address"}},
		{"no file left", ":80", of(syscall.EMFILE), []string{"raise its limit (ulimit -n, LimitNOFILE= in systemd)"}},
		{"no such name", "gw.example:80", &net.OpError{Op: "listen", Err: &net.DNSError{Err: "no such host", Name: "gw.example"}}, []string{"the name gw.example leads to no address; write the address itself"}},
		{"something else", ":80", errors.New("another fault"), []string{"listen on :80: another fault"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &ListenError{c.address, c.err}
			for _, want := range c.want {
				if !strings.Contains(e.Error(), want) {
					t.Errorf("got  %s\nwant … %s", e, want)
				}
			}
			if e.Taken() != errors.Is(c.err, syscall.EADDRINUSE) || !errors.Is(e, c.err) {
				t.Errorf("Taken is %v of %v", e.Taken(), e.Err)
			}
		})
	}
}

// TestForbiddenPort names the right that is missing.
func TestForbiddenPort(t *testing.T) {
	got := forbidden("-1") // below every first port, also where all are free
	for _, want := range []string{"CAP_NET_BIND_SERVICE", "setcap cap_net_bind_service=+ep /", " or choose a port from 1024 on"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
}
