//go:build unix

package program_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/candor-gateway/candor/retry"
)

const handling = "../../docs/handling-errors.md"

// TestHandlingErrors runs each line of the tables of docs/handling-errors.md that stages something, and holds what a caller sees against what the line says, in
// both profiles.
func TestHandlingErrors(t *testing.T) {
	t.Parallel()
	rows, setting := stagedRows(t), blockOf(t, "sh")
	if len(rows) < 75 {
		t.Fatalf("only %d lines are staged", len(rows))
	}
	for _, profile := range []string{"linkedin", "standard"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			b := startBox(t, profile, setting)
			for _, r := range rows {
				if !r.directs() {
					t.Run(r.name, func(t *testing.T) { t.Parallel(); b.holds(t, &r, profile) })
				}
			}
		})
		t.Run(profile+" one after another", func(t *testing.T) {
			t.Parallel()
			b := startBox(t, profile, setting)
			for _, r := range rows {
				if r.directs() {
					t.Run(r.name, func(t *testing.T) { b.holds(t, &r, profile) })
				}
			}
		})
	}
}

// ways are how the failures of a section may be sent again, by the one rule that there is.
var ways = map[string][]retry.Way{
	"The call is not right":    {retry.No},
	"The access token":         {retry.No, retry.Backoff},
	"Permission":               {retry.No},
	"Too many calls":           {retry.After},
	"The API fails, or Candor": {retry.After, retry.Backoff},
	"It looks like a success":  {retry.No},
	"What begins, and ends":    {retry.No, retry.After, retry.Backoff},
}

// TestHandlingSaysTheRule holds what the page says of another attempt against the rule of package retry.
func TestHandlingSaysTheRule(t *testing.T) {
	t.Parallel()
	for _, r := range stagedRows(t) {
		for _, all := range r.sees {
			for _, s := range all {
				status, err := strconv.Atoi(s.status)
				if way := retry.ByStatus(status); err != nil || status >= 300 && !slices.Contains(ways[r.section], way) {
					t.Errorf("%s stands under %q, and %s is sent again: %s (%v)", r.name, r.section, s.status, way, err)
				}
			}
		}
	}
}

// directs reports whether a row changes the sandbox for other calls, too.
func (r *staged) directs() bool {
	return strings.Contains(r.lines[0]+r.lines[len(r.lines)/2], "$ADMIN")
}

// inTime is how often a row is staged in which something is for a moment only, and which a machine that has much to do may miss.
const inTime = 3

// holds stages a row, and fails where its callers see something else.
func (b *standing) holds(t *testing.T, r *staged, profile string) {
	t.Helper()
	most := 1
	if strings.Contains(r.lines[0], `"window"`) {
		most = inTime
	}
	for n := 1; ; n++ {
		if r.directs() {
			b.run(t, b.clean)
		}
		got, out := b.stage(t, r.lines)
		reason := differ(r.sees[profile], got)
		if reason == "" {
			return
		}
		if n == most {
			t.Fatalf("%s\n%s\n%s", reason, strings.Join(r.lines, "\n"), out)
		}
	}
}

// staged is one line of a table: what stages it, and what each profile's callers see, one thing after another.
type staged struct {
	section string
	name    string
	lines   []string
	sees    map[string][]seen
}

// seen is one answer. What a table does not say of it is "".
type seen struct {
	status string
	code   string
	fields map[string]string // of the head where they begin with a capital, else of the body; "" there: any
	flaw   string            // a row of flaws
}

// flaws are what can be wrong with an answer in the words of the tables, and how it is known.
var flaws = map[string]func(answer) bool{
	"no JSON":     func(a answer) bool { return a.whole && !json.Valid(a.body) },
	"half a body": func(a answer) bool { return !a.whole },
	"":            func(a answer) bool { return a.whole },
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(handling)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// stagedRows reads the tables: those of four columns.
func stagedRows(t *testing.T) (rows []staged) {
	t.Helper()
	text := page(t)
	section := ""
	for line := range strings.Lines(text) {
		if heading, ok := strings.CutPrefix(line, "### "); ok {
			section = strings.TrimSpace(heading)
		}
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 4 || !strings.HasPrefix(line, "| ") || cells[0] == "what happens" {
			continue
		}
		r := staged{section: section, name: cells[0], sees: map[string][]seen{}}
		for _, span := range codeSpan.FindAllStringSubmatch(cells[3], -1) {
			r.lines = append(r.lines, span[1])
		}
		usual, standard, differs := strings.Cut(cells[1], "; standard: ")
		r.sees["linkedin"] = readSeen(t, usual)
		if r.sees["standard"] = r.sees["linkedin"]; differs {
			r.sees["standard"] = readSeen(t, standard)
		}
		if len(r.lines) == 0 || cells[2] == "" || slices.ContainsFunc(rows, func(o staged) bool { return o.name == r.name }) {
			t.Errorf("nothing is staged or to be done, or it is there twice: %s", line)
		}
		rows = append(rows, r)
	}
	return rows
}

// readSeen reads what a caller sees: "`200`, then `429 CODE`, `Retry-After`, no JSON".
func readSeen(t *testing.T, cell string) (all []seen) {
	t.Helper()
	for one := range strings.SplitSeq(cell, ", then ") {
		s := seen{fields: map[string]string{}}
		for word := range strings.SplitSeq(one, ", ") {
			span := codeSpan.FindStringSubmatch(word)
			switch {
			case s.status == "" && span != nil:
				s.status, s.code, _ = strings.Cut(span[1], " ")
			case span != nil:
				name, value, _ := strings.Cut(span[1], ": ")
				s.fields[name] = value
			case flaws[word] != nil:
				s.flaw = word
			default:
				t.Fatalf("%q says nothing that can be seen: %q", cell, word)
			}
		}
		all = append(all, s)
	}
	return all
}

// blockOf is the first block of the page in a language, or of a file's name.
func blockOf(t *testing.T, fence string) string {
	t.Helper()
	text := page(t)
	_, rest, found := strings.Cut(text, "\n```"+fence+"\n")
	block, _, closed := strings.Cut(rest, "\n```\n")
	if !found || !closed {
		t.Fatalf("the page has no block %s", fence)
	}
	return block + "\n"
}

// blockWith is the block for a shell that has a word in it.
func blockWith(t *testing.T, word string) string {
	t.Helper()
	text := page(t)
	for part := range strings.SplitSeq(text, "\n```sh\n") {
		if block, _, closed := strings.Cut(part, "\n```\n"); closed && strings.Contains(block, word) && !strings.HasPrefix(part, "#") {
			return block + "\n"
		}
	}
	t.Fatalf("the page has no block with %s", word)
	return ""
}

// lineWith is the first line of the page's blocks that has a word in it.
func lineWith(t *testing.T, word string) string {
	t.Helper()
	text := page(t)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "curl ") && strings.Contains(line, word) {
			return line
		}
	}
	t.Fatalf("the page has no line with %s", word)
	return ""
}

