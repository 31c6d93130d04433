package server_test

import (
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
