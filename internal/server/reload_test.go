package server_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
)

// reload takes a configuration, or fails the test.
func (s *stage) reload(i *instance, replace ...string) {
	s.t.Helper()
	if err := i.Reload(s.t.Context(), s.config(replace...)); err != nil {
		s.t.Fatal(err)
	}
}

// TestReload: what the new configuration says holds for the next call; what counts and was granted goes on.
func TestReload(t *testing.T) {
	s := newStage(t)
	i := s.start()
	alive, partners := i.mint("demo", "alice"), i.mint("partner", "bob")
	for range 3 {
		if got := i.status("/v2/me", alive); got.Status != 200 {
			t.Fatalf("%+v", got)
		}
	}
	t.Run("a quota that was lowered", func(t *testing.T) {
		s.reload(i, few...)
		if got := i.status("/v2/me", alive); got != throttled {
			t.Errorf("three of three are used: %+v", got)
		}
		if got := i.status("/v2/me", partners); got.Status != 200 {
			t.Errorf("another app: %+v", got)
		}
	})
	t.Run("and raised, for one app", func(t *testing.T) {
		s.reload(i, append([]string{"{name: demo, products: [profile]}", "{name: demo, products: [profile], quotas: {people: {app: 4/day}}}"}, few...)...)
		for n, want := range []answer{{Status: 200}, throttled} {
			if got := i.status("/v2/me", alive); got != want {
				t.Errorf("call %d: %+v, want %+v", n+4, got, want)
			}
		}
	})
	t.Run("an app that is gone", func(t *testing.T) {
		s.reload(i, "{name: partner, products: [profile, ads]}", "{name: other}")
		if got := i.status("/v2/me", partners); got != (answer{Status: 403, Problem: "app_disabled"}) {
			t.Errorf("its live token: %+v", got)
		}
		if _, err := i.Mint(t.Context(), order("partner", "bob"), time.Now()); err == nil {
			t.Error("a token was minted for an app that is gone")
		}
	})
	t.Run("and comes back", func(t *testing.T) {
		s.reload(i)
		if got := i.status("/v2/me", partners); got.Status != 200 {
			t.Errorf("its live token: %+v", got)
		}
	})
	t.Run("a scope more, before the others", func(t *testing.T) {
		s.reload(i, "scopes: {r_profile: Read,", "scopes: {a_first: New, r_profile: Read,", "scopes: [r_profile], quota", "scopes: [a_first], quota")
		if got := i.status("/v2/me", alive); got != (answer{Status: 403, Problem: "access_denied"}) {
			t.Errorf("a live token means something else than before: %+v", got)
		}
		s.reload(i)
		if got := i.status("/v2/me", alive); got.Status != 200 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("routes", func(t *testing.T) {
		s.reload(i, "path: /news", "path: /olds")
		if got := i.status("/v2/olds", ""); got.Status != 200 {
			t.Errorf("the new route: %+v", got)
		}
		if got := i.status("/v2/news", alive); got != (answer{Status: 404, Problem: "resource_not_found"}) {
			t.Errorf("the old one: %+v", got)
		}
	})
	t.Run("the upstream", func(t *testing.T) {
		other := newAPI(t)
		s.reload(i, "{{people}}", other.URL)
		s.up.CloseClientConnections()
		if got := i.get("/v2/news", ""); got != (answer{Status: 200, Body: "/v2/news"}) {
			t.Errorf("%+v", got)
		}
	})
}

// TestReloadIsAtomic: a configuration that cannot be taken changes nothing, whatever part of it is broken.
func TestReloadIsAtomic(t *testing.T) {
	s := newStage(t)
	s.words["log"] = filepath.Join(t.TempDir(), "logs", "access.log")
	if err := os.Mkdir(filepath.Dir(s.words["log"]), 0o700); err != nil {
		t.Fatal(err)
	}
	i := s.start()
	alive := i.mint("partner", "bob")
	first := peerName(t, i)
	changes := []string{
		"quotas: {people: {app: 100/day}}", "quotas: {people: {app: 1/day}}", "{name: partner, products: [profile, ads]}", "{name: newcomer}",
		"path: /news", "path: /olds", "products: {profile", "products: {later: {scopes: [r_profile]}, profile",
	}
	ca, _ := certificate(t, "authority")
	otherCert, otherKey := certificate(t, "second")
	swap := []string{"cert: {{cert}}, key: {{key}}", "cert: " + otherCert + ", key: " + otherKey}
	for _, c := range []struct {
		name    string
		replace []string
		spoil   func()
		mend    func()
		want    string
	}{
		{"an address", []string{`{address: "127.0.0.1:0", health`, `{address: "127.0.0.1:1", health`}, nil, nil, "a listener's address cannot be changed by a reload; restart the instance"},
		{"a listener less", []string{`  - {address: "127.0.0.1:0", health: true}` + "\n", ""}, nil, nil, "listeners cannot be added or removed by a reload; restart the instance"},
		{"the operator's address", []string{`admin: {address: "127.0.0.1:0"}`, `admin: {address: "127.0.0.1:1"}`}, nil, nil, "the operator's listener and its token cannot be changed by a reload; restart the instance"},
		{"no operator's listener", []string{`admin: {address: "127.0.0.1:0"}`, `admin: off`}, nil, nil, "the operator's listener and its token cannot be changed by a reload; restart the instance"},
		{"the operator's token", []string{`admin: {address: "127.0.0.1:0"}`, `admin: {address: "127.0.0.1:0", token: secret-secret-secret}`}, nil, nil, "the operator's listener and its token cannot be changed by a reload; restart the instance"},
		{"the data", []string{"data: {{data}}", "data: {{data}}2"}, nil, nil, "data cannot be changed by a reload; restart the instance"},
		{"the log's place", []string{"log: {access: {{log}}}", "log: {access: off}"}, nil, nil, "the access log's place cannot be changed by a reload; restart the instance"},
		{"a certificate", swap, func() { spoil(t, otherCert, "no certificate") }, nil, `certificate "` + otherCert},
		{"a CA", []string{`targets: ["{{people}}"]`, `targets: ["https://127.0.0.1:1"], tls: {ca: "` + ca + `"}`}, func() { spoil(t, ca, "") }, nil, "no certificate in " + ca},
		{
			"the log cannot be opened again", nil, func() { mustRename(t, filepath.Dir(s.words["log"]), filepath.Dir(s.words["log"])+"2") },
			func() { mustRename(t, filepath.Dir(s.words["log"])+"2", filepath.Dir(s.words["log"])) }, "open access log: ",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := s.config(append(c.replace, changes...)...)
			if c.spoil != nil {
				c.spoil()
			}
			err := i.Reload(t.Context(), cfg)
			if c.mend != nil {
				c.mend()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant … %s", err, c.want)
			}
			for path, want := range map[string]answer{"/v2/news": {Status: 200}, "/v2/olds": {Status: 404, Problem: "resource_not_found"}, "/v2/me": {Status: 200}} {
				if got := i.status(path, alive); got != want {
					t.Errorf("%s: %+v, want %+v", path, got, want)
				}
			}
			if now := peerName(t, i); now != first {
				t.Errorf("the certificate is %q, was %q", now, first)
			}
			if _, err := i.Mint(t.Context(), order("newcomer", ""), time.Now()); err == nil {
				t.Error("an app of a configuration that was refused gets tokens")
			}
		})
	}
	s.words["cert"], s.words["key"] = certificate(t, "third")
	s.reload(i) // and one that can be taken is
	if now := peerName(t, i); now != "third" {
		t.Errorf("the certificate is %q", now)
	}
}

func mustRename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// peerName is the name in the certificate that a new TLS connection gets.
func peerName(t *testing.T, i *instance) string {
	t.Helper()
	d := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}}
	c, err := d.DialContext(t.Context(), "tcp", i.APIAddrs()[1])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName
}

