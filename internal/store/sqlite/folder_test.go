package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestADeletedLockFileLetsNobodyIn(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // where it cannot be deleted
	}
	dir := t.TempDir()
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second finds a file that the first might have made
		if err = os.RemoveAll(filepath.Join(dir, LockFile)); err != nil {
			t.Fatal(err)
		}
		if _, err = Lock(dir); !errors.Is(err, ErrHeld) {
			t.Errorf("got %v", err)
		}
		if held := Holder(dir); held == nil || held.Dir != dir {
			t.Errorf("held by %v", held)
		}
	}
	if err = release(); err != nil {
		t.Error(err)
	}
	if held := Holder(dir); held != nil {
		t.Errorf("held by %v after its release", held)
	}
}

func TestHolderMakesNothing(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Join(dir, "missing")} {
		if held := Holder(d); held != nil {
			t.Errorf("%s is held by %v", d, held)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%v, %v", files, err)
	}
	release, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if held := Holder(dir); held == nil || held.PID != os.Getpid() {
		t.Errorf("held by %v", held)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(dir string) error
		want string // with DIR for the directory
	}{
		{"nothing there", os.Remove, ""},
		{"empty", func(string) error { return nil }, ""},
		{"a file", func(dir string) error { return errors.Join(os.Remove(dir), os.WriteFile(dir, nil, 0o600)) }, "DIR is a file, and data: names a directory; choose another"},
		{"for others to read", func(dir string) error { return os.Chmod(dir, 0o755) }, ""},
		{
			"for the group to write", func(dir string) error { return os.Chmod(dir, 0o770) },
			"DIR can be written by others (mode 0770); run: chmod go-w DIR, or set data: to a directory of its own",
		},
		{
			"for all to write", func(dir string) error { return os.Chmod(dir, 0o777) },
			"DIR can be written by others (mode 0777); run: chmod go-w DIR, or set data: to a directory of its own",
		},
		{
			"a database for all to write", func(dir string) error {
				return errors.Join(os.WriteFile(filepath.Join(dir, File), nil, 0o600), os.Chmod(filepath.Join(dir, File), 0o666))
			},
			"DIR/state.db can be written by others (mode 0666); run: chmod go-w DIR/state.db, or set data: to a directory of its own",
		},
		{
			"a request log for all to write", func(dir string) error {
				return errors.Join(os.WriteFile(filepath.Join(dir, LogFile), nil, 0o600), os.Chmod(filepath.Join(dir, LogFile), 0o666))
			},
			"DIR/log.db can be written by others (mode 0666); run: chmod go-w DIR/log.db, or set data: to a directory of its own",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := errors.Join(os.Mkdir(dir, 0o700), c.make(dir)); err != nil {
				t.Fatal(err)
			}
			got, want := "", strings.ReplaceAll(c.want, "DIR", dir)
			if err := Check(dir); err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if _, err := Lock(dir); c.want != "" && c.name != "a file" && (err == nil || err.Error() != want) {
				t.Errorf("Lock: got %v", err)
			}
		})
	}
}

// TestAWALOfAnotherDatabase: what a killed process left beside a database that was put in the place of its own.
func TestAWALOfAnotherDatabase(t *testing.T) {
	live := t.TempDir()
	s, err := Open(t.Context(), live)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	write := func(n int) {
		t.Helper()
		for range n {
			if _, err := s.Numbers(t.Context(), "scope", []string{fmt.Sprint("s", s.changed)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	backup := func(name string) string {
		t.Helper()
		to := filepath.Join(t.TempDir(), name)
		if _, err := s.w.ExecContext(t.Context(), "VACUUM INTO ?", to); err != nil {
			t.Fatal(err)
		}
		return to
	}
	checkpoint := func() {
		t.Helper()
		if _, err := s.w.ExecContext(t.Context(), "PRAGMA wal_checkpoint(RESTART)"); err != nil {
			t.Fatal(err)
		}
	}
	write(3)
	old := backup("old.db")
	write(3)
	checkpoint()
	right := backup("right.db")
	write(3)
	young := backup("young.db")
	hot := filepath.Join(t.TempDir(), "hot.db")
	copyFile(t, filepath.Join(live, File), hot)
	write(3)
	killed := map[string]string{}
	for _, name := range []string{File, File + "-wal"} {
		killed[name] = filepath.Join(t.TempDir(), name)
		copyFile(t, filepath.Join(live, name), killed[name])
	}
	checkpoint()
	write(1)
	later := backup("later.db")

	for _, c := range []struct {
		name, db, wal string
		good          bool
	}{
		{"its own, after a kill", killed[File], killed[File+"-wal"], true},
		{"none", old, "", true},
		{"a backup from before", old, killed[File+"-wal"], false},
		{"a backup since the last checkpoint", young, killed[File+"-wal"], false},
		{"a copy since the last checkpoint, without its -wal", hot, killed[File+"-wal"], true}, // that is what the -wal goes on from
		{"a backup of the checkpoint itself", right, killed[File+"-wal"], false},
		{"a later one", later, killed[File+"-wal"], false},
		{"no database", "", killed[File+"-wal"], false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Chmod(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if c.db != "" {
				copyFile(t, c.db, filepath.Join(dir, File))
			}
			if c.wal != "" {
				copyFile(t, c.wal, filepath.Join(dir, File+"-wal"))
			}
			err := Check(dir)
			if good := err == nil; good != c.good || !good && !strings.Contains(err.Error(), "remove "+filepath.Join(dir, File)+"-wal and") {
				t.Errorf("got %v", err)
			}
			if !c.good {
				return
			}
			opened, err := Open(context.Background(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer opened.Close()
			var ok string
			if err := opened.r.QueryRow("PRAGMA integrity_check").Scan(&ok); err != nil || ok != "ok" {
				t.Errorf("%s, %v", ok, err)
			}
		})
	}
}

// TestTransactionsAreCounted: those that changed something, and no others.
func TestTransactionsAreCounted(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	count := func() (n int) {
		t.Helper()
		if err := s.r.QueryRow("PRAGMA user_version").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	begun := count()
	if err := s.write(t.Context(), func(*sql.Tx) error { return nil }); err != nil || count() != begun {
		t.Errorf("nothing changed: %v, counted %d", err, count()-begun)
	}
	for range 2 {
		_, err := s.Numbers(t.Context(), "scope", []string{"a", "b"})
		if err != nil || count() != begun+1 {
			t.Errorf("two names once: %v, counted %d", err, count()-begun)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
