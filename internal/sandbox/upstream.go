package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/candor-gateway/candor/internal/server"
)

// side is one HTTP server of the sandbox beside its gateway: the upstream, or the page.
type side struct {
	l    net.Listener
	srv  *http.Server
	done chan struct{}                      // closed when Serve has returned; nil until it was called
	base func(net.Listener) context.Context // of every call, also of one that took its connection over
	end  context.CancelFunc                 // ends it
}

// listen takes the address of a side; calls wait until it serves.
func listen(ctx context.Context, what, address string) (*side, error) {
	l, err := server.Listen(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("for the %s: %w", what, err)
	}
	of, end := context.WithCancel(context.WithoutCancel(ctx)) // calls in flight outlive the order to stop
	return &side{l: l, end: end, base: func(net.Listener) context.Context { return of }}, nil
}

// url is where the side is reached: of an address that means every interface, by loopback.
func (s *side) url() string { return urlOf(s.l.Addr().String()) }

// serve answers calls until close.
func (s *side) serve(h http.Handler, own *slog.Logger) {
	s.srv = &http.Server{
		Handler:           h,
		BaseContext:       s.base,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute, // longer than the gateway keeps idle connections to its upstream
		ErrorLog:          slog.NewLogLogger(own.Handler(), slog.LevelDebug),
	}
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		if err := s.srv.Serve(s.l); !errors.Is(err, http.ErrServerClosed) {
			own.Error("the sandbox has stopped serving", "address", s.l.Addr().String(), "error", err)
		}
	}()
}

// close ends the side with whatever it is doing.
func (s *side) close() {
	s.end()
	if s.done == nil {
		_ = s.l.Close() // a listener has nothing to lose
		return
	}
	_ = s.srv.Close()
	<-s.done
}

// urlOf makes a URL without a final slash from a listening address.
func urlOf(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "http://" + address
	}
	switch ip := net.ParseIP(host); {
	case ip == nil || !ip.IsUnspecified():
	case ip.To4() != nil:
		host = "127.0.0.1"
	default:
		host = "::1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
