//go:build linux

package fault_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// Where records cannot be written, calls are served as ever, their records wait in memory, and once there is room all goes on by itself, with nothing lost.
func TestNoPlaceForRecords(t *testing.T) { //nolint:tparallel // its parts need a processor each
	t.Parallel()
	for _, c := range []struct {
		name   string
		mounts bool
		by     func(s *stage) []string
		spoil  func(p *process, data string) (mend func())
	}{
		{"a full disk", true, onSmallDisk, fill},
		{"a file that can only be read", true, readOnly, func(p *process, data string) func() {
			return func() { p.unmount(filepath.Join(data, "log.db")) }
		}},
		{"another thing in its place", false, occupy, func(p *process, data string) func() {
			return func() { remove(p.t, filepath.Join(data, "log.db")) }
		}},
	} {
		if c.mounts && !mayMount(t) {
			t.Logf("%s is not tried here: nobody may mount anything on this machine", c.name)
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			p := s.serve(c.by(s)...)
			mend := c.spoil(p, s.data)
			failed := 0
			testkit.Until(t, "there is no more room for records", func() bool {
				for range 500 {
					status, _, _, err := s.call(t.Context(), http.DefaultClient, "/nowhere?"+strings.Repeat("long", 800), "")
					if err != nil || status != 401 {
						t.Fatalf("a call that fails: %d, %v", status, err)
					}
					failed++
				}
				return strings.Contains(p.said.String(), "the request log cannot be written") && s.dropped() > 0
			})
			if status, _, _, err := s.call(t.Context(), http.DefaultClient, "/open", ""); err != nil || status != 200 {
				t.Errorf("a call that goes well: %d, %v", status, err)
			}
			mend()
			testkit.Until(t, "records are written again", s.keeps)
			p.says("the request log is written again")
			listed := s.listed("long")
			if missing, dropped := failed-listed, s.dropped(); missing != dropped {
				t.Errorf("of %d records %d are missing, and %d were counted", failed, missing, dropped)
			}
			testkit.Until(t, "what is missing is counted in the data", func() bool { return s.keeps() && s.droppedOfData(p) == s.dropped() })
			for _, once := range []string{"the request log cannot be written", "the request log is written again"} {
				if n := strings.Count(p.said.String(), once); n != 1 {
					t.Errorf("it said %d times that %s", n, once)
				}
			}
		})
	}
}

// dropped is how many records were for want of room, as metrics tell.
func (s *stage) dropped() int {
	s.t.Helper()
	return int(s.metric(`candor_request_records_dropped_total{reason="store"}`) + s.metric(`candor_request_records_dropped_total{reason="full"}`))
}

// droppedOfData is the same as the log itself tells: a copy, since SQLite looks for the file where this process would.
func (s *stage) droppedOfData(p *process) (n int) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "log.db")
	for _, ending := range []string{"", "-wal"} {
		text, err := os.ReadFile(inside(p, filepath.Join(s.data, "log.db"+ending)))
		if err == nil {
			err = os.WriteFile(path+ending, text, 0o600)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	db := s.open(path)
	defer db.Close()
	if err := db.QueryRowContext(s.t.Context(), `SELECT coalesce(sum(calls), 0) FROM counts WHERE problem LIKE '!dropped.%'`).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// listed is how many records there are of calls whose target has that in it.
func (s *stage) listed(with string) (n int) {
	s.t.Helper()
	for query := (url.Values{"limit": {"500"}}); ; {
		page, err := s.operator.Requests(s.t.Context(), query)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, r := range page.Requests {
			if strings.Contains(r.Target, with) {
				n++
			}
		}
		if page.Next == "" {
			return n
		}
		query.Set("cursor", page.Next)
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

// onSmallDisk starts the program with a disk of its own for its data.
func onSmallDisk(s *stage) []string {
	s.t.Helper()
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		s.t.Fatal(err)
	}
	return s.mounted("mount -t tmpfs -o size=64m,mode=700 tmpfs '" + s.data + "'")
}

// readOnly puts an empty file in the log's place that nobody may write to, not even who may write to all.
func readOnly(s *stage) []string {
	s.t.Helper()
	path := filepath.Join(s.data, "log.db")
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.mounted(fmt.Sprintf("mount --bind '%s' '%[1]s' && mount -o remount,bind,ro '%[1]s'", path))
}

// mayMount reports whether a process may have a view of the disks of its own, as in most containers it may not.
func mayMount(t *testing.T) bool {
	t.Helper()
	how := append(alone(), "mount", "-t", "tmpfs", "tmpfs", t.TempDir())
	return exec.CommandContext(t.Context(), how[0], how[1:]...).Run() == nil
}

// alone is how a process is started that sees its own mounts.
func alone() []string {
	if os.Getuid() != 0 {
		return []string{"unshare", "-r", "-m"}
	}
	return []string{"unshare", "-m"}
}

// mounted is how a process is started with something mounted that it alone sees.
func (s *stage) mounted(mount string) []string {
	s.t.Helper()
	how := alone()
	if out, err := exec.CommandContext(s.t.Context(), how[0], append(how[1:], "sh", "-c", mount)...).CombinedOutput(); err != nil {
		s.t.Fatalf("this needs a machine where something may be mounted: %v\n%s", err, out)
	}
	return append(how, "sh", "-c", mount+` && exec "$0" "$@"`)
}

// unmount takes away what is mounted there for the process alone.
func (p *process) unmount(path string) {
	p.t.Helper()
	how := []string{"-t", strconv.Itoa(p.cmd.Process.Pid), "-m"}
	if os.Getuid() != 0 {
		how = append(how, "-U", "--preserve-credentials")
	}
	if out, err := exec.CommandContext(p.t.Context(), "nsenter", append(how, "umount", path)...).CombinedOutput(); err != nil {
		p.t.Fatalf("%v\n%s", err, out)
	}
}

// inside is where a process has a folder.
func inside(p *process, path string) string {
	return fmt.Sprintf("/proc/%d/root%s", p.cmd.Process.Pid, path)
}

// fill leaves no room on a disk.
func fill(p *process, data string) func() {
	t := p.t
	t.Helper()
	data = inside(p, data)
	testkit.Until(t, "the log is open", func() bool { _, err := os.Stat(filepath.Join(data, "log.db")); return err == nil })
	path := filepath.Join(data, "filler")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 64<<10)
	for err == nil {
		_, err = f.Write(block)
	}
	block, err = block[:4096], nil
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
