package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/problem"
)

// sameConfig compares all that a configuration says, but not where it stood.
var sameConfig = cmp.Options{cmpopts.IgnoreFields(Config{}, "File", "Digest", "Warnings"), cmpopts.IgnoreUnexported(Config{}, problem.Envelope{}), cmpopts.EquateEmpty()}

func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	laughs := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'j'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 9), ","))
	}
	tests := []struct {
		name, file string
		want       []string
	}{
		{"absent", filepath.Join(dir, "absent"), []string{": there is no such file"}},
		{"folder", dir, []string{": this is a folder; expected a file"}},
		{"empty", write("empty", ""), []string{": the file is empty; the smallest useful one has upstreams: and apis:"}},
		{"comments", write("comments", "# only\n"), []string{": the file is empty; the smallest useful one has upstreams: and apis:"}},
		{"null", write("null", "---\n~\n"), []string{": the file is empty; the smallest useful one has upstreams: and apis:"}},
		{"a word", write("word", "hello\n"), []string{`:1:1: expected the configuration as a mapping with version, data, profile, fabric, errors, listeners, admin, www, log, requests, cache, limits, timeouts, drain, support, docs, upstreams, scopes, products, issuers, oauth, apps, tokens, quotas, apis, problems, not "hello"`}},
		{"Latin-1", write("latin", "fabric: ok\ndata: caf\xe9\n"), []string{":2:10: the byte 0xE9 is not UTF-8; save the file as UTF-8"}},
		{"UTF-16", write("utf16", "\xff\xfea\x00"), []string{":1:1: the byte 0xFF is not UTF-8; save the file as UTF-8"}},
		{"binary", write("binary", "a: b\n\x00\x01"), []string{":2:1: the control byte 0x00 cannot stand in a text file"}},
		{"tab", write("tab", "log:\n\tlevel: info\n"), []string{":2:1: a tab cannot indent YAML; use spaces"}},
		{"open quote", write("quote", "data: x\nfabric: \"a\n"), []string{":2:9: a quote is opened and never closed"}},
		{"open brace", write("brace", "log: {level: info\ndata: x\n"), []string{":1:6: the { that opens here is never closed by a }; line 2 already goes on with data:"}},
		{"open bracket", write("bracket", "apps: [a\ndata: x\n"), []string{":1:7: the [ that opens here is never closed by a ]; line 2 already goes on with data:"}},
		{"colon in a value", write("colon", "fabric: a: b\n"), []string{`:1:9: a text that holds ': ' needs quotes: "a: b"`}},
		{"indent", write("indent", "log:\n    level: info\n  format: text\n"), []string{":3:3: this line stands neither under the one above it nor beside it; check how far both are indented"}},
		{"at sign", write("at", "fabric: @x\n"), []string{":1:9: a value cannot begin with this character; put quotes around it"}},
		{"two documents", write("two", least+"---\nfabric: b\n"), []string{":4:1: a second document begins here; expected one in this file"}},
		{"merge keys", write("merge", least+"log: &l {level: info}\nlimits: {<<: *l}\n"), []string{
			":4:6: anchors (&l) are not used here; write the value out where it is needed",
			":5:10: merge keys (<<) are not used here; write the keys out",
			":5:14: aliases (*l) are not used here; write the value out, or quote a value that begins with *",
		}},
		{"an alias of nothing", write("alias", "fabric: *x\n"), []string{":1:9: an alias (*name) is not used here; write the value out, or quote a value that begins with *"}},
		{"a tag", write("tag", least+"fabric: !secret x\n"), []string{":4:9: tags (!secret) are not used here; quote a value that begins with an exclamation mark"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(test.file, testEnv)
			if err == nil {
				t.Fatal("loaded")
			}
			var got []string
			for line := range strings.SplitSeq(err.Error(), "\n") {
				got = append(got, strings.TrimPrefix(line, test.file))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a billion laughs", func(t *testing.T) {
		if _, err := Load(write("laughs", laughs), testEnv); err == nil || len(err.Error()) > 100_000 {
			t.Errorf("err = %.200v", err)
		}
	})
	t.Run("ten megabytes", func(t *testing.T) {
		file := write("big", strings.Repeat("# a comment of some length\n", 400_000))
		if _, err := Load(file, testEnv); err == nil || err.Error() != file+": the file is larger than 8MiB; a configuration is not that large" {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("very deep", func(t *testing.T) {
		if _, err := Load(write("deep", strings.Repeat("[", 1_000_000)), testEnv); err == nil {
			t.Error("loaded")
		}
	})
	t.Run("many mistakes", func(t *testing.T) {
		_, err := Load(write("many", strings.Repeat("? [a]\n: b\n", 100_000)), testEnv)
		if err == nil || strings.Count(err.Error(), "\n") != shownMistakes || !strings.HasSuffix(err.Error(), "and 99802 more mistakes") {
			t.Errorf("err ends in %q", err.Error()[len(err.Error())-80:])
		}
	})
}

var update = flag.Bool("update", false, "write the golden files again")

func TestLeastIsComplete(t *testing.T) {
	c, err := Parse("/etc/candor/candor.yaml", []byte(least), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.AppendYAML(nil)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err = os.WriteFile("testdata/least.golden", got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/least.golden")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the effective configuration (-want +got):\n%s", diff)
	}
}

func TestExamplesLoadAndPrint(t *testing.T) {
	files, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(files) != 3 {
		t.Fatalf("examples: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			first, err := Load(file, testEnv)
			if err != nil {
				t.Fatal(err)
			}
			if len(first.Warnings) > 0 {
				t.Errorf("warnings:\n%v", first.Warnings)
			}
			assertRoundTrip(t, first)
		})
	}
}

func assertRoundTrip(t *testing.T, first *Config) {
	t.Helper()
	text, err := first.AppendYAML(nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Parse(filepath.Join(t.TempDir(), "printed.yaml"), text, testEnv)
	if err != nil {
		t.Fatalf("what was printed does not load: %v\n%s", err, text)
	}
	if diff := cmp.Diff(first, second, sameConfig); diff != "" {
		t.Errorf("what was printed is another configuration (-first +second):\n%s", diff)
	}
}

// What a table of keys knows and the example of everything does not show would be found by nobody.
func TestEverythingShowsEveryKey(t *testing.T) {
	text, err := os.ReadFile("../../examples/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load("../../examples/everything.yaml", testEnv)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"certificates": true, "cert": true, "key": true}
	collectKeys(rootKeys(c).write(c), names)
	for name := range names {
		if !strings.Contains(string(text), name+":") {
			t.Errorf("examples/everything.yaml does not show %s:", name)
		}
	}
}

// collectKeys gathers every key below a node.
func collectKeys(n *yaml.Node, names map[string]bool) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			names[c.Value] = true
			continue
		}
		collectKeys(c, names)
	}
}
