package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/internal/report"
	"github.com/candor-gateway/candor/problem"
)

const callID = "018f0000-0000-7000-8000-00000000002a"

// cases is an example of each row of the catalogue, and of each known cause.
func cases(c *problem.Catalogue) (all []problem.Problem) {
	for _, t := range problem.Types() {
		all = append(all, c.Example(t))
		for _, d := range problem.Details(t) {
			all = append(all, problem.ExampleOf(d))
		}
	}
	return all
}

// TestOwnSentences holds that what the catalogue answers with is shown as it was answered: its own words are no secrets, though they speak of tokens.
func TestOwnSentences(t *testing.T) {
	for _, profile := range []problem.Profile{problem.Standard, problem.LinkedIn} {
		c, err := problem.New(problem.Options{Profile: profile, ResourceMetadata: "http://127.0.0.1:8080/.well-known/oauth-protected-resource"})
		if err != nil {
			t.Fatal(err)
		}
		all := cases(c)
		for i := range all {
			for _, dialect := range []problem.Dialect{problem.Contract, problem.RFC9457} {
				t.Run(fmt.Sprintf("%v/%v/%v/%v", profile, all[i].Type, all[i].Detail, dialect), func(t *testing.T) {
					shownAsAnswered(t, c, dialect, &all[i])
				})
			}
		}
	}
}

func shownAsAnswered(t *testing.T, c *problem.Catalogue, dialect problem.Dialect, p *problem.Problem) {
	t.Helper()
	body := c.Append(nil, dialect, p, []byte(callID))
	challenge := string(c.AppendChallenge(nil, p))
	answer := fmt.Sprintf("HTTP/1.1 %d -\nContent-Type: %s\nCandor-Problem: %v\n", c.Status(p), c.ContentType(dialect), p.Type)
	if challenge != "" {
		answer += "WWW-Authenticate: " + challenge + "\n"
	}
	pasted := answer + "\n" + string(body)

	b, err := report.Make([]byte("$ curl -i https://api.example.com/\n"+pasted), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := compact(b.Response.Body), compact(string(body)); got != want {
		t.Errorf("the report's body:\n%s\nanswered:\n%s", got, want)
	}
	for _, f := range b.Response.Headers {
		if f.Name == "WWW-Authenticate" && strings.Contains(f.Value, "REDACTED") {
			t.Errorf("the report's challenge: %s; answered: %s", f.Value, challenge)
		}
	}
	e, ok := explain.Explain([]byte(pasted))
	if !ok || e.Answer == nil {
		return // another test holds what is explained
	}
	if fix := string(c.AppendFix(nil, p)); e.Answer.Fix != "" && e.Answer.Fix != fix {
		t.Errorf("explain's fix:\n%s\nanswered:\n%s", e.Answer.Fix, fix)
	}
	if says := string(c.AppendMessage(nil, p)); e.Answer.Says != "" && e.Answer.Says != says {
		t.Errorf("explain's sentence: %s; answered: %s", e.Answer.Says, says)
	}
}

func compact(text string) string {
	var any any
	if json.Unmarshal([]byte(text), &any) != nil {
		return text
	}
	out, err := json.Marshal(any)
	if err != nil {
		return text
	}
	return string(out)
}
