//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"time"
)

// keptConfig is a Candor that answers from its cache all that the full call is asked for but forwarding: a token, two day quotas and a burst, ids, an access log.
const keptConfig = `version: 1
data: %[1]s
profile: standard
listeners: [{address: %[2]s}]
admin: off
log: {access: %[3]s, level: error}
limits: {in_flight: 100000, failed_credentials: 1000000000}
upstreams: {kept: {targets: ["http://%[4]s"]}}
scopes: {r_bench: Read what the bench serves}
products: {bench: {scopes: [r_bench]}}
apps: [{name: bench, products: [bench]}]
quotas: {bench: {app: 1000000000/day, member: 1000000000/day, burst: 1000000/s}}
apis:
  - name: bench
    base: /v1
    upstream: kept
    routes:
      - {name: closed, path: /closed, methods: [GET], scopes: [r_bench], quota: bench}
      - {name: one, path: /1k, methods: [GET], scopes: [r_bench], quota: bench, cache: per_principal}
      - {name: all, path: /all, methods: [GET], credentials: public, cache: shared}
`

// measureKept refuses calls and answers calls from the cache, in turns: an answer that is there is to cost less than a refusal and a half.
func (b *bench) measureKept(ctx context.Context) error {
	api, err := keepable(ctx)
	if err != nil {
		return err
	}
	defer api.Close()
	p, token, err := b.startKept(ctx, api.Addr)
	if err != nil {
		return err
	}
	defer p.stop()
	defer b.alone("")()
	const refused, own, shared = "refuse with 401", "a kept answer of 1 KB for one principal", "the same for everybody"
	kinds := map[string]work{
		refused: b.works[0],
		own:     {name: own, status: "200", request: slices.Concat(head("GET /v1/1k"), []byte("Authorization: Bearer "+token+"\r\n\r\n"))},
		shared:  {name: shared, status: "200", request: slices.Concat(head("GET /v1/all"), []byte("\r\n"))},
	}
	proxies := map[string]*proxy{}
	for name, w := range kinds {
		proxies[name] = p
		for range 2 { // the first is kept
			answer, failed := ask(ctx, b.target(p, w, 1))
			if failed != nil {
				return fmt.Errorf("%s: %w", name, failed)
			}
			w.what = string(answer)
		}
		if name != refused && !bytes.Contains([]byte(w.what), []byte("Cache-Status: candor; hit")) {
			return errors.New(name + ": it was not kept: " + w.what)
		}
	}
	const conns = 64
	c := cell{work: "kept", conns: conns}
	err = b.roundsOf(proxies, []string{refused, own, shared}, func(p *proxy, name string) error {
		s, failed := measure(ctx, p, b.target(p, kinds[name], conns), b.opt.length)
		c.add(name, s)
		return failed
	})
	if err != nil {
		return err
	}
	for _, name := range []string{refused, own, shared} {
		b.figures = append(b.figures, figure{name: fmt.Sprintf("cache, %d connections: %s", conns, name), unit: "µs", values: c.each(name, func(s sample) float64 { return s.cpu })})
		if name != refused {
			b.figures = append(b.figures, figure{name: name + ", by a refusal", unit: "×", values: c.shares(name, refused), judged: true, before: "–", goal: 1.5})
		}
	}
	return nil
}

// keepable is an API whose answers of 1 KB may be kept for a day, by whoever asks. Close ends it.
func keepable(ctx context.Context) (*http.Server, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &http.Server{
		Addr: l.Addr().String(), ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "max-age=86400")
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(bytes.Repeat([]byte("k"), kilobyte)) // who has asked says if it did not come
		}),
	}
	go func() { _ = s.Serve(l) }() // until it is closed
	return s, nil
}

// startKept starts such a Candor before an API, and mints a token that it takes.
func (b *bench) startKept(ctx context.Context, api string) (p *proxy, token string, err error) {
	own := b.site
	if own.dir, err = b.folder("kept"); err != nil {
		return nil, "", err
	}
	p = &proxy{}
	if p.plain, err = freeAddress(); err != nil {
		return nil, "", err
	}
	p.tls = p.plain // there is no other to wait for
	config := own.path("candor.yaml")
	text := fmt.Sprintf(keptConfig, own.path("data"), p.plain, own.path("access.log"), api)
	if err = os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, "", err
	}
	own.twin = b.program // another build may not know of caches
	if token, err = own.mint(ctx, config); err != nil {
		return nil, "", err
	}
	p, err = own.begin(ctx, p, launch{name: "candor", env: own.procs(), args: []string{b.program, "serve", config}})
	return p, token, err
}
