package server_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
)

// front starts a Candor in front of a URL.
func front(t *testing.T, f config.Front) *server.Server {
	t.Helper()
	f.Listen = "127.0.0.1:0"
	cfg, err := f.Config()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Log.Access = "off"
	cfg.Drain = config.Drain{Finish: patience}
	s, err := server.Start(t.Context(), cfg, server.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
	})
	return s
}

// strange is an API that answers in every way that net/http can, and says what it was asked.
func strange(t *testing.T, seen chan<- string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header()["X-Odd-CASE"] = []string{"1", "2"}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1", Path: "/"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2", HttpOnly: true})
		_, _ = io.WriteString(w, "hello")
	})
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere?x=1", http.StatusFound) })
	mux.HandleFunc("/empty", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) })
	mux.HandleFunc("/same", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("ETag", `"1"`); w.WriteHeader(304) })
	mux.HandleFunc("/error", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "it broke", 500) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "f.txt", time.Unix(1e9, 0), strings.NewReader("0123456789"))
	})
	mux.HandleFunc("/chunks", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		for i := range 3 {
			fmt.Fprintf(w, "chunk %d\n", i)
			_ = http.NewResponseController(w).Flush()
		}
		w.Header().Set("X-Sum", "42")
	})
	mux.HandleFunc("/hints", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(103)
		w.WriteHeader(200)
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		_, _ = w.Write(body)
		fmt.Fprint(w, r.Trailer)
	})
	api := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b strings.Builder
		fmt.Fprintf(&b, "%s %s %s %v %d\n", r.Method, r.RequestURI, r.Host, r.TransferEncoding, r.ContentLength)
		_ = r.Header.Write(&b)
		seen <- b.String()
		mux.ServeHTTP(w, r)
	}))
	api.Config.DisableGeneralOptionsHandler = true
	api.Start()
	t.Cleanup(api.Close)
	return api
}

// whatIsAdded is what an upstream gets beside, and a caller.
var (
	whatIsAdded  = regexp.MustCompile(`(?m)^(X-Forwarded-For: 127\.0\.0\.1|Candor-Hops: 1)\r\n`)
	whatChanges  = regexp.MustCompile(`(?m)^(Date|X-Request-Id): .*\r\n`)
	ofOneHop     = regexp.MustCompile(`(?m)^(Connection|Transfer-Encoding|Te): .*\r\n`)
	exchangeOnce = "Connection: close\r\n\r\n"
)

// raw sends bytes and reads all that comes.
func raw(t *testing.T, address, in string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err = io.WriteString(c, in); err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%v after %q", err, out)
	}
	return string(out)
}

