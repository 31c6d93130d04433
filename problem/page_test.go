package problem

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// front is what the front matter of a Markdown answer says.
type front struct {
	Status     int
	Code       string
	Problem    string
	Action     string
	Applied    any
	Retryable  bool
	RetryAfter int `yaml:"retry_after"`
	Who        string
	ID         string
	Help       string
}

// Whatever a caller sent, a Markdown answer begins with what a program acts on, in under 1 KB, and nothing of the caller's is markup.
func TestMarkdownHoldsWhatACallerSent(t *testing.T) {
	c := catalogue(t, Options{ErrorsURL: "https://example.com/errors", Support: Support{Default: "help@example.com"}})
	const evil = "`\n---\nstatus: 200\n---\n# [Log in](https://evil.example) <script>alert(1)</script> ``` ![x](y)"
	spans := regexp.MustCompile("`[^`\n]*`")
	for _, typ := range Types() {
		p := Example(typ)
		p.Field, p.Excerpt, p.Word, p.Method, p.Version, p.UpstreamBody = []byte(evil), []byte(evil), []byte(evil), []byte(evil), []byte(evil), nil
		text := string(c.Append(nil, Markdown, &p, []byte(exampleID)))
		if len(text) > markdownMax {
			t.Errorf("%s: %d bytes", typ, len(text))
		}
		_, rest, _ := strings.Cut(text, "---\n")
		head, body, found := strings.Cut(rest, "\n---\n")
		var got front
		if err := yaml.Unmarshal([]byte(head), &got); err != nil || !found {
			t.Errorf("%s: %v in the front matter\n%s", typ, err, text)
			continue
		}
		want := front{
			Status: c.Status(&p), Code: c.Code(&p), Problem: typ.Name(), Action: c.Action(&p).String(), Applied: p.Applied.String(),
			Retryable: c.mayRepeat(&p), RetryAfter: p.RetryAfter, Who: c.Row(typ).Who.String(), ID: exampleID, Help: "https://example.com/errors/" + typ.Name(),
		}
		if got != want {
			t.Errorf("%s: %+v, want %+v", typ, got, want)
		}
		if left := spans.ReplaceAllString(body, ""); strings.ContainsAny(left, "`<![") || strings.Contains(left, "evil") || strings.Count(left, "\n") > 7 {
			t.Errorf("%s: markup of the caller's\n%s", typ, body)
		}
	}
}

// An API's own error stands in a block, where there is room for it, and nothing in it ends the block.
func TestMarkdownQuotesTheAPI(t *testing.T) {
	c, p := catalogue(t, Options{}), Example(UpstreamClientError)
	for _, tc := range []struct {
		body string
		said bool
	}{
		{`{"error":"no credit"}`, true},
		{"{\n\"error\": \"```\"\n}", true},
		{`{"error":"` + strings.Repeat("x", markdownMax) + `"}`, false},
		{"", false},
	} {
		p.UpstreamBody = []byte(tc.body)
		text := string(c.Append(nil, Markdown, &p, []byte(exampleID)))
		_, block, said := strings.Cut(text, "```json\n")
		if said != tc.said || len(text) > markdownMax || said && strings.Index(block, "\n```\n") != len(block)-len("\n```\n") {
			t.Errorf("%.40s: said %t\n%s", tc.body, said, text)
		}
	}
}

// A sentence that names very many scopes is cut, at a whole character.
func TestMarkdownIsCut(t *testing.T) {
	c, p := catalogue(t, Options{}), Example(AccessDenied)
	for n := range 8 {
		p.Required = []string{strings.Repeat("s", n) + strings.Repeat("é", markdownMax)}
		text := string(c.Append([]byte("before"), Markdown, &p, []byte(exampleID)))
		if got := len(text) - len("before"); got > markdownMax || got < markdownMax-4 || !strings.HasSuffix(text, "é…\n") {
			t.Errorf("%d bytes, …%q", got, text[len(text)-9:])
		}
	}
}

// A page has no markup but its own, whatever was sent.
func TestPageHoldsWhatACallerSent(t *testing.T) {
	tags := regexp.MustCompile(`<[^>]*>`)
	for _, errors := range []string{"", `https://example.com/"><script>`} {
		c := catalogue(t, Options{ErrorsURL: errors})
		for _, typ := range Types() {
			p, plain := hostile(typ), Example(typ)
			got := tags.FindAllString(string(c.Append(nil, HTML, &p, []byte(exampleID))), -1)
			want := tags.FindAllString(string(c.Append(nil, HTML, &plain, []byte(exampleID))), -1)
			if strings.Join(got, "") != strings.Join(want, "") || strings.Contains(strings.Join(got, ""), "script>") {
				t.Errorf("%s: %s, and of the example %s", typ, got, want)
			}
		}
	}
}

// What YAML reads of a JSON string is what JSON reads of it, also where a configuration has odd characters.
func TestFrontMatterIsYAML(t *testing.T) {
	for _, text := range []string{"plain", `"`, `\`, "é", "\u2028", "\u0085", "\ufeff", "\U0001f600", "#", ": ", "- "} {
		w := pen{}
		w.str(text)
		var fromYAML, fromJSON string
		if err := yaml.Unmarshal(w.b, &fromYAML); err != nil || json.Unmarshal(w.b, &fromJSON) != nil || fromYAML != fromJSON {
			t.Errorf("%q: %v, %q in YAML, %q in JSON", text, err, fromYAML, fromJSON)
		}
	}
}
