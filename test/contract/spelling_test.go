package contract

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// guarding has protected paths beside patterns that take whatever is spelled otherwise.
const guarding = `
upstreams: {up: "{{upstream}}"}
scopes: [read, r_ads]
products: {basic: [read], ads: [r_ads]}
apps: [{name: demo, products: [basic]}]
apis:
  - name: site
    credentials: public
    preflight: refuse
    guard: {{guard}}
    routes:
      - {name: everything, path: /**}
      - {name: keep_out, path: /admin, credentials: bearer}
      - {name: one_method, path: /report, methods: [POST], credentials: bearer}
  - name: people
    base: /people
    preflight: refuse
    routes:
      - {name: me, path: /me, scopes: [read]}
      - {name: secret, path: /secret, products: [ads], restricted: true, hidden: true}
      - {name: any, path: "/{id}/posts"}
      - {name: mine, path: /me/posts, scopes: [read]}
`

func startGuarding(t *testing.T, profile, guard string, log *testkit.Lines) *house {
	t.Helper()
	o := server.Options{}
	if log != nil {
		o.Stdout = log
	}
	return start(t, guarding, stage.Words{"profile": profile, "guard": guard}, o)
}

// TestSpellings: what an upstream that is careless with paths could take for a protected path reaches it by no pattern that asks for less. The answer tells
// nobody what there is; the log tells the operator.
func TestSpellings(t *testing.T) {
	t.Parallel()
	for path, belongs := range map[string]string{
		"/ADMIN": "keep_out", "/Admin?a=b": "keep_out", "/admin;x": "keep_out", "/admin;x=1/": "keep_out", "/admin%20": "keep_out", "/admin%20%09x": "", "/%2561dmin": "keep_out", "/admin.": "keep_out",
		"/admin/": "keep_out", "/admin%3Bx": "keep_out", "/admin%2e": "keep_out", "/x/%252e%252e/admin": "keep_out", "/admin%2500.png": "keep_out", "/admin%3Fx": "keep_out", "/%41dmin": "keep_out",
		"/REPORT": "one_method", "/report/": "one_method",
		"/PEOPLE/me": "me", "/people%20/me": "me", "/People/1/posts": "any", "/people;x/nothing": "me",
		"/admin.json": "-", "/admins": "-", "/admin/users": "-", "/xadmin": "-", "/a;b/C%20/D": "-",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			log := &testkit.Lines{}
			h := startGuarding(t, "standard", "on", log)
			a := h.only(t, "GET", "GET "+path+" HTTP/1.1\r\nHost: api\r\n\r\n")
			h.End()
			note, _ := onlyLine(t, log)["note"].(string)
			switch {
			case belongs == "-":
				if !strings.HasPrefix(a, "HTTP/1.1 200 ") || note != "" {
					t.Errorf("it does not pass (%s):\n%s", note, a)
				}
				return
			case !strings.HasPrefix(a, "HTTP/1.1 400 ") || !strings.Contains(a, "Candor-Problem: invalid_url\r\n"):
				t.Errorf("it passes:\n%s", a)
			case len(h.up.Calls()) > 0:
				t.Errorf("the upstream was called: %s", h.up.Calls()[0].Bytes)
			}
			for _, name := range []string{"keep_out", "one_method", "site", "people", "/me", "/admin\"", "/report"} {
				if _, body, _ := strings.Cut(a, "\r\n\r\n"); strings.Contains(body, name) {
					t.Errorf("the answer names %s:\n%s", name, body)
				}
			}
			if belongs != "" && !strings.HasSuffix(note, "/"+belongs) {
				t.Errorf("the log's note is %q, and does not name %s", note, belongs)
			}
		})
	}
}

// TestSpellingsOfHidden: a hidden route is told apart from a path that is not there by no spelling either.
func TestSpellingsOfHidden(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"standard", "linkedin"} {
		h := startGuarding(t, profile, "on", nil)
		token := "Authorization: Bearer " + h.Mint("demo", "ada", 2*time.Hour, "read").Token + "\r\n"
		for _, spelled := range []string{"/PEOPLE/%s", "/people%%20/%s", "/people;x/%s", "/people;/%s;", "/%%2570eople/%s", "/people%%252F%s"} {
			for _, credential := range []string{"", token} {
				for _, method := range []string{"GET", "POST", "OPTIONS"} {
					ask := func(name string) string {
						path := strings.ReplaceAll(strings.Replace(spelled, "%s", name, 1), "%%", "%")
						return strings.ReplaceAll(h.only(t, method, method+" "+path+" HTTP/1.1\r\nHost: api\r\nContent-Length: 0\r\n"+credential+"\r\n"), name, "NAME")
					}
					if diff := cmp.Diff(ask("nothin"), ask("secret")); diff != "" {
						t.Errorf("%s %s %s (-unknown +hidden):\n%s", profile, method, spelled, diff)
					}
				}
			}
		}
	}
}

// TestGuardOff: who says so gets every spelling through, and a preflight that asks for one like the call itself.
func TestGuardOff(t *testing.T) {
	t.Parallel()
	h := startGuarding(t, "standard", "off", nil)
	if a := h.only(t, "GET", "GET /ADMIN HTTP/1.1\r\nHost: api\r\n\r\n"); !strings.HasPrefix(a, "HTTP/1.1 200 ") {
		t.Errorf("guard: off:\n%s", a)
	}
	h = startGuarding(t, "standard", "on", nil)
	if a := h.only(t, "OPTIONS", preflightOf("/ADMIN", "https://a.example", "GET", "", "")); !strings.HasPrefix(a, "HTTP/1.1 400 ") {
		t.Errorf("a preflight:\n%s", a)
	}
	if a := h.only(t, "GET", "GET /admin HTTP/1.1\r\nHost: api\r\n\r\n"); !strings.HasPrefix(a, "HTTP/1.1 401 ") {
		t.Errorf("as it is written:\n%s", a)
	}
	if a := h.only(t, "GET", "GET /%61dmin HTTP/1.1\r\nHost: api\r\n\r\n"); !strings.HasPrefix(a, "HTTP/1.1 401 ") {
		t.Errorf("with an escape that is undone anyway:\n%s", a)
	}
}
