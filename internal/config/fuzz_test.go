package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzConfig: any text loads or is answered with mistakes at places that exist, and what loads is
// printed as what it is.
func FuzzConfig(f *testing.F) {
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, seed := range []string{
		least, "", "a: &a [*a]\n", "{", "? {a: b}\n: c\n", "\ufeffversion: 1\n", "a: !!binary x\n", "%YAML 1.2\n---\nx: 1\n...\n",
		least + "admin: {token: \"${TOKEN:-x}\"}\nlog: {access: \"$${\"}\n", least + "quotas: {q: {app: [5/day, 6/s], burst: 1/s}}\n",
		least + "errors: {envelope: [{\"a\": \"$$$${b} $message\", c: [1, 0x1f, 1e5, .5, ~, yes, 2026-03-01, \"$id\"], \"404\": \"true\"}]}\n", least + "errors: {like: google}\n",
		"upstreams: {a: {targets: http://x, tls: {ca: /dev/zero}}}\napis: [{routes: [{path: /é, name: \"\", version: {active: [202401]}}]}]\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("/nowhere/candor.yaml", []byte(text), testEnv)
		if err != nil {
			checkPlaces(t, text, err)
			return
		}
		printed, err := c.AppendYAML(nil)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(printed), hidden) {
			return // a secret that was written out does not load again
		}
		again, err := Parse("/elsewhere/printed.yaml", printed, testEnv)
		if err != nil {
			t.Fatalf("what was printed does not load: %v\n%s", err, printed)
		}
		if diff := cmp.Diff(c, again, sameConfig); diff != "" {
			t.Fatalf("what was printed is another configuration:\n%s", diff)
		}
	})
}

func checkPlaces(t *testing.T, text string, err error) {
	t.Helper()
	var ms Mistakes
	if !errors.As(err, &ms) || len(ms) == 0 {
		t.Fatalf("no Mistakes: %v", err)
	}
	lines := strings.Count(text, "\n") + strings.Count(text, "\r") + strings.Count(text, "\u0085") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029") + 2
	for i, m := range ms {
		if m.Text == "" || m.Line > lines || (m.Line == 0) != (m.Column == 0) || strings.Contains(m.String(), "\n") {
			t.Errorf("mistake %q", m.String())
		}
		if i > 0 && m.Line < ms[i-1].Line {
			t.Errorf("%q stands before %q", ms[i-1], m)
		}
	}
}
