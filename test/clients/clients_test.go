// Package clients calls Candor with clients of other people. They get their answers on connections that they keep, also over a drain, and no refusal is lost by the
// close (docs/contract.md): clients that send a large body read the answer that refuses it, each time, whatever they do about the rest of the body.
package clients

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/test/wire/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const configuration = `
limits: {{limits}}
timeouts: {idle: 10m, first_byte: 10m, body_gap: 10m}
upstreams: {up: "{{upstream}}"}
scopes: [write]
products: {basic: [write]}
apps: [{name: demo, products: [basic]}]
quotas: {few: {app: 1/day}}
apis:
  - routes:
      - {path: /posts, methods: [POST]}
      - {path: /sized, methods: [POST], body: {length: required}}
      - {path: /small, methods: [POST], body: {max: 64KiB}}
      - {path: /few, methods: [POST], quota: few}
      - {path: /json, methods: [POST], body: {json: check}}
`

// refusals are the answers that must be read, each so many times. A call is sent by its length, or in chunks.
var refusals = []struct {
	name    string
	times   int
	path    string
	token   bool
	chunked bool
	full    bool // at a gateway that takes no further connection
	tls     bool
	status  int
	problem string
}{
	{name: "401", times: 50, path: "/posts", status: 401, problem: "empty_access_token"},
	{name: "401 chunked", times: 50, path: "/posts", chunked: true, status: 401, problem: "empty_access_token"},
	{name: "411", times: 50, path: "/sized", token: true, chunked: true, status: 411, problem: "length_required"},
	{name: "413", times: 50, path: "/small", token: true, status: 413, problem: "payload_too_large"},
	{name: "413 chunked", times: 50, path: "/small", token: true, chunked: true, status: 413, problem: "payload_too_large"},
	{name: "429", times: 50, path: "/few", token: true, status: 429, problem: "throttled"},
	{name: "503 in the middle of the body", times: 50, path: "/json", token: true, status: 503, problem: "service_unavailable"},
	{name: "503 before a byte of it", times: 50, path: "/posts", full: true, status: 503, problem: "service_unavailable"},
	{name: "401 over TLS", times: 20, path: "/posts", tls: true, status: 401, problem: "empty_access_token"},
	{name: "411 over TLS", times: 20, path: "/sized", token: true, chunked: true, tls: true, status: 411, problem: "length_required"},
	{name: "413 over TLS", times: 20, path: "/small", token: true, tls: true, status: 413, problem: "payload_too_large"},
	{name: "429 over TLS", times: 20, path: "/few", token: true, tls: true, status: 429, problem: "throttled"},
	{name: "503 in the middle of the body over TLS", times: 20, path: "/json", token: true, tls: true, status: 503, problem: "service_unavailable"},
}

// job is what a client is to post, several times, on connections of their own. Over TLS it trusts the certificate in ca alone. Python also reads
// the connection to its end there: one without a close_notify may have been cut, and is a failure. Go and curl let that pass.
type job struct {
	times     int
	url, file string
	chunked   bool
	header    string
	ca        string
}

// client is one way to post a file: it says of each time what was answered.
type client struct {
	name string
	post func(t *testing.T, j job) []string
	most int // times, where that is less
}

// clients are those that are started for each job, or are part of this process. Workers come to them.
var clients = []client{
	{name: "Go net/http", post: postGo},
	{name: "Python http.client", post: postPython},
	{name: "curl", post: postCurl("--expect100-timeout", "1")},
	{name: "curl without Expect", post: postCurl("--header", "Expect:")},
}

