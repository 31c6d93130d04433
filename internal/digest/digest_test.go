package digest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/internal/requestlog"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	to   = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	from = to.Add(-7 * 24 * time.Hour)
)

func counted(app, resource, problem string, calls, repeated int64) requestlog.Count {
	return requestlog.Count{App: app, Resource: resource, Problem: problem, Calls: calls, Repeated: repeated, Hour: from}
}

// record is one of a minute of the last day.
func record(n, minute, status int, app, problem, target string) *requestlog.Record {
	by := requestlog.ByGateway
	if problem == "" {
		by = requestlog.ByUpstream
	}
	return &requestlog.Record{
		RequestID: fmt.Sprintf("01a2105d-5db4-7e54-9977-%012d", n), Time: to.Add(time.Duration(minute-1440) * time.Minute), Status: status, Problem: problem, By: by,
		App: app, Resource: "me", Route: "GET /v2/me", Method: "GET", Target: target, Revision: 13,
	}
}

// busy is a week in which each thing has happened that a digest tells of.
func busy() *Input {
	in := &Input{
		From: from, To: to,
		Counts: []requestlog.Count{
			counted("shop", "me", "", 500, 412), counted("blog", "me", "", 10_000, 3), counted("crm", "ads", "", 90_000, 0), counted("", "", "", 20, 0),
			counted("shop", "me", "expired_access_token", 3_000, 0), counted("blog", "me", "expired_access_token", 1_100, 0), counted("bot", "me", "expired_access_token", 20, 0),
			counted("crm", "ads", "expired_access_token", 12, 0),
			counted("crm", "ads", "access_denied", 75, 0), counted("shop", "posts", "access_denied", 2, 0),
			counted("shop", "me", "throttled", 61, 0), counted("", "", "resource_not_found", 340, 0),
			counted("crm", "ads", "upstream_unreachable", 9, 0), counted("crm", "ads", "malformed_request", 1, 0), counted("shop", "me", "!dropped.detail", 1_204, 0),
		},
		Before: []requestlog.Count{
			counted("shop", "me", "", 4_000, 0), counted("shop", "me", "expired_access_token", 1_000, 0), counted("crm", "ads", "access_denied", 70, 0), counted("", "", "resource_not_found", 2_000, 0),
		},
		Apps: []App{
			{Name: "shop", Owners: []string{"eve@example.com", "ada@example.com"}, Limits: []Limit{{"me", "DAY", 460, 500}, {"posts", "DAY", 3, 500}}},
			{Name: "blog", Owners: []string{"bob@example.com"}},
			{Name: "crm"},
		},
		Revisions: []Revision{
			{Number: 12, At: from.Add(-time.Hour), Routes: []string{"GET /v2/ads"}},
			{Number: 13, At: from.Add(time.Hour), Routes: []string{"GET /v2/posts", "GET /v2/ads", "GET /v2/f", "GET /v2/e", "GET /v2/d", "GET /v2/c", "GET /v2/b"}},
			{Number: 14, At: from.Add(25 * time.Hour)},
			{Number: 15, At: to.Add(time.Second), Routes: []string{"GET /v2/later"}},
		},
		Contacts: Contacts{Support: "support@example.com", Limits: "https://example.com/limits", StatusPage: "https://status.example.com"},
	}
	n := 0
	add := func(minute, status int, app, problem, target string) *requestlog.Record {
		n++
		r := record(n, minute, status, app, problem, target)
		in.Records = append(in.Records, r)
		return r
	}
	for _, minute := range []int{100, 842, 845, 849, 849, 849, 1200} {
		add(minute, 502, "crm", "upstream_unreachable", "/v2/ads").Upstream = &requestlog.Upstream{Name: "ads", Address: "10.0.0.1:80"}
	}
	for i := range 3 {
		r := add(600+i, 403, []string{"crm", "shop", "crm"}[i], "access_denied", "/v2/ads?q=1")
		r.Resource, r.Route, r.Changed = "ads", "GET /v2/ads", []requestlog.Difference{{Feature: "configuration", Text: "configuration revision 12 → 13 changed this route"}}
		r.Recurs = &requestlog.Recurs{Times: int64(70 + i), Since: from.Add(time.Hour)}
	}
	for i := range 4 {
		r := add(i, 404, "", "resource_not_found", []string{"/v2/mee", "/v2/mee?a=b", "/<script>alert(1)</script>", "/[x](http://evil.example)\x1b[2J"}[i])
		r.Resource, r.Route = "", ""
	}
	add(5, 418, "shop", "", "/v2/tea")
	return in
}

func TestDigest(t *testing.T) {
	t.Parallel()
	quiet := &Input{From: from, To: to, Counts: []requestlog.Count{counted("shop", "me", "", 400, 0)}}
	for name, in := range map[string]*Input{"busy": busy(), "quiet": quiet, "nothing": {From: from, To: to}} {
		d := Make(in)
		var inJSON bytes.Buffer
		enc := json.NewEncoder(&inJSON)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(d); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".md", d.Markdown())
		golden(t, name+".json", inJSON.String())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
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
		t.Errorf("%s: -want +got; go test ./internal/digest -update writes the files again\n%s", name, diff)
	}
}