// TestReloadSwapsUnderCalls: calls in flight keep what they began with, and no call is lost or answered by half of each.
func TestReloadSwapsUnderCalls(t *testing.T) {
	s := newStage(t)
	i := s.start()
	slow := i.dial().ask("/v2/slow?1")
	s.up.wait(t)
	var clients sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				got, err := i.ask("http://"+i.APIAddrs()[0]+"/v2/news", "")
				if err != nil || got != (answer{Status: 200, Body: "/v2/news"}) && got.Problem != "empty_access_token" {
					t.Errorf("%+v, %v", got, err)
				}
			}
		})
	}
	for n := range 20 {
		path := "path: /news"
		if n%2 == 0 {
			path = "path: /olds"
		}
		s.reload(i, "path: /news", path, "path: /slow", fmt.Sprintf("path: /slow%d", n), "{{people}}", s.up.URL+strings.Repeat("/", n%2))
	}
	close(stop)
	clients.Wait()
	s.up.let <- struct{}{}
	if got := slow.answer(); got != (answer{Status: 200, Body: "/v2/slow?1"}) {
		t.Errorf("the call that began before: %+v", got)
	}
	if got := slow.ask("/v2/slow").answer(); got.Status != 401 { // its route is gone, on the same connection
		t.Errorf("the next one: %+v", got)
	}
}

