package explain

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// token makes a JWT of claims; its signature is a planted secret.
func token(head, body string) string {
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(head)) + "." + enc.EncodeToString([]byte(body)) + "." + enc.EncodeToString([]byte("S3CRETsignature"))
}

// What eyes pass over is told, with its place, and speaks for its cause.
func TestSeen(t *testing.T) {
	now := wildNow.Unix()
	for _, tc := range []struct {
		name, paste string
		seen        string // a part of what is told; "": nothing
		cause       string // that is named first
	}{
		{"no-break space", "Authorization: Bearer S3CRET\u00a0x\n401", "The value of authorization, 15 characters long, has U+00A0 as character 14", "hidden-character"},
		{"byte order mark", "X-Api-Key: \ufeffS3CRETkey\n401", "U+FEFF as character 1", "hidden-character"},
		{"curly quote", "api_key = “S3CRET”, answer 401", "U+201C as character 1", "hidden-character"},
		{"two blanks", "Authorization: Bearer  S3CRETvalue\n401", "more than one blank behind the scheme", "hidden-character"},
		{"blank at the end", "Authorization: Bearer S3CRETvalue \nHTTP/1.1 401", "a blank at its end", "hidden-character"},
		{"the scheme twice", "Authorization: Bearer Bearer S3CRETvalue\n401", "Bearer twice", "hidden-character"},
		{"a quote", "Authorization: Bearer \"S3CRETvalue\"\n401", "a quote before the token", "hidden-character"},
		{"line end in repr", "token repr: 'S3CRETvalue\\n' gives 401", "A quoted value of 12 characters ends with", "hidden-character"},
		{"braces", "Authorization: Bearer {{token}}\n401", "a placeholder of 9 characters", "template-not-filled"},
		{"shell variable", "curl -H 'Authorization: Bearer $TOKEN' gives 401", "a placeholder of 6 characters", "template-not-filled"},
		{"undefined", "Authorization: Bearer undefined\n401", "a placeholder of 9 characters", "template-not-filled"},
		{"a good header", "Authorization: Bearer S3CRETvalue\n401 Unauthorized", "", "evidence-lost"},
		{"expired token", "401 " + token(`{"alg":"RS256"}`, fmt.Sprintf(`{"sub":"S3CRET","exp":%d}`, now-90)), "It expired 1m30s ago", "jwt-expired"},
		{"token of tomorrow", "401 " + token(`{"alg":"RS256"}`, fmt.Sprintf(`{"nbf":%d,"exp":%d}`, now+86400, now+90000)), "Its nbf is 24h0m0s in the future", "clock-skew"},
		{"token without signature", "401 " + token(`{"alg":"none"}`, `{}`), "It is not signed (alg none)", "jwt-algorithm"},
		{"token of odd times", "401 " + token(`{"alg":"RS256"}`, `{"exp":1e300,"iat":-5}`), "alg RS256, kid none, iss none, aud none.", "evidence-lost"},
		{"claims of odd kinds", "401 " + token(`{"alg":"RS256"}`, `{"exp":{},"iss":5}`), "", "evidence-lost"},
		{"redirect", "HTTP/1.1 308 Permanent Redirect\nLocation: https://a.example/\n\nHTTP/1.1 401 Unauthorized\n\n", "A redirect was followed", "auth-dropped-by-redirect"},
		{"redirect URIs", "redirect_uri_mismatch redirect_uri=http://a.example/cb but registered is https://a.example/cb", "they differ in their scheme", "redirect-not-registered"},
		{"moments after", "09:00:01 POST /oauth/token 200\n09:00:02 GET /me 401 REVOKED_ACCESS_TOKEN", "The call was refused 1s after a token was issued.", "replica-lag"},
		{"hours after", "09:00:01 POST /oauth/token 200\n11:00:02 GET /me 401 REVOKED_ACCESS_TOKEN", "", "member-revoked"},
	} {
		r := rank(tc.paste, wildNow)
		seen := strings.Join(r.seen, "\n")
		if tc.seen == "" && seen != "" || !strings.Contains(seen, tc.seen) {
			t.Errorf("%s: %q\nwant %q", tc.name, seen, tc.seen)
		}
		if len(r.causes) == 0 || r.causes[0].Name != tc.cause {
			t.Errorf("%s: %+v\nwant %s", tc.name, r.causes, tc.cause)
		}
		noSecret(t, tc.name, tc.paste)
	}
}

// noSecret explains a paste in both ways and looks for what was planted.
func noSecret(t *testing.T, name, paste string) {
	t.Helper()
	e, ok, err := Pasted([]byte(paste), wildNow)
	if !ok || err != nil {
		t.Errorf("%s: cannot tell: %v", name, err)
	}
	encoded, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, told := range []string{e.Text(), string(encoded)} {
		if strings.Contains(told, "S3CRET") || strings.Contains(told, "eyJ") {
			t.Errorf("%s: a secret is told:\n%s", name, told)
		}
	}
}

// No credential of a paste is repeated, and each case is told something.
func TestWildSecrets(t *testing.T) {
	for _, file := range []string{wildFile, laterFile, unseenFile} {
		for _, c := range wildCases(t, file) {
			noSecret(t, c.title, string(c.text))
		}
	}
}

