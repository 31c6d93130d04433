package explain

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the explanations again")

const answersFile = "testdata/answers.txtar"

// answers are the pasted answers of the file: input and text in turn.
func answers(tb testing.TB) *txtar.Archive {
	tb.Helper()
	a, err := txtar.ParseFile(answersFile)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func TestAnswers(t *testing.T) {
	a := answers(t)
	for i := 0; i+1 < len(a.Files); i += 2 {
		in, want := &a.Files[i], &a.Files[i+1]
		if want.Name != in.Name+".text" {
			t.Fatalf("%s is followed by %s", in.Name, want.Name)
		}
		e, ok := Explain(in.Data)
		if !ok {
			t.Errorf("%s: cannot tell", in.Name)
			continue
		}
		if *update {
			want.Data = []byte(e.Text())
		}
		if diff := cmp.Diff(string(want.Data), e.Text()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in.Name, diff)
		}
		crlf, ok := Explain([]byte(strings.ReplaceAll(string(in.Data), "\n", "\r\n")))
		if diff := cmp.Diff(e, crlf); !ok || diff != "" {
			t.Errorf("%s with CR LF: %t\n%s", in.Name, ok, diff)
		}
		if strings.Contains(e.Text(), "verysecret") {
			t.Errorf("%s: a secret is repeated:\n%s", in.Name, e.Text())
		}
	}
	if *update {
		if err := os.WriteFile(answersFile, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWords(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want string // problems, or statuses with their titles
	}{
		{"expired_access_token", "expired_access_token"},
		{"  Expired-Access-Token\n", "expired_access_token"},
		{"EXPIRED_ACCESS_TOKEN", "expired_access_token"},
		{"expired access token", "expired_access_token"},
		{"The token used in the request has expired", "expired_access_token"},
		{"Empty oauth2_access_token", "token_in_url, empty_access_token"},
		{"Resource connexions does not exist", "resource_not_found"},
		{"Not enough permissions to access: GET /people", "access_denied"},
		{"Requested version 202401 is not active", "nonexistent_version"},
		{"EMPTY_ACCESS_TOKEN", "token_in_url, empty_access_token"},
		{"65602", "expired_access_token"},
		{"65604", "empty_access_token"},
		{"serviceErrorCode: 65600", "invalid_access_token"},
		{"subcode 401", "token_in_url, empty_access_token"},
		{"401 INVALID_ACCESS_TOKEN", "invalid_access_token"},
		{"401 65601", "revoked_access_token"},
		{"403 100", "access_denied, app_disabled"},
		{"100", "access_denied, app_disabled, 100 Continue"},
		{"status 100", "100 Continue"},
		{"101", "throttled, 101 Switching Protocols"},
		{"102", "infrastructure_protection, 102 Processing"},
		{"404", "resource_not_found, entity_not_found"},
		{"HTTP 404 Not Found", "resource_not_found, entity_not_found"},
		{"HTTP/1.1 404 Not Found", "404 Not Found"},
		{"429", "throttled, too_many_failures, infrastructure_protection"},
		{"503", "infrastructure_protection, service_unavailable"},
		{"502", "upstream_unreachable, upstream_broke, upstream_invalid"},
		{"BAD_GATEWAY", "upstream_unreachable, upstream_broke, upstream_invalid"},
		{"BAD_REQUEST", "malformed_request"},
		{"FORBIDDEN", "access_denied, app_disabled, preflight_denied"},
		{"402", "402 Payment Required"},
		{"PAYMENT_REQUIRED", "402 Payment Required"},
		{"499", "499 Client Closed Request"},
		{"client_gone", "client_gone"},
		{"empty_api_key", ""}, // nothing answers so yet
		{"duplicate_key", ""},
		{"upstream_server_error", "upstream_server_error"},
		{"302", "302 Found"},
		{"3xx", "3xx Redirect"},
		{"5XX", "5xx The server failed"},
		{"306", "306 Redirect"},
		{"bare_lf", "malformed_request"},
		{"token-truncated", "invalid_access_token"},
		{"quota_used_up", "throttled"},
		{"unknown_path", "resource_not_found"},
		{"not_asked_for", "access_denied"},
		{"oauth_code_used", "oauth_code_used"},
		{"OAuth-Code-Used", "oauth_code_used"},
		{"refresh_reused", "oauth_refresh_reused"},
		{"scope_changed", "access_denied, 400 invalid_grant or invalid_redirect_uri or invalid_request"}, // the calls of more people fail so
		{"invalid_grant", " Invalid grant"},
		{"400 invalid_grant", " Invalid grant"},
		{"authorization_pending", " Authorization pending"},
		{"The member did not allow access", "oauth_cancelled_authorize"},
		{"The scope 'x y' is not among those that the member allowed: z", "oauth_scope_wider"},
		{"Client_id doesn't match", "oauth_authorize_client"},
		{"teapot", ""},
		{"I'm a teapot", "418 I'm a teapot"},
		{"0", ""},
		{"600", "600 No status of HTTP"},
		{"status 799", "799 No status of HTTP"},
		{"HTTP/1.1 700", "700 No status of HTTP"},
		{"HTTP/1.1 601 Odd\r\nServer: x\r\n\r\n", "601 No status of HTTP"},
		{"999", "999 Request Denied"},
		{"HTTP/1.1 999 Request denied", "999 Request Denied"},
		{"<html><title>999: request failed</title></html>", "999 Request Denied"},
		{"1000", ""},
		{"-401", ""},
		{"6xx", "6xx No status of HTTP"},
		{"hello", ""},
		{"what is this thing that I have here", ""},
		{"", ""},
		{" \n", ""},
		{"{", ""},
		{"{}", ""},
		{"<html><title>Welcome</title></html>", ""},
		{"{\"error\":\"x\"}", ""},
		{"Server: nginx\nDate: x\n", ""},
		{strings.Repeat("404 ", 100), ""},
	} {
		e, ok := Explain([]byte(tc.in))
		var got []string
		for i := range e.Meanings {
			m := &e.Meanings[i]
			if m.Problem != "" {
				got = append(got, m.Problem)
			} else {
				got = append(got, m.Status+" "+m.Title)
			}
		}
		if s := strings.Join(got, ", "); s != tc.want || ok != (tc.want != "") {
			t.Errorf("%q: %q, %t; want %q", tc.in, s, ok, tc.want)
		}
	}
}

// PowerShell's > writes UTF-16 with a mark.
func TestUTF16(t *testing.T) {
	const text = "HTTP/1.1 405 Method Not Allowed\r\nCandor-Problem: method_not_allowed\r\n\r\n"
	in := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		in = append(in, byte(u), byte(u>>8))
	}
	got, ok := Explain(in)
	want, _ := Explain([]byte(text))
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("%t\n%s", ok, diff)
	}
}

