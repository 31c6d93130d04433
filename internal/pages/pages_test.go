package pages

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/problem"
)

// TestGolden is a page in its formats, and that of a class, to be read.
func TestGolden(t *testing.T) {
	s := operators(t)
	golden(t, "throttled.html", s.pages["throttled"].html)
	golden(t, "throttled.json", s.pages["throttled"].json)
	golden(t, "throttled.md", s.pages["throttled"].markdown)
	golden(t, "3xx.md", s.pages["3xx"].markdown)
}

// TestEveryProblemHasAPage: a page for each row that can be answered, and for each class of statuses, and each says what a page must.
func TestEveryProblemHasAPage(t *testing.T) {
	s := operators(t)
	var want []string
	for _, p := range problem.Types() {
		want = append(want, p.Name())
	}
	want = append(want, "1xx", "2xx", "3xx", "4xx", "5xx", "oauth")
	if diff := cmp.Diff(want, s.Names()); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	for _, p := range problem.Types() {
		var e entry
		if err := json.Unmarshal(s.pages[p.Name()].json, &e); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		if len(e.When) == 0 || len(e.Do) == 0 || e.WhoCan == "" || e.Reached == "" || e.Repeat == "" || len(e.Profiles) != 2 || len(e.Ask) == 0 {
			t.Errorf("%s says too little: %+v", p, e)
		}
		for _, w := range e.Profiles {
			if w.Message == "" || w.Code == "" || !strings.Contains(w.Answer, "\nCandor-Problem: "+p.Name()) || !strings.Contains(w.Answer, `"help": "https://www.example.com/errors/`+p.Name()) {
				t.Errorf("%s in the %s profile says too little: %+v", p, w.Profile, w)
			}
		}
		if again := e.Retry == "after" || e.Retry == "backoff"; again != (len(e.Samples) == 4) {
			t.Errorf("%s: retry %s, and %d pieces of code", p, e.Retry, len(e.Samples))
		}
	}
}

// TestWhatAClassAsks: what the pages of some statuses must say beyond that.
func TestWhatAClassAsks(t *testing.T) {
	s := operators(t)
	for _, c := range []struct{ page, says string }{
		{"invalid_url", "Check the URL for an invalid character."},
		{"invalid_url", "In the linkedin profile: Explain the request to a rubber duck"},
		{"invalid_access_token", `How to get a token: <a href="https://example.com/auth">`},
		{"expired_access_token", "Use the refresh token"},
		{"access_denied", "Does it ask the member for it?"},
		{"access_denied", `Applications with a partner product: <a href="mailto:partners@example.com">partners@example.com</a>`},
		{"resource_not_found", "/v2/person/id={personId}: it is /v2/people/id={personId}"},
		{"resource_not_found", `href="mailto:partners@example.com"`},
		{"method_not_allowed", "Allow: GET, HEAD"},
		{"length_required", "Content-Length: 0"},
		{"throttled", "Are there redundant calls?"},
		{"throttled", `Questions about limits: the team &#34;limits&#34;`},
		{"throttled", `<a href="https://example.com/limits?a=1&amp;b=2">https://example.com/limits?a=1&amp;b=2</a>`},
		{"throttled", "Too many &lt;calls&gt;"},
		{"infrastructure_protection", "returns to normal by itself"},
		{"internal_error", "without the token"},
		{"gateway_timeout", "The state of the service: <a href=\"https://status.example.com\">"},
		{"gateway_timeout", "Keep answers instead of asking again."},
		{"gateway_timeout", "go run retry.go"},
		{"conflict", "Candor-Problem: conflict; by=upstream"},
		{"malformed_request", `<tr id="bare_lf">`},
		{"3xx", "drops Authorization"},
		{"3xx", "308 or 307, which keep method and body"},
		{"4xx", `<a href="expired_access_token">`},
		{"4xx", `<a href="infrastructure_protection">`},
		{"5xx", `<a href="infrastructure_protection">`},
	} {
		if !strings.Contains(string(s.pages[c.page].html), c.says) {
			t.Errorf("%s does not say %s", c.page, c.says)
		}
	}
	if strings.Contains(string(s.pages["conflict"].html), "status.example.com") {
		t.Error("a conflict sends people to the status page")
	}
}

// TestReached: where an example knows of bytes that were sent, the page does not deny it.
func TestReached(t *testing.T) {
	for _, p := range problem.Types() {
		sent := problem.Example(p).Applied == problem.AppliedUnknown
		for _, d := range problem.Details(p) {
			sent = sent || problem.ExampleOf(d).Applied == problem.AppliedUnknown
		}
		if say := reach(p); sent && (say == notSent || say == notReached) {
			t.Errorf("%s: %q, and an example says applied: unknown", p, say)
		}
	}
}

// TestForm: what every page has so that everybody can read it, checked without a browser.
func TestForm(t *testing.T) {
	s := operators(t)
	sum := sha256.Sum256([]byte(between(t, string(s.index.html), "<style>", "</style>")))
	if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(Policy(), hash) {
		t.Errorf("the policy %q lacks the style's %s", Policy(), hash)
	}
	headings := regexp.MustCompile(`<h([1-6])`)
	for _, f := range s.files() {
		text := string(f.text)
		if !strings.HasSuffix(f.name, ".html") {
			continue
		}
		for _, part := range []string{"<!doctype html>\n<html lang=\"en\">", "<title>", "<header>", "<main>", "</main>", "<footer>", "</html>"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %s", f.name, part)
			}
		}
		if strings.Contains(text, "<script") || strings.Contains(text, " style=") || strings.Contains(text, "ZgotmplZ") {
			t.Errorf("%s has a script, a style of its own, or a value that the template refused", f.name)
		}
		level := 0
		for _, m := range headings.FindAllStringSubmatch(text, -1) {
			n, _ := strconv.Atoi(m[1])
			if n > level+1 || n == 1 && level > 0 {
				t.Errorf("%s: a heading %d follows one of %d", f.name, n, level)
			}
			level = n
		}
	}
}

func between(t *testing.T, text, before, after string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, before)
	inner, _, ok2 := strings.Cut(rest, after)
	if !ok || !ok2 {
		t.Fatalf("there is nothing between %s and %s", before, after)
	}
	return inner
}

// TestOverrideThatCannotBe is refused as the catalogue refuses it.
func TestOverrideThatCannotBe(t *testing.T) {
	if _, err := New(Options{Overrides: []problem.Override{{Type: problem.Throttled, Message: "{nothing}"}}}); err == nil {
		t.Error("it was taken")
	}
}

// TestProfileFirst: the operator's profile stands first, also in what the site itself answers.
func TestProfileFirst(t *testing.T) {
	s := site(t, Options{Profile: problem.LinkedIn})
	var e entry
	if err := json.Unmarshal(s.pages["empty_access_token"].json, &e); err != nil {
		t.Fatal(err)
	}
	if e.Profiles[0].Profile != "linkedin" || e.Profiles[0].Message != "Empty oauth2_access_token" || e.Profiles[1].Profile != "standard" {
		t.Errorf("%+v", e.Profiles)
	}
	if a := get(t, s, "GET", "/errors/x", nil); a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v", a.Header)
	}
}
