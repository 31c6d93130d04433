package gateway

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
)

// mirror is an upstream whose answers say to whom they are: all of the call by which they may differ.
type mirror struct {
	*origin
	mu     sync.Mutex
	says   string        // further fields of an answer
	fails  bool          // it answers with 503
	waits  chan struct{} // an answer waits until it is closed; nil: none does
	asked  chan string   // to whom it answers, before it does
	served int
}

func newMirror(says string) *mirror {
	m := &mirror{says: says, asked: make(chan string, 100)}
	m.origin = acting(func(c *net.TCPConn, r *bufio.Reader) {
		for {
			raw, err := readCall(r)
			if err != nil {
				return
			}
			if _, err := io.WriteString(c, m.answer(raw)); err != nil {
				return
			}
		}
	})
	return m
}

func (m *mirror) answer(raw string) string {
	whom := toWhom(raw)
	m.mu.Lock()
	says, fails, waits := m.says, m.fails, m.waits
	m.served++
	m.mu.Unlock()
	m.asked <- whom
	if waits != nil {
		<-waits
	}
	if strings.Contains(raw, "\r\nIf-None-Match: \"a\"\r\n") {
		return "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"
	}
	if fails {
		return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
	}
	return ok(whom, says)
}

func (m *mirror) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// toWhom is what an upstream can know of who calls.
func toWhom(raw string) string {
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	who := []string{strings.Split(lines[0], " ")[1]}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		switch strings.ToLower(name) {
		case "candor-member", "authorization", "cookie", "x-api-key":
			who = append(who, value)
		}
	}
	return strings.Join(who, " ")
}

// callers are those who ask for the same: by what each call ends in, behind the target's path.
func (h *house) callers() map[string]string {
	line := func(query string, fields ...string) string {
		return query + " HTTP/1.1\r\nHost: a.example\r\n" + strings.Join(append(fields, ""), "\r\n") + "\r\n"
	}
	ada, bob := "Authorization: Bearer "+h.token, "Authorization: Bearer "+h.bob
	return map[string]string{
		"nobody": line(""), "ada": line("", ada), "bob": line("", bob), "cookie a": line("", "Cookie: s=a"), "cookie b": line("", "Cookie: s=b"),
		"ada, cookie a": line("", ada, "Cookie: s=a"), "ada, cookie b": line("", ada, "Cookie: s=b"),
		"ada by query": line("?access_token=" + h.token), "bob by query": line("?access_token=" + h.bob),
		"key a": line("", "X-API-Key: a"), "key b": line("", "X-API-Key: b"),
	}
}

// ask sends one call of a caller.
func (c *client) ask(path, as string) answer {
	c.tb.Helper()
	c.send("GET " + path + as)
	return c.read()
}

// One member's answer never reaches another, on whatever route, by whatever credential, from the store, beside it, or where the upstream fails: who asks gets what
// the upstream says to him, or else what it has called public.
func TestAnswersReachWhomTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, mode := range []route.CacheMode{route.CacheShared, route.CachePerPrincipal} {
		for _, told := range []bool{true, false} {
			for says, public := range map[string]bool{
				"Cache-Control: max-age=60": false, "Cache-Control: public, max-age=60": true, "Cache-Control: s-maxage=60": true,
				"Cache-Control: max-age=60, must-revalidate": true, "Cache-Control: private, max-age=60": false, "Cache-Control: private, public, max-age=60": false,
				"Cache-Control: max-age=1, stale-if-error=999": false, "Cache-Control: max-age=1, stale-while-revalidate=999": false,
				"Cache-Control: no-cache\r\nETag: \"a\"": false, "Cache-Control: max-age=60\r\nSet-Cookie: s=z": false,
			} {
				t.Run(fmt.Sprint(mode, told, says), func(t *testing.T) {
					t.Parallel()
					askInTurn(t, mode, told, says, public)
				})
			}
		}
	}
}

