package gateway

import (
	"crypto/tls"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/testkit"
)

func prefixes(all ...string) (p []netip.Prefix) {
	for _, one := range all {
		p = append(p, netip.MustParsePrefix(one))
	}
	return p
}

// TestClient: who calls, from which peer, behind which front. A "?" is an address that stands for callers who are not known.
func TestClient(t *testing.T) {
	const came = "X-Forwarded-For: 198.51.100.1, 203.0.113.5\r\n"
	proxies := forwarded.Proxies(prefixes("10.0.0.0/8"))
	xff := Front{Trust: forwarded.Trust{Proxies: proxies, Source: forwarded.XForwardedFor}}
	proxy := Front{Trust: forwarded.Trust{Proxies: proxies, Source: forwarded.ProxyProtocol}, Greeting: downstream.Proxy}
	both := Front{Trust: xff.Trust, Greeting: downstream.Proxy}
	peer := func(addr, from string, named downstream.Named) downstream.Peer {
		return downstream.Peer{Addr: netip.MustParseAddr(addr), From: netip.MustParseAddr(from), Named: named}
	}
	balancer := peer("10.0.0.1", "10.0.0.1", downstream.NoProxy)
	for name, c := range map[string]struct {
		front    Front
		peer     downstream.Peer
		broken   bool // the head is not whole
		want     string
		believed bool
	}{
		"nobody is believed":                      {Front{}, balancer, false, "10.0.0.1", false},
		"a balancer, and nothing is read":         {Front{Trust: forwarded.Trust{Proxies: proxies}}, balancer, false, "10.0.0.1?", true},
		"a balancer":                              {xff, balancer, false, "203.0.113.5", true},
		"a balancer, with a head that is broken":  {xff, balancer, true, "10.0.0.1?", true},
		"a stranger":                              {xff, peer("192.0.2.7", "192.0.2.7", downstream.NoProxy), false, "192.0.2.7", false},
		"a PROXY header":                          {proxy, peer("10.0.0.1", "192.0.2.7", downstream.ByAddress), false, "192.0.2.7", false},
		"a PROXY header, the head is broken":      {proxy, peer("10.0.0.1", "192.0.2.7", downstream.ByAddress), true, "192.0.2.7", false},
		"a PROXY header that names nobody":        {proxy, peer("10.0.0.1", "10.0.0.1", downstream.Nobody), false, "10.0.0.1?", false},
		"a PROXY header that names a balancer":    {proxy, peer("10.0.0.1", "10.0.0.2", downstream.ByAddress), false, "10.0.0.2", true},
		"none on a connection before a reload":    {proxy, balancer, false, "10.0.0.1?", true},
		"both, and a client is named":             {both, peer("10.0.0.1", "192.0.2.7", downstream.ByAddress), false, "192.0.2.7", false},
		"both, and a balancer is named":           {both, peer("10.0.0.1", "10.0.0.2", downstream.ByAddress), false, "203.0.113.5", true},
		"both, and nobody is named":               {both, peer("10.0.0.1", "10.0.0.1", downstream.Nobody), false, "10.0.0.1?", false},
		"a PROXY header that is not to be read":   {Front{Trust: forwarded.Trust{Proxies: proxies}, Greeting: downstream.Proxy}, peer("10.0.0.1", "192.0.2.7", downstream.ByAddress), false, "10.0.0.1?", false},
		"a PROXY header, nobody believed by then": {Front{}, peer("10.0.0.1", "192.0.2.7", downstream.ByAddress), false, "192.0.2.7", false},
	} {
		t.Run(name, func(t *testing.T) {
			lim, h := http1.Defaults(), &http1.Head{}
			h.Reset()
			http1.ParseRequest([]byte("GET / HTTP/1.1\r\nHost: a\r\n"+came+"\r\n"), &lim, h)
			client, shared := c.front.client(&c.peer, h, !c.broken)
			got := client.String()
			if shared {
				got += "?"
			}
			if got != c.want || c.front.believes(&c.peer) != c.believed {
				t.Errorf("got %s, believed %v; want %s, %v", got, c.front.believes(&c.peer), c.want, c.believed)
			}
			if n := testing.AllocsPerRun(100, func() { c.front.client(&c.peer, h, !c.broken) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// local is a front behind balancers of this machine.
func local(source forwarded.Source, greeting downstream.Greeting) Front {
	return Front{Trust: forwarded.Trust{Proxies: prefixes("127.0.0.1/32"), Source: source}, Greeting: greeting}
}

const (
	fromFour = "PROXY TCP4 192.0.2.7 198.51.100.2 56324 443\r\n"
	fromSix  = "\r\n\r\n\x00\r\nQUIT\n\x21\x21\x00\x24" + "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" + "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02" + "\xdc\x04\x01\xbb"
	overTLS  = "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x14" + "\xc0\x00\x02\x07\xc6\x33\x64\x02\xdc\x04\x01\xbb" + "\x20\x00\x05\x01\x00\x00\x00\x00"
	itself   = "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"
)

// TestProxyHeader: a header in one piece with what follows, or byte by byte, before a call or TLS, on both loops: the call is the client's.
func TestProxyHeader(t *testing.T) {
	for name, c := range map[string]struct{ header, client, told string }{
		"version 1":           {fromFour, "192.0.2.7", "for=192.0.2.7;proto=%"},
		"version 2":           {fromSix, "2001:db8::1", `for="[2001:db8::1]";proto=%`},
		"TLS to the balancer": {overTLS, "192.0.2.7", "for=192.0.2.7;proto=https"},
		"for itself":          {itself, "127.0.0.1", "for=127.0.0.1;proto=%"},
		"unknown":             {"PROXY UNKNOWN\r\n", "127.0.0.1", "for=127.0.0.1;proto=%"},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := newPlan()
				p.Options.Portable, p.Front = portable, local(forwarded.ProxyProtocol, downstream.Proxy)
				h := p.open(t, answering("HTTP/1.1 204 No Content\r\n\r\n"))
				calls := 0
				for _, over := range []string{"http", "https"} {
					for _, step := range []int{1, 5, 1000} {
						cl := dialTo(t, map[string]string{"http": h.plain, "https": h.tls}[over])
						greet(t, cl, c.header, step)
						if over == "https" {
							overProxy(cl)
						}
						for range 2 { // the second is not greeted again
							cl.send(h.get("/me", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: gopher"))
							if a := cl.read(); a.status != 204 {
								t.Fatalf("%s by %d: %q %q", over, step, a.head, a.body)
							}
							seen := <-h.origin.seen
							want := strings.ReplaceAll("Forwarded: "+c.told+"\r\n", "%", over)
							if !strings.Contains(seen, want) || strings.Contains(seen, "gopher") || strings.Contains(seen, "203.0.113.9") {
								t.Errorf("%s by %d: the upstream saw %q, want %q", over, step, seen, want)
							}
							calls++
						}
						_ = cl.tcp.Close()
					}
				}
				want := `"client":"` + c.client + `","peer":"127.0.0.1"`
				if c.client == "127.0.0.1" {
					want = `"client":"127.0.0.1","app"`
				}
				for _, line := range h.logged(t, calls) {
					if !strings.Contains(line, want) {
						t.Errorf("logged %q, want %q", line, want)
					}
				}
			})
		})
	}
}

// greet sends a header so many bytes at a time.
func greet(t *testing.T, c *client, header string, step int) {
	t.Helper()
	_ = c.tcp.SetNoDelay(true)
	for len(header) > 0 {
		n := min(step, len(header))
		if _, err := io.WriteString(c.tcp, header[:n]); err != nil {
			t.Fatal(err)
		}
		header = header[n:]
	}
}

// overProxy goes on over TLS.
func overProxy(c *client) {
	c.c = tls.Client(c.tcp, &tls.Config{InsecureSkipVerify: true, DynamicRecordSizingDisabled: true})
	c.r.Reset(c.c)
}

// TestUngreeted: what does not begin with a PROXY header where it has to is closed without a byte of ours, and told to the log, once a minute.
func TestUngreeted(t *testing.T) {
	for name, c := range map[string]struct {
		sent, why string
		strange   bool // from no balancer
	}{
		"a call":                       {"GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n", "it does not begin with a PROXY header", false},
		"TLS":                          {"\x16\x03\x01\x02\x00\x01\x00", "it does not begin with a PROXY header", false},
		"a malformed one":              {"PROXY TCP4 a b 1 1\r\nGET /public/ HTTP/1.1\r\nHost: a\r\n\r\n", "its PROXY header is malformed", false},
		"a long one":                   {"PROXY UNKNOWN " + strings.Repeat("x", 100) + "\r\n", "its PROXY header is longer than 107 bytes (version 1) or 536 (version 2)", false},
		"a cut one":                    {"PROXY TCP4 1", "its PROXY header is not whole", false},
		"a wrong checksum":             {overTLS[:14] + "\x00\x13" + overTLS[16:28] + "\x03\x00\x04abcd", "the checksum of its PROXY header is wrong", false},
		"a good one from anybody else": {fromFour + "GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n", "it is not of a balancer in trusted_proxies", true},
		"a look whether we are here":   {"", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				log, p := &testkit.Lines{}, newPlan()
				p.Options.Portable, p.Front, p.Log = portable, local(forwarded.ProxyProtocol, downstream.Proxy), log
				if c.strange {
					p.Front.Proxies = prefixes("10.0.0.0/8")
				}
				h := p.open(t, nowhere())
				for range 3 {
					for _, addr := range []string{h.plain, h.tls} {
						cl := dialTo(t, addr)
						cl.send(c.sent)
						_ = cl.tcp.CloseWrite()
						if got, _ := io.ReadAll(cl.tcp); len(got) > 0 {
							t.Errorf("answered %q", got)
						}
						_ = cl.tcp.Close()
					}
				}
				testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
				lines := log.All()
				if c.why == "" {
					if len(lines) > 0 || h.Ungreeted() != 0 {
						t.Errorf("logged %q, counted %d", lines, h.Ungreeted())
					}
					return
				}
				testkit.Until(t, "counted", func() bool { return h.Ungreeted() == 6 })
				want := `msg="a connection was closed: ` + c.why + `" listener=listener peer=127.0.0.1 key=listeners[].proxy_protocol fix=`
				if lines = log.All(); len(lines) != 1 || !strings.Contains(lines[0], want) {
					t.Errorf("logged %q, want one line with %q", lines, want)
				}
				h.access.Flush()
				if got := h.lines.All(); len(got) > 0 {
					t.Errorf("the access log has %q", got)
				}
			})
		})
	}
}

// TestFirstByteOfAHeader: a balancer that connects and says nothing, or not all, is closed in time.
func TestFirstByteOfAHeader(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for sent, told := range map[string]int{"": 0, "PROXY TCP4 1": 1} {
			log, p := &testkit.Lines{}, newPlan()
			p.Options.Portable, p.Front, p.Log, p.Times.FirstByte = portable, local(forwarded.ProxyProtocol, downstream.Proxy), log, 20e6
			h := p.open(t, nowhere())
			c := h.dial(t)
			c.send(sent)
			if got := c.end(); got != "" {
				t.Errorf("answered %q", got)
			}
			testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
			if lines := log.All(); len(lines) != told {
				t.Errorf("%q: logged %q", sent, lines)
			}
		}
	})
}

