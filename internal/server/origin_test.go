package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOriginFields: who may say where a call came from is the configuration's to say, and a reload's to change.
func TestOriginFields(t *testing.T) {
	s := newStage(t)
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id", "X-Client-Request-Id"} {
			if v := r.Header.Get(name); v != "" {
				_, _ = io.WriteString(w, name+": "+v+"\n")
			}
		}
	}))
	t.Cleanup(echo.Close)
	s.words["people"] = echo.URL
	i := s.start()
	alive := i.mint("demo", "alice")
	ask := func() string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+i.APIAddrs()[0]+"/v2/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+alive)
		req.Header.Set("X-Forwarded-For", "198.51.100.1")
		req.Header.Set("X-Forwarded-Proto", "https")
		req.Header.Set("X-Request-Id", "mine")
		res, err := i.Client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	const (
		plain = `{address: "127.0.0.1:0", health`
		up    = `{targets: ["{{people}}"]`
	)
	own := "Forwarded: for=127.0.0.1;proto=http\nX-Forwarded-For: 127.0.0.1\nX-Forwarded-Proto: http\n"
	ours := func(got string) string { // the id is another one each time
		before, after, _ := strings.Cut(got, "X-Request-Id: ")
		_, after, _ = strings.Cut(after, "\n")
		return before + "X-Request-Id: ours\n" + after
	}
	if d := cmp.Diff(own+"X-Request-Id: ours\nX-Client-Request-Id: mine\n", ours(ask())); d != "" {
		t.Errorf("a stranger (-want +got):\n%s", d)
	}
	s.reload(i, plain, `{address: "127.0.0.1:0", trusted_proxies: [127.0.0.1, 10.0.0.0/8], health`)
	if d := cmp.Diff("X-Forwarded-For: 198.51.100.1, 127.0.0.1\nX-Forwarded-Proto: https\nX-Request-Id: ours\nX-Client-Request-Id: mine\n", ours(ask())); d != "" {
		t.Errorf("a balancer (-want +got):\n%s", d)
	}
	s.reload(i, plain, `{address: "127.0.0.1:0", trusted_proxies: [127.0.0.1], health`, up, `{forwarded: off, request_id: off, targets: ["{{people}}"]`)
	if d := cmp.Diff("X-Forwarded-For: 198.51.100.1\nX-Forwarded-Proto: https\nX-Request-Id: mine\n", ask()); d != "" {
		t.Errorf("an upstream that is told nothing (-want +got):\n%s", d)
	}
}

// TestCallersOverAReload: who calls, and how a connection begins, is a reload's to change; a connection that is open goes on as it began.
func TestCallersOverAReload(t *testing.T) {
	s := newStage(t)
	i := s.start()
	const listener = `{address: "127.0.0.1:0", health`
	behind := func(more string) {
		s.reload(i, listener, `{address: "127.0.0.1:0", trusted_proxies: [127.0.0.1], `+more+", health")
	}
	ask := func(w *wire, path string) int {
		w.say("GET " + path + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.5\r\n\r\n")
		return w.answer().Status
	}
	old := i.dial()
	ask(old, "/before")
	behind("client_address: x-forwarded-for")
	ask(old, "/field")
	behind("proxy_protocol: require")
	ask(old, "/open")
	refused := i.dial().say("GET /refused HTTP/1.1\r\nHost: a\r\n\r\n")
	if got, _ := io.ReadAll(refused.r); len(got) > 0 { // it is closed, or reset where the call was not read whole
		t.Errorf("a call without a header was answered: %q", got)
	}
	named := i.dial().say("PROXY TCP4 192.0.2.7 192.0.2.1 5 80\r\n")
	ask(named, "/header")
	s.reload(i)
	ask(named, "/after")
	ask(i.dial(), "/again")
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range entries(t, s.out.String()) {
		peer, _ := e["peer"].(string)
		got[fmt.Sprint(e["target"])] = fmt.Sprint(e["client"], " ", peer)
	}
	want := map[string]string{
		"/before": "127.0.0.1 ", "/field": "203.0.113.5 127.0.0.1", "/open": "127.0.0.1 ", "/header": "192.0.2.7 127.0.0.1", "/after": "192.0.2.7 127.0.0.1", "/again": "127.0.0.1 ",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("clients and peers (-want +got):\n%s", d)
	}
	if log := s.log.String(); !strings.Contains(log, "it does not begin with a PROXY header") {
		t.Errorf("logged %s", log)
	}
}
