package admin

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"
)

// Server is a listener at work. Shut it down.
type Server struct {
	http     *http.Server
	listener net.Listener
	done     chan struct{}
}

// CheckAddress says why the operator's listener must not be at address: beyond
// loopback everybody could command the gateway, unless there is a token.
func CheckAddress(address, token string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("admin.address %q: expected host:port, as in 127.0.0.1:9090", address)
	}
	if token == "" && !isLoopback(host) {
		return fmt.Errorf("admin.address %s is reachable from other machines: set admin.token, or listen on 127.0.0.1", address)
	}
	return nil
}

// Listen serves the operator at a TCP address ("127.0.0.1:9090"; port 0 takes a
// free one).
func Listen(ctx context.Context, address string, o Options) (*Server, error) {
	if err := CheckAddress(address, o.Token); err != nil {
		return nil, err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the operator: %w", err)
	}
	return serve(ln, newPanel(o, false), o), nil
}

// ListenUnix serves the CLI at a Unix socket that only this user can open, and
// whom it lets do everything. A socket that an instance left behind is
// replaced: the caller holds the lock that says there is no other.
func ListenUnix(ctx context.Context, path string, o Options) (*Server, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSocket != 0 {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("replace an old socket: %w", err)
		}
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen for commands: %w", unixHint(path, err))
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("listen for commands: %w", err), ln.Close())
	}
	return serve(ln, newPanel(o, true), o), nil
}

// unixHint adds what the system's "invalid argument" does not say.
func unixHint(path string, err error) error {
	const limit = 103 // of sockaddr_un on macOS; Linux takes four more
	if len(path) > limit {
		return fmt.Errorf("%w (a socket's path may have %d bytes, this one has %d: choose a shorter data directory)", err, limit, len(path))
	}
	return err
}

func serve(ln net.Listener, h http.Handler, o Options) *Server {
	s := &Server{
		listener: ln,
		done:     make(chan struct{}),
		http: &http.Server{
			Handler:           h,
			ReadHeaderTimeout: 5 * time.Second,
			IdleTimeout:       time.Minute,
			MaxHeaderBytes:    16 << 10,
			ErrorLog:          slog.NewLogLogger(o.logHandler(), slog.LevelWarn),
		},
	}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			slog.New(o.logHandler()).Error("the operator's listener has stopped", "address", ln.Addr().String(), "error", err)
		}
	}()
	return s
}

// Addr is where the server listens: host:port, or a socket's path.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Shutdown stops listening, lets requests end until ctx does, then breaks them
// off.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	<-s.done
	return err
}