// TestDrainOfASilentBalancer: a connection of which nothing has come does not hold the end up, and is not told of.
func TestDrainOfASilentBalancer(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		log, p := &testkit.Lines{}, newPlan()
		p.Options.Portable, p.Front, p.Log = portable, local(forwarded.ProxyProtocol, downstream.Proxy), log
		h := p.open(t, nowhere())
		c := h.dial(t)
		testkit.Until(t, "here", func() bool { return h.Connections() == 1 })
		if err := h.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if got := c.end(); got != "" || len(log.All()) > 0 {
			t.Errorf("answered %q, logged %q", got, log.All())
		}
	})
}

// TestBalancersHaveRoom: the bound on the connections of one address does not hold for who calls for many.
func TestBalancersHaveRoom(t *testing.T) {
	for name, c := range map[string]struct {
		front  Front
		status int
	}{"a balancer": {local(forwarded.XForwardedFor, downstream.Ungreeting), 204}, "anybody else": {Front{}, 503}} {
		t.Run(name, func(t *testing.T) {
			p := newPlan()
			p.Front, p.Options.PerAddress = c.front, 1
			h := p.open(t, answering("HTTP/1.1 204 No Content\r\n\r\n"))
			first, second := h.dial(t), h.dial(t)
			first.send(h.get("/me"))
			if a := first.read(); a.status != 204 {
				t.Errorf("the first: %q", a.head)
			}
			second.send(h.get("/me"))
			if a := second.read(); a.status != c.status {
				t.Errorf("the second: %q", a.head)
			}
		})
	}
}

