//go:build unix

package restart_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// load is calls that do not cease: over plain and TLS, on kept connections and new ones, of methods that a client repeats by itself and of such that it does not.
type load struct {
	t       *testing.T
	stop    context.CancelFunc
	work    sync.WaitGroup
	counted atomic.Int64 // calls that were answered and count against the quota
	all     atomic.Int64
	failed  atomic.Int64
	clients []*http.Client
}

// caller is one who calls, one call after the other.
type caller struct {
	url, method, token string
	fresh              bool          // a connection for each call
	pause              time.Duration // between two calls
}

func (s *stage) load(token string) *load {
	s.t.Helper()
	ctx, stop := context.WithCancel(s.t.Context())
	l := &load{t: s.t, stop: stop}
	for _, at := range []string{"http://" + s.words["PLAIN"], "https://" + s.words["SECURE"]} {
		for _, c := range []caller{
			{at + "/me", "POST", token, false, 0},
			{at + "/me", "GET", token, false, 0},
			{at + "/me", "POST", token, true, time.Millisecond},
			{at + "/me", "GET", token, true, time.Millisecond},
			{at + "/me", "POST", token, false, 70 * time.Millisecond},
			{at + "/slow", "POST", "", false, 0},
			{at + "/slow", "GET", "", true, 0},
		} {
			client := &http.Client{Timeout: testkit.Patience, Transport: &http.Transport{
				TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: c.fresh, MaxIdleConnsPerHost: 1,
			}}
			l.clients = append(l.clients, client)
			l.work.Go(func() { l.call(ctx, client, c) })
		}
	}
	s.t.Cleanup(func() { l.ends() })
	return l
}

func (l *load) call(ctx context.Context, client *http.Client, c caller) {
	for n := 0; ctx.Err() == nil; n++ {
		body := fmt.Sprint("call ", n)
		if c.method == "GET" {
			body = ""
		}
		if err := c.once(context.WithoutCancel(ctx), client, body); err != nil {
			l.failed.Add(1)
			l.t.Errorf("%s %s (a connection for each: %v, pause %s), call %d: %v", c.method, c.url, c.fresh, c.pause, n, err)
			return
		}
		l.all.Add(1)
		if c.token != "" {
			l.counted.Add(1)
		}
		if c.pause > 0 {
			t := time.NewTimer(c.pause)
			select {
			case <-ctx.Done():
			case <-t.C:
			}
		}
	}
}

func (c *caller) once(ctx context.Context, client *http.Client, body string) error {
	r, err := http.NewRequestWithContext(ctx, c.method, c.url, strings.NewReader(body))
	if err != nil {
		return err
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || string(got) != c.method+" "+body {
		return fmt.Errorf("%s: %q, %w", resp.Status, got, err)
	}
	return nil
}

// sees waits until n more calls were answered.
func (l *load) sees(p *process, n int64) {
	l.t.Helper()
	until := l.all.Load() + n
	p.until("calls that are answered", func() bool { return l.all.Load() >= until || l.failed.Load() > 0 })
}

// ends lets each caller end its last call.
func (l *load) ends() {
	l.stop()
	l.work.Wait()
	for _, c := range l.clients {
		c.CloseIdleConnections()
	}
}
