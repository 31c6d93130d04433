package gateway

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
)

func TestTunnelCarriesBothWays(t *testing.T) {
	waysThrough(t, func(t *testing.T, p *plan, dial func(*testing.T, *house) *client, secure func(*origin) *origin) {
		h := p.open(t, secure(switcher(switching+"hello", echo)))
		c := dial(t, h)
		c.send(openWS + "first")
		head := c.opened()
		if want := "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-Request-Id: " + noonUUID + "\r\nDate: " + noonDate +
			"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"; head != want {
			t.Errorf("(-want +got):\n%s", cmp.Diff(want, head))
		}
		got := make([]byte, len("hellofirst"))
		if _, err := io.ReadFull(c.r, got); err != nil || string(got) != "hellofirst" {
			t.Fatalf("%q, %v", got, err)
		}
		big := strings.Repeat("0123456789abcdef", 1<<16)
		go c.send(big)
		back := make([]byte, len(big))
		if _, err := io.ReadFull(c.r, back); err != nil || string(back) != big {
			t.Fatalf("1 MB did not come back: %v", err)
		}
		c.halfClose()
		if rest := c.end(); rest != "" {
			t.Errorf("after the end: %q", rest)
		}
		lines := h.logged(t, 2)
		if !strings.Contains(lines[0], `"status":101,`) || !strings.Contains(lines[0], `"upgrade":"websocket"}`) || strings.Contains(lines[0], "ended") {
			t.Errorf("at 101: %s", lines[0])
		}
		want := fmt.Sprintf(`"in":%d,"out":%d,`, len("first")+len(big), len("hello")+len("first")+len(big))
		if !strings.Contains(lines[1], want) || !strings.Contains(lines[1], `"upgrade":"websocket","ended_by":"client","ended":"closed"}`) {
			t.Errorf("at the end: %s, want %s", lines[1], want)
		}
		if n := h.upstream.Idle(); n != 0 {
			t.Errorf("%d connections in the pool", n)
		}
		if h.Upgrades() != 0 {
			t.Errorf("%d are still open", h.Upgrades())
		}
	})
}

// Each side may end what it sends, and listen on.
func TestTunnelHalfClose(t *testing.T) {
	waysThrough(t, func(t *testing.T, p *plan, dial func(*testing.T, *house) *client, secure func(*origin) *origin) {
		h := p.open(t, secure(switcher(switching, func(p *peer) {
			_, _ = io.WriteString(p, "said")
			_ = p.Conn.(interface{ CloseWrite() error }).CloseWrite()
			_, _ = io.Copy(io.Discard, p.r)
		})))
		c := dial(t, h)
		c.send(openWS)
		c.opened()
		if got := c.end(); got != "said" {
			t.Errorf("got %q", got)
		}
		c.send("and more")
		c.halfClose()
		lines := h.logged(t, 2)
		if !strings.Contains(lines[1], `"in":8,"out":4,`) || !strings.Contains(lines[1], `"ended_by":"upstream","ended":"closed"}`) {
			t.Errorf("at the end: %s", lines[1])
		}
	})
}

func TestTunnelCarriesAReset(t *testing.T) {
	waysThrough(t, func(t *testing.T, p *plan, dial func(*testing.T, *house) *client, secure func(*origin) *origin) {
		t.Run("of the upstream", func(t *testing.T) {
			h := p.open(t, secure(switcher(switching, func(p *peer) {
				_, _ = p.r.ReadByte()
				_ = p.tcp.SetLinger(0)
				_ = p.tcp.Close()
			})))
			c := dial(t, h)
			c.send(openWS)
			c.opened()
			c.send("x")
			c.cut()
			if lines := h.logged(t, 2); !strings.Contains(lines[1], `"ended_by":"upstream","ended":"reset"}`) {
				t.Errorf("at the end: %s", lines[1])
			}
		})
		t.Run("of the client", func(t *testing.T) {
			p.Sink = nil
			ended := make(chan error, 1)
			h := p.open(t, secure(switcher(switching, func(p *peer) {
				_, err := io.Copy(io.Discard, p.r)
				ended <- err
			})))
			c := dial(t, h)
			c.send(openWS)
			c.opened()
			_ = c.tcp.SetLinger(0)
			_ = c.tcp.Close()
			if err := testkit.Receive(t, "the end at the upstream", ended); err == nil {
				t.Error("the upstream saw an end in order, not a reset")
			}
			if lines := h.logged(t, 2); !strings.Contains(lines[1], `"ended_by":"client","ended":"reset"}`) {
				t.Errorf("at the end: %s", lines[1])
			}
		})
	})
}

