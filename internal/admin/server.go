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
	"runtime"
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

// Serve serves the operator at a TCP address that was taken after CheckAddress.
// The server closes the listener.
func Serve(ln net.Listener, o Options) *Server { return serve(ln, newPanel(o, false), o) }

// ListenUnix serves the CLI at a Unix socket that only this user can open, and
// whom it lets do everything. A socket that an instance left behind is
// replaced: the caller holds the lock that says there is no other.
func ListenUnix(ctx context.Context, path string, o Options) (*Server, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSocket != 0 {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("replace an old socket: %w", err)
		}
	}
	if err := CheckSocket(path); err != nil {
		return nil, fmt.Errorf("listen for commands: %w", err)
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen for commands: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("listen for commands: %w", err), ln.Close())
	}
	return serve(ln, newPanel(o, true), o), nil
}

// CheckSocket says what the system's "invalid argument" does not: that a socket's
// path is too long.
func CheckSocket(path string) error {
	limit := 103 // of sockaddr_un on macOS
	if runtime.GOOS == "linux" {
		limit = 107
	}
	if len(path) > limit {
		return fmt.Errorf("the path of the socket in it may have %d bytes and has %d: choose a shorter data directory", limit, len(path))
	}
	return nil
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
