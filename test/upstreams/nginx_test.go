package upstreams

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// nginxConf compresses as the documentation of nginx shows it, with its defaults for everything else: gzip_proxied is off.
const nginxConf = `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
	default_type text/plain;
	gzip on;
	gzip_types text/plain;
	gzip_min_length 1;
	server {
		listen %s;
		location / { return 200 "to be or not to be or not to be or not to be or not to be"; }
	}
}
`

// nginxHost is an address of this machine that no other test listens on: nginx cannot be given a port that is bound already, and another listener could take the
// one that was free a moment ago.
const nginxHost = "127.83.0.1:0"

// startNginx starts nginx on a free port and returns its URL.
func startNginx(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", nginxHost)
	if err != nil {
		t.Fatal(err)
	}
	address, dir := l.Addr().String(), t.TempDir()
	_ = l.Close()
	if err = os.WriteFile(filepath.Join(dir, "nginx.conf"), fmt.Appendf(nil, nginxConf, address), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := exec.LookPath("nginx")
	if err != nil {
		path = "/usr/sbin/nginx" // of no user's path but root's
	}
	nginx := exec.Command(path, "-p", dir, "-c", "nginx.conf", "-e", "stderr")
	nginx.Stderr = t.Output()
	if err := nginx.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = nginx.Process.Kill()
		_ = nginx.Wait()
	})
	testkit.Until(t, "nginx listens", func() bool {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	return "http://" + address
}

const configuration = `
upstreams:
  plain: {targets: ["{{nginx}}"]}
  named: {targets: ["{{nginx}}"], via: edge}
apis:
  - {name: plain, base: /plain, upstream: plain, credentials: public, routes: [/**]}
  - {name: named, base: /named, upstream: named, credentials: public, routes: [/**]}
`

// TestNginxCompresses: an nginx behind us compresses as it did without us. Where Via is configured it does not, as our documentation says.
func TestNginxCompresses(t *testing.T) {
	t.Parallel()
	client := &http.Client{Transport: &http.Transport{}, Timeout: testkit.Patience}
	defer client.CloseIdleConnections()
	gate := stage.StartGate(t, configuration, stage.Words{"nginx": startNginx(t)}, server.Options{})
	for path, want := range map[string]string{"/plain/x": "gzip", "/named/x": ""} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+gate.Plain+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept-Encoding", "gzip") // said by hand, so that the client leaves the answer as it came
		a, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = a.Body.Close()
		if got := a.Header.Get("Content-Encoding"); a.StatusCode != 200 || got != want {
			t.Errorf("%s: %d with Content-Encoding %q, want %q", path, a.StatusCode, got, want)
		}
	}
}