// The same calls, made to the API itself and through Candor, reach the API alike and are answered alike.
func TestFrontIsUntouched(t *testing.T) {
	seen := make(chan string, 10)
	api := strange(t, seen)
	direct := strings.TrimPrefix(api.URL, "http://")
	through := front(t, config.Front{URL: api.URL}).APIAddrs()[0]
	for name, in := range map[string]string{
		"GET":            "GET /a?b=%zz HTTP/1.1\r\nhost: {host}\r\nX-Case: 1\r\n" + exchangeOnce,
		"HEAD":           "HEAD /a HTTP/1.1\r\nHost: {host}\r\n" + exchangeOnce,
		"OPTIONS *":      "OPTIONS * HTTP/1.1\r\nHost: {host}\r\n" + exchangeOnce,
		"a preflight":    "OPTIONS /a HTTP/1.1\r\nHost: {host}\r\nOrigin: http://b\r\nAccess-Control-Request-Method: PUT\r\n" + exchangeOnce,
		"TRACE":          "TRACE /a HTTP/1.1\r\nHost: {host}\r\n" + exchangeOnce,
		"another word":   "BREW /a HTTP/1.1\r\nHost: {host}\r\n" + exchangeOnce,
		"HTTP/1.0":       "GET /a HTTP/1.0\r\nHost: {host}\r\n\r\n",
		"redirect":       "GET /redirect HTTP/1.1\r\nHost: {host}\r\n" + exchangeOnce,
		"empty":          "GET /empty HTTP/1.1\r\nHost: {host}\r\n" + exchangeOnce,
		"same":           "GET /same HTTP/1.1\r\nHost: {host}\r\nIf-None-Match: \"1\"\r\n" + exchangeOnce,
		"error":          "GET /error HTTP/1.1\r\nHost: {host}\r\n" + exchangeOnce,
		"range":          "GET /file HTTP/1.1\r\nHost: {host}\r\nRange: bytes=2-4\r\n" + exchangeOnce,
		"two ranges":     "GET /file HTTP/1.1\r\nHost: {host}\r\nRange: bytes=99-\r\n" + exchangeOnce,
		"hints":          "GET /hints HTTP/1.1\r\nHost: {host}\r\n" + exchangeOnce,
		"a body":         "POST /echo HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\nContent-Type: a/b\r\n" + exchangeOnce + "abc",
		"a chunked one":  "POST /echo HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n" + exchangeOnce + "3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n",
		"a body awaited": "POST /echo HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" + exchangeOnce + "abc",
		"credentials":    "GET /a HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer x\r\nCookie: a=b; c=d\r\nX-Forwarded-Proto: https\r\nX-Request-Id: mine\r\n" + exchangeOnce,
	} {
		t.Run(name, func(t *testing.T) {
			wantAnswer := raw(t, direct, strings.ReplaceAll(in, "{host}", direct))
			wantCall := testkit.Receive(t, "the API was called", seen)
			gotAnswer := raw(t, through, strings.ReplaceAll(in, "{host}", through))
			gotCall := testkit.Receive(t, "the API was called", seen)
			if diff := cmp.Diff(ofOneHop.ReplaceAllString(wantCall, ""), ofOneHop.ReplaceAllString(whatIsAdded.ReplaceAllString(gotCall, ""), "")); diff != "" {
				t.Errorf("what the API got, directly (-) and through (+):\n%s", diff)
			}
			if !strings.Contains(gotAnswer, "\r\nX-Request-Id: ") {
				t.Errorf("no id in %s", gotAnswer)
			}
			if diff := cmp.Diff(comparable(wantAnswer), comparable(gotAnswer)); diff != "" {
				t.Errorf("what the caller got, directly (-) and through (+):\n%s", diff)
			}
		})
	}
}

// comparable is an answer without what differs between two, or belongs to one hop, as the version of an answer to HTTP/1.0 does.
func comparable(answer string) string {
	answer = strings.ReplaceAll(answer, "HTTP/1.0 ", "HTTP/1.1 ")
	answer = strings.TrimPrefix(answer, "HTTP/1.1 100 Continue\r\n\r\n") // a body that is here already needs no asking for
	return ofOneHop.ReplaceAllString(whatChanges.ReplaceAllString(answer, ""), "")
}

// What is sent as things happen comes as it happens.
func TestFrontFlushes(t *testing.T) {
	t.Parallel()
	next := make(chan string)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for event := range next {
			fmt.Fprintf(w, "data: %s\n\n", event)
			_ = http.NewResponseController(w).Flush()
		}
	}))
	t.Cleanup(api.Close)
	s := front(t, config.Front{URL: api.URL})
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+s.APIAddrs()[0]+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { next <- "0" }()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	for i := range 5 { // each is asked for when the one before has come
		line, err := lines.ReadString('\n')
		if want := fmt.Sprintf("data: %d\n", i); err != nil || line != want {
			t.Fatalf("%q, %v; want %q", line, err, want)
		}
		_, _ = lines.ReadString('\n')
		if i < 4 {
			next <- fmt.Sprint(i + 1)
		}
	}
	close(next)
}

// No limit of time or size holds towards the upstream: a large body passes, both ways.
func TestFrontHasNoLimitOfSize(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 1)
	api := strange(t, seen)
	s := front(t, config.Front{URL: api.URL})
	large := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+s.APIAddrs()[0]+"/echo", bytes.NewReader(large))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Long", strings.Repeat("x", 100<<10))
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || !bytes.HasPrefix(got, large) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
}

