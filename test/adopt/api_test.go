package adopt

import (
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// serveAPI is this binary in the part of an API by Go's standard library. It prints its port, and ends when its standard input does.
func serveAPI() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stdout, l.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	panic(http.Serve(l, &api{release: make(chan struct{})}))
}

// api is what it serves.
type api struct{ release chan struct{} }

// large is what does not fit into a buffer.
var large = strings.Repeat("to be or not to be, ", 20_000)

// written is when its file was.
var written = time.Date(2025, 5, 4, 3, 2, 1, 0, time.UTC)

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	switch path := r.Method + " " + r.URL.Path; path {
	case "GET /json", "HEAD /json":
		h.Set("ETag", `"seven"`)
		h.Set("Content-Type", "application/json")
		http.ServeContent(w, r, "", written, strings.NewReader(`{"id":7,"name":"Ada"}`))
	case "GET /error":
		http.Error(w, "the database is gone", http.StatusServiceUnavailable)
	case "POST /refused":
		_, _ = io.Copy(io.Discard, r.Body)
		h.Set("Content-Type", "application/problem+json")
		w.WriteHeader(422)
		_, _ = io.WriteString(w, `{"type":"about:blank","title":"Unprocessable","detail":"name is missing"}`)
	case "GET /denied":
		h["WWW-Authenticate"] = []string{`Digest realm="a", nonce="b"`, `Basic realm="c"`}
		w.WriteHeader(401)
	case "GET /cookies":
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		h.Add("set-cookie", "b=2; Path=/x; Partitioned; Secure")
		fmt.Fprint(w, r.Header.Get("Cookie"))
	case "OPTIONS /cors":
		h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		h.Set("Access-Control-Max-Age", "5")
		w.WriteHeader(204)
	case "GET /cors":
		h.Set("Access-Control-Allow-Origin", "*")
		fmt.Fprint(w, "[]")
	case "GET /gzip":
		h.Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, "to be or not to be")
		_ = z.Close()
	case "GET /redirect":
		http.Redirect(w, r, "/json?from=here#top", http.StatusFound)
	case "GET /redirect/away":
		http.Redirect(w, r, "https://example.com/a b", http.StatusPermanentRedirect)
	case "GET /redirect/self":
		http.Redirect(w, r, "http://"+r.Host+"/json", http.StatusMovedPermanently)
	case "GET /range":
		http.ServeContent(w, r, "page.txt", written, strings.NewReader("To be, or not to be, that is the question"))
	case "GET /large":
		fmt.Fprint(w, large)
	case "GET /nothing":
		w.WriteHeader(204)
	case "GET /empty":
	case "POST /echo":
		h.Set("X-Request-Id", "of the API's own")
		_, _ = io.Copy(w, r.Body)
	case "GET /hints":
		h.Set("Link", "</style.css>; rel=preload; as=style")
		w.WriteHeader(103)
		fmt.Fprint(w, "hinted")
	case "POST /trailers":
		n, _ := io.Copy(io.Discard, r.Body)
		h.Set("Trailer", "X-Sum")
		fmt.Fprintf(w, "%d bytes", n)
		h.Set("X-Sum", r.Trailer.Get("X-Sum"))
	default:
		a.more(w, r)
	}
}

// more are the parts that take their time, and paths of all sorts.
func (a *api) more(w http.ResponseWriter, r *http.Request) {
	flush := http.NewResponseController(w).Flush
	switch path := r.Method + " " + r.URL.Path; {
	case path == "GET /slowly":
		for _, word := range []string{"one, ", "two, ", "three"} {
			fmt.Fprint(w, word)
			_ = flush()
		}
	case path == "GET /events":
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "event: first\ndata: 1\n\n")
		_ = flush()
		<-a.release
		fmt.Fprint(w, "data: 2\n\n: the end\n\n")
	case path == "POST /events":
		a.release <- struct{}{}
		w.WriteHeader(202)
	case strings.HasPrefix(r.RequestURI, "/odd/"), r.RequestURI == "*", strings.HasPrefix(r.RequestURI, "http"):
		fmt.Fprint(w, r.Method, " ", r.RequestURI)
	default:
		http.NotFound(w, r)
	}
}
