//go:build linux

package fault_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// Where records cannot be written, calls are served as ever, their records wait in memory, and once there is room all goes on by itself, with nothing lost.
func TestNoPlaceForRecords(t *testing.T) {
	for _, c := range []struct {
		name  string
		by    func(s *stage) []string
		spoil func(t *testing.T, data string) (mend func())
	}{
		{"a full disk", onSmallDisk, fill},
		{"another thing in its place", func(s *stage) []string { return occupy(s) }, func(t *testing.T, data string) func() {
			return func() { remove(t, filepath.Join(data, "log.db")) }
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			p := s.serve(c.by(s)...)
			mend := c.spoil(t, inside(p, s.data))
			var waiting []string
			testkit.Until(t, "records cannot be written", func() bool {
				for range 200 {
					status, id, _, err := s.call(t.Context(), http.DefaultClient, "/nowhere?"+strings.Repeat("long", 400), "")
					if err != nil || status != 401 {
						t.Fatalf("a call that fails: %d, %v", status, err)
					}
					waiting = append(waiting, id)
				}
				return strings.Contains(p.said.String(), "cannot be")
			})
			if status, _, _, err := s.call(t.Context(), http.DefaultClient, "/open", ""); err != nil || status != 200 {
				t.Errorf("a call that goes well: %d, %v", status, err)
			}
			mend()
			testkit.Until(t, "records are written again", s.keeps)
			missing := s.metric(`candor_request_records_dropped_total{reason="store"}`) + s.metric(`candor_request_records_dropped_total{reason="full"}`)
			for _, id := range waiting {
				if !s.isKept(id) {
					missing--
				}
			}
			if missing != 0 {
				t.Errorf("records are missing that were not counted, or the other way round: %v", missing)
			}
			if n := strings.Count(p.said.String(), "level=WARN"); n > 4 {
				t.Errorf("%d warnings: it says more than once that it cannot write", n)
			}
		})
	}
}

// A log that is removed while the program serves begins anew, within seconds and said in a line.
func TestTheLogIsRemoved(t *testing.T) {
	s := newStage(t)
	p := s.serve()
	testkit.Until(t, "records are written", s.keeps)
	for _, name := range []string{"log.db", "log.db-wal", "log.db-shm"} {
		remove(t, filepath.Join(s.data, name))
	}
	p.says("the request log begins anew")
	testkit.Until(t, "records are written again", s.keeps)
	if _, err := os.Stat(filepath.Join(s.data, "log.db")); err != nil {
		t.Error(err)
	}
}

// onSmallDisk starts the program with a disk of its own for its data; where nobody may mount one, in a folder that is made to look like none.
func onSmallDisk(s *stage) []string {
	s.t.Helper()
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		s.t.Fatal(err)
	}
	how := []string{"unshare", "-m"}
	if os.Getuid() != 0 {
		how = []string{"unshare", "-r", "-m"}
	}
	mount := "mount -t tmpfs -o size=6m,mode=700 tmpfs '" + s.data + "'"
	if out, err := exec.CommandContext(s.t.Context(), how[0], append(how[1:], "sh", "-c", mount)...).CombinedOutput(); err != nil {
		s.t.Fatalf("a small disk needs a machine where one may be mounted: %v\n%s", err, out)
	}
	return append(how, "sh", "-c", mount+` && exec "$0" "$@"`)
}

// inside is where a process has a folder.
func inside(p *process, path string) string {
	return fmt.Sprintf("/proc/%d/root%s", p.cmd.Process.Pid, path)
}

// fill leaves no room on a disk.
func fill(t *testing.T, data string) func() {
	t.Helper()
	testkit.Until(t, "the log is open", func() bool { _, err := os.Stat(filepath.Join(data, "log.db")); return err == nil })
	path := filepath.Join(data, "filler")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
	}
	return func() { remove(t, path) }
}

// occupy puts a folder where the log would be.
func occupy(s *stage) []string {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Join(s.data, "log.db", "full"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	return nil
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
