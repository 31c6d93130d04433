//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// outageRate is the calls a second in an outage.
const outageRate = 200

// outages are the ways in which an API is down, and what becomes of calls.
var outages = []struct {
	name string
	does func(c net.Conn) bool // nil: it refuses connections
	up   string                // of the upstream's configuration
	goal float64
}{
	{"refusing", nil, "", 1.1},
	{"resetting", reset, "", 1.1},
	{"answering 503", func(c net.Conn) bool {
		_, err := io.WriteString(c, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
		return err == nil
	}, "", 1.1},
	{"resetting, with a breaker", reset, ", breaker: {}", 1.1},
}

func reset(c net.Conn) bool {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	return false
}

// measureRetries counts how often calls reach an API that is down, where its route sends failed ones again.
func (b *bench) measureRetries(ctx context.Context) error {
	for _, o := range outages {
		f := figure{name: fmt.Sprintf("an API that is %s, %d calls/s, retry: {}: attempts a call", o.name, outageRate), judged: true, before: "–", goal: o.goal}
		for range b.opt.rounds {
			n, err := b.attempts(ctx, o.does, o.up)
			if err != nil {
				return fmt.Errorf("%s: %w", o.name, err)
			}
			f.values = append(f.values, n)
		}
		f.values = sorted(f.values)
		b.figures = append(b.figures, f)
	}
	b.note("Outages: each with a Candor of its own, all calls of a round counted; attempts are counted by the API, and of one that refuses by Candor.")
	return nil
}

// attempts is how many there were for a call.
func (b *bench) attempts(ctx context.Context, does func(net.Conn) bool, up string) (float64, error) {
	api, err := newPool(ctx, 1, 0)
	if err != nil {
		return 0, err
	}
	api.does = does
	p, admin, err := b.startShedding(ctx, api.address(), ", retry: {}", up)
	if err != nil {
		api.close()
		return 0, err
	}
	defer p.stop()
	if does == nil {
		api.close()
	} else {
		defer api.close()
	}
	m, err := (&crowd{address: p.plain, request: poolCall, conns: crowdConns, rate: outageRate, length: b.opt.tail}).run(ctx)
	if err != nil {
		return 0, err
	}
	if len(m.took) > 0 {
		return 0, fmt.Errorf("%d calls were answered well", len(m.took))
	}
	sent := float64(api.calls.Load())
	if does == nil {
		if sent, err = metric(ctx, admin, "candor_upstream_connections_made_total"); err != nil {
			return 0, err
		}
	}
	calls, err := metric(ctx, admin, `candor_request_duration_seconds_count{route="pool/all"}`) // those of the lead-in too
	return sent / calls, err
}

// metric is one of a Candor's.
func metric(ctx context.Context, admin, name string) (float64, error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(ask)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("no metric %s", name)
}
