package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/candor-gateway/candor/internal/socket"
)

// Listen takes a TCP address. The error says what can be done about it.
func Listen(ctx context.Context, address string) (*net.TCPListener, error) {
	l, err := socket.Listening().Listen(ctx, "tcp", address)
	if err != nil {
		return nil, &ListenError{address, err}
	}
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return nil, fmt.Errorf("listen on %s: this is not a TCP address", address)
	}
	return tcp, nil
}

// ListenError says why an address could not be listened on.
type ListenError struct {
	Address string
	Err     error
}

func (e *ListenError) Unwrap() error { return e.Err }

// Taken reports whether another program listens there.
func (e *ListenError) Taken() bool { return errors.Is(e.Err, syscall.EADDRINUSE) }

// Error is what happened, and what to do.
func (e *ListenError) Error() string {
	return "listen on " + e.Address + ": " + e.why()
}

func (e *ListenError) why() string {
	host, port, _ := net.SplitHostPort(e.Address)
	var unknown *net.DNSError
	switch {
	case e.Taken():
		return "the address is in use" + e.byWhom(port)
	case errors.Is(e.Err, fs.ErrPermission):
		return "permission denied; " + forbidden(port)
	case errors.Is(e.Err, syscall.EADDRNOTAVAIL):
		return fmt.Sprintf("this machine has no address %s now%s; listen on one that it has, on :%s for all, or start candor when the network is up", host, ourAddresses(), port)
	case errors.Is(e.Err, syscall.EAFNOSUPPORT):
		return "this machine has no IPv6; listen on an IPv4 address"
	case errors.As(e.Err, &unknown):
		return fmt.Sprintf("the name %s leads to no address; write the address itself", host)
	case errors.Is(e.Err, syscall.EMFILE):
		return "this process may open no more files; raise its limit (ulimit -n, LimitNOFILE= in systemd)"
	}
	return e.Err.Error()
}

// byWhom names the program that listens at a port, as far as this user may know it.
func (e *ListenError) byWhom(port string) string {
	if pid, name := listenerAt(port); pid != 0 {
		if name == "candor" {
			return fmt.Sprintf(" by another candor, process %d, which may still drain; stop it, or choose another port", pid)
		}
		return fmt.Sprintf(" by %s, process %d; stop it, or choose another port", name, pid)
	}
	return fmt.Sprintf("; as root, ss -ltnp 'sport = :%s' shows by whom. Stop that program, or choose another port", port)
}

// forbidden is the advice for a port that this user may not take.
func forbidden(port string) string {
	first := 1024
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start"); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			first = n
		}
	}
	if n, err := strconv.Atoi(port); err != nil || n >= first {
		return "a rule of this system forbids the port to this program (SELinux, AppArmor, a sandbox of systemd)"
	}
	program, err := os.Executable()
	if err != nil {
		program = "PATH/candor"
	}
	return fmt.Sprintf("ports below %d are for root and for programs with CAP_NET_BIND_SERVICE: run setcap cap_net_bind_service=+ep %s as root (in systemd AmbientCapabilities=CAP_NET_BIND_SERVICE), or choose a port from %d on",
		first, program, max(first, 1024))
}

// ourAddresses is what this machine has, in parentheses.
func ourAddresses() string {
	const most = 8
	all, err := net.InterfaceAddrs()
	if err != nil || len(all) == 0 {
		return ""
	}
	var texts []string
	for _, a := range all[:min(len(all), most)] {
		if n, ok := a.(*net.IPNet); ok && !slices.Contains(texts, n.IP.String()) {
			texts = append(texts, n.IP.String())
		}
	}
	return " (it has " + strings.Join(texts, ", ") + ")"
}