// askInTurn lets each caller ask after each other one, on each route.
func askInTurn(t *testing.T, mode route.CacheMode, told bool, says string, public bool) {
	t.Helper()
	m := newMirror(says)
	p, later := caching(mode)
	if !told {
		p.API.Headers.App, p.API.Headers.Member, p.API.Headers.Scopes = "", "", ""
	}
	h := p.open(t, m.origin)
	c, hits := h.dial(t), 0
	for _, path := range []string{"/me", "/optional", "/public/x", "/keep", "/query"} {
		for first, one := range h.callers() {
			for second, two := range h.callers() {
				h.o.Cache.Clear(func(uint32) bool { return true })
				drain(m)
				m.set(func() { m.fails = false })
				c.ask(path, one)
				later.Add(int64(2 * time.Second))
				m.set(func() { m.fails = strings.Contains(says, "stale-if-error") })
				got := c.ask(path, two)
				mine := h.mine(t, path, two)
				known := path != "/public/x" && (strings.Contains(second, "ada") || strings.Contains(second, "bob"))
				hits += len(got.fields("Age"))
				if got.status == 200 && got.body != mine && (!public || known && mode == route.CachePerPrincipal) {
					t.Errorf("%s: %s, after %s, got %q, which is not for him, but %q:\n%s", path, second, first, got.body, mine, got.head)
				}
			}
		}
	}
	if kept := !strings.Contains(says, "private") && !strings.Contains(says, "Set-Cookie"); kept != (hits > 0) {
		t.Errorf("%d answers came from the store", hits)
	}
}

// mine is what the upstream says to a caller.
func (h *house) mine(t *testing.T, path, as string) string {
	t.Helper()
	query, _, _ := strings.Cut(as, " ")
	who := []string{path}
	for line := range strings.SplitSeq(as, "\r\n") {
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case name == "Authorization" && (path == "/public/x" || path == "/keep"), name == "Cookie", name == "X-API-Key":
			who = append(who, value)
		}
	}
	if query != "" && path != "/query" {
		who[0] += query
	}
	token := query + as
	if h.Policy().Voices[0].Member != "" && path != "/public/x" {
		switch {
		case strings.Contains(token, h.token):
			who = append(who, "ada")
		case strings.Contains(token, h.bob):
			who = append(who, "bob")
		}
	}
	return strings.Join(who, " ")
}

func drain(m *mirror) {
	for range len(m.asked) {
		<-m.asked
	}
}

// Calls that come while another one is under way wait for it only if they are the same caller's.
func TestWhoWaitsForWhom(t *testing.T) {
	t.Parallel()
	for _, mode := range []route.CacheMode{route.CacheShared, route.CachePerPrincipal} {
		for _, c := range []struct {
			path, first, second string
			waits               bool
		}{
			{"/public/x", "nobody", "nobody", true},
			{"/optional", "ada", "ada", true},
			{"/optional", "ada", "bob", false},
			{"/optional", "ada", "nobody", false},
			{"/public/x", "cookie a", "cookie a", true},
			{"/public/x", "cookie a", "cookie b", false},
			{"/me", "ada, cookie a", "ada, cookie b", false},
			{"/query", "ada by query", "ada", true},
			{"/query", "ada by query", "bob by query", false},
			{"/public/x", "key a", "key b", false},
		} {
			t.Run(fmt.Sprint(mode, c), func(t *testing.T) {
				t.Parallel()
				m := newMirror("Cache-Control: public, max-age=60")
				m.waits = make(chan struct{})
				p, _ := caching(mode)
				h := p.open(t, m.origin)
				one, two := h.dial(t), h.dial(t)
				one.send("GET " + c.path + h.callers()[c.first])
				<-m.asked
				two.send("GET " + c.path + h.callers()[c.second])
				if c.waits {
					testkit.Until(t, "waits", func() bool { return h.waiting.Load() == 1 })
				} else {
					<-m.asked
				}
				close(m.waits)
				if a, b := one.read(), two.read(); c.waits != (a.body == b.body && len(b.fields("Age")) == 1) {
					t.Errorf("%s\n%s\n%s\n%s", a.head, a.body, b.head, b.body)
				}
				if want := map[bool]int{true: 1, false: 2}[c.waits]; m.served != want {
					t.Errorf("%d calls reached the upstream, want %d", m.served, want)
				}
			})
		}
	}
}
