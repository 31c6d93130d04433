package clients

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

const goodConfiguration = `
upstreams: {up: "{{upstream}}"}
scopes: [read]
products: {basic: [read]}
apps: [{name: demo, products: [basic]}]
apis:
  - routes: [{path: /me, methods: [GET], scopes: [read]}, {path: /moved, methods: [GET]}, {path: /posts, methods: [POST]}]
`

// goodAPI is what stands behind the good calls. It sends on by a path, and by the whole URL that it was called by.
func goodAPI(t *testing.T) string {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, r.Header.Get("X-Forwarded-Proto")+"://"+r.Host+"/me", http.StatusFound)
		case "/posts":
			n, _ := io.Copy(io.Discard, r.Body)
			if n != 8<<20 {
				w.WriteHeader(http.StatusConflict)
			}
			_, _ = io.WriteString(w, `{"status":200}`)
		default:
			_, _ = io.WriteString(w, "it is you")
		}
	}))
	t.Cleanup(api.Close)
	return api.URL
}

// getter is a client that gets a URL on a connection that it keeps.
type getter struct {
	name string
	get  func(t *testing.T, j job) []string
}

// getters are all clients, with connections of their own.
func getters(t *testing.T, ca string) (all []getter) {
	t.Helper()
	some := append(workers(), &worker{name: "Python http.client", program: "/usr/bin/python3", args: []string{"testdata/jobs.py", "http.client"}})
	for _, w := range some {
		w.start(t)
		all = append(all, getter{w.name, func(t *testing.T, j job) []string { return w.do(t, "get", j) }})
	}
	return append(all, getter{"Go net/http", getGo(t, ca)}, getter{"curl", getCurl})
}

// TestGoodCalls: clients of other people get answers on connections that they keep, go where they are sent, and post in either way. When Candor drains, they are
// answered to the end, and then cannot connect: nobody sees a connection that was reset.
func TestGoodCalls(t *testing.T) {
	t.Parallel()
	gate := stage.StartGate(t, goodConfiguration, stage.Words{"upstream": goodAPI(t), "access": "off", "drain": "{delay: 2s, finish: 5s}"}, server.Options{})
	ca := gate.Words["cert"]
	token := "Authorization: Bearer " + gate.Mint("demo", "ada", 2*time.Hour, "read").Token
	bases := []string{"http://" + gate.Plain, "https://" + gate.TLS}
	file := t.TempDir() + "/body.json"
	if err := os.WriteFile(file, make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	all := getters(t, ca)
	each := func(step func(g getter, base string)) {
		var work sync.WaitGroup
		for _, g := range all {
			work.Go(func() {
				for _, base := range bases {
					step(g, base)
				}
			})
		}
		work.Wait()
	}
	each(func(g getter, base string) {
		for _, path := range []string{"/me", "/moved"} {
			wants(t, g.name+" "+base+path, g.get(t, job{times: 3, url: base + path, ca: ca, header: token}), "200 it is you")
		}
	})
	for _, w := range workers() {
		w.start(t)
		for _, chunked := range []bool{false, true} {
			said := w.do(t, "post", job{times: 2, url: bases[1] + "/posts", file: file, chunked: chunked, ca: ca, header: token})
			wants(t, w.name+" posts", said, "200 none 200")
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		gate.End()
	}()
	testkit.Until(t, "the drain begins", func() bool { return closes(t, gate.Plain) })
	each(func(g getter, base string) {
		said := g.get(t, job{times: 2, url: base + "/me", ca: ca, header: token})
		wants(t, g.name+" "+base+" while it drains", said, "200 it is you", "refused")
	})
	<-ended
	each(func(g getter, base string) {
		wants(t, g.name+" "+base+" behind it", g.get(t, job{times: 1, url: base + "/me", ca: ca, header: token}), "refused")
	})
}

// wants compares what was said of each time.
func wants(t *testing.T, who string, said []string, allowed ...string) {
	t.Helper()
	for _, s := range said {
		if !slices.Contains(allowed, s) {
			t.Errorf("%s: %q, want one of %q", who, s, allowed)
		}
	}
}

// closes reports whether an answer tells that its connection ends, as all do in a drain.
func closes(t *testing.T, address string) bool {
	t.Helper()
	c := stage.Dial(t, address, nil)
	defer c.Close()
	c.Send("GET /me HTTP/1.1\r\nHost: api\r\n\r\n")
	a, err := c.Answer(false)
	return err != nil || a.Field("Connection") == "close"
}

func getGo(t *testing.T, ca string) func(*testing.T, job) []string {
	t.Helper()
	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	trust := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	trust.RootCAs.AppendCertsFromPEM(pem)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust}, Timeout: testkit.Patience}
	t.Cleanup(client.CloseIdleConnections)
	return func(t *testing.T, j job) (said []string) {
		t.Helper()
		for range j.times {
			said = append(said, getOnce(t.Context(), client, j))
		}
		return said
	}
}

func getOnce(ctx context.Context, client *http.Client, j job) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, j.url, http.NoBody)
	if err != nil {
		return err.Error()
	}
	name, value, _ := strings.Cut(j.header, ": ")
	request.Header.Set(name, value)
	answer, err := client.Do(request)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case err != nil:
		return "failed: " + err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "failed in the answer: " + err.Error()
	}
	return answer.Status[:3] + " " + string(body)
}

// getCurl has one process get all of them.
func getCurl(t *testing.T, j job) []string {
	t.Helper()
	args := []string{"--silent", "--location", "--cacert", j.ca, "--max-time", "30", "--header", j.header, "--write-out", " %{http_code} %{exitcode}\n"}
	out, _ := exec.CommandContext(t.Context(), "curl", append(args, slices.Repeat([]string{j.url}, j.times)...)...).Output() // its code is in each line
	var said []string
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if body, good := strings.CutSuffix(line, " 200 0"); good {
			line = "200 " + body
		}
		if line == "000 7" {
			line = "refused"
		}
		said = append(said, line)
	}
	return said
}