// What a WebSocket was opened with may be taken back, or end.
func TestWhatEndsAWebSocket(t *testing.T) {
	for _, c := range []struct {
		name, path string
		end        func(h *house, shift *atomic.Int64)
		ended      string
	}{
		{"its grant is revoked", "/wsmine", func(h *house, _ *atomic.Int64) { h.verifier.Revoke(7, access.ByMember) }, "revoked"},
		{"its member is restricted", "/wsmine", func(h *house, _ *atomic.Int64) { h.verifier.Restrict(3, true) }, "revoked"},
		{"its token is revoked", "/wsmine", func(h *house, _ *atomic.Int64) {
			var r token.Result
			h.verifier.Verify([]byte(h.token), noon.UnixNano(), &token.Scratch{}, &r)
			h.verifier.RevokeToken(r.Token, r.ExpiredAt)
		}, "revoked"},
		{"its token ends", "/wsends", func(_ *house, shift *atomic.Int64) { shift.Store(int64(2 * time.Hour)) }, "expired"},
	} {
		t.Run(c.name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := upgradePlan()
				p.Options.Portable = portable
				var shift atomic.Int64
				p.Options.Now = func() int64 { return noon.UnixNano() + shift.Load() }
				h := p.open(t, switcher(switching, echo))
				cl := h.dial(t)
				cl.send(h.get(c.path, strings.Split(strings.TrimSuffix(handshake, "\r\n"), "\r\n")...))
				cl.opened()
				cl.send("x")
				if b, err := cl.r.ReadByte(); b != 'x' {
					t.Fatal(err)
				}
				c.end(h, &shift)
				if rest := cl.end(); rest != "" {
					t.Errorf("%q", rest)
				}
				if lines := h.logged(t, 2); !strings.Contains(lines[1], `"ended_by":"gateway","ended":"`+c.ended+`"}`) {
					t.Error(lines[1])
				}
			})
		})
	}
}

// Where a credential is only observed, what becomes of it ends nothing.
func TestObservedCredentialEndsNoWebSocket(t *testing.T) {
	p := upgradePlan()
	p.API.Modes = route.All(route.Observe)
	for i := range p.API.Routes {
		p.API.Routes[i].Modes = &p.API.Modes
	}
	var shift atomic.Int64
	p.Options.Now = func() int64 { return noon.UnixNano() + shift.Load() }
	h := p.open(t, switcher(switching, echo))
	cl := h.dial(t)
	cl.send(h.get("/wsends", strings.Split(strings.TrimSuffix(handshake, "\r\n"), "\r\n")...))
	cl.opened()
	h.verifier.Revoke(7, access.ByMember)
	shift.Store(int64(2 * time.Hour))
	h.tunnels.look(h.verifier.News(), noon.UnixNano()+shift.Load())
	cl.send("x")
	if b, err := cl.r.ReadByte(); b != 'x' {
		t.Fatal(err)
	}
}

// A token that is revoked between the check of the handshake and its answer opens nothing that lasts.
func TestRevokedDuringTheHandshake(t *testing.T) {
	p := upgradePlan()
	var h *house
	h = p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
		if _, err := readCall(r); err == nil {
			h.verifier.Revoke(7, access.ByMember)
			h.tunnels.look(h.verifier.News(), noon.UnixNano()) // which the sweep may have done by now
			_, _ = io.WriteString(c, switching)
			_, _ = io.Copy(io.Discard, r)
		}
	}))
	cl := h.dial(t)
	cl.send(h.get("/wsmine", strings.Split(strings.TrimSuffix(handshake, "\r\n"), "\r\n")...))
	cl.opened()
	if rest := cl.end(); rest != "" {
		t.Errorf("%q", rest)
	}
	if lines := h.logged(t, 2); !strings.Contains(lines[1], `"ended_by":"gateway","ended":"revoked"}`) {
		t.Error(lines[1])
	}
}

// Without end_at_expiry a WebSocket outlives its token.
func TestAWebSocketOutlivesItsToken(t *testing.T) {
	p := upgradePlan()
	var shift atomic.Int64
	p.Options.Now = func() int64 { return noon.UnixNano() + shift.Load() }
	h := p.open(t, switcher(switching, echo))
	cl := h.dial(t)
	cl.send(h.get("/wsmine", strings.Split(strings.TrimSuffix(handshake, "\r\n"), "\r\n")...))
	cl.opened()
	shift.Store(int64(2 * time.Hour))
	h.verifier.RevokeToken(token.ID{9}, 1<<40) // another's: all are looked at
	h.tunnels.look(h.verifier.News()+1, noon.UnixNano()+shift.Load())
	cl.send("x")
	if b, err := cl.r.ReadByte(); b != 'x' {
		t.Fatal(err)
	}
}

func TestIdleWebSocket(t *testing.T) {
	waysThrough(t, func(t *testing.T, p *plan, dial func(*testing.T, *house) *client, secure func(*origin) *origin) {
		h := p.open(t, secure(switcher(switching, echo)))
		c := dial(t, h)
		c.send(strings.Replace(openWS, "/ws", "/wsidle", 1))
		c.opened()
		if rest := c.end(); rest != "" {
			t.Errorf("%q", rest)
		}
		if lines := h.logged(t, 2); !strings.Contains(lines[1], `"ended_by":"gateway","ended":"idle"}`) {
			t.Error(lines[1])
		}
	})
}

