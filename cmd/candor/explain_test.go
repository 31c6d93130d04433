package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/problem"
)

const pastedGone = "HTTP/1.1 410 Gone\r\nCandor-Problem: gone\r\n\r\n"

// explained runs the command and gives what it wrote.
func explained(t *testing.T, c explainCmd, in string) (string, error) {
	t.Helper()
	var out, complaints bytes.Buffer
	err := c.Run(&program{in: strings.NewReader(in), out: &out, err: &complaints, now: func() time.Time { return time.Date(2026, 11, 26, 17, 0, 0, 0, time.UTC) }})
	return out.String(), err
}

func TestExplain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "answer.txt")
	if err := os.WriteFile(file, []byte(pastedGone), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		input []string
		stdin string
		want  string // begins
	}{
		{"a word", []string{"65602"}, "", "401 EXPIRED_ACCESS_TOKEN (expired_access_token, serviceErrorCode 65602)\n"},
		{"words", []string{"not", "acceptable"}, "", "406 NOT_ACCEPTABLE (not_acceptable)\n"},
		{"a status class", []string{"3xx"}, "", "3xx Redirect\n"},
		{"standard input", nil, pastedGone, "Candor wrote this answer: the call was refused or failed at the gateway.\n\n410 GONE (gone)\n"},
		{"standard input by its sign", []string{"-"}, pastedGone, "Candor wrote this answer: the call was refused or failed at the gateway.\n\n410 GONE (gone)\n"},
		{"a file", []string{file}, "", "Candor wrote this answer: the call was refused or failed at the gateway.\n\n410 GONE (gone)\n"},
	} {
		got, err := explained(t, explainCmd{Input: tc.input}, tc.stdin)
		if err != nil || !strings.HasPrefix(got, tc.want) {
			t.Errorf("%s: %v\n%s\nwant %s", tc.name, err, got, tc.want)
		}
	}
}

func TestExplainCannotTell(t *testing.T) {
	for _, stdin := range []string{"", "hello", "<html></html>"} {
		got, err := explained(t, explainCmd{}, stdin)
		var e *exitError
		if !errors.As(err, &e) || e.code != exitCannotExplain || got != "" {
			t.Errorf("%q: %v, %q", stdin, err, got)
		}
	}
}

func TestExplainJSON(t *testing.T) {
	got, err := explained(t, explainCmd{Input: []string{"302"}, JSON: true}, "")
	var e explain.Explanation
	if err != nil || json.Unmarshal([]byte(got), &e) != nil || len(e.Meanings) != 1 || e.Meanings[0].Title != "Found" {
		t.Errorf("%v\n%s", err, got)
	}
}

// Failures that others answered with have their causes ranked, for people and as JSON.
func TestExplainRanks(t *testing.T) {
	const pasted = `{"error":"invalid_grant"} from the token endpoint, since there are two workers`
	got, err := explained(t, explainCmd{}, pasted)
	if want := "Several causes fit what was pasted, the likeliest first:\n\n1. An old refresh token was used"; err != nil || !strings.HasPrefix(got, want) {
		t.Errorf("%v\n%s", err, got)
	}
	got, err = explained(t, explainCmd{JSON: true}, pasted)
	var e explain.Explanation
	if err != nil || json.Unmarshal([]byte(got), &e) != nil || len(e.Ranked) < 3 || e.Ranked[0].Name != "refresh-race" || len(e.Ask) == 0 {
		t.Errorf("%v\n%s", err, got)
	}
}

func TestExplainCatalogue(t *testing.T) {
	got, err := explained(t, explainCmd{Catalogue: true, JSON: true}, "")
	var table []problem.TableRow
	if err != nil || json.Unmarshal([]byte(got), &table) != nil || len(table) != len(problem.Types()) {
		t.Errorf("%v\n%s", err, got)
	}
	got, err = explained(t, explainCmd{Catalogue: true}, "")
	if err != nil || strings.Count(got, "\n") != len(problem.Types()) || !strings.Contains(got, "503/429 102    infrastructure_protection  INFRASTRUCTURE_PROTECTION\n") {
		t.Errorf("%v\n%s", err, got)
	}
}

// Of an id alone the instance of the folder's configuration is asked, if there is one; where it cannot be, what is known offline is told.
func TestExplainAsksTheFoldersInstance(t *testing.T) {
	const id = "01a2105d-5db4-7e54-9977-059df43e5d54"
	t.Chdir(t.TempDir())
	got, err := explained(t, explainCmd{Input: []string{id}}, "")
	if err != nil || strings.Contains(got, "could not be asked") || !strings.Contains(got, "asks the instance") {
		t.Errorf("without a configuration: %v\n%s", err, got)
	}
	if err = os.WriteFile("candor.yaml", []byte("listeners: [no address]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err = explained(t, explainCmd{Input: []string{id}}, "")
	if err != nil || !strings.Contains(got, "The instance of candor.yaml could not be asked: ") {
		t.Errorf("with one that cannot be read: %v\n%s", err, got)
	}
	if got, err = explained(t, explainCmd{Input: []string{"65602"}}, ""); err != nil || strings.Contains(got, "could not be asked") {
		t.Errorf("of no id: %v\n%s", err, got)
	}
}

// What moves a terminal or hides in a line is escaped in JSON, as it is in text; everything else stands as it is.
func TestJSONIsSafeInATerminal(t *testing.T) {
	var b strings.Builder
	if err := writeJSON(&b, map[string]string{"agent": "a\u009b31m\u202eb\u200b ü <b>"}); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "{\n  \"agent\": \"a\\u009b31m\\u202eb\\u200b ü <b>\"\n}\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
