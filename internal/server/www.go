package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/config"
)

// The bounds of www. Pages are rare and small; what is above is no reader.
const (
	wwwLine        = 8 << 10  // bytes of a path with its query
	wwwHead        = 32 << 10 // bytes of a head
	wwwForm        = 64 << 10 // bytes of a body
	wwwConnections = 1000
	wwwRead        = 10 * time.Second // for a whole request, from its first byte
	wwwWrite       = 30 * time.Second // for an answer
	wwwIdle        = time.Minute      // between two
)

// www is the listener for people: pages, served by net/http since they are rare. What is served is a row of paths.
type www struct {
	*listener
	s       *Server
	paths   []wwwPath
	http    *http.Server
	seats   *seats
	site    atomic.Pointer[site] // a reload replaces it
	answers atomic.Int64
	done    chan struct{} // closed when nothing is accepted any more
}

// listenWWW takes the address of www, if there is one. Nobody is served there yet.
func (s *Server) listenWWW(ctx context.Context, of *config.WWW, h *handed) error {
	if of == nil {
		return nil
	}
	l, err := newListener(ctx, 0, &config.Listener{Address: of.Address, TLS: of.TLS}, h)
	if err != nil {
		return fmt.Errorf("www: %w", err)
	}
	s.www = &www{listener: l, s: s, paths: wwwPaths, seats: newSeats(wwwConnections), done: make(chan struct{})}
	return nil
}

// takeWWW makes what is served first.
func (s *Server) takeWWW(cfg *config.Config) error {
	site, err := s.newSite(cfg)
	if err != nil {
		return err
	}
	s.www.take(site)
	return nil
}

// take makes a site that which is served from now on.
func (w *www) take(site *site) {
	if w != nil {
		w.site.Store(site)
	}
}

// serveWWW begins to serve, unless it does: a hand-over that came to nothing has only paused it.
func (s *Server) serveWWW() {
	w := s.www
	if w == nil || w.http != nil {
		return
	}
	only1 := &http.Protocols{}
	only1.SetHTTP1(true)
	w.http = &http.Server{
		Handler: w, Protocols: only1, DisableGeneralOptionsHandler: true,
		ReadTimeout: wwwRead, WriteTimeout: wwwWrite, IdleTimeout: wwwIdle,
		MaxHeaderBytes: 2 * wwwHead, // above wwwHead the head is answered by a page of ours, above this by the library
		ErrorLog:       slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		ConnState:      w.seats.note,
		ConnContext:    func(ctx context.Context, c net.Conn) context.Context { return w.seats.take(ctx, c, time.Now()) },
	}
	ln := net.Listener(w.Net)
	if w.TLS != nil {
		ln = tls.NewListener(w.Net, w.TLS)
	}
	go func() {
		defer close(w.done)
		if err := w.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			s.died(fmt.Errorf("www %s: %w", w.Name, err))
		}
	}()
}

// pause accepts nothing, or goes on: what comes meanwhile waits in the socket. The library asks again until the listener is closed.
func (w *www) pause(on bool) {
	switch {
	case w == nil:
	case on:
		_ = w.Net.SetDeadline(time.Now())
	default:
		_ = w.Net.SetDeadline(time.Time{})
	}
}

// leave keeps no connection beyond the request that it is at.
func (w *www) leave() {
	if w != nil {
		w.http.SetKeepAlivesEnabled(false)
	}
}

// drain takes no more connections, closes those that carry nothing, and ends the channel when the others are over or ctx breaks them off.
func (w *www) drain(ctx context.Context) <-chan struct{} {
	over := make(chan struct{})
	if w == nil {
		close(over)
		return over
	}
	_ = w.Net.Close()
	<-w.done
	w.seats.closeIdle()
	go func() {
		defer close(over)
		if w.http.Shutdown(ctx) != nil {
			_ = w.http.Close()
		}
	}()
	return over
}
