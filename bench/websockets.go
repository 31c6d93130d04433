//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
)

// webSockets is how many are held open: each takes two connections of the proxy, and two of ours.
const webSockets = 2000

// webSocketRoute is what Candor's configuration has for them, in this measurement alone: the twin may be a build that does not know the key.
const webSocketRoute = "      - {name: ws, path: /ws, methods: [GET], scopes: [r_bench], upgrade: [websocket]}\n"

// switching is what the upstream answers, and then it says nothing more.
const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

// measureWebSockets takes the memory that an idle WebSocket costs a proxy that has just been started.
func (b *bench) measureWebSockets(ctx context.Context) error {
	for _, how := range []struct {
		name string
		tls  *tls.Config
	}{{"plain", nil}, {"TLS", b.tls}} {
		for _, name := range b.running(candor, nginx) {
			kb, err := b.webSocketsAlone(ctx, name, how.tls)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", how.name, name, err)
			}
			f := figure{name: "an idle WebSocket, " + how.name, unit: "kB", values: []float64{kb}}
			if name != candor {
				f.name += ": " + name
			}
			b.figures = append(b.figures, f)
		}
	}
	return nil
}

// webSocketsAlone starts a proxy for this one measurement.
func (b *bench) webSocketsAlone(ctx context.Context, name string, config *tls.Config) (kb float64, err error) {
	fresh := b.site
	fresh.more = webSocketRoute
	if fresh.dir, err = b.folder("websockets"); err != nil {
		return 0, err
	}
	p, err := fresh.startNamed(ctx, name)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	before, err := p.rss()
	if err != nil {
		return 0, err
	}
	t := target{address: p.plain, status: "101", conns: webSockets, request: slices.Concat(head("GET /v1/ws"), []byte(
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer "+fresh.token+"\r\n\r\n"))}
	if config != nil {
		t.address, t.tls = p.tls, config
	}
	mb, err := rssHolding(ctx, p, t)
	return (mb*1e6 - float64(before)) / webSockets / 1e3, err
}
