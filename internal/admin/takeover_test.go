package admin

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestTakeOver: the connection is the hook's, and the first word on it the client's.
func TestTakeOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	s, err := ListenUnix(t.Context(), path, Options{TakeOver: func(c *net.UnixConn) {
		defer c.Close()
		line, _ := bufio.NewReader(c).ReadString('\n')
		_, _ = io.WriteString(c, "heard "+line)
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Shutdown(t.Context())
	c, err := TakeOver(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, "me\n")
	if got, err := io.ReadAll(c); err != nil || string(got) != "heard me\n" {
		t.Errorf("%q, %v", got, err)
	}
	plain := newPanel(Options{TakeOver: func(*net.UnixConn) { t.Error("it was asked for by HTTP alone") }}, true)
	want := said(426, `{"status": 426,"message": "Sockets are handed over by another protocol than HTTP","fix": "Start the next process with candor serve --take-over: it asks for them."}`)
	if got := ask(plain, "POST", "/take-over", ""); got != want {
		t.Errorf("by HTTP alone: %+v", got)
	}
}

// TestTakeOverOverTCP is not to be had, with a token neither: no socket passes there.
func TestTakeOverOverTCP(t *testing.T) {
	h := Handler(Options{Token: "secret", TakeOver: func(*net.UnixConn) { t.Error("it was asked for") }})
	if got := ask(h, "POST", "/take-over", "", "Authorization", "Bearer secret", "Upgrade", takeOverProtocol); got.Status != 404 {
		t.Errorf("%+v", got)
	}
}

// TestTakeOverRefused: what an instance says that cannot, or does not.
func TestTakeOverRefused(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		is     error
		want   string
	}{
		"an earlier version": {newPanel(Options{}, true).ServeHTTP, ErrTooOld, "is of an earlier version"},
		"a fault":            {func(w http.ResponseWriter, _ *http.Request) { refuse(w, &Fault{500, "It is broken", ""}) }, nil, "It is broken"},
		"something else":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, nil, "the running instance answered 503"},
	} {
		path := filepath.Join(t.TempDir(), "s")
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		other := &http.Server{Handler: c.answer}
		go other.Serve(l)
		_, err = TakeOver(t.Context(), path)
		if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%s: %v", name, err)
		}
		other.Close()
	}
}