// Every row of the catalogue can be explained by its name, its status and its code, and has all that a reader needs.
func TestWholeCatalogue(t *testing.T) {
	for _, r := range Catalogue() {
		for _, in := range []string{r.Problem, r.Standard.Code, r.Standard.Message} {
			e, ok := Explain([]byte(in))
			if !ok {
				t.Errorf("%s: cannot tell %q", r.Problem, in)
			}
			for _, m := range e.Meanings {
				if m.What == "" || m.Who == "" || len(m.How) == 0 || m.Repeat == "" {
					t.Errorf("%q: %+v", in, m)
				}
			}
		}
	}
	for status, n := range notes {
		if n.title == "" || n.what == "" || n.who == "" || len(n.how) == 0 || n.repeat == "" {
			t.Errorf("%d: %+v", status, n)
		}
	}
}

func TestJSON(t *testing.T) {
	e, _ := Explain([]byte("HTTP/1.1 410 Gone\nCandor-Problem: gone\nX-Request-Id: 019cab15-c700-7def-8123-456789abcdef\n\n"))
	got, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"answer":{"status":410,"by":"gateway","requestId":"019cab15-c700-7def-8123-456789abcdef"},"meanings":[{"problem":"gone","status":"410","code":"GONE","title":"Gone","what":"Gone. For example: The resource is gone for good.","causes":["The resource was removed for good."],"who":"you, the caller","how":["Stop asking for it."],"repeat":"No: the same call will fail the same way.","action":"fix_request"}]}`
	if string(got) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func FuzzExplain(f *testing.F) {
	a := answers(f)
	for i := 0; i < len(a.Files); i += 2 {
		f.Add(a.Files[i].Data)
	}
	for _, seed := range []string{"401", "3xx", "expired_access_token", "HTTP/2 401", "<title>404", "\xff\xfe4\x000\x004\x00", "{\"status\":1e9}", ":status: x\n\n", "< HTTP/1.1 500\n<\n"} {
		f.Add([]byte(seed))
	}
	const secret = "Zm9yZ2VkOnNlY3JldDE"
	f.Fuzz(func(t *testing.T, in []byte) {
		e, ok := Explain(in)
		if ok != (len(e.Meanings) > 0) {
			t.Fatalf("%t with %d meanings", ok, len(e.Meanings))
		}
		if strings.ContainsFunc(e.Text(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == 0x9b }) {
			t.Fatalf("a control character: %q", e.Text())
		}
		// A credential in the head is never repeated, whatever comes behind it.
		e, _ = Explain(append([]byte("HTTP/1.1 401 Unauthorized\nAuthorization: Bearer "+secret+"\nSet-Cookie: s="+secret+"\n"), in...))
		if strings.Contains(e.Text(), secret) {
			t.Fatalf("a secret is repeated: %s", e.Text())
		}
	})
}
