package explain

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// logWords are where the source has a word that www logs.
var logWords = regexp.MustCompile(`\.oauth = "([a-z_]+)"|"(provider_[a-z]+(?:_[a-z]+)*)"\},`)

// TestEverySignInWord: what www writes into the log is explained, and nothing else is.
func TestEverySignInWord(t *testing.T) {
	files, err := filepath.Glob("../server/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	logged := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range logWords.FindAllStringSubmatch(string(text), -1) {
			logged[m[1]+m[2]] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(logged)), slices.Sorted(maps.Keys(signInNotes))); diff != "" {
		t.Errorf("(-logged +explained)\n%s", diff)
	}
}

// TestSignInPage: the status that the documentation has is the one that is explained.
func TestSignInPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/sign-in.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([0-9]{3}) \\|").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 10 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		if n := signInNotes[row[1]]; n == nil || n.status != row[2] {
			t.Errorf("%s %s: %+v", row[1], row[2], n)
		}
	}
}

// TestSignInWords: by itself and in a line of the log each word is explained as it is meant there.
func TestSignInWords(t *testing.T) {
	for word, n := range signInNotes {
		e, ok := Explain([]byte(word))
		if last := len(e.Meanings) - 1; !ok || e.Meanings[last].Title != n.title || e.Meanings[last].Status != n.status || e.Meanings[last].Problem != word {
			t.Errorf("%s: %+v", word, e)
		}
		line := fmt.Sprintf(`{"time":"2026-03-02T09:00:00.000Z","id":"%s","route":"www/sign_in","target":"/sign-in","status":%s,"problem":"%s","by":"gateway"}`, callID1, n.status, word)
		e, ok = Explain([]byte(line))
		if !ok || len(e.Meanings) != 1 || e.Meanings[0].Title != n.title || !e.Answer.Log || e.Answer.RequestID != callID1 {
			t.Errorf("%s: %+v", line, e)
		}
		if n.what == "" || n.who == "" || n.repeat == "" || len(n.how) == 0 || !strings.HasSuffix(n.what, ".") {
			t.Errorf("%s: %+v", word, n)
		}
	}
}

// TestOAuthWords: the causes of docs/oauth.md are found by themselves, also where the API has the same word.
func TestOAuthWords(t *testing.T) {
	const grant = "invalid_grant or invalid_redirect_uri"
	for word, want := range map[string][]string{
		"code_used":         {"400 " + grant},
		"code_expired":      {"400 " + grant},
		"code_other_app":    {"400 " + grant},
		"redirect_mismatch": {"400 " + grant},
		"verifier_mismatch": {"400 " + grant},
		"grant_revoked":     {"400 " + grant + " or invalid_request"},
		"refresh_expired":   {"400 invalid_grant or invalid_request"},
		"refresh_reused":    {"400 invalid_grant or invalid_request"},
		"scope_changed":     {"403 ACCESS_DENIED", "400 " + grant + " or invalid_request"},
		"member_restricted": {"401 RESTRICTED_MEMBER", "400 " + grant + " or invalid_request", "403 "},
	} {
		e, _ := Explain([]byte(word))
		var got []string
		for i := range e.Meanings {
			got = append(got, e.Meanings[i].Status+" "+e.Meanings[i].Code)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", word, diff)
		}
	}
}
