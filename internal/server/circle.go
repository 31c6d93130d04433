package server

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"time"
)

// resolveWithin is how long a start waits for a name: one that is not found now may be found later, and calls then say so.
const resolveWithin = 2 * time.Second

// LeadsTo reports whether a URL leads to a listener of this machine at address, by whatever name or address of the machine it does.
func LeadsTo(ctx context.Context, target *url.URL, address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != portOf(target) || port == "0" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, resolveWithin)
	defer cancel()
	ours := resolved(ctx, host)
	for _, to := range resolved(ctx, target.Hostname()) {
		for _, at := range ours {
			if meets(to, at, localAddresses()) {
				return true
			}
		}
	}
	return false
}

func portOf(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// resolved are the addresses that a host leads to. No host is every address, as it is for a listener.
func resolved(ctx context.Context, host string) (all []netip.Addr) {
	if host == "" {
		return []netip.Addr{netip.IPv6Unspecified()}
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap().WithZone("")}
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil
	}
	for _, a := range found {
		all = append(all, a.Unmap().WithZone(""))
	}
	return all
}

// localAddresses are those of this machine's interfaces.
func localAddresses() (all []netip.Addr) {
	found, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range found {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				all = append(all, ip.Unmap())
			}
		}
	}
	return all
}

// meets reports whether a connection to an address comes to a listener at another one. To the unspecified address a connection goes to the loopback one; a
// listener there has all addresses of the machine, and as IPv6 those of IPv4 too.
func meets(to, at netip.Addr, local []netip.Addr) bool {
	if to.IsUnspecified() {
		to = loopbackOf(to)
	}
	if !at.IsUnspecified() {
		return to == at
	}
	return (to.Is4() || at.Is6()) && (to.IsLoopback() || slices.Contains(local, to))
}

func loopbackOf(a netip.Addr) netip.Addr {
	if a.Is4() {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.IPv6Loopback()
}
