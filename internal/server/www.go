package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/handover"
)

// The bounds of www. Pages are rare and small; what is above is no reader.
const (
	wwwLine        = 16 << 10 // bytes of a path with its query: a state of 4 kB may be three times as long there
	wwwHead        = 32 << 10 // bytes of a head
	wwwForm        = 64 << 10 // bytes of a body
	wwwConnections = 1000
	wwwShare       = wwwConnections / 4 // of one address
	wwwRead        = 10 * time.Second   // for a whole request, from its first byte
	wwwWrite       = 30 * time.Second   // for an answer
	wwwIdle        = time.Minute        // between two
	wwwGrace       = time.Second        // for the first request of a connection, where another process goes on
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
	grace   time.Duration // at the end, for those who have connected and not asked yet
	done    chan struct{} // closed when nothing is accepted any more
}

// listenWWW takes the address of www, if there is one. Nobody is served there yet.
func (s *Server) listenWWW(ctx context.Context, cfg *config.Config, h *handed) error {
	if cfg.WWW == nil {
		return nil
	}
	l, err := newListener(ctx, 0, &config.Listener{Address: cfg.WWW.Address, TLS: cfg.WWW.TLS}, h, handover.WWW)
	if err != nil {
		return fmt.Errorf("www: %w", err)
	}
	s.www = &www{listener: l, s: s, paths: slices.Concat(furtherPaths(s.o.Sandbox.Pages), wwwPaths), seats: newSeats(wwwConnections, wwwShare)}
	return nil
}

// takeWWW makes what is served first.
func (s *Server) takeWWW(ctx context.Context, cfg *config.Config) error {
	site, err := s.newSite(ctx, cfg)
	if err != nil {
		return err
	}
	s.www.take(site)
	return nil
}

// take makes a site that which is served from now on.
func (w *www) take(site *site) {
	if w == nil {
		return
	}
	if was := w.site.Swap(site); was != nil && was.entrance != site.entrance {
		was.entrance.close()
	}
}

// serveWWW begins to serve, also anew where a hand-over came to nothing.
func (s *Server) serveWWW() {
	w := s.www
	if w == nil {
		return
	}
	if w.http == nil {
		w.http = w.server()
	}
	w.http.SetKeepAlivesEnabled(true)
	ln := net.Listener(door{w.Net})
	if w.TLS != nil {
		ln = tls.NewListener(ln, w.TLS)
	}
	w.done = make(chan struct{})
	go func() {
		defer close(w.done)
		if err := w.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			s.died(fmt.Errorf("www %s: %w", w.Name, err))
		}
	}()
}

func (w *www) server() *http.Server {
	only1 := &http.Protocols{}
	only1.SetHTTP1(true)
	return &http.Server{
		Handler: w, Protocols: only1, DisableGeneralOptionsHandler: true,
		ReadTimeout: wwwRead, WriteTimeout: wwwWrite, IdleTimeout: wwwIdle,
		MaxHeaderBytes: 2 * wwwHead, // above wwwHead the head is answered by a page of ours, above this by the library
		ErrorLog:       slog.NewLogLogger(w.s.log.Handler(), slog.LevelDebug),
		ConnState:      w.seats.note,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return w.seats.take(ctx, c, w.site.Load().facts.visitor(c), time.Now())
		},
	}
}

// door is the socket of www as the library sees it, which would close it when it serves no more: it may be needed again, or belong to the next process.
type door struct{ *net.TCPListener }

// Accept takes the end of the time to accept for the end.
func (d door) Accept() (net.Conn, error) {
	c, err := d.TCPListener.Accept()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, net.ErrClosed
	}
	return c, err
}

// Close leaves the socket open.
func (d door) Close() error { return nil }

// leave keeps no connection beyond the request that it is at.
func (w *www) leave() {
	if w != nil {
		w.http.SetKeepAlivesEnabled(false)
	}
}

// stop accepts nothing more: what comes waits in the socket for the next process.
func (w *www) stop() {
	if w != nil {
		_ = w.Net.SetDeadline(time.Now())
		<-w.done
		w.grace = wwwGrace
	}
}

// settle waits for requests that are under way: what they write has to be there before another process reads the store.
func (w *www) settle(ctx context.Context) {
	if w == nil {
		return
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for w.seats.working() > 0 {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// resume lets serveWWW accept again.
func (w *www) resume() {
	if w != nil {
		_ = w.Net.SetDeadline(time.Time{})
		w.grace = 0
	}
}

// drain takes no more connections, closes those that carry nothing (the library would wait for who has not asked yet), and ends the channel when the others are
// over or ctx breaks them off.
func (w *www) drain(ctx context.Context) <-chan struct{} {
	over := make(chan struct{})
	if w == nil {
		close(over)
		return over
	}
	_ = w.Net.Close()
	<-w.done
	silent := time.AfterFunc(w.grace, w.seats.closeIdle)
	go func() {
		defer close(over)
		defer silent.Stop()
		defer w.take(&site{}) // nobody asks for it any more
		if w.http.Shutdown(ctx) != nil {
			_ = w.http.Close()
		}
	}()
	return over
}