// standing is a sandbox that was started as the page says, and what its reader has set.
type standing struct {
	dir     string
	setting string
	clean   string // the line that removes all rules
}

// startBox starts the sandbox in the first line of the setting, at ports that are free. The rest of it stands before each line.
func startBox(t *testing.T, profile, setting string) *standing {
	t.Helper()
	start, rest, _ := strings.Cut(setting, "\n")
	start, into, redirects := strings.Cut(strings.TrimSuffix(start, " &"), " > ")
	if !strings.HasPrefix(start, "candor sandbox --data box") || !redirects {
		t.Fatalf("the page does not begin with the sandbox: %s", start)
	}
	b := &standing{dir: t.TempDir(), setting: rest, clean: lineWith(t, "-X DELETE")}
	start += " --api 127.0.0.1:0 --www 127.0.0.1:0 --admin 127.0.0.1:0 --demo 127.0.0.1:0 --profile " + profile
	cmd := exec.Command("sh", "-c", "exec "+start+" > "+into)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stderr = b.dir, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		_ = cmd.Wait()
	})
	for _, word := range []string{"API=http://", "WWW=http://", "ADMIN=http://", "GOOD=Authorization: Bearer c", "RULES=Authorization: Bearer s"} { // whoever pastes the block at once has all of it
		if name, _, _ := strings.Cut(word, "="); !strings.HasPrefix(string(b.run(t, "echo "+name+"=$"+name)), word) {
			t.Fatalf("the page's setting has no %s: %s", name, &stderr)
		}
	}
	return b
}

// run runs a line as its reader does, and returns what it prints.
func (b *standing) run(t *testing.T, line string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", b.setting+line)
	cmd.Dir = b.dir
	out, err := cmd.Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) || ctx.Err() != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return out
}

// stage runs the lines of a row, and returns what answers a reader sees; those that follow on their like count once.
func (b *standing) stage(t *testing.T, lines []string) (all []answer, printed string) {
	t.Helper()
	for _, line := range lines {
		out := b.run(t, line)
		printed += string(out)
		all = append(all, answersOf(t, out)...)
	}
	return slices.CompactFunc(all, func(a, b answer) bool { return a.status == b.status && a.code() == b.code() }), printed
}

// answer is one that curl -i has printed.
type answer struct {
	status string
	head   http.Header
	body   []byte
	whole  bool
}

var statusLine = regexp.MustCompile(`HTTP/1\.1 \d{3} `)

// answersOf reads what curl -i prints; what it prints between answers to several calls is left out.
func answersOf(t *testing.T, out []byte) (all []answer) {
	t.Helper()
	heads := statusLine.FindAllIndex(out, -1)
	for i, at := range heads {
		end := len(out)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(out[at[0]:end])), nil)
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		all = append(all, answer{response.Status[:3], response.Header, body, err == nil})
	}
	return all
}

// said is a field of the body, or "".
func (a answer) said(name string) string {
	var fields map[string]any
	_ = json.Unmarshal(a.body, &fields)
	text, _ := fields[name].(string)
	return text
}

func (a answer) code() string { return a.said("code") }

// differ says in what the answers are other than those that a table says; "": in nothing.
func differ(want []seen, got []answer) string {
	if len(want) != len(got) {
		return "the number of answers that differ"
	}
	for i, a := range got {
		w := want[i]
		if a.status != w.status || a.code() != w.code {
			return "status and code: " + a.status + " " + a.code() + ", want " + w.status + " " + w.code
		}
		if !flaws[w.flaw](a) {
			return "whether the answer is whole, want: " + w.flaw
		}
		for name, value := range w.fields {
			has := a.head.Get(name)
			if name[0] >= 'a' {
				has = a.said(name)
			}
			if has == "" || value != "" && has != value {
				return name + ": " + has + ", want " + value
			}
		}
	}
	return ""
}