// The limit of the whole call holds up to the 101.
func TestCallLimitEndsWithTheHandshake(t *testing.T) {
	h := upgradePlan().open(t, switcher(switching, echo))
	c := h.dial(t)
	c.send(strings.Replace(openWS, "/ws", "/wsshort", 1))
	c.opened()
	begun := h.clock.Mono()
	testkit.Until(t, "the limit has passed", func() bool { return h.clock.Mono()-begun > int64(100*time.Millisecond) })
	c.send("x")
	if b, err := c.r.ReadByte(); b != 'x' {
		t.Fatal(err)
	}
}

// A drain waits for a WebSocket as for a call, ends it at the latest with its time, and calls that no fault. A reload, and what of the drain comes before, let it be.
func TestDrainEndsWebSockets(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := upgradePlan()
		p.Options.Portable = portable
		h := p.open(t, switcher(switching, echo))
		c := h.dial(t)
		c.send(openWS)
		c.opened()
		h.SetPolicy(h.Policy())
		h.Leave()
		c.send("x")
		if b, err := c.r.ReadByte(); b != 'x' {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := h.Drain(ctx); err != nil {
			t.Errorf("the drain: %v", err)
		}
		if rest := c.end(); rest != "" {
			t.Errorf("%q", rest)
		}
		if lines := h.logged(t, 2); !strings.Contains(lines[1], `"ended_by":"gateway","ended":"drained"}`) {
			t.Error(lines[1])
		}
	})
}

// An API that is untouched opens WebSockets on every path; other protocols are left out there too.
func TestUntouchedOpensWebSockets(t *testing.T) {
	p := upgradePlan()
	p.API.Untouched = true
	o := switcher(switching, echo)
	h := p.open(t, o)
	c := h.dial(t)
	c.send(strings.Replace(openWS, "/ws", "/public/x", 1) + "x")
	c.opened()
	if b, err := c.r.ReadByte(); b != 'x' {
		t.Fatal(err)
	}
	c = h.dial(t)
	c.send("GET /public/x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n")
	want := "GET /public/x HTTP/1.1\r\nHost: a.example\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
		"X-Forwarded-For: 127.0.0.1\r\nCandor-Hops: 1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
	if d := cmp.Diff(want, testkit.Receive(t, "the WebSocket", o.seen)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if raw := testkit.Receive(t, "the call", o.seen); strings.Contains(raw, "h2c") {
		t.Errorf("the upstream got %q", raw)
	}
}

// Who does not read slows down the other side: what is under way is bounded by the buffers of the sockets and one of ours.
func TestBackPressure(t *testing.T) {
	waysThrough(t, func(t *testing.T, p *plan, dial func(*testing.T, *house) *client, secure func(*origin) *origin) {
		const all = 32 << 20
		var sent atomic.Int64
		piece := make([]byte, 64<<10)
		h := p.open(t, secure(switcher(switching, func(p *peer) {
			for sent.Load() < all {
				n, err := p.Write(piece)
				if sent.Add(int64(n)); err != nil {
					return
				}
			}
		})))
		c := dial(t, h)
		_ = c.tcp.SetReadBuffer(64 << 10)
		c.send(openWS)
		c.opened()
		last, still := int64(-1), 0
		testkit.Until(t, "the upstream stands still", func() bool {
			now := sent.Load()
			if now == last && now > 0 {
				still++
			} else {
				last, still = now, 0
			}
			return still > 20
		})
		if last >= all {
			t.Fatalf("%d bytes went although nobody reads", last)
		}
		if n, err := io.CopyN(io.Discard, c.r, all); err != nil {
			t.Fatalf("%d bytes came, then %v", n, err)
		}
	})
}

// A thousand that are idle end as one does, and leave nothing behind.
func TestManyWebSockets(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := upgradePlan()
		p.Options.Portable = portable
		h := p.open(t, switcher(switching, echo))
		const many = 1000
		clients := make([]*client, many)
		for i := range clients {
			clients[i] = h.dial(t)
			clients[i].send(openWS)
			clients[i].opened()
		}
		testkit.Until(t, "all are open", func() bool { return h.Upgrades() == many })
		for i, c := range clients {
			if i%2 == 0 {
				_ = c.tcp.Close()
				continue
			}
			c.send("x")
			if b, err := c.r.ReadByte(); b != 'x' {
				t.Fatal(err)
			}
		}
		testkit.Until(t, "half are open", func() bool { return h.Upgrades() == many/2 })
		for _, c := range clients {
			_ = c.tcp.Close()
		}
		testkit.Until(t, "none is open", func() bool { return h.Upgrades() == 0 && h.tunnels.places() == 0 && h.Connections() == 0 })
	})
}

// places are those that are taken.
func (t *tunnels) places() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.taken
}