// TestReloadKeepsPools: an upstream that did not change keeps its connections; one that did, or is gone, closes them.
func TestReloadKeepsPools(t *testing.T) {
	s := newStage(t)
	i := s.start()
	i.toItsEnd("/v2/news")
	s.reload(i, "path: /slow", "path: /slower")
	i.toItsEnd("/v2/news")
	want := map[string]string{"candor_upstream_connections_made_total": "1", "candor_upstream_connections_reused_total": "1"}
	if diff := cmp.Diff(want, i.metrics("candor_upstream_connections_made_total", "candor_upstream_connections_reused_total")); diff != "" {
		t.Errorf("after a reload that left it alone (-want +got):\n%s", diff)
	}
	s.reload(i, `targets: ["{{people}}"]`, `targets: ["{{people}}"], timeouts: {gap: 29s}`)
	i.toItsEnd("/v2/news")
	i.toItsEnd("/v2/news")
	want = map[string]string{"candor_upstream_connections_made_total": "2", "candor_upstream_connections_reused_total": "2"}
	if diff := cmp.Diff(want, i.metrics("candor_upstream_connections_made_total", "candor_upstream_connections_reused_total")); diff != "" {
		t.Errorf("after one that changed it: a total only grows (-want +got):\n%s", diff)
	}
}

// toItsEnd is a call that waits until the connection has ended: then the upstream's is pooled.
func (i *instance) toItsEnd(path string) {
	i.t.Helper()
	w := i.dial().say("GET " + path + " HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n")
	if got := w.whole(); !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") {
		i.t.Errorf("%s: %q", path, got)
	}
	w.Close()
}

// metrics reads single numbers of the operator's page.
func (i *instance) metrics(names ...string) map[string]string {
	i.t.Helper()
	got, err := i.ask("http://"+i.AdminAddr()+"/metrics", "")
	if err != nil || got.Status != 200 {
		i.t.Fatalf("%+v, %v", got.Status, err)
	}
	found := map[string]string{}
	for line := range strings.Lines(got.Body) {
		for _, name := range names {
			if value, ok := strings.CutPrefix(line, name+" "); ok {
				found[name] = strings.TrimSpace(value)
			}
		}
	}
	return found
}

// TestReloadByTheOperator: POST /reload on the operator's socket reads the file again, and tells what came of it. What was taken is in the log; what was not is for whoever asked.
func TestReloadByTheOperator(t *testing.T) {
	s := newStage(t)
	file := filepath.Join(t.TempDir(), "candor.yaml")
	spoil(t, file, s.text())
	o := s.options()
	o.Load = func() (*config.Config, error) { return config.Load(file, os.LookupEnv) }
	i := s.startBy(s.config(), o)
	operator := admin.Dial(filepath.Join(s.words["data"], "admin.sock"))
	spoil(t, file, s.text("path: /news", "path: /olds"))
	if err := operator.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := i.status("/v2/olds", ""); got.Status != 200 {
		t.Errorf("%+v", got)
	}
	spoil(t, file, s.text("path: /news", "pfad: /news"))
	if err := operator.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "pfad") {
		t.Errorf("a broken file: %v", err)
	}
	if got := i.status("/v2/olds", ""); got.Status != 200 {
		t.Errorf("after a broken file: %+v", got)
	}
	if want := "level=INFO msg=reloaded config=" + file; !strings.Contains(s.log.String(), want) || strings.Contains(s.log.String(), "pfad") {
		t.Errorf("the log is to say %s, and nothing of what was refused:\n%s", want, s.log)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+i.AdminAddr()+"/reload", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := i.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode != 403 {
		t.Errorf("over the address, without a token: %d", resp.StatusCode)
	}
}

