package explain

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/problem"
)

const callID1 = "019cab15-c700-7def-8123-456789abcdef"

// TestEveryOAuthCause: whatever the authorization server says, in a body or in an address, is found by its page; and where that is missing, by what is said.
func TestEveryOAuthCause(t *testing.T) {
	for _, cause := range problem.OAuthCauses() {
		for _, profile := range oauthProfiles {
			p := problem.OAuthProblem{Cause: cause, Parameter: "scope", Value: "a value", Known: "one, two"}
			row := p.Row(profile)
			name := cause.Name()
			if profile == problem.Standard && cause == problem.OAuthUnknownClient {
				name = problem.OAuthWrongSecret.Name() // nobody finds out which clients there are
			}
			q := url.Values{"error": {row.Error}, "error_description": {row.Description}, "error_uri": {p.Page(profile, "https://auth.example.com/errors")}, "state": {"verysecret"}}
			for what, text := range map[string]string{
				"body":      string(p.AppendOAuth(nil, profile, "https://auth.example.com/errors", callID1)),
				"answer":    fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Type: application/json\r\n\r\n%s", row.Status, p.AppendOAuth(nil, profile, "https://auth.example.com/errors", callID1)),
				"address":   "https://shop.example/back?" + q.Encode(),
				"challenge": fmt.Sprintf(`WWW-Authenticate: Bearer realm="oauth", error="%s", error_description="%s", error_uri="%s"`, row.Error, strings.ReplaceAll(row.Description, `"`, "'"), q.Get("error_uri")),
			} {
				e, ok := Explain([]byte(text))
				if !ok || len(e.Meanings) != 1 || e.Meanings[0].Problem != name || e.Answer.By != "authorization" || len(e.Meanings[0].How) == 0 {
					t.Errorf("%s of %s, %s: %t %+v", what, name, profile, ok, e)
				}
				if strings.Contains(e.Text(), "verysecret") || strings.Contains(e.Text(), fact) {
					t.Errorf("%s of %s: %s", what, name, e.Text())
				}
			}
			e, ok := Explain(p.AppendOAuth(nil, profile, "", callID1))
			if !ok || len(e.Meanings) != 1 || e.Answer.By != "other" {
				t.Fatalf("without a page: %s, %s: %t %+v", name, profile, ok, e)
			}
			if m := e.Meanings[0]; m.Problem != "" && m.Problem != cause.Name() || !isSaid(m.How, row.Fix) {
				t.Errorf("without a page: %s, %s: %+v", cause.Name(), profile, m)
			}
			if oauthNotes[row.Error] == nil {
				t.Errorf("the error %s is not explained by itself", row.Error)
			}
		}
	}
}

// TestNoOAuth: what only looks like it is explained as before, or not at all.
func TestNoOAuth(t *testing.T) {
	for _, text := range []string{
		`{"error":"Not Found","status":404,"path":"/x"}`,
		`{"error":"made_up","error_uri":"https://x/errors/oauth#oauth_code_used"}`,
		`{"error":{"code":"invalid_grant"}}`,
		`https://shop.example/back?error=made_up&state=verysecret`,
		`https://shop.example/back?code=verysecret`,
		`https://shop.example/%zz?error=access_denied`,
		`Bearer error=""`,
		"HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer realm=\"x\"\n\n",
		"HTTP/1.1 302 Found\nLocation: https://x/?error=made_up&code=verysecret\n\n",
	} {
		e, _ := Explain([]byte(text))
		for i := range e.Meanings {
			if e.Meanings[i].isOAuth() {
				t.Errorf("%s: %+v", text, e.Meanings[i])
			}
		}
		if strings.Contains(e.Text(), "verysecret") {
			t.Errorf("%s: %s", text, e.Text())
		}
	}
}

// TestOAuthKeepsSecrets: nothing of an address but its place is repeated, nor what others say.
func TestOAuthKeepsSecrets(t *testing.T) {
	for _, text := range []string{
		"https://ada:verysecret@shop.example/back?error=invalid_request&error_description=verysecret&state=verysecret&code=verysecret",
		"https://shop.example/back?error=invalid_request&access_token=verysecret#id_token=verysecret",
		"https://shop.example/back#error=server_error&access_token=verysecret&state=verysecret",
		"Location: https://shop.example/back?error=server_error&state=verysecret",
		`Bearer error="invalid_token", error_description="verysecret", error_uri="https://x/verysecret"`,
		`{"error":"invalid_token","error_description":"The access token verysecret is expired","requestId":"verysecret"}`,
	} {
		e, ok := Explain([]byte(text))
		if !ok || len(e.Meanings) != 1 || !e.Meanings[0].isOAuth() {
			t.Errorf("%s: %+v", text, e)
		}
		if strings.Contains(fmt.Sprintf("%+v", e), "verysecret") || strings.Contains(e.Text(), "verysecret") {
			t.Errorf("%s: %s", text, e.Text())
		}
	}
}