// In whatever order the counts come, the digest is the same, and tells each failed call once among its causes.
func TestEachCallIsToldOnce(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	problems := []string{"", "expired_access_token", "access_denied", "throttled", "client_gone", "upstream_broke", "of_the_future", "conflict"}
	for round := range 50 {
		in := &Input{From: from, To: to}
		var failed int64
		for range rnd.IntN(200) {
			c := counted(fmt.Sprint("app-", rnd.IntN(8)), fmt.Sprint("r", rnd.IntN(12)), problems[rnd.IntN(len(problems))], rnd.Int64N(1000), 0)
			in.Counts = append(in.Counts, c)
			if c.Problem != "" {
				failed += c.Calls
			}
		}
		d := Make(in)
		var told int64
		for i := range d.Findings {
			told += d.Findings[i].Calls
		}
		if d.More != nil {
			told += d.More.Calls
		}
		if told != failed || d.Failed != failed {
			t.Fatalf("round %d: %d calls failed, %d are told, %d summed up", round, failed, told, d.Failed)
		}
		rnd.Shuffle(len(in.Counts), func(i, j int) { in.Counts[i], in.Counts[j] = in.Counts[j], in.Counts[i] })
		if diff := cmp.Diff(d, Make(in)); diff != "" {
			t.Fatalf("round %d: another order is another digest:\n%s", round, diff)
		}
	}
}

// Whatever a failure is called, there is something to do and somebody to write to.
func TestEachProblem(t *testing.T) {
	t.Parallel()
	names := []string{"of_the_future", "passed_on_418", "oauth_redirect_mismatch", "client_gone"}
	for _, row := range explain.Catalogue() {
		names = append(names, row.Problem)
		if _, ok := menders[rowWho(row.Problem)]; !ok {
			t.Errorf("%s: nobody is known as %q", row.Problem, rowWho(row.Problem))
		}
	}
	for _, name := range names {
		for _, app := range []string{"shop", ""} {
			d := Make(&Input{From: from, To: to, Counts: []requestlog.Count{counted(app, "me", name, 100, 0), counted("b", "me", name, 50, 0)}})
			if len(d.Findings) != 1 {
				t.Errorf("%s has %d findings", name, len(d.Findings))
				continue
			}
			if f := &d.Findings[0]; f.Do == "" || len(f.Whom) == 0 || strings.ContainsAny(f.What, "{}") || !strings.Contains(f.What, "150 calls") {
				t.Errorf("%s is told as %+v", name, f)
			}
		}
	}
}

// What the API answered itself was counted as a call that went well; it is one call all the same. Apps that are counted together have no owners.
func TestCountedCalls(t *testing.T) {
	t.Parallel()
	d := Make(&Input{
		From: from, To: to, Counts: []requestlog.Count{counted("shop", "me", "", 10, 0), counted("!other", "", "throttled", 7, 0)},
		Records: []*requestlog.Record{record(1, 5, 418, "shop", "", "/v2/tea"), record(2, 6, 418, "blog", "", "/v2/tea")},
	})
	if d.Calls != 18 || d.Failed != 9 || len(d.Findings) != 2 {
		t.Fatalf("%+v", d)
	}
	f := &d.Findings[0]
	if f.What != "One of the apps that are not counted one by one uses up its limits: 7 calls were refused" || len(f.Whom) != 1 || strings.Contains(f.Whom[0], "!other") {
		t.Errorf("%+v", f)
	}
}

func rowWho(name string) string {
	e := explain.Record(&requestlog.Record{Problem: name, By: requestlog.ByGateway})
	return e.Meanings[0].Who
}

// However much fails, a digest is short.
func TestBounds(t *testing.T) {
	t.Parallel()
	in := &Input{From: from, To: to, Before: []requestlog.Count{counted("a", "", "", 1, 0)}}
	for i := range 3000 {
		app := fmt.Sprint("app-", i)
		in.Counts = append(in.Counts, counted(app, fmt.Sprint("r", i%100), "access_denied", 5, 0))
		in.Apps = append(in.Apps, App{Name: app, Owners: []string{app + "@example.com"}, Limits: []Limit{{"me", "DAY", 99, 100}}})
	}
	d := Make(in)
	if len(d.Findings) != findingsMax || d.More == nil || d.More.Causes != 100-(findingsMax-nearMax)+3000-nearMax {
		t.Errorf("%d findings, and more: %+v", len(d.Findings), d.More)
	}
	if f := &d.Findings[0]; len(f.Apps) != appsMax || f.MoreApps != 30-appsMax || len(f.Whom) != whomMax {
		t.Errorf("%+v", f)
	}
	if n := len(d.Markdown()); n > 16<<10 {
		t.Errorf("it has %d bytes", n)
	}
}

func TestEscape(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a_b":                   "a_b",
		"_a_ *b*":               `\_a\_ \*b\*`,
		"<b>&amp;`x`":           "\\<b\\>\\&amp;\\`x\\`",
		"[x](http://e.example)": `\[x\](http\://e.example)`,
		"www.example a@b.c":     `www\.example a\@b.c`,
		"a\nb\x1b":              "a b\ufffd",
		`\`:                     `\\`,
	} {
		if got := unlinked(escape(in)); got != want {
			t.Errorf("%q is escaped as %q, not %q", in, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"a": "`a`", "a``b`c": "```a``b`c```", "`": "`` ` ``"} {
		if got := code(in); got != want {
			t.Errorf("%q is %q, not %q", in, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1 000", 4120: "4 120", 1234567: "1 234 567", -1000: "-1 000", -100: "-100"} {
		if got := number(n); got != want {
			t.Errorf("%d is %q, not %q", n, got, want)
		}
	}
}

// Of many revisions the latest are told, and how many there were before.
func TestManyRevisions(t *testing.T) {
	t.Parallel()
	in := &Input{From: from, To: to}
	for i := range revisionsMax + 3 {
		in.Revisions = append(in.Revisions, Revision{Number: i + 1, At: from.Add(time.Duration(i) * time.Minute)})
	}
	d := Make(in)
	if len(d.Revisions) != revisionsMax || d.Revisions[0].Number != revisionsMax+3 || d.MoreRevisions != 3 || !strings.Contains(d.Markdown(), "\n- and 3 earlier in these days\n") {
		t.Errorf("%+v\n%s", d, d.Markdown())
	}
}