// TestCommandsOverTheAddress: with the token, also where there is no socket.
func TestCommandsOverTheAddress(t *testing.T) {
	s := newStage(t)
	s.words["data"] = "none"
	file := filepath.Join(t.TempDir(), "candor.yaml")
	const admins, token = `admin: {address: "127.0.0.1:0"}`, "a-token-of-the-operator"
	withToken := strings.Replace(admins, "}", ", token: "+token+"}", 1)
	spoil(t, file, s.text(admins, withToken, "path: /news", "path: /olds"))
	o := s.options()
	o.Load = func() (*config.Config, error) { return config.Load(file, os.LookupEnv) }
	i := s.startBy(s.config(admins, withToken), o)
	operator := admin.DialTCP(i.AdminAddr(), token)
	if err := operator.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	made, err := operator.Mint(t.Context(), admin.MintRequest{App: "demo", Scopes: []string{"r_profile"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := i.status("/v2/me", made.Token); got.Status != 200 {
		t.Errorf("the token: %+v", got)
	}
	if got := i.status("/v2/olds", ""); got.Status != 200 {
		t.Errorf("after the reload: %+v", got)
	}
	if err := admin.DialTCP(i.AdminAddr(), "").Reload(t.Context()); err == nil {
		t.Error("reloaded without the token")
	}
}

// TestReloadOfBounds: how many connections there may be, and how many failed credentials, holds from the reload on.
func TestReloadOfBounds(t *testing.T) {
	limits := func(text string) []string { return []string{"upstreams:", "limits: " + text + "\nupstreams:"} }
	room := func(i *instance) int {
		i.t.Helper()
		w := i.dial().ask("/v2/news")
		defer w.Close()
		return w.answer().Status
	}
	for _, bound := range []string{"connections", "per_address"} {
		t.Run(bound, func(t *testing.T) {
			s := newStage(t)
			i := s.start()
			first, second := i.dial().ask("/v2/news"), i.dial().ask("/v2/news")
			first.answer()
			second.answer()
			s.reload(i, limits("{"+bound+": 2}")...)
			if got := room(i); got != 503 {
				t.Errorf("a third connection of two: %d", got)
			}
			if got := second.ask("/v2/news").answer(); got.Status != 200 {
				t.Errorf("one that was open before: %+v", got)
			}
			s.reload(i, limits("{"+bound+": 3}")...)
			if got := room(i); got != 200 {
				t.Errorf("a third of three: %d", got)
			}
			s.reload(i, limits("{"+bound+": 1}")...)
			if got := room(i); got != 503 {
				t.Errorf("a third of one: %d", got)
			}
			s.reload(i)
			if got := room(i); got != 200 {
				t.Errorf("a third without a bound: %d", got)
			}
		})
	}
	t.Run("failed_credentials", func(t *testing.T) {
		s := newStage(t)
		i := s.start(limits("{failed_credentials: none}")...)
		fails := func(want ...int) {
			t.Helper()
			for n, status := range want {
				if got := i.status("/v2/me", fmt.Sprint("nonsense", n)); got.Status != status {
					t.Errorf("failure %d: %+v, want %d", n+1, got, status)
				}
			}
		}
		fails(401, 401, 401)
		s.reload(i, limits("{failed_credentials: 2}")...)
		fails(401, 401, 429)
		s.reload(i, limits("{failed_credentials: none}")...)
		fails(401, 401, 401)
	})
}

// TestReloadWhileDraining is refused.
func TestReloadWhileDraining(t *testing.T) {
	s := newStage(t)
	i := s.start()
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	if err := i.Reload(t.Context(), s.config()); err == nil || err.Error() != "this instance is draining" {
		t.Errorf("%v", err)
	}
}
