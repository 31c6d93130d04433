package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/server"
)

// The ports that are taken where no address is given, and those that are tried where they are not free.
const (
	firstPort  = 8080 // of the API; the page's, the operator's and the demo's follow
	triedPorts = 200
)

// places are the addresses of a sandbox.
type places struct {
	api, www, admin, demo string
	moved                 []string // of those that nobody gave: what had to move, and where to
}

// place finds an address for what has none: its own port, or the next that is free.
func (o *Options) place(isTaken func(address string) (bool, error)) (places, error) {
	p := places{api: o.API, www: o.WWW, admin: o.Admin, demo: o.Demo}
	roles := [...]struct {
		what    string
		address *string
	}{{"API", &p.api}, {"page", &p.www}, {"admin", &p.admin}, {"demo", &p.demo}}
	next := firstPort + len(roles)
	for i, of := range roles {
		if *of.address != "" {
			continue
		}
		own := firstPort + i
		for port := own; ; port, next = next, next+1 {
			if port >= firstPort+triedPorts {
				return p, fmt.Errorf("no port from %d to %d is free; give addresses by --api, --www, --admin and --demo", firstPort, port-1)
			}
			address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
			taken, err := isTaken(address)
			if err != nil {
				return p, err
			}
			if taken || o.hasPort(port) {
				continue
			}
			if *of.address = address; port != own {
				p.moved = append(p.moved, fmt.Sprintf("port %d is taken, so the %s is at %s", own, of.what, address))
			}
			break
		}
	}
	return p, nil
}

// hasPort reports whether a port was asked for.
func (o *Options) hasPort(port int) bool {
	end := ":" + strconv.Itoa(port)
	return slices.ContainsFunc(o.given(), func(address string) bool { return strings.HasSuffix(address, end) })
}

// given are the addresses that were asked for, "" where none was.
func (o *Options) given() []string { return []string{o.API, o.WWW, o.Admin, o.Demo} }

// isTaken reports whether somebody listens at an address. Any other reason against it is an error.
func isTaken(ctx context.Context, address string) (bool, error) {
	l, err := server.Listen(ctx, address)
	if err == nil {
		return false, l.Close()
	}
	if taken := (*server.ListenError)(nil); errors.As(err, &taken) && taken.Taken() {
		return true, nil
	}
	return false, err
}
