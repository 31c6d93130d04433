package explain

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/problem"
)

const recordsFile = "testdata/records.txtar"

// The file has records as /v1/requests tells them, and what is said of each.
func TestRecords(t *testing.T) {
	a, err := txtar.ParseFile(recordsFile)
	if err != nil {
		t.Fatal(err)
	}
	var out txtar.Archive
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".text") {
			continue
		}
		r := &requestlog.Record{}
		if err := json.Unmarshal(f.Data, r); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		e := Record(r)
		if passed := f.Name == "passed on"; passed != (len(e.Ranked) > 0) {
			t.Errorf("%s: %d causes are ranked", f.Name, len(e.Ranked))
		}
		e.Ranked, e.Ask, e.Seen = nil, nil, nil // of what is not Candor's it grows with the knowledge of others
		out.Files = append(out.Files, f, txtar.File{Name: f.Name + ".text", Data: []byte(e.Text())})
	}
	if *update {
		if err := os.WriteFile(recordsFile, txtar.Format(&out), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(txtar.Format(a)), string(txtar.Format(&out))); diff != "" {
		t.Errorf("-want +got; go test ./internal/explain -update writes the file again\n%s", diff)
	}
}

// Every problem that can be recorded is explained by its own row, with and without the facts of the case.
func TestRecordOfEachProblem(t *testing.T) {
	t.Parallel()
	for _, row := range Catalogue() {
		p, _ := problem.ByName(row.Problem)
		for _, r := range []*requestlog.Record{
			{RequestID: "01a2105d-5db4-7e54-9977-059df43e5d54", Status: row.Standard.Status, Problem: p.Name(), By: requestlog.ByGateway},
			{RequestID: "01a2105d-5db4-7e54-9977-059df43e5d54", Status: row.Standard.Status, Problem: p.Name(), By: requestlog.ByGateway, Method: "GET", Target: "/a?b=c", Cause: &requestlog.Cause{Detail: "bare_lf", Line: 1, At: 2, Excerpt: "x", Limit: "y"}, Said: &requestlog.Said{Message: "It was so.", Fix: "Do that."}},
		} {
			e := Record(r)
			if len(e.Meanings) != 1 || e.Meanings[0].Problem != row.Problem || e.Meanings[0].What == "" || len(e.Meanings[0].How) == 0 {
				t.Errorf("%s is explained by %+v", row.Problem, e.Meanings)
			}
			if r.Said != nil && (!strings.HasPrefix(e.Meanings[0].What, "It was so.") || e.Meanings[0].How[0] != "Do that.") {
				t.Errorf("%s does not begin with what was said: %+v", row.Problem, e.Meanings[0])
			}
		}
	}
}

// What a developer may not know is not in the explanation of what a developer is told.
func TestRecordForDeveloper(t *testing.T) {
	t.Parallel()
	r := &requestlog.Record{
		RequestID: "01a2105d-5db4-7e54-9977-059df43e5d54", Time: time.Date(2026, 11, 26, 14, 2, 11, 0, time.UTC), Status: 502, Problem: "upstream_broke", By: requestlog.ByGateway, App: "shop",
		Method: "GET", Target: "/v2/me", Route: "me", Note: "secret-note", Upstream: &requestlog.Upstream{Name: "secret-name", Address: "10.9.8.7:80", Status: 200},
		Would: []requestlog.Would{{Check: "scope", Problem: "access_denied"}}, Passed: []string{"route"},
		Changed: []requestlog.Difference{{Text: "secret-target changed", Told: "the API's configuration changed at 14:02"}, {Text: "secret-other"}},
	}
	e := Record(r.ForDeveloper())
	text := e.Text()
	for _, hidden := range []string{"secret", "10.9.8.7", "access_denied"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%q is told:\n%s", hidden, text)
		}
	}
	if !strings.Contains(text, "the API's configuration changed at 14:02") {
		t.Errorf("what changed is not told:\n%s", text)
	}
}

func TestPastedIDs(t *testing.T) {
	t.Parallel()
	const id, inHex, inBase64 = "01a2105d-5db4-7e54-9977-059df43e5d54", "01A2105D5DB47E549977059DF43E5D54", "AaIQXV20flSZdwWd9D5dVA=="
	other := "01a2105d-5db4-7e54-9977-000000000001"
	for in, want := range map[string][]string{
		id:                                    {id},
		"x-li-uuid: " + inBase64 + "\r\n":     {id},
		`{"requestId":"` + inHex + `","a":1}`: {id},
		"urn:uuid:" + id + " and " + other:    {id, other},
		id + " " + inHex + " " + inBase64:     {id},
		"token_" + inHex + " a" + inBase64:    nil,
		"01a2105d-5db4-4e54-9977-059df43e5d54 is of another version":                                          nil,
		other + " " + strings.Replace(other, "001", "002", 1) + " " + strings.Replace(other, "001", "003", 1): {other, "01a2105d-5db4-7e54-9977-000000000002"},
		"": nil,
	} {
		if diff := cmp.Diff(want, IDs([]byte(in), 2)); diff != "" {
			t.Errorf("%q: -want +got\n%s", in, diff)
		}
	}
}
