//go:build linux

package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"
)

// startReverse starts the proxy that Go's library offers, without any policy:
// no credential is checked, nothing is counted, nothing is logged. What the
// others refuse it answers with the same bytes, so that a new connection to
// Go's own server can be measured too.
func (s *site) startReverse(ctx context.Context) (*proxy, error) {
	p := &proxy{}
	var err error
	if p.plain, p.tls, err = addresses(); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	refusal, err := json.Marshal(s.fixedRefusal())
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(s.path("refusal.json"), refusal, 0o600); err != nil {
		return nil, err
	}
	return s.begin(ctx, p, launch{
		name: reverse, env: s.procs(),
		args: []string{self, roleReverse, p.plain, p.tls, s.upstream, s.cert, s.key, s.path("refusal.json")},
	})
}

// fixedRefusal is an answer that is always the same.
type fixedRefusal struct {
	Fields http.Header
	Body   []byte
}

func (s *site) fixedRefusal() (f fixedRefusal) {
	f = fixedRefusal{Fields: http.Header{}, Body: []byte(s.model.refusal.body)}
	for _, field := range s.model.refusal.without(message{}) {
		f.Fields.Add(field.name, field.value)
	}
	return f
}

// ServeHTTP implements http.Handler.
func (f *fixedRefusal) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	maps.Copy(w.Header(), f.Fields)
	w.WriteHeader(401)
	_, _ = w.Write(f.Body) // the client is gone, or has it
}

// runReverse is that proxy.
func runReverse(plain, tls, upstream, cert, key, refusal string) error {
	var refuse fixedRefusal
	text, err := os.ReadFile(refusal) //nolint:gosec // the bench gave it
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &refuse); err != nil {
		return err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: upstream})
			r.SetXForwarded()
		},
		Transport:  &http.Transport{MaxIdleConnsPerHost: 1024, DisableCompression: true},
		BufferPool: &buffers{},
		ErrorLog:   slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	handle := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/closed" {
			refuse.ServeHTTP(w, r)
			return
		}
		proxy.ServeHTTP(w, r)
	}
	server := func(address string) *http.Server {
		return &http.Server{Addr: address, Handler: http.HandlerFunc(handle), ReadHeaderTimeout: 10 * time.Second, ErrorLog: proxy.ErrorLog}
	}
	failed := make(chan error, 2) // one from each listener
	go func() { failed <- server(plain).ListenAndServe() }()
	go func() { failed <- server(tls).ListenAndServeTLS(cert, key) }()
	return <-failed
}

// buffers lends the proxy its copying buffers.
type buffers struct{ pool sync.Pool }

// Get implements httputil.BufferPool.
func (b *buffers) Get() []byte {
	if buf, ok := b.pool.Get().(*[]byte); ok {
		return *buf
	}
	return make([]byte, 32<<10)
}

// Put implements httputil.BufferPool.
func (b *buffers) Put(buf []byte) { b.pool.Put(&buf) }
