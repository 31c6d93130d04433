package admin

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

func TestCheckAddress(t *testing.T) {
	for _, c := range []struct{ address, token, want string }{
		{"127.0.0.1:9090", "", ""},
		{"127.8.9.1:0", "", ""},
		{"[::1]:9090", "", ""},
		{"localhost:9090", "", ""},
		{"0.0.0.0:9090", "s3cret", ""},
		{"0.0.0.0:9090", "", "admin.address 0.0.0.0:9090 is reachable from other machines: set admin.token, or listen on 127.0.0.1"},
		{":9090", "", "admin.address :9090 is reachable from other machines: set admin.token, or listen on 127.0.0.1"},
		{"gw.example:9090", "", "admin.address gw.example:9090 is reachable from other machines: set admin.token, or listen on 127.0.0.1"},
		{"9090", "", `admin.address "9090": expected host:port, as in 127.0.0.1:9090`},
	} {
		got := ""
		if err := CheckAddress(c.address, c.token); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s with token %q: got %q, want %q", c.address, c.token, got, c.want)
		}
	}
}

// within is a context for what must not take long.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// serveTCP serves on a free port of loopback.
func serveTCP(t *testing.T, o Options) *Server {
	t.Helper()
	return Serve(testkit.Listen(t), o)
}

func TestServe(t *testing.T) {
	ctx := within(t)
	s := serveTCP(t, hooks())
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+s.Addr()+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("got %s", resp.Status)
	}
	if err = s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if resp, err = client.Do(req); err == nil {
		resp.Body.Close()
		t.Error("answers after Shutdown")
	}
}

func TestClient(t *testing.T) {
	ctx := within(t)
	o := hooks()
	o.Token = "never asked for on the socket"
	path := filepath.Join(t.TempDir(), "admin.sock")
	s, err := ListenUnix(ctx, path, o)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v", info, err)
	}
	c := Dial(path)
	if err = c.Reload(ctx); err != nil {
		t.Error(err)
	}
	got, err := c.Mint(ctx, MintRequest{App: "demo", Member: "m", Scopes: []string{"a"}, Life: 60})
	want := MintAnswer{Token: "cdr_at_x", App: "demo", Member: "m", Scopes: []string{"a"}, ExpiresAt: time.Unix(60, 0).UTC()}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("Mint: %v, (-want +got)\n%s", err, d)
	}
	_, err = c.Mint(ctx, MintRequest{App: "x"})
	var f *Fault
	if !errors.As(err, &f) || *f != (Fault{404, "There is no app x", "Known: demo."}) || err.Error() != "There is no app x. Known: demo." {
		t.Errorf("Mint for an unknown app: got %v", err)
	}
	if err := s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if err := c.Reload(ctx); err == nil || !strings.HasPrefix(err.Error(), "reach the running instance: ") {
		t.Errorf("after Shutdown: got %v", err)
	}
}

// TestClientOverTCP: the token does what the socket does.
func TestClientOverTCP(t *testing.T) {
	ctx := within(t)
	o := hooks()
	o.Token = "a token of the operator's"
	s := serveTCP(t, o)
	_, port, _ := strings.Cut(s.Addr(), ":")
	for _, address := range []string{s.Addr(), ":" + port, "0.0.0.0:" + port} {
		if err := DialTCP(address, o.Token).Reload(ctx); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := DialTCP(s.Addr(), o.Token).Mint(ctx, MintRequest{App: "demo"}); err != nil {
		t.Error(err)
	}
	for token, status := range map[string]int{"": 401, "another token of anybody": 401} {
		var f *Fault
		if err := DialTCP(s.Addr(), token).Reload(ctx); !errors.As(err, &f) || f.Status != status {
			t.Errorf("token %q: %v", token, err)
		}
	}
	if err := s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func TestReachable(t *testing.T) {
	for address, want := range map[string]string{
		":9090": "127.0.0.1:9090", "0.0.0.0:9090": "127.0.0.1:9090", "[::]:9090": "[::1]:9090", "127.0.0.1:9090": "127.0.0.1:9090",
		"[::1]:9090": "[::1]:9090", "gw.example:9090": "gw.example:9090", "9090": "9090",
	} {
		if got := reachable(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

func TestASocketLeftBehindIsReplaced(t *testing.T) {
	ctx := within(t)
	path := filepath.Join(t.TempDir(), "admin.sock")
	if err := os.Symlink("nowhere", path); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenUnix(ctx, path, Options{}); err == nil {
		t.Fatal("replaced what is no socket")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds the socket of the first
		s, err := ListenUnix(ctx, path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Shutdown(ctx)
	}
}

func TestTooLongASocketPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("x", 120))
	_, err := ListenUnix(within(t), path, Options{})
	if err == nil || !strings.Contains(err.Error(), "choose a shorter data directory") {
		t.Errorf("got %v", err)
	}
}

func TestShutdownBreaksOffWhatDoesNotEnd(t *testing.T) {
	entered := make(chan struct{})
	s := serveTCP(t, Options{Token: "a token of the operator", Reload: func(ctx context.Context) error {
		close(entered)
		<-ctx.Done()
		return ctx.Err()
	}})
	ended := make(chan error, 1)
	go func() {
		req, _ := http.NewRequestWithContext(within(t), "POST", "http://"+s.Addr()+"/reload", nil)
		req.Header.Set("Authorization", "Bearer a token of the operator")
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err == nil {
			resp.Body.Close()
		}
		ended <- err
	}()
	select {
	case <-entered:
	case early := <-ended:
		t.Fatalf("the call did not come in: %v", early)
	}
	now, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Shutdown(now); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := <-ended; err == nil {
		t.Error("the request was answered")
	}
}
