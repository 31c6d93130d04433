package contract

import (
	"database/sql"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// narrow is a configuration in which one thing at a time is made scarce.
const narrow = `
fabric: prod
limits: {{limits}}
timeouts: {{timeouts}}
support: {default: help@example.com}
upstreams: {up: "{{upstream}}"}
scopes: [read]
products: {basic: [read]}
apps: [{name: demo, products: [basic]}]
apis:
  - name: open
    base: /open
    credentials: public
    routes:
      - {name: open.all, path: /**, methods: [GET, POST]}
      - {path: /json, methods: [POST], body: {json: check, max: 2MiB}}
  - name: shut
    base: /shut
    routes: [{name: shut.all, path: /**, methods: [GET]}]
`

// tight starts a gateway by the narrow configuration; words say what is scarce.
func tight(t *testing.T, profile string, words stage.Words) *house {
	t.Helper()
	all := stage.Words{"profile": profile, "limits": "{}", "timeouts": "{}"}
	maps.Copy(all, words)
	return start(t, narrow, all, server.Options{})
}

// special are the rows that need more than one call and its answer.
var special = []struct {
	name  string
	words stage.Words
	run   func(*testing.T, *house) stage.Answer
}{
	{"malformed_request, plain HTTP to the TLS port", nil, func(t *testing.T, h *house) stage.Answer {
		return ended(t, stage.Dial(t, h.TLS, nil), "GET /open/x HTTP/1.1\r\nHost: api\r\n\r\n")
	}},
	{"request_timeout, the head", stage.Words{"timeouts": "{head: 150ms}"}, func(t *testing.T, h *house) stage.Answer {
		return ended(t, h.dial(t, "plain"), "GET /open/x HTTP/1.1\r\nHost: api\r\nX-")
	}},
	{"request_timeout, the head over TLS", stage.Words{"timeouts": "{head: 150ms}"}, func(t *testing.T, h *house) stage.Answer {
		return ended(t, h.dial(t, "tls"), "GET /open/x HTTP/1.1\r\nHost: api\r\nX-")
	}},
	{"request_timeout, a body that is checked first", stage.Words{"timeouts": "{body_gap: 150ms}"}, func(t *testing.T, h *house) stage.Answer {
		return ended(t, h.dial(t, "plain"), "POST /open/json HTTP/1.1\r\nHost: api\r\nContent-Length: 10\r\n\r\n{")
	}},
	{"request_timeout, a body that is sent on as it comes", stage.Words{"timeouts": "{body_gap: 150ms}"}, func(t *testing.T, h *house) stage.Answer {
		h.up.Play(stage.ID, stage.Script{{Do: "hold"}})
		a := ended(t, h.dial(t, "plain"), "POST /open/x HTTP/1.1\r\nHost: api\r\nContent-Length: 10\r\n\r\n{")
		if !h.up.Await(func(calls []stage.Call) bool { return len(calls) == 1 && calls[0].Gone && !calls[0].Whole }) {
			t.Errorf("the upstream's connection was not reset: %v", h.up.Calls())
		}
		return a
	}},
	{"infrastructure_protection, calls in flight", stage.Words{"limits": "{in_flight: 1}"}, func(t *testing.T, h *house) stage.Answer {
		h.up.Play(stage.ID, stage.Script{{Do: "head"}, {Do: "sync"}, {Do: "write", Data: stage.Ok}})
		first, second := h.dial(t, "plain"), h.dial(t, "tls")
		defer first.Close()
		defer second.Close()
		first.Send("GET /open/x HTTP/1.1\r\nHost: api\r\n\r\n")
		if !h.up.Await(func(calls []stage.Call) bool { return len(calls) == 1 }) {
			t.Fatal("the first call did not reach the upstream")
		}
		refused := asked(t, second, "GET /open/y HTTP/1.1\r\nHost: api\r\n\r\n")
		h.up.Go()
		if a, err := first.Answer(false); err != nil || a.Status != 200 {
			t.Errorf("the call in flight: %v, %q", err, a.Raw)
		}
		if a := asked(t, first, "GET /open/z HTTP/1.1\r\nHost: api\r\n\r\n"); a.Status != 200 {
			t.Errorf("the call behind it: %q", a.Raw)
		}
		return refused
	}},
	{"too_many_failures", stage.Words{"limits": "{failed_credentials: 2}"}, func(t *testing.T, h *house) stage.Answer {
		c := h.dial(t, "plain")
		defer c.Close()
		call := func(token string) stage.Answer {
			return asked(t, c, "GET /shut/x HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer "+token+"\r\n\r\n")
		}
		good := h.Mint("demo", "ada", 2*time.Hour, "read").Token
		for range 3 {
			if a := call(good + "A"); a.Status != 401 {
				t.Errorf("a genuine token with something behind it: %q", a.Raw)
			}
		}
		for range 2 {
			if a := call("x"); a.Status != 401 {
				t.Errorf("a bad token below the limit: %q", a.Raw)
			}
		}
		refused := call("x")
		if a := call(good + "A"); a.Status != 401 {
			t.Errorf("a genuine token with something behind it above the limit: %q", a.Raw)
		}
		if a := call(good); a.Status != 200 {
			t.Errorf("a good token above the limit: %q", a.Raw)
		}
		return refused
	}},
	{"service_unavailable, connections", stage.Words{"limits": "{connections: 1}"}, func(t *testing.T, h *house) stage.Answer {
		first := h.dial(t, "plain")
		defer first.Close()
		if a := asked(t, first, "GET /open/x HTTP/1.1\r\nHost: api\r\n\r\n"); a.Status != 200 {
			t.Errorf("the first connection: %q", a.Raw)
		}
		return ended(t, h.dial(t, "plain"), "GET /open/y HTTP/1.1\r\nHost: api\r\n\r\n")
	}},
	{"service_unavailable, memory", stage.Words{"limits": "{buffered: 1MiB, json_body: 2MiB}"}, func(t *testing.T, h *house) stage.Answer {
		return ended(t, h.dial(t, "plain"), "POST /open/json HTTP/1.1\r\nHost: api\r\nContent-Length: 1500000\r\n\r\n["+strings.Repeat(" ", 1_499_998)+"]")
	}},
	{"service_unavailable, draining", stage.Words{"drain": "{delay: 100ms, finish: 10s}"}, drains},
	{"token_verification_failed", stage.Words{"data": "DIR"}, storeDown},
}

func TestSpecialAnswers(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			golden := openGolden(t, "testdata/special-"+profile+".txtar")
			for _, c := range special {
				t.Run(c.name, func(t *testing.T) {
					words := stage.Words{}
					for name, word := range c.words {
						words[name] = strings.ReplaceAll(word, "DIR", t.TempDir())
					}
					a := c.run(t, tight(t, profile, words))
					checkForm(t, a)
					golden.check(t, c.name, a.Raw)
				})
			}
		})
	}
}