// TestTurnedAwayBehindAProxyHeader: where there is no room, the header is not taken for a call.
func TestTurnedAwayBehindAProxyHeader(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable, p.Front, p.Options.Connections = portable, local(forwarded.ProxyProtocol, downstream.Proxy), 1
		h := p.open(t, answering("HTTP/1.1 204 No Content\r\n\r\n"))
		h.conns.mu.Lock()
		h.conns.vain = 1 << 62 // nobody leaves
		h.conns.mu.Unlock()
		first, second := h.dial(t), h.dial(t)
		first.send(fromFour + h.get("/me"))
		if a := first.read(); a.status != 204 {
			t.Fatalf("%q", a.head)
		}
		second.send(fromFour + h.get("/me"))
		if a := second.read(); a.status != 503 {
			t.Errorf("%q", a.head)
		}
		if lines := h.logged(t, 2); !strings.Contains(strings.Join(lines, ""), `"status":503`) || strings.Count(strings.Join(lines, ""), `"client":"192.0.2.7","peer":"127.0.0.1"`) != 2 {
			t.Errorf("logged %q", lines)
		}
	})
}

// TestForeignWords: of a balancer's calls to a protected route only what it writes counts; {id} is who was found to call.
func TestForeignWords(t *testing.T) {
	const hops = "Candor-Hops: 1\r\n"
	front := func(s forwarded.Source) Front {
		return Front{Trust: forwarded.Trust{Proxies: prefixes("192.0.2.0/24"), Source: s}}
	}
	const (
		all   = "Forwarded: for=198.51.100.1;host=evil;proto=https\r\nX-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Host: a\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 198.51.100.1\r\n"
		none  = "Forwarded: for=192.0.2.7;proto=http\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\n"
		other = "X-Forwarded-For: 198.51.100.1, 203.0.113.5\r\nX-Real-IP: 198.51.100.1\r\n"
	)
	for name, c := range map[string]struct {
		source   forwarded.Source
		in, want string
	}{
		"x-forwarded-for":                                    {forwarded.XForwardedFor, all, "X-Forwarded-Host: a\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 198.51.100.1\r\n" + hops + "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"},
		"x-forwarded-for, another X-Real-IP":                 {forwarded.XForwardedFor, other, hops + "X-Forwarded-For: 203.0.113.5, 192.0.2.7\r\n"},
		"x-forwarded-for, of which the rest is the client's": {forwarded.XForwardedFor, "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 203.0.113.6 ,  203.0.113.5, 192.0.2.9\r\n", hops + "X-Forwarded-For: 203.0.113.5, 192.0.2.9, 192.0.2.7\r\n"},
		"x-forwarded-for, unknown":                           {forwarded.XForwardedFor, "X-Forwarded-For: 198.51.100.1, unknown, 192.0.2.9\r\n", hops + "X-Forwarded-For: 192.0.2.9, 192.0.2.7\r\n"},
		"x-forwarded-for, unknown alone":                     {forwarded.XForwardedFor, "X-Forwarded-For: unknown\r\nX-Forwarded-Proto: https\r\n", "X-Forwarded-Proto: https\r\n" + hops + "X-Forwarded-For: 192.0.2.7\r\n"},
		"forwarded, of which the rest is the client's":       {forwarded.Forwarded, "Forwarded: for=\"\r\nForwarded: for=1.2.3.4;host=evil, for=203.0.113.5;host=a\r\nForwarded: for=192.0.2.9\r\n", hops + "Forwarded: for=203.0.113.5;host=a, for=192.0.2.9, for=192.0.2.7;proto=http\r\n"},
		"x-real-ip, and a list of which the rest is not":     {forwarded.XRealIP, "X-Forwarded-For: 1.2.3.4, 203.0.113.5\r\nX-Real-IP: 203.0.113.5\r\n", "X-Real-IP: 203.0.113.5\r\n" + hops + "X-Forwarded-For: 203.0.113.5, 192.0.2.7\r\n"},
		"x-real-ip":                               {forwarded.XRealIP, all, "X-Forwarded-Host: a\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 198.51.100.1\r\n" + hops + "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"},
		"x-real-ip, another X-Forwarded-For":      {forwarded.XRealIP, other, "X-Real-IP: 198.51.100.1\r\n" + hops},
		"x-real-ip, another list, and a scheme":   {forwarded.XRealIP, "X-Forwarded-Proto: https\r\n" + other, "X-Forwarded-Proto: https\r\nX-Real-IP: 198.51.100.1\r\n" + hops + "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"},
		"forwarded":                               {forwarded.Forwarded, all, hops + "Forwarded: for=198.51.100.1;host=evil;proto=https, for=192.0.2.7;proto=http\r\n"},
		"forwarded, and there is none":            {forwarded.Forwarded, other, hops + none},
		"x-forwarded-for, and there is Forwarded": {forwarded.XForwardedFor, "Forwarded: for=1.2.3.4\r\n", hops + none},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan()
			p.Spec.RequestID, p.Front = "", front(c.source)
			if diff := cmp.Diff(c.want+identity, p.requestHead(t, "/me", "", c.in)); diff != "" {
				t.Errorf("at the upstream (-want +got):\n%s", diff)
			}
		})
	}
}

