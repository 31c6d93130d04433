//go:build unix

package program_test

import (
	"bytes"
	"context"
	"flag"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

var updateReadme = flag.Bool("update-readme", false, "write what the commands of README.md and docs/adopting.md print into them")

// TestReadme runs every console block of README.md in turn and compares what is
// printed, but for ids, dates and tokens. A last line … stands for all that
// follows. Every address on 127.0.0.1 is given a free port, and at
// 127.0.0.1:3000 runs the reader's own API.
func TestReadme(t *testing.T) {
	pictured(t, follow(t, "../../README.md"))
}

// TestAdopting does the same with what leads from observing to enforcing.
func TestAdopting(t *testing.T) {
	follow(t, "../../docs/adopting.md")
}

// follow does what a document says, and returns its lines with what was printed, or as they are where nothing is to be written.
func follow(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t, name: filepath.Base(name), dir: t.TempDir(), env: append(os.Environ(), "TOKEN="+ended()), ports: map[string]string{"127.0.0.1:3000": own(t)}}
	lines := strings.Split(string(text), "\n")
	var out []string
	for len(lines) > 0 {
		fence, rest := lines[0], lines[1:]
		out = append(out, fence)
		if lines = rest; !strings.HasPrefix(fence, "```") || fence == "```" {
			continue
		}
		end := slices.Index(rest, "```")
		out = append(out, r.block(fence, rest[:end])...)
		out, lines = append(out, "```"), rest[end+1:]
	}
	if *updateReadme {
		if err := os.WriteFile(name, []byte(strings.Join(out, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
		return out
	}
	return strings.Split(string(text), "\n")
}

var developerKey = regexp.MustCompile(`cdr_dk_[A-Za-z0-9_-]+`)

// reader is somebody who reads the README and types what it says.
type reader struct {
	t     *testing.T
	name  string // of what is read
	dir   string
	env   []string
	ports map[string]string // address in the README → address in use
	key   string            // of a developer, as the sandbox has printed it
	runs  *background       // what was started with & last
}

// background is a program that goes on running and prints.
type background struct {
	cmd     *exec.Cmd
	printed *testkit.Lines
	shown   int // lines
	over    bool
}

// end stops it as Ctrl-C or kill does, and waits for its end.
func (b *background) end(by os.Signal) {
	if b.over {
		return
	}
	b.over = true
	_ = b.cmd.Process.Signal(by)
	drains := time.AfterFunc(3*time.Second, func() { _ = b.cmd.Process.Kill() })
	_ = b.cmd.Wait()
	drains.Stop()
}

// block does what a block asks for, and returns it with what was printed.
func (r *reader) block(fence string, lines []string) []string {
	kind, file, _ := strings.Cut(strings.TrimPrefix(fence, "```"), " ")
	if file != "" {
		content := r.here(strings.Join(lines, "\n") + "\n")
		if err := os.WriteFile(filepath.Join(r.dir, file), []byte(content), 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
	if kind != "console" {
		return lines
	}
	var done []string
	for len(lines) > 0 {
		command, ok := strings.CutPrefix(lines[0], "$ ")
		if !ok {
			r.t.Fatalf("a console block begins with %q, which is no command", lines[0])
		}
		end := 1
		for end < len(lines) && !strings.HasPrefix(lines[end], "$ ") {
			end++
		}
		done = append(done, lines[0])
		done = append(done, r.step(command, lines[1:end])...)
		lines = lines[end:]
	}
	return done
}

// step runs one command, compares what it prints, and returns that.
func (r *reader) step(command string, want []string) []string {
	printed := []string{}
	if text := strings.TrimRight(strings.ReplaceAll(r.there(r.run(command, len(want)-1)), "\r\n", "\n"), "\n"); text != "" {
		printed = strings.Split(text, "\n")
	}
	printed = append(printed, r.beside(len(want)-len(printed))...)
	if n := len(want); n > 0 && want[n-1] == "…" && len(printed) >= n-1 {
		printed = append(slices.Clone(printed[:n-1]), "…")
	}
	if diff := cmp.Diff(settle(want), settle(printed)); diff != "" && !*updateReadme {
		r.t.Errorf("$ %s\nprints other than %s says (-); go test ./test/program -run 'Readme|Adopting' -update-readme writes it again:\n%s", command, r.name, diff)
	}
	return printed
}

// run runs a command as it stands in the README and returns what it prints; of
// one that goes on running, this many lines at least.
func (r *reader) run(command string, lines int) string {
	command = strings.ReplaceAll(r.here(command), "go run ./cmd/candor", "candor")
	command = strings.ReplaceAll(command, "cdr_dk_…", r.key)
	if command == "kill %1" {
		r.runs.end(syscall.SIGTERM)
		return ""
	}
	if strings.HasPrefix(command, "candor ") && strings.HasSuffix(strings.TrimSuffix(command, " &"), " candor.yaml") {
		r.giveAdmin()
	}
	if of, ok := strings.CutSuffix(command, " &"); ok {
		return r.startBeside(of, lines+1)
	}
	if strings.HasPrefix(command, "candor serve") {
		_, text := r.start(command, r.here("127.0.0.1:8090"), lines)
		return text
	}
	if command == "candor sandbox" {
		api := r.here("127.0.0.1:8080")
		_, text := r.start(command+" --api "+api+" --www "+r.here("127.0.0.1:8081")+" --admin "+r.here("127.0.0.1:8082")+" --demo "+r.here("127.0.0.1:8083"), api, lines)
		r.key = developerKey.FindString(text)
		return text
	}
	name, _, assigns := strings.Cut(command, "=$(")
	if assigns {
		command += `; printf %s "$` + name + `"`
	}
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir, cmd.Env = r.dir, r.env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if assigns {
		r.env = append(r.env, name+"="+stdout.String())
		return ""
	}
	if stdout.Len() == 0 && (lines >= 0 || err != nil) {
		r.t.Errorf("$ %s\nprints nothing: %v\n%s", command, err, stderr.Bytes())
	}
	return stdout.String()
}

// giveAdmin gives a configuration that says nothing of the admin address one that is free, as every other address has.
func (r *reader) giveAdmin() {
	file := filepath.Join(r.dir, "candor.yaml")
	text, err := os.ReadFile(file)
	if err != nil || bytes.Contains(text, []byte("\nadmin:")) {
		return
	}
	if err := os.WriteFile(file, append(text, "\nadmin: "+r.here("127.0.0.1:9090")+"\n"...), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// startBeside starts what runs beside the commands that follow: what it prints while they run stands below them. Its address is that of the flag.
func (r *reader) startBeside(command string, lines int) string {
	address := r.here("127.0.0.1:8080")
	if strings.Contains(command, " http://") && !strings.Contains(command, "--listen") {
		command += " --listen " + address
	}
	var printed string
	r.runs, printed = r.start(command, address, lines)
	r.runs.shown = strings.Count(printed, "\n")
	return printed
}

// beside is what the program beside has printed since it was last looked at: this many lines, or as many as come.
func (r *reader) beside(lines int) (printed []string) {
	if r.runs == nil || lines <= 0 {
		return nil
	}
	testkit.Comes(func() bool {
		printed = strings.SplitAfter(r.runs.printed.String(), "\n")
		printed = printed[min(r.runs.shown, len(printed)-1) : len(printed)-1]
		return len(printed) >= lines || r.runs.over
	})
	r.runs.shown += len(printed)
	return strings.Split(strings.TrimRight(r.there(strings.Join(printed, "")), "\n"), "\n")
}

// start starts what runs until it is stopped, waits until it listens and has
// printed this many lines, and returns them.
func (r *reader) start(command, address string, lines int) (b *background, text string) {
	b = &background{printed: new(testkit.Lines), cmd: exec.Command("sh", "-c", "exec "+command)}
	b.cmd.Dir, b.cmd.Env, b.cmd.Stdout, b.cmd.Stderr = r.dir, r.env, b.printed, b.printed
	if err := b.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { b.end(syscall.SIGINT) })
	if !testkit.Comes(func() bool {
		text = b.printed.String()
		return takes(address) && strings.Count(text, "\n") >= lines
	}) {
		r.t.Fatalf("%s does not listen at %s\n%s", command, address, text)
	}
	return b, text
}

func takes(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err == nil {
		_ = conn.Close()
	}
	return err == nil
}

var addresses = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// here puts addresses that are free where the README has its own.
func (r *reader) here(text string) string {
	return addresses.ReplaceAllStringFunc(text, func(written string) string {
		if r.ports[written] == "" {
			r.ports[written] = free(r.t)
		}
		return r.ports[written]
	})
}

// there puts the README's addresses back, and a folder that looks like one.
func (r *reader) there(text string) string {
	text = strings.ReplaceAll(text, r.dir, "/srv/shop")
	return addresses.ReplaceAllStringFunc(text, func(used string) string {
		for written, a := range r.ports {
			if a == used {
				return written
			}
		}
		return used
	})
}

// varying is what differs from one run to the next.
var varying = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}` + // ids, in their three spellings
	`|\b[0-9a-f]{32}\b|[A-Za-z0-9+/]{22}==` +
	`|cdr_(?:at|dk)_[A-Za-z0-9_-]{40,}` + // whole tokens and keys
	`|\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT|\d{4}-\d\d-\d\dT[\d:.]+Z` +
	`|\d{4}-\d\d-\d\d at [\d:]{8} UTC` +
	`|^\d\d:\d\d:\d\d |"(in|out|\w+_us)":\d+` +
	`|\S*/candor-sandbox-\d+|Content-Length: \d+`) // which depends on the length of an address

func settle(lines []string) []string {
	settled := []string{}
	for _, line := range lines {
		if line = strings.TrimRight(line, "\r"); line != "" || len(settled) > 0 {
			settled = append(settled, varying.ReplaceAllString(line, "*"))
		}
	}
	return settled
}
