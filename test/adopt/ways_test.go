package adopt

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// way is how calls reach an upstream.
type way struct {
	name    string
	address string
	asItIs  bool // nothing but what candor observe adds
}

// enforced checks what can be checked of an API that is not changed. What its callers may send is tolerated as in front of a URL.
const enforced = `
version: 1
data: none
listeners: [{address: "{{address}}"}]
admin: off
log: {access: off}
limits: {head: 64KiB}
upstreams:
  api: {targets: ["http://{{to}}"], lenient: all, request_id: off, timeouts: {first_byte: 1m}}
apis:
  - credentials: public
    preflight: pass
    http: {accept: all}
    routes:
      - /**
      - {path: /json, methods: [GET, HEAD]}
      - {path: /denied, methods: [GET]}
      - {path: /echo, methods: [POST], body: {max: 1MiB}}
      - {path: /refused, methods: [POST], body: {types: [application/json], length: required, json: check}}
      - {name: refused-page, path: /refused/, methods: [POST]} # a page of its own to this API, which no check of /refused is for
      - {path: /events, methods: [GET, POST]}
      - {path: /ws, upgrade: [websocket]}
`

// ways starts Candor in each way before the address to. The first way is without it.
func ways(t *testing.T, to string) []way {
	t.Helper()
	url := "http://" + to
	all := []way{
		{"direct", to, true},
		{"observe", ready(t, "observe", url, "--listen", "127.0.0.1:0"), true},
		{"serve --to", ready(t, "serve", "--to", url, "--listen", "127.0.0.1:0"), true},
	}
	address, err := testkit.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "candor.yaml")
	text := strings.NewReplacer("{{address}}", address, "{{to}}", to).Replace(enforced)
	if err = os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	runs(t, exec.Command(program, "serve", file))
	listens(t, address)
	return append(all, way{"enforced", address, false})
}

// ready starts a Candor that says where it listens: candor serve on standard error, since it has the access log on the other.
func ready(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	pipe := cmd.StdoutPipe
	if args[0] == "serve" {
		pipe = cmd.StderrPipe
	}
	out, err := pipe()
	if err != nil {
		t.Fatal(err)
	}
	runs(t, cmd)
	r := bufio.NewReader(out)
	said, err := r.ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(said), "listening on http://")
	if err != nil || !found {
		t.Fatalf("%v said %q: %v", args, said, err)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }() // the lines of the calls; ends with the process
	return address
}
