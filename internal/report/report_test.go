package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// Whole reports, in both forms.
func TestReports(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"verbose.txt", "page.har"} {
		input, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		b, err := Make(input, 0)
		if err != nil {
			t.Fatal(err)
		}
		if name == "page.har" {
			b.Explanation = nil // of what is not Candor's it grows with the knowledge of others
		}
		var inJSON bytes.Buffer
		enc := json.NewEncoder(&inJSON)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(b); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".md", b.Markdown())
		golden(t, name+".json", inJSON.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -want +got\n%s", name, diff)
	}
}

func TestMakeRefuses(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("testdata/page.har")
	if err != nil {
		t.Fatal(err)
	}
	failing := `{"request":{"method":"GET","url":"/"},"response":{"status":500}},`
	for _, c := range []struct {
		name  string
		input []byte
		entry int
		is    error
		says  string
	}{
		{"nothing", nil, 0, ErrNothing, "the input is empty"},
		{"blanks", []byte(" \r\n"), 0, ErrNothing, "the input is empty"},
		{"prose", []byte("it does not work"), 0, ErrUnknown, "what curl -v or curl -i shows"},
		{"a command line alone", []byte("curl -v https://api.example.com/"), 0, ErrUnknown, "cannot tell"},
		{"an id", []byte("01a2164e-a01d-7be7-84ab-4d6fd2df4549"), 0, ErrUnknown, "cannot tell"},
		{"other JSON", []byte(`{"status":401}`), 0, ErrUnknown, "cannot tell"},
		{"bytes", []byte{0, 1, 2, 0xff}, 0, ErrUnknown, "cannot tell"},
		{"a huge transcript", append([]byte("HTTP/1.1 500 Oops\n\n"), make([]byte, TranscriptMax)...), 0, ErrTooLarge, "1 MiB of anything else"},
		{"a huge HAR file", append([]byte(`{"log":{"entries":[`), make([]byte, FileMax)...), 0, ErrTooLarge, "32 MiB of a HAR file"},
		{"a HAR file without entries", []byte(`{"log":{"entries":[]}}`), 0, ErrNoEntry, "the HAR file has none"},
		{"a HAR file that was cut", []byte(`{"log":{"entries":[` + failing), 0, nil, "entry 2 of the HAR file cannot be read"},
		{"a HAR file of nothing else", []byte(`{"log":{}}`), 0, nil, "has no list of entries"},
		{"none that failed", []byte(strings.ReplaceAll(string(page), `"status": 400`, `"status": 201`)), 0, ErrNoEntry, "say which of the 3 is meant"},
		{"an entry past the end", page, 4, ErrNoEntry, "it has 3 entries, from 1 on"},
		{"an entry before the first", page, -1, ErrNoEntry, "it has 3 entries"},
	} {
		b, err := Make(c.input, c.entry)
		if b != nil || err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}

// An entry that was asked for is taken whether it failed or not.
func TestMakeEntry(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("testdata/page.har")
	if err != nil {
		t.Fatal(err)
	}
	for entry, status := range map[int]int{0: 400, 1: 200, 2: 400, 3: 204} {
		b, err := Make(page, entry)
		if err != nil || b.Response.Status != status {
			t.Errorf("entry %d: %+v, %v, want %d", entry, b, err, status)
		}
	}
}

func TestSendTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ body, want string }{
		{`{"support":"help@example.com"}`, "help@example.com"},
		{`{"support":"https://example.com/help?token=geheim99"}`, "https://example.com/help?token=REDACTED"},
		{`{"fix":"Write to api@example.com and give the name of your application."}`, "api@example.com"},
		{`{"fix":"Report the id of this answer to https://example.com/support."}`, "https://example.com/support"},
		{`{"fix":"Send it again.","help":"https://example.com/errors/x"}`, "the operator of the API; the error's page says whom to ask: https://example.com/errors/x"},
		{`{"support":"mailto:help@example.com"}`, "help@example.com"},
		{`{"support":"our desk, with the password geheim99"}`, "our desk, with the password REDACTED"},
		{`{"support":7}`, "the operator of the API"},
		{`oops`, "the operator of the API"},
	} {
		b, err := Make([]byte("HTTP/1.1 500 Oops\n\n"+c.body), 0)
		if err != nil || b.SendTo != c.want {
			t.Errorf("%s: %q, %v, want %q", c.body, b.SendTo, err, c.want)
		}
	}
}

