package contract

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/candor-gateway/candor/test/wire/stage"
)

var update = flag.Bool("update", false, "write the answers of this build into testdata; read them against the contract before you commit them")

// call is one case of testdata/calls.txtar.
type call struct {
	name  string
	sent  []string
	steps []string
}

func readCalls(tb testing.TB) (calls []call) {
	tb.Helper()
	archive, err := txtar.ParseFile("testdata/calls.txtar")
	if err != nil {
		tb.Fatal(err)
	}
	for _, file := range archive.Files {
		c := call{name: file.Name}
		for line := range strings.Lines(string(file.Data)) {
			kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			switch kind {
			case ">":
				c.sent = append(c.sent, rest)
			case "@":
				c.steps = append(c.steps, rest)
			default:
				tb.Fatalf("%s: what is %q?", c.name, line)
			}
		}
		calls = append(calls, c)
	}
	return calls
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			h, golden := open(t, profile), openGolden(t, "testdata/"+profile+".txtar")
			for _, c := range readCalls(t) {
				for _, l := range listeners {
					t.Run(c.name+", "+l, func(t *testing.T) { golden.check(t, c.name, h.speak(t, l, c)) })
				}
			}
		})
	}
}

var requestLine = regexp.MustCompile(`^([A-Za-z]+) \S+ HTTP/`)

// speak sends the calls of a case one by one and returns all that was answered.
func (h *house) speak(t *testing.T, listener string, c call) string {
	t.Helper()
	h.up.Play(stage.ID, c.script(t)...)
	client := h.dial(t, listener)
	defer client.Close()
	var all string
	for _, sent := range c.apart() {
		text, err := h.words[listener].Unescape(sent)
		if err != nil {
			t.Fatal(err)
		}
		client.Send(text)
		a, err := client.Answer(strings.HasPrefix(sent, "HEAD "))
		if err != nil {
			t.Fatalf("%v behind %q", err, a.Raw)
		}
		checkForm(t, a)
		all += a.Raw
		if a.Field("Connection") == "close" {
			if rest, err := client.Rest(); rest != "" || err != nil {
				t.Errorf("behind the answer that closes: %v, %q", err, rest)
			}
			break
		}
	}
	if !h.up.Quiet() {
		t.Errorf("the upstream's script is stuck")
	}
	return all
}

// apart gathers the lines of each call.
func (c *call) apart() (calls []string) {
	for i, line := range c.sent {
		if i == 0 || requestLine.MatchString(line) {
			calls = append(calls, "")
		}
		calls[len(calls)-1] += line
	}
	return calls
}

func (c *call) script(t *testing.T) (scripts []stage.Script) {
	t.Helper()
	if len(c.steps) == 0 {
		return nil
	}
	scripts = []stage.Script{nil}
	for _, line := range c.steps {
		if line == "--" {
			scripts = append(scripts, nil)
			continue
		}
		step, err := stage.ParseStep(line, nil)
		if err != nil {
			t.Fatal(err)
		}
		scripts[len(scripts)-1] = append(scripts[len(scripts)-1], step)
	}
	return scripts
}

// golden is a file of answers, by name.
type golden struct {
	path    string
	archive *txtar.Archive
}

// goldenLegend stands at the top of every file of answers.
const goldenLegend = `Answers to the byte, with Go escapes, a line for a line: those to the calls of calls.txtar, or to what a row of special_test.go does, of the same name.
go test ./test/contract -update writes them again.
`

func openGolden(t *testing.T, path string) *golden {
	t.Helper()
	g := &golden{path: path, archive: &txtar.Archive{Comment: []byte(goldenLegend)}}
	if *update {
		t.Cleanup(func() {
			if err := os.WriteFile(path, txtar.Format(g.archive), 0o644); err != nil {
				t.Error(err)
			}
		})
		return g
	}
	var err error
	if g.archive, err = txtar.ParseFile(path); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(goldenLegend, string(g.archive.Comment)); diff != "" {
		t.Errorf("the legend of %s (-want +got):\n%s", path, diff)
	}
	return g
}

// check compares an answer with the one of that name, or keeps it as that.
func (g *golden) check(t *testing.T, name, got string) {
	t.Helper()
	lines := stage.Escape(got)
	for _, file := range g.archive.Files {
		if file.Name != name {
			continue
		}
		if diff := cmp.Diff(strings.Split(strings.TrimSuffix(string(file.Data), "\n"), "\n"), lines); diff != "" {
			t.Errorf("the answer (-want +got):\n%s", diff)
		}
		return
	}
	if !*update {
		t.Errorf("%s has no answer of that name; run with -update", g.path)
		return
	}
	g.archive.Files = append(g.archive.Files, txtar.File{Name: name, Data: []byte(strings.Join(lines, "\n") + "\n")})
}
