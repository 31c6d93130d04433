package adopt

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// rewritten puts an API below other paths, by each way to say so, and under the names by which it can be called.
const rewritten = `
version: 1
data: none
listeners: [{address: "{{address}}"}]
admin: off
log: {access: off}
upstreams:
  kept: {targets: ["http://{{to}}"]}
  target: {targets: ["http://{{to}}"], host: target}
  named: {targets: ["http://{{to}}"], host: api.internal}
apis:
  - {name: cut, base: /cut, upstream: kept, credentials: public, request: {strip_prefix: true}, routes: [/**]}
  - {name: target, base: /a/target, upstream: target, credentials: public, request: {strip_prefix: /a/target}, routes: [/**]}
  - {name: named, base: /named, upstream: named, credentials: public, request: {strip_prefix: true}, routes: [/**]}
  - {name: template, base: /v2/template, upstream: target, credentials: public, routes: [{path: /**, request: {rewrite: "/{**}"}}]}
`

// TestRedirectsBehindRewriting: who follows a redirect of an API that knows nothing of the path and the name by which it is called arrives at that API, and its cookies
// come back to it.
func TestRedirectsBehindRewriting(t *testing.T) {
	for _, k := range []kind{golang, node, newer, nginx} {
		t.Run(string(k), func(t *testing.T) {
			address, err := testkit.FreeAddress()
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "candor.yaml")
			text := strings.NewReplacer("{{address}}", address, "{{to}}", k.start(t)).Replace(rewritten)
			if err = os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			runs(t, exec.Command(program, "serve", file))
			listens(t, address)
			for _, base := range []string{"/cut", "/a/target", "/named", "/v2/template"} {
				t.Run(base, func(t *testing.T) { follow(t, k, "http://"+address+base) })
			}
		})
	}
}

func follow(t *testing.T, k kind, base string) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Jar: jar, Timeout: testkit.Patience}
	get := func(path string) (at, body string, status int) {
		answer, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.Request.URL.String(), string(text), answer.StatusCode
	}
	_, want, _ := get("/json")
	for _, path := range []string{"/redirect", "/redirect/self"} {
		at, body, status := get(path)
		at, _, _ = strings.Cut(at, "?")
		if at, _, _ = strings.Cut(at, "#"); at != base+"/json" || body != want || status != http.StatusOK {
			t.Errorf("%s leads to %s: %d %s", path, at, status, body)
		}
	}
	if k == nginx {
		if at, body, status := get("/dir"); at != base+"/dir/" || status != http.StatusOK {
			t.Errorf("a folder leads to %s: %d %s", at, status, body)
		}
	}
	get("/cookies")
	if _, body, _ := get("/cookies"); !strings.Contains(body, "a=1") {
		t.Errorf("the cookie came back as %q", body)
	}
}
