package adopt

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// client is one of other people: it calls an authority by way of an address, and returns in lines what it was answered.
type client struct {
	name string
	call func(t *testing.T, k kind, authority, address string) string
}

var clients = []client{
	{"Go net/http", callGo},
	{"Python requests", callProgram("/usr/bin/python3", "testdata/client.py")}, // whose modules the system has installed
	{"Node fetch", callProgram("node", "testdata/client.js")},
	{"curl", callCurl},
}

// compare has a client call in each way.
func (c client) compare(t *testing.T, k kind, p *tap, all []way) {
	t.Helper()
	var want exchange
	var said string
	for i, w := range all {
		p.take()
		text := c.call(t, k, p.address, w.address)
		var got exchange
		for _, request := range stage.Split(p.take()) {
			got.requests = append(got.requests, read(request))
		}
		if i == 0 {
			if want, said = got, text; len(got.requests) < 8 {
				t.Fatalf("only %d calls were made: %s", len(got.requests), text)
			}
			continue
		}
		if diff := cmp.Diff(strings.Split(said, "\n"), strings.Split(text, "\n")); diff != "" {
			t.Errorf("%s: other answers (-direct +through Candor):\n%s", w.name, diff)
		}
		got.check(t, w, want)
	}
}

// callProgram calls by a script, which takes authority, address, and whether the upstream takes bodies.
func callProgram(program, script string) func(*testing.T, kind, string, string) string {
	return func(t *testing.T, k kind, authority, address string) string {
		t.Helper()
		args := []string{script, authority, address}
		if k != nginx {
			args = append(args, "posts")
		}
		cmd := exec.Command(program, args...)
		cmd.Stderr = t.Output()
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v; type: hack/need requests node adopt\n%s", script, err, out)
		}
		return string(out)
	}
}

// callCurl follows redirects, keeps cookies and asks for compression.
func callCurl(t *testing.T, k kind, authority, address string) string {
	t.Helper()
	url := "http://" + authority
	args := []string{"--silent", "--show-error", "--location", "--compressed", "--cookie", "", "--include", "--connect-to", authority + ":" + address, "--globoff", "--path-as-is"}
	for _, path := range []string{"/json", "/cookies", "/cookies", "/redirect", "/redirect/self", "/gzip", "/missing", "/error", "/empty", "/odd/a//../b%2f?x=[1]|{2}"} {
		args = append(args, url+path)
	}
	args = append(args, "--next", "--silent", "--include", "--connect-to", authority+":"+address, "--range", "3-5", url+"/range")
	if k != nginx {
		args = append(args, "--next", "--silent", "--include", "--connect-to", authority+":"+address, "--header", "Transfer-Encoding: chunked", "--data-binary", "@testdata/site/page.txt", url+"/echo")
	}
	cmd := exec.Command("curl", args...)
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("curl: %v\n%s", err, out)
	}
	return sorted(string(out))
}

// sorted are the lines of heads and bodies in one order, without those of one hop and our id.
func sorted(text string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		return slices.Contains(append(slices.Clone(hop), "x-request-id"), nameOf(line)) || strings.HasPrefix(line, "HTTP/1.1 100")
	})
	slices.Sort(lines)
	return strings.ReplaceAll(strings.Join(lines, "\n"), "HTTP/1.0 ", "HTTP/1.1 ")
}

func callGo(t *testing.T, k kind, authority, address string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Jar: jar, Timeout: testkit.Patience}
	var text strings.Builder
	do := func(method, path string, body io.Reader) {
		request, err := http.NewRequestWithContext(t.Context(), method, "http://"+authority+path, body)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append(slices.Clone(hop), "x-request-id") {
			answer.Header.Del(name)
		}
		fmt.Fprintf(&text, "%s %s: %s %v %q %v\n", method, answer.Request.URL, answer.Status, answer.Header, data, answer.Trailer)
	}
	for _, path := range []string{"/json", "/cookies", "/cookies", "/redirect", "/redirect/self", "/gzip", "/missing", "/error", "/denied", "/empty", "/odd/a//b%2F;c?x=%zz"} {
		do(http.MethodGet, path, nil)
	}
	do(http.MethodHead, "/json", nil)
	if k != nginx {
		file, err := os.Open("testdata/site/page.txt")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		do(http.MethodPost, "/echo", io.MultiReader(file)) // in chunks
		do(http.MethodPost, "/echo", strings.NewReader("hello"))
	}
	return text.String()
}
