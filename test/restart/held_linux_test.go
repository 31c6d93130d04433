package restart_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// held is by how many descriptors a process listens, once it has but one Unix socket, and how many of those it has.
func held(t *testing.T, p *process) (tcp, unix int) {
	t.Helper()
	testkit.Comes(func() bool { // the hand-over's is closed when the process before has ended
		tcp, unix = sockets(t, p.cmd.Process.Pid)
		return unix == 1
	})
	return tcp, unix
}

func sockets(t *testing.T, pid int) (tcp, unix int) {
	t.Helper()
	listening, local := inodes(t, pid, "tcp", 9, " 0A "), inodes(t, pid, "unix", 6, " ")
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		to, _ := os.Readlink(link)
		if listening[to] {
			tcp++
		}
		if local[to] {
			unix++
		}
	}
	return tcp, unix
}

// inodes are the sockets of a table of the kernel, by their names in /proc, of the lines that have a mark.
func inodes(t *testing.T, pid int, table string, field int, mark string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > field && strings.Contains(line, mark) {
			found["socket:["+f[field]+"]"] = true
		}
	}
	return found
}