// TestKnocks: a line a minute for each network, and none that is not known where there are too many.
func TestKnocks(t *testing.T) {
	var k knocks
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for i, c := range []struct {
		from   netip.Addr
		now    int64
		untold int64
		ok     bool
	}{{a, 1, 0, true}, {a, 2, 0, false}, {b, 3, 1, true}, {a, knockEvery, 0, false}, {b, knockEvery, 0, false}, {a, knockEvery + 1, 2, true}, {a, 3 * knockEvery, 0, true}} {
		if untold, ok := k.tells(c.from, c.now); untold != c.untold || ok != c.ok {
			t.Errorf("%d: got %d, %v", i, untold, ok)
		}
	}
	for i := range 2 * knockers {
		k.tells(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 3*knockEvery)
	}
	if len(k.toldAt) != knockers {
		t.Errorf("%d are remembered", len(k.toldAt))
	}
	if _, ok := k.tells(netip.MustParseAddr("192.0.2.9"), 5*knockEvery); !ok || len(k.toldAt) != 1 {
		t.Errorf("the old ones stay: %d", len(k.toldAt))
	}
}

// TestHeldByCallers: behind a balancer the share of memory is each caller's, not the balancer's, unless it cannot tell its callers apart.
func TestHeldByCallers(t *testing.T) {
	h := map[string]string{"one": "X-Forwarded-For: 192.0.2.7\r\n", "another": "X-Forwarded-For: 192.0.2.8\r\n", "unknown": ""}
	p := newPlan()
	p.Bodies, p.Front = 8000, local(forwarded.XForwardedFor, downstream.Ungreeting)
	s := p.build(t)
	hold := func(name string, n int64) bool {
		x := s.admitted(t, "POST /json HTTP/1.1\r\nHost: a.example\r\n"+h[name]+"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n[]", "127.0.0.1", false)
		defer x.call.Done(admission.Unsent)
		return s.hold(x.policy, x.listener, x.call.Peer.Addr, n, 0)
	}
	for i, c := range []struct {
		name string
		n    int64
		want bool
	}{{"one", 3900, true}, {"one", 1000, false}, {"another", 1000, true}, {"another", 1000, false}, {"unknown", 1000, true}, {"unknown", 1000, true}} {
		if got := hold(c.name, c.n); got != c.want {
			t.Errorf("%d: %s: %v", i, c.name, got)
		}
	}
}