func TestRefusalsAreRead(t *testing.T) { //nolint:tparallel // its subtests run beside each other, below one that waits for them
	t.Parallel()
	up := stage.StartUpstream(t, nil)
	up.Play(stage.ID, append([]stage.Script{nil}, slices.Repeat([]stage.Script{{{Do: "hold"}}}, 1000)...)...) // one call is answered
	words := func(limits string) stage.Words {
		return stage.Words{"upstream": up.URL, "limits": limits, "access": "off"}
	}
	open := stage.StartGate(t, configuration, words("{buffered: 1MiB, json_body: 16MiB, body: 16MiB}"), server.Options{})
	full := stage.StartGate(t, configuration, words("{connections: 1}"), server.Options{})
	token := "Authorization: Bearer " + open.Mint("demo", "ada", 2*time.Hour, "write").Token
	spend(t, open, token)
	hold(t, full)
	file := filepath.Join(t.TempDir(), "body.json")
	if err := os.WriteFile(file, []byte("["+strings.Repeat(" ", 8<<20-2)+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := slices.Clone(clients)
	for _, w := range workers() {
		w.start(t)
		all = append(all, client{name: w.name, most: 5, post: func(t *testing.T, j job) []string { return w.do(t, "post", j) }})
	}
	t.Run("clients", func(t *testing.T) {
		for _, r := range refusals {
			for _, c := range all {
				t.Run(r.name+"/"+c.name, func(t *testing.T) {
					t.Parallel()
					gate := open
					if r.full {
						gate = full
					}
					times := r.times
					if c.most > 0 {
						times = c.most
					}
					j := job{times: times, url: "http://" + gate.Plain + r.path, file: file, chunked: r.chunked, header: "Accept: */*", ca: gate.Words["cert"]}
					if r.tls {
						j.url = "https://" + gate.TLS + r.path
					}
					if r.token {
						j.header = token
					}
					check(t, times, c.post(t, j), fmt.Sprintf("%d %s %d", r.status, r.problem, r.status))
				})
			}
		}
	})
	whole := slices.DeleteFunc(up.Calls(), func(c stage.Call) bool { return !c.Whole })
	if len(whole) != 1 {
		t.Errorf("%d calls reached the upstream whole, want only the one that was good", len(whole))
	}
}

func check(t *testing.T, times int, said []string, want string) {
	t.Helper()
	wrong := map[string]int{}
	for _, s := range said {
		if s != want {
			wrong[s]++
		}
	}
	if len(said) != times || len(wrong) > 0 {
		t.Errorf("%d answers, want %d times %q; others: %v", len(said), times, want, wrong)
	}
}

// hold takes the only connection that a gateway allows, with a call under way: an idle one would make room for others.
func hold(t *testing.T, g *stage.Gate) {
	t.Helper()
	token := g.Mint("demo", "ada", 2*time.Hour, "write").Token
	c := stage.Dial(t, g.Plain, nil)
	t.Cleanup(c.Close)
	c.Send("POST /json HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer " + token + "\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	if a, err := c.Answer(false); err != nil || a.Status != 100 {
		t.Fatalf("the first connection: %v, %q", err, a.Raw)
	}
}

// spend makes the one call of the day.
func spend(t *testing.T, g *stage.Gate, token string) {
	t.Helper()
	c := stage.Dial(t, g.Plain, nil)
	defer c.Close()
	c.Send("POST /few HTTP/1.1\r\nHost: api\r\n" + token + "\r\nContent-Length: 0\r\n\r\n")
	if a, err := c.Answer(false); err != nil || a.Status != 200 {
		t.Fatalf("the call of the day: %v, %q", err, a.Raw)
	}
}

func postGo(t *testing.T, j job) (said []string) {
	t.Helper()
	body, err := os.ReadFile(j.file)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(j.ca)
	if err != nil {
		t.Fatal(err)
	}
	trust := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	trust.RootCAs.AppendCertsFromPEM(pem)
	for range j.times {
		said = append(said, postOnce(t.Context(), trust, j, body))
	}
	return said
}

func postOnce(ctx context.Context, trust *tls.Config, j job, body []byte) string {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	transport := &http.Transport{TLSClientConfig: trust}
	defer transport.CloseIdleConnections()
	var from io.Reader = bytes.NewReader(body)
	if j.chunked {
		from = io.MultiReader(from) // a reader whose length nobody knows
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, j.url, from)
	if err != nil {
		return err.Error()
	}
	name, value, _ := strings.Cut(j.header, ": ")
	req.Header.Set(name, value)
	res, err := transport.RoundTrip(req)
	if err != nil {
		return "failed: " + err.Error()
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return "failed in the answer: " + err.Error()
	}
	return answered(res.StatusCode, res.Header.Get("Candor-Problem"), answer)
}

// answered says what an answer said: its status, its problem, and the status that its body names.
func answered(status int, problem string, body []byte) string {
	var said struct{ Status int }
	if err := json.Unmarshal(body, &said); err != nil {
		return "failed: " + err.Error()
	}
	return fmt.Sprintf("%d %s %d", status, problem, said.Status)
}

func postPython(t *testing.T, j job) []string {
	t.Helper()
	how := "length"
	if j.chunked {
		how = "chunked"
	}
	out, err := exec.CommandContext(t.Context(), "python3", "testdata/post.py", j.url, j.file, strconv.Itoa(j.times), how, j.ca, j.header).CombinedOutput()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// postCurl lets one process post all of them: its start costs more than a call.
func postCurl(extra ...string) func(*testing.T, job) []string {
	return func(t *testing.T, j job) (said []string) {
		t.Helper()
		const between = "\n== "
		args := append([]string{
			"--silent", "--show-error", "--cacert", j.ca, "--http1.1", "--max-time", "30", "--include", "--write-out", between + "%{errormsg}\n",
			"--header", j.header, "--data-binary", "@" + j.file,
		}, extra...)
		if j.chunked {
			args = append(args, "--header", "Transfer-Encoding: chunked")
		}
		out, err := exec.CommandContext(t.Context(), "curl", append(args, slices.Repeat([]string{j.url}, j.times)...)...).Output()
		if err != nil {
			said = append(said, fmt.Sprintf("failed: %v", err))
		}
		for answer := range strings.SplitSeq(string(out), "HTTP/1.1 ") {
			if answer != "" && !strings.HasPrefix(answer, "100") {
				said = append(said, fromCurl(answer, between))
			}
		}
		return said
	}
}

// fromCurl reads what --include and --write-out printed of one answer, from its status on.
func fromCurl(answer, between string) string {
	head, rest, _ := strings.Cut(answer, "\r\n\r\n")
	body, failure, _ := strings.Cut(rest, between)
	if failure = strings.TrimSpace(failure); failure != "" {
		return "failed: " + failure
	}
	var problem string
	for line := range strings.SplitSeq(head, "\r\n") {
		if value, ok := strings.CutPrefix(line, "Candor-Problem: "); ok {
			problem = value
		}
	}
	status, err := strconv.Atoi(head[:min(3, len(head))])
	if err != nil {
		return "failed: " + err.Error()
	}
	return answered(status, problem, []byte(body))
}