func TestFrontHosts(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 10)
	api := strange(t, seen)
	address := front(t, config.Front{URL: api.URL, Hosts: []string{"api.test"}}).APIAddrs()[0]
	for host, want := range map[string]string{"evil.example": "HTTP/1.1 421 ", "api.test": "HTTP/1.1 200 ", "localhost:1": "HTTP/1.1 200 "} {
		got := raw(t, address, "GET / HTTP/1.1\r\nHost: "+host+"\r\n"+exchangeOnce)
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", host, got)
		}
		if strings.HasPrefix(want, "HTTP/1.1 421") && !strings.Contains(got, "--host") {
			t.Errorf("the answer does not say how to take the host: %s", got)
		}
	}
}

func TestFrontMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		front              config.Front
		flag, say, instead string
	}{
		"no scheme":            {config.Front{URL: "localhost:3000"}, "", "has no http:// or https:// before it", "http://localhost:3000"},
		"no scheme, and TLS":   {config.Front{URL: "api.example.com/v1"}, "", "has no http:// or https:// before it", "https://api.example.com/v1"},
		"a port":               {config.Front{URL: "3000"}, "", "is no URL", "http://127.0.0.1:3000"},
		"a port with a colon":  {config.Front{URL: ":3000"}, "", "is no URL", "http://127.0.0.1:3000"},
		"nothing":              {config.Front{URL: ""}, "", "there is no URL", "http://127.0.0.1:3000"},
		"a WebSocket":          {config.Front{URL: "wss://h/x"}, "", "WebSockets pass", "https://h/x"},
		"credentials":          {config.Front{URL: "http://u:secret@h:1/x"}, "", "a URL cannot hold credentials here", "http://h:1/x"},
		"a query":              {config.Front{URL: "http://h/x?a=b"}, "", "cannot have a query", "http://h/x"},
		"another scheme":       {config.Front{URL: "ftp://h"}, "", "is not http:// or https://", ""},
		"a path with dots":     {config.Front{URL: "http://h/a/../b"}, "", "can be read in two ways", ""},
		"a wrong address":      {config.Front{URL: "http://h", Listen: "8080"}, "--listen", "is not a valid address", ""},
		"an open admin":        {config.Front{URL: "http://h", Listen: ":1", Admin: ":2"}, "--admin", "can be reached from other machines", ""},
		"a wrong host":         {config.Front{URL: "http://h", Listen: ":1", Hosts: []string{"a b"}}, "--host", "is not a valid host", ""},
		"authorities for http": {config.Front{URL: "http://h", Listen: ":1", CA: "x"}, "--ca", "does nothing here", ""},
		"no such authorities":  {config.Front{URL: "https://h", Listen: ":1", CA: "/nowhere/x.pem"}, "--ca", "x.pem", ""},
		"insecure http":        {config.Front{URL: "http://h", Listen: ":1", Insecure: true}, "--insecure", "does nothing here", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.front.Config()
			var m *config.FrontMistake
			if !errors.As(err, &m) || m.Flag != c.flag || !strings.Contains(m.Text, c.say) || m.Instead != c.instead || strings.Contains(m.Text+m.Instead, "secret") {
				t.Errorf("%#v", err)
			}
		})
	}
}

func TestLeadsTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url, address string
		want         bool
	}{
		{"http://127.0.0.1:8080", "127.0.0.1:8080", true},
		{"http://localhost:8080/x", "127.0.0.1:8080", true},
		{"http://127.0.0.1:8080", "localhost:8080", true},
		{"http://0.0.0.0:8080", "127.0.0.1:8080", true},
		{"http://[::ffff:127.0.0.1]:8080", "127.0.0.1:8080", true},
		{"http://[::]:8080", "[::1]:8080", true},
		{"http://127.0.0.7:8080", ":8080", true},
		{"http://127.0.0.1:8080", "0.0.0.0:8080", true},
		{"http://127.0.0.1", ":80", true},
		{"https://127.0.0.1", ":443", true},
		{"http://127.0.0.7:8080", "127.0.0.1:8080", false},
		{"http://127.0.0.1:8081", "127.0.0.1:8080", false},
		{"http://127.0.0.1:8080", "127.0.0.1:0", false},
		{"http://192.0.2.1:8080", ":8080", false},
		{"http://[::1]:8080", "127.0.0.1:8080", false},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := server.LeadsTo(t.Context(), u, c.address); got != c.want {
			t.Errorf("%s to %s: %v", c.url, c.address, got)
		}
	}
}