// However a failure is wrapped, it is the same one.
func TestUnwrapped(t *testing.T) {
	const plain = `{"error":"unauthorized_client","error_description":"Grant type 'password' is not allowed"}`
	once, _ := json.Marshal(map[string]string{"body": plain})
	twice, _ := json.Marshal(map[string]string{"msg": "failed: " + string(once)})
	har, _ := json.Marshal(map[string]any{"log": map[string]any{"entries": []any{
		map[string]any{"request": map[string]any{"method": "GET", "url": "https://a.example/ok"}, "response": map[string]any{"status": 200}},
		map[string]any{"request": map[string]any{"method": "POST", "url": "https://a.example/token"}, "response": map[string]any{"status": 400, "content": map[string]any{"text": plain}}},
	}}})
	for name, paste := range map[string]string{
		"plain": plain, "in JSON": string(once), "in JSON in a log line": `{"level":"error",` + string(twice[1:]), "HAR": string(har),
		"entities": strings.ReplaceAll(plain, `"`, "&quot;"), "in the URL": "https://a.example/cb?error=unauthorized_client&error_description=Grant%20type%20%27password%27+is+not+allowed",
		"status as text": `{"status":"400",` + plain[1:],
	} {
		e, ok := At([]byte(paste), wildNow)
		if !ok || len(e.Ranked) == 0 || e.Ranked[0].Name != "grant-not-allowed" {
			t.Errorf("%s: %t %+v", name, ok, e.Ranked)
		}
	}
}

// Every cause has all that a reader needs, a source that can be opened, and one name; every clue and contrast speaks of causes that there are.
func TestWildIsWhole(t *testing.T) {
	known := map[string]bool{}
	for _, c := range allCauses() {
		if c.title == "" || c.check == "" || c.fix == "" || c.otherwise == "" || c.who == "" || !strings.HasPrefix(c.source, "https://") || known[c.name] {
			t.Errorf("%s is not whole, or there twice: %+v", c.name, c)
		}
		known[c.name] = true
	}
	reached := map[string]bool{}
	for _, table := range [][]clue{oauthClues, apiClues, wayClues, familyClues, tongueClues, statusClues, subjectClues, lastClues} {
		for _, c := range table {
			for name, percent := range c.fits {
				reached[name] = true
				if !known[name] || percent <= 0 || percent >= 100 {
					t.Errorf("%.40s: %s %d", c.words, name, percent)
				}
			}
		}
	}
	for _, c := range contrasts {
		for name, percent := range c.fits {
			if c.near == "" || c.times[name] <= 1 || percent <= 0 || percent >= 100 {
				t.Errorf("%.40s brings in %s by %d", c.words, name, percent)
			}
		}
		for name, by := range c.times {
			if !known[name] || by <= 0 || c.ask == "" {
				t.Errorf("%.40s: %s %v", c.words, name, by)
			}
		}
	}
	for name := range known {
		if !reached[name] {
			t.Errorf("no clue speaks for %s", name)
		}
	}
}

// What others say is told from what the contract says.
func TestOurWordsAreNotRanked(t *testing.T) {
	for _, r := range Catalogue() {
		for _, words := range []string{r.Standard.Message, r.LinkedIn.Message, r.Title, r.Standard.Code, r.Problem} {
			if e, ok := At([]byte(words), wildNow); !ok || len(e.Ranked) > 0 {
				t.Errorf("%s: %q: %t, %+v", r.Problem, words, ok, e.Ranked)
			}
		}
	}
}

func FuzzRank(f *testing.F) {
	for _, seed := range []string{"invalid_grant", "Authorization: Bearer {{x}}", `{"log":{"entries":[{}]}}`, "401 " + token(`{"alg":"none"}`, `{"exp":1}`), `\\\"&quot;%zz error=%zz`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, paste string) {
		r := rank(paste, wildNow)
		for i, c := range r.causes {
			if c.Percent > percentMax || i > 0 && c.Percent > r.causes[i-1].Percent {
				t.Errorf("%q: %+v", paste, r.causes)
			}
		}
	})
}

// The names in a stack are nobody's words.
func TestContrastsAreWords(t *testing.T) {
	const refused = `{"error":"invalid_grant"}`
	for _, stack := range []string{
		"\n\tat java.base/java.util.concurrent.ThreadPoolExecutor$Worker.run(ThreadPoolExecutor.java:642)\n\t... 12 more",
		"\nTraceback (most recent call last):\n  File \"/app/worker.py\", line 12, in run_twice",
		"\n    at async Worker.retry (/app/node_modules/parallel/index.js:10:3)",
	} {
		plain, stacked := rank(refused, wildNow), rank(refused+stack, wildNow)
		if plain.causes[0].Name != stacked.causes[0].Name || plain.causes[0].Percent != stacked.causes[0].Percent {
			t.Errorf("%s: %+v\nwithout it %+v", stack, stacked.causes[0], plain.causes[0])
		}
	}
}

// One code stands for many causes, and what is said beside it parts them.
func TestContrasts(t *testing.T) {
	for said, want := range map[string]string{
		"the callback runs twice in development":                                        "code-used-twice",
		"only since we run three pods, each refreshes":                                  "refresh-race",
		"every 7 days, the app is in testing":                                           "test-mode-expiry",
		"it works when I do it fast, I copied the code by hand after 20 minutes later":  "code-expired",
		"the clock of this VM is wrong, ntp was off":                                    "clock-skew",
		"redirect_uri=https://a.example/cb and then redirect_uri=https://a.example/cb/": "redirect-mismatch",
		"the code was made with the client id of staging, the other client has it":      "other-client",
		"a new verifier is made on reload":                                              "pkce-mismatch",
	} {
		r := rank(`HTTP/1.1 400 Bad Request`+"\n\n"+`{"error":"invalid_grant"}`+"\n"+said, wildNow)
		if len(r.causes) == 0 || r.causes[0].Name != want || r.causes[0].Percent > percentMax {
			t.Errorf("%s: %+v", said, r.causes)
		}
	}
}
