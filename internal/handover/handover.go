// Package handover is how listening sockets come from another process: from systemd, or from an instance that ends to the one that follows it. The connections
// that wait in them are lost on no way. It knows no configuration, and does not decide who serves: what is said and when is the server's.
package handover

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
)

// Socket is a listening socket that came from another process.
type Socket struct {
	*net.TCPListener
	Address string // as the other process has it in its configuration; "" where it has none
	For     string // what it was for there: one of the constants, or another that a later version knows
	Name    string // that systemd has for it; "" none
}

// What sockets are for.
const (
	API   = "api"
	Admin = "admin"
	WWW   = "www"
)

// String is where the socket listens, and its name.
func (s Socket) String() string {
	if s.Name == "" {
		return s.Addr().String()
	}
	return fmt.Sprintf("%s (%s)", s.Addr(), strconv.Quote(s.Name))
}

// Pool is the sockets whose listeners have not been found yet.
type Pool []Socket

// Take takes out the socket for an address of the configuration: the one that had this very address in the other process, or else one that listens there. nil:
// there is none.
func (p *Pool) Take(address, what string) *net.TCPListener {
	i := slices.IndexFunc(*p, func(s Socket) bool { return s.Address == address && s.For == what })
	if i < 0 {
		i = slices.IndexFunc(*p, func(s Socket) bool { return listensAt(s.Addr(), address) })
	}
	if i < 0 {
		return nil
	}
	found := (*p)[i].TCPListener
	*p = slices.Delete(slices.Clone(*p), i, i+1)
	return found
}

// Close closes those that nobody has taken.
func (p *Pool) Close() {
	for _, s := range *p {
		_ = s.Close()
	}
	*p = nil
}

// listensAt reports whether a socket at a real address is what one gets by listening on an address of the configuration. A port of 0 asks for any that is
// free, which no socket stands for.
func listensAt(real net.Addr, address string) bool {
	tcp, ok := real.(*net.TCPAddr)
	if !ok {
		return false
	}
	wanted, err := net.ResolveTCPAddr("tcp", address)
	if err != nil || wanted.Port == 0 || wanted.Port != tcp.Port {
		return false
	}
	has := tcp.AddrPort().Addr().Unmap()
	if wanted.IP == nil { // every address of this machine: with IPv6, or where a unit or a machine has none, without
		return has.IsUnspecified()
	}
	want, _ := netip.AddrFromSlice(wanted.IP)
	return want.Unmap().WithZone(wanted.Zone) == has
}
