package sqlite

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/store/storetest"
)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store {
		t.Helper()
		return open(t, t.TempDir())
	})
}

// What a data directory is called must not matter: its name goes into a URI.
func TestOpenInAnOddPlace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not there yet", "a b%20c#d&e=f")
	if runtime.GOOS != "windows" {
		dir += "?_pragma=query_only(1)"
	}
	s := open(t, dir)
	if _, err := s.EnsureMember(t.Context(), "ada", storetest.Noon); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, File)); err != nil {
		t.Error(err)
	}
}

func TestSettings(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, c := range []struct {
		db                *sql.DB
		pragma, want, who string
	}{
		{s.w, "journal_mode", "wal", "the writer"},
		{s.w, "synchronous", "2", "the writer"},
		{s.w, "foreign_keys", "1", "the writer"},
		{s.w, "busy_timeout", "5000", "the writer"},
		{s.w, "secure_delete", "1", "the writer"},
		{s.r, "query_only", "1", "a reader"},
		{s.r, "busy_timeout", "5000", "a reader"},
	} {
		var got string
		if err := c.db.QueryRowContext(t.Context(), "PRAGMA "+c.pragma).Scan(&got); err != nil || got != c.want {
			t.Errorf("%s has %s %q (%v), want %q", c.who, c.pragma, got, err, c.want)
		}
	}
	if _, err := s.EnsureMember(t.Context(), "ada", storetest.Noon); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, File+"*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) {
			t.Errorf("%s: %v %v, want it for its owner alone", f, info.Mode(), err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	later := t.TempDir()
	s := open(t, later)
	if _, err := s.w.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)`); err != nil {
		t.Fatal(err)
	}
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, File), []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	known, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	tooLate := fmt.Sprintf("was written by a later candor (schema 99, this one knows %d); run that one", len(known))
	for _, c := range []struct{ name, dir, names, fix string }{
		{"a later schema", later, filepath.Join(later, File), tooLate},
		{"no database", damaged, filepath.Join(damaged, File), "if it is damaged, restore it from a backup"},
		{"a file", file, file, "set data: to one that can be written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(t.Context(), c.dir)
			if err == nil || !strings.Contains(err.Error(), c.names) || !strings.Contains(err.Error(), c.fix) {
				t.Errorf("%v\nwant it to name %s and say: %s", err, c.names, c.fix)
			}
		})
	}
}

func TestDamagedRowsAreNamed(t *testing.T) {
	s := open(t, t.TempDir())
	for _, statement := range []string{
		`INSERT INTO apps (name, client_id, created_at) VALUES ('demo', 'c', 0)`,
		`INSERT INTO grants (id, app_id, scopes, scope_text, created_at, ends_at, change) VALUES (5, 1, x'00', '', 0, 9, 1)`,
		`INSERT INTO revoked_tokens (id, ends_at, change) VALUES (x'01', 9, 1)`,
	} {
		if _, err := s.w.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Grant(t.Context(), 5)
	if want := "find grant 5: grant 5 has a scope set of 1 bytes, not 32; restore state.db from a backup"; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if _, err := s.w.ExecContext(t.Context(), `DELETE FROM grants`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Changes(t.Context(), 0); err == nil || err.Error() != "find the revoked tokens: a revoked token has an id of 1 bytes" {
		t.Error(err)
	}
}

// TestAClientIDOfAnotherApp: an app that is renamed is another one, and cannot have the client id of the first.
func TestAClientIDOfAnotherApp(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 { // its own it keeps
		if _, err = s.SyncApps(t.Context(), []*access.App{{Name: "demo", ClientID: "till"}}, storetest.Noon); err != nil {
			t.Fatal(err)
		}
	}
	_, err = s.SyncApps(t.Context(), []*access.App{{Name: "renamed", ClientID: "till"}}, storetest.Noon)
	const want = "app renamed: the client id till is that of app demo, which keeps it also when it is no longer configured; give the new app another, or name it demo again"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestEveryReasonHasAWord(t *testing.T) {
	s := open(t, t.TempDir())
	if _, err := s.SyncApps(t.Context(), []*access.App{{Name: "demo"}}, storetest.Noon); err != nil {
		t.Fatal(err)
	}
	for why := access.ByMember; int(why) < len(reasons); why++ {
		granted, err := s.EnsureGrant(t.Context(), anyGrant(0), storetest.Noon)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RevokeGrant(t.Context(), granted.Grant.ID, why); err != nil {
			t.Fatal(err)
		}
		if g, err := s.Grant(t.Context(), granted.Grant.ID); err != nil || g.Reason() != why {
			t.Errorf("reason %d came back as %v (%v)", why, g, err)
		}
	}
}