func TestClientID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, command, want string }{
		{"of the query", "curl 'https://x.example/authorization?client_id=app-1'", "app-1"},
		{"of the form", "curl -d 'client_id=app%2D1&client_secret=geheim99' https://x.example/token", "app-1"},
		{"of JSON", `curl --json '{"client_id":"app-1"}' https://x.example/token`, "app-1"},
		{"of Basic at a token endpoint", "curl -u app-1:geheim99 https://x.example/oauth/v2/accessToken", "app-1"},
		{"of Basic elsewhere", "curl -u app-1:geheim99 https://x.example/v2/me", ""},
		{"a key instead of a client", "curl -u sk_live_0123456789: https://x.example/token", ""},
		{"a key instead of an id", "curl 'https://x.example/?client_id=sk_live_0123456789'", ""},
		{"of a JWT", "curl --oauth2-bearer eyJhbGciOiJub25lIn0.eyJhenAiOiJhcHAtMSJ9.AAAA https://x.example/", "app-1"},
	} {
		b, err := Make([]byte(c.command+"\nHTTP/1.1 401 No\n\n"), 0)
		if err != nil || b.ClientID != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, b.ClientID, err, c.want)
		}
	}
}

// What is shown stays what it is: a report that hides all helps nobody.
func TestKept(t *testing.T) {
	t.Parallel()
	input := `$ curl -d 'grant_type=refresh_token&scope=r_basic+w_posts' 'https://api.example.com/v2/posts/urn:li:share:6844785523593134080?count=10&fields=id,text'
HTTP/1.1 400 Bad Request
User-Agent: python-requests/2.32.3
Content-Type: application/vnd.example.v3+json
ETag: short
CF-Ray: 8e3b1c2d4f5a6b7c-FRA
x-li-uuid: AaIWTqAde+eEq01v0t9FSQ==
x-li-request-id: 01a2164ea01d7be784ab4d6fd2df4549
WWW-Authenticate: Bearer realm="api", error="invalid_token", error_description="The token ended", resource_metadata="https://api.example.com/.well-known/x"
Retry-After: 120

{"status":400,"code":"INVALID_URL","serviceErrorCode":0,"errors":[{"code":"TooLong","field":"text"}],"token_type":"Bearer","expires_in":3600,"hasToken":true,"n":9007199254740993}`
	b, err := Make([]byte(input), 0)
	if err != nil {
		t.Fatal(err)
	}
	text := b.Markdown()
	for _, want := range []string{
		"/v2/posts/urn:li:share:6844785523593134080?count=10&fields=id,text", "grant_type=refresh_token&scope=r_basic+w_posts",
		"python-requests/2.32.3", "application/vnd.example.v3+json", "8e3b1c2d4f5a6b7c-FRA", "AaIWTqAde+eEq01v0t9FSQ==", "01a2164ea01d7be784ab4d6fd2df4549",
		`error="invalid_token", error_description="The token ended", resource_metadata="https://api.example.com/.well-known/x"`, "Retry-After: 120",
		`"code": "INVALID_URL"`, `"code": "TooLong"`, `"token_type": "Bearer"`, `"expires_in": 3600`, `"hasToken": true`, `9007199254740993`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
}

// A body that ends the fence of a block would be read as Markdown.
func TestFences(t *testing.T) {
	t.Parallel()
	b, err := Make([]byte("HTTP/1.1 500 Oops\n\n```\n# not ours\n````\n"), 0)
	if err != nil || !strings.Contains(b.Markdown(), "\n`````text\nHTTP/1.1 500 Oops\n\n```\n# not ours\n````\n`````\n") {
		t.Errorf("%v\n%s", err, b.Markdown())
	}
}