// asked sends a call and reads its answer.
func asked(t *testing.T, c *stage.Client, call string) stage.Answer {
	t.Helper()
	c.Send(call)
	a, err := c.Answer(false)
	if err != nil {
		t.Errorf("%v behind %q", err, a.Raw)
	}
	return a
}

// ended is asked, and the connection must end in order behind the answer.
func ended(t *testing.T, c *stage.Client, call string) stage.Answer {
	t.Helper()
	defer c.Close()
	a := asked(t, c, call)
	if rest, err := c.Rest(); rest != "" || err != nil {
		t.Errorf("behind the answer: %v, %q", err, rest)
	}
	return a
}

// drains shuts the gateway down around an idle connection, a call in flight, and a head that becomes whole too late.
func drains(t *testing.T, h *house) stage.Answer {
	t.Helper()
	h.up.Play(stage.ID, nil, nil, stage.Script{{Do: "head"}, {Do: "sync"}, {Do: "write", Data: stage.Ok}})
	idle, late, flying := h.dial(t, "plain"), h.dial(t, "tls"), h.dial(t, "plain")
	defer flying.Close()
	defer idle.Close()
	if a := asked(t, idle, "GET /open/x HTTP/1.1\r\nHost: api\r\n\r\n"); a.Status != 200 {
		t.Errorf("before the drain: %q", a.Raw)
	}
	if a := asked(t, late, "GET /open/x HTTP/1.1\r\nHost: api\r\n\r\nGET /open/z HTTP/1.1\r\nHost: api\r\n"); a.Status != 200 {
		t.Errorf("the call before the late one: %q", a.Raw) // its answer shows that the beginning of the next has been read
	}
	flying.Send("GET /open/y HTTP/1.1\r\nHost: api\r\n\r\n")
	if !h.up.Await(func(calls []stage.Call) bool { return len(calls) == 3 }) {
		t.Fatal("the call in flight did not reach the upstream")
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		h.End()
	}()
	if rest, err := idle.Rest(); rest != "" || err != nil {
		t.Errorf("the idle connection should have ended in order: %v, %q", err, rest)
	}
	refused := ended(t, late, "\r\n")
	h.up.Go()
	if a, err := flying.Answer(false); err != nil || a.Status != 200 || a.Field("Connection") != "close" {
		t.Errorf("the call in flight: %v, %q", err, a.Raw)
	}
	<-over
	return refused
}

// storeDown breaks the store under a running gateway: a token that is known goes on working, one that the store must be asked about gets a 500, never a 401.
func storeDown(t *testing.T, h *house) stage.Answer {
	t.Helper()
	known := h.Mint("demo", "ada", 2*time.Hour, "read").Token
	keys, err := token.OpenKeys(filepath.Join(h.Words["data"], "keys"), stage.Noon)
	if err != nil {
		t.Fatal(err)
	}
	unknown := string(keys.Mint(nil, token.Access, 4711, stage.Noon.Unix()-60, 3600, token.ID{1}))
	db, err := sql.Open("sqlite", filepath.Join(h.Words["data"], "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "ALTER TABLE grants RENAME TO elsewhere"); err != nil {
		t.Fatal(err)
	}
	c := h.dial(t, "plain")
	defer c.Close()
	call := func(token string) stage.Answer {
		return asked(t, c, "GET /shut/x HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer "+token+"\r\n\r\n")
	}
	if a := call(known); a.Status != 200 {
		t.Errorf("a token that is known: %q", a.Raw)
	}
	return call(unknown)
}
