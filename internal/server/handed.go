package server

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/handover"
)

// SocketError says that systemd handed over sockets which no listener's address fits.
type SocketError struct {
	Sockets   []string // where they listen, and their names
	Addresses []string // of the configuration
}

// Error is what happened, and what to do.
func (e *SocketError) Error() string {
	return fmt.Sprintf("systemd handed over a socket for %s, and nothing listens there by the configuration, which has %s; change ListenStream= in the socket unit, or the address in the configuration, so that they are the same",
		strings.Join(e.Sockets, " and "), strings.Join(e.Addresses, ", "))
}

// handed is the sockets that others have handed over to this process.
type handed struct {
	given handover.Pool // by systemd: each is meant
	taken handover.Pool // from the instance before: those that are not needed are closed
}

func (s *Server) handed() *handed {
	h := &handed{given: s.o.Sockets, taken: s.o.kept}
	if s.before != nil {
		h.taken = s.before.sockets
	}
	return h
}

// listen is the socket for an address: one that was handed over, or a new one.
func (h *handed) listen(ctx context.Context, address, what string) (*net.TCPListener, error) {
	for _, from := range []*handover.Pool{&h.given, &h.taken} {
		if l := from.Take(address, what); l != nil {
			return l, nil
		}
	}
	return Listen(ctx, address)
}

// leftOver says what is wrong with sockets that were given and not needed; those that were taken are not needed any more.
func (h *handed) leftOver(log *slog.Logger, cfg *config.Config) error {
	for _, s := range h.taken {
		log.Info("no longer listened on", "address", s.Addr().String())
	}
	if len(h.given) == 0 {
		return nil
	}
	e := &SocketError{}
	for _, s := range h.given {
		e.Sockets = append(e.Sockets, s.String())
	}
	for i := range cfg.Listeners {
		e.Addresses = append(e.Addresses, "listeners["+fmt.Sprint(i)+"].address "+cfg.Listeners[i].Address)
	}
	if cfg.WWW != nil {
		e.Addresses = append(e.Addresses, "www.address "+cfg.WWW.Address)
	}
	if cfg.Admin != nil {
		e.Addresses = append(e.Addresses, "admin.address "+cfg.Admin.Address)
	}
	h.given.Close()
	return e
}
