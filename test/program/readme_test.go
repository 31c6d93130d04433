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

var updateReadme = flag.Bool("update-readme", false, "write what the commands of README.md print into it")

// TestReadme runs every console block of README.md in turn and compares what is
// printed, but for ids, dates and tokens. A last line … stands for all that
// follows. Every address on 127.0.0.1 is given a free port.
func TestReadme(t *testing.T) {
	const name = "../../README.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t: t, dir: t.TempDir(), env: os.Environ(), ports: map[string]string{}}
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
	}
}

// reader is somebody who reads the README and types what it says.
type reader struct {
	t     *testing.T
	dir   string
	env   []string
	ports map[string]string // address in the README → address in use
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
	if text := strings.TrimRight(r.there(r.run(command, len(want)-1)), "\n"); text != "" {
		printed = strings.Split(text, "\n")
	}
	if n := len(want); n > 0 && want[n-1] == "…" && len(printed) >= n-1 {
		printed = append(slices.Clone(printed[:n-1]), "…")
	}
	if diff := cmp.Diff(settle(want), settle(printed)); diff != "" && !*updateReadme {
		r.t.Errorf("$ %s\nprints other than README.md says (-); go test ./test/program -run Readme -update-readme writes it again:\n%s", command, diff)
	}
	return printed
}

// run runs a command as it stands in the README and returns what it prints; of
// one that goes on running, this many lines at least.
func (r *reader) run(command string, lines int) string {
	command = strings.ReplaceAll(r.here(command), "go run ./cmd/candor", "candor")
	if strings.HasPrefix(command, "candor serve") {
		return r.start(command, r.here("127.0.0.1:8090"), lines)
	}
	if command == "candor sandbox" {
		api := r.here("127.0.0.1:8080")
		return r.start(command+" --api "+api+" --www "+r.here("127.0.0.1:8081")+" --admin "+r.here("127.0.0.1:8082"), api, lines)
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
	if stdout.Len() == 0 {
		r.t.Errorf("$ %s\nprints nothing: %v\n%s", command, err, stderr.Bytes())
	}
	return stdout.String()
}

// start starts what runs until it is stopped, waits until it listens and has
// printed this many lines, and returns them.
func (r *reader) start(command, address string, lines int) string {
	printed := new(testkit.Lines)
	cmd := exec.Command("sh", "-c", "exec "+command)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = r.dir, r.env, printed, printed
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		drains := time.AfterFunc(3*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		drains.Stop()
	})
	for end := time.Now().Add(20 * time.Second); ; {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = conn.Close()
			if text := printed.String(); strings.Count(text, "\n") >= lines {
				return text
			}
		}
		if time.Now().After(end) {
			r.t.Fatalf("%s does not listen at %s: %v\n%s", command, address, err, printed)
		}
	}
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
	`|cdr_at_[A-Za-z0-9_-]{60,}` + // whole tokens
	`|\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT|\d{4}-\d\d-\d\dT[\d:.]+Z` +
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
