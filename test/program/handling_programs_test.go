//go:build unix

package program_test

import (
	"context"
	"encoding/json"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// caller is a program of the page: the fence of its block, and how it is run with a method, a URL and perhaps a body.
type caller struct {
	fence   string
	run     func(method, url, body string) string
	profile string // of the sandbox that it calls
	plain   bool   // it only reads, takes any text for an answer, and refreshes no token
}

var callers = []caller{
	{fence: "sh call.sh", profile: "linkedin", run: func(_, url, _ string) string { return "sh call.sh " + url }, plain: true},
	{fence: "go call.go", profile: "standard", run: func(method, url, body string) string { return "./call " + method + " " + url + " " + body }},
	{fence: "python call.py", profile: "linkedin", run: func(method, url, body string) string { return "python3 call.py " + method + " " + url + " " + body }},
	{fence: "js call.mjs", profile: "standard", run: func(method, url, body string) string { return "node call.mjs " + method + " " + url + " " + body }},
}

// ordeals are what each program has to get through: a rule, and how many calls it makes then.
var ordeals = []struct {
	name   string
	method string // "": GET
	rule   string
	calls  int
	fails  bool
	least  time.Duration // that is waited
	full   bool          // for programs that are not plain
}{
	{name: "nothing is wrong", rule: `{"sequence": ["ok", "ok"]}`, calls: 1},
	{name: "it fails twice, then it works", rule: `{"sequence": ["reset", "status=502", "ok"]}`, calls: 3},
	{name: "half a body", rule: `{"sequence": ["reset_mid_body", "wrong_length=long", "ok"]}`, calls: 3},
	{name: "no JSON", rule: `{"sequence": ["truncated_json", "html=200", "empty", "ok"]}`, calls: 4, full: true},
	{name: "a page for people", rule: `{"sequence": ["html=502", "ok"]}`, calls: 2},
	{name: "it is busy", rule: `{"sequence": ["retry_after=503:1s", "ok"]}`, calls: 2, least: time.Second},
	{name: "until a date", rule: `{"sequence": ["retry_after=429:date", "ok"]}`, calls: 2, least: 4 * time.Second},
	{name: "until a date that is past", rule: `{"sequence": ["retry_after=503:past", "ok"]}`, calls: 2, full: true}, // some versions of curl give up there
	{name: "for ten years", rule: `{"sequence": ["retry_after=503:decade", "ok"]}`, calls: 1, fails: true},
	{name: "for less than no time", rule: `{"sequence": ["retry_after=503:negative", "retry_after=503:words", "ok"]}`, calls: 3},
	{name: "a refusal", rule: `{"sequence": ["access_denied", "ok"]}`, calls: 1, fails: true},
	{name: "a redirect", rule: `{"sequence": ["redirect_loop", "ok"]}`, calls: 1, fails: true},
	{name: "it fails for ever", rule: `{"fault": "reset"}`, calls: 5, fails: true, full: true}, // curl waits for 15 s
	{name: "a POST that may have worked", method: "POST", rule: `{"sequence": ["reset", "ok"]}`, calls: 1, fails: true, full: true},
	{name: "a POST that has not", method: "POST", rule: `{"sequence": ["upstream_unreachable", "ok"]}`, calls: 2, full: true},
	{name: "a POST that was turned away", method: "POST", rule: `{"sequence": ["retry_after=429:1s", "ok"]}`, calls: 2, least: time.Second, full: true},
	{name: "the token ends", rule: `{"sequence": ["expired_access_token", "ok"]}`, calls: 2, full: true},
	{name: "the new token is no better", rule: `{"fault": "expired_access_token"}`, calls: 2, fails: true, full: true},
	{name: "a token that was revoked", rule: `{"fault": "revoked_access_token"}`, calls: 1, fails: true, full: true},
}

// TestHandlingPrograms runs the programs of docs/handling-errors.md against a sandbox that fails as rules say.
func TestHandlingPrograms(t *testing.T) {
	t.Parallel()
	for _, c := range callers {
		t.Run(c.fence, func(t *testing.T) {
			t.Parallel()
			b := startBox(t, c.profile, blockOf(t, "sh"))
			b.write(t, c.fence)
			refreshing := blockWith(t, "REFRESH_TOKEN=")
			for _, o := range ordeals {
				if o.full && c.plain {
					continue
				}
				t.Run(o.name, func(t *testing.T) {
					b.run(t, b.clean)
					b.run(t, `curl -sSf "$ADMIN/v1/faults" -H "$RULES" -d '`+strings.Replace(o.rule, "{", `{"name": "ordeal", `, 1)+`'`)
					begun := time.Now()
					method, path, name, body := "GET", `"$API/v2/me"`, "localizedFirstName", ""
					if o.method != "" {
						method, path, name, body = o.method, `"$API/v2/userinfo"`, "given_name", "'{}'"
					}
					out, ok := b.ends(t, `export TOKEN="$(said good)"`+"\n"+refreshing+c.run(method, path, body))
					if ok == o.fails || ok && !strings.Contains(out, name) {
						t.Errorf("it ends well: %t; it prints %s", ok, out)
					}
					if took := time.Since(begun); took < o.least {
						t.Errorf("it waited %v, less than %v", took, o.least)
					}
					var told struct{ Matched int }
					text := b.run(t, `curl -sSf "$ADMIN/v1/faults/ordeal" -H "$RULES"`)
					if err := json.Unmarshal(text, &told); err != nil || told.Matched != o.calls {
						t.Errorf("%d calls, want %d (%v)", told.Matched, o.calls, err)
					}
				})
			}
		})
	}
}

// TestKeepsWhatItHas runs the program that shows what it was told before while the API fails, and not where it may not.
func TestKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	b := startBox(t, "linkedin", blockOf(t, "sh"))
	b.write(t, "python call.py")
	b.write(t, "python keep.py")
	for _, step := range []struct {
		name, rule string
		ok         bool
	}{
		{"the API fails before anything is kept", "retry_after=503:decade", false},
		{"it works", "latency", true},
		{"it fails", "retry_after=503:decade", true},
		{"it is to be seen no more", "access_denied", false},
		{"it fails again", "retry_after=503:decade", false},
	} {
		b.run(t, b.clean)
		if step.rule != "latency" {
			b.run(t, `curl -sSf "$ADMIN/v1/faults" -H "$RULES" -d '{"fault": "`+step.rule+`"}'`)
		}
		out, ok := b.ends(t, `TOKEN="$(said good)" python3 keep.py "$API/v2/me"`)
		if ok != step.ok || strings.Contains(out, "localizedFirstName") != step.ok {
			t.Errorf("%s: it ends well: %t; it prints %s", step.name, ok, out)
		}
	}
}

// write writes the block of a file into the folder; one of Go's is built.
func (b *standing) write(t *testing.T, fence string) {
	t.Helper()
	language, file, _ := strings.Cut(fence, " ")
	name := filepath.Join(b.dir, file)
	if err := os.WriteFile(name, []byte(blockOf(t, fence)), 0o600); err != nil {
		t.Fatal(err)
	}
	if language != "go" {
		return
	}
	code := []byte(blockOf(t, fence))
	if formatted, err := format.Source(code); err != nil || string(formatted) != string(code) {
		t.Errorf("gofmt would change %s: %v", file, err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", strings.TrimSuffix(name, ".go"), name)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// ends runs a line, and returns what it prints and whether it ends well.
func (b *standing) ends(t *testing.T, line string) (string, bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", b.setting+line)
	cmd.Dir = b.dir
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("%s: %v", line, ctx.Err())
	}
	return string(out), err == nil
}
