//go:build linux

package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"
)

// startReverse starts the proxy that Go's library offers, without any policy:
// no credential is checked, nothing is counted, nothing is logged.
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
	return s.begin(ctx, p, launch{
		name: reverse, env: s.procs(),
		args: []string{self, roleReverse, p.plain, p.tls, s.upstream, s.cert, s.key},
	})
}

// runReverse is that proxy.
func runReverse(plain, tls, upstream, cert, key string) error {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: upstream})
			r.SetXForwarded()
		},
		Transport:  &http.Transport{MaxIdleConnsPerHost: 1024, DisableCompression: true},
		BufferPool: &buffers{},
		ErrorLog:   slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	server := func(address string) *http.Server {
		return &http.Server{Addr: address, Handler: proxy, ReadHeaderTimeout: 10 * time.Second, ErrorLog: proxy.ErrorLog}
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
