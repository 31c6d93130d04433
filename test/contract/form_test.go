package contract

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/candor-gateway/candor/problem"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// said is what every body of ours has, in either dialect that is JSON.
type said struct {
	Status    int
	Code      string
	Message   string
	Detail    string
	Fix       string
	Action    string
	Applied   string
	RequestID string `json:"requestId"`
	Instance  string
}

// checkForm checks what holds for every answer that we wrote (docs/contract.md), whatever its row.
func checkForm(t *testing.T, a stage.Answer) {
	t.Helper()
	if a.Field("Candor-Problem") == "" {
		return
	}
	varies := "Accept, Sec-Fetch-Mode"
	if a.Status == 204 { // a preflight that lacks something: it has no body in any dialect
		varies = "Origin, Access-Control-Request-Method"
	}
	if a.Field("Cache-Control") != "no-store" || !strings.HasPrefix(a.Field("Vary"), varies) || a.Field("Date") == "" {
		t.Errorf("Cache-Control, Vary or Date is missing:\n%s", a.Head)
	}
	if needed := a.Status == 429 || a.Status == 503; needed && a.Field("Retry-After") == "" {
		t.Errorf("Retry-After is missing:\n%s", a.Head)
	}
	if a.Status == 401 && a.Field("WWW-Authenticate") == "" {
		t.Errorf("WWW-Authenticate is missing:\n%s", a.Head)
	}
	if a.Status == 405 && !strings.Contains(a.Head, "\r\nAllow:") {
		t.Errorf("Allow is missing:\n%s", a.Head)
	}
	if a.Body != "" {
		checkBody(t, a)
	}
}

func checkBody(t *testing.T, a stage.Answer) {
	t.Helper()
	if strconv.Itoa(len(a.Body)) != a.Field("Content-Length") {
		t.Errorf("Content-Length is %s, the body has %d bytes", a.Field("Content-Length"), len(a.Body))
	}
	parsed, ok := problem.Parse(a.Status, a.Field, []byte(a.Body))
	if name, _, _ := strings.Cut(a.Field("Candor-Problem"), ";"); !ok || parsed.Type.Name() != name {
		t.Errorf("problem.Parse reads %s as %v, %t", name, parsed.Type.Name(), ok)
	}
	if strings.HasPrefix(a.Field("Content-Type"), "text/") {
		if !strings.Contains(a.Body, stage.ID) || !strings.Contains(a.Body, parsed.Type.Name()) {
			t.Errorf("the body lacks the id or the problem: %s", a.Body)
		}
		return
	}
	checkJSON(t, a)
}

func checkJSON(t *testing.T, a stage.Answer) {
	t.Helper()
	var s said
	if err := json.Unmarshal([]byte(a.Body), &s); err != nil {
		t.Errorf("the body: %v: %s", err, a.Body)
	}
	if s.Status != a.Status || s.Code == "" || s.Message+s.Detail == "" || s.Fix == "" || s.Action == "" || s.RequestID != stage.ID {
		t.Errorf("the body lacks something: %s", a.Body)
	}
	if s.Applied != "no" && s.Applied != "unknown" {
		t.Errorf("applied: %s", a.Body)
	}
}

// TestEveryRowIsPinned: each row has a whole answer in each profile.
func TestEveryRowIsPinned(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"standard", "linkedin"} {
		files, err := filepath.Glob("testdata/*" + profile + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		var pinned []string
		for _, file := range files {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range archive.Files {
				pinned = append(pinned, problemsIn(string(f.Data))...)
			}
		}
		for _, row := range problem.Types() {
			if !slices.Contains(pinned, row.Name()) {
				t.Errorf("%s in %s is not pinned", row, profile)
			}
		}
	}
}

func problemsIn(text string) (names []string) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "Candor-Problem: "); ok {
			name, _, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(rest, `\r\n`, "")), ";")
			names = append(names, name)
		}
	}
	return names
}
