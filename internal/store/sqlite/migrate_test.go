package sqlite

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/store/storetest"
)

// firstSchema makes a database as the first version left it, with an app that is configured and one that no longer is.
func firstSchema(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	first, err := migrations.ReadFile("migrations/00001_state.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := connect(filepath.Join(dir, File), 1, "_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, fstest.MapFS{"00001_state.sql": {Data: first}}, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO apps (name, client_id, created_at) VALUES ('demo', 'd', 0)`,
		`INSERT INTO apps (name, client_id, disabled, created_at) VALUES ('gone', 'g', 1, 0)`,
		`PRAGMA user_version = 2`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// holdsFirst looks for what the first version left.
func holdsFirst(t *testing.T, dir string) {
	t.Helper()
	if err := Check(dir); err != nil {
		t.Error(err)
		return
	}
	s := open(t, dir)
	apps, err := s.SyncApps(t.Context(), []*access.App{{Name: "demo"}}, storetest.Noon)
	if err != nil {
		t.Error(err)
		return
	}
	want := access.Apps{nil, {ID: 1, Name: "demo", ClientID: "d"}, {ID: 2, Name: "gone", ClientID: "g", Disabled: true}}
	if diff := cmp.Diff(want, apps); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if made, err := s.CreateApp(t.Context(), access.CreatedApp{Name: "shop", Owners: []string{"ada@example.com"}}); err != nil || made.ID != 3 {
		t.Error(made, err)
	}
}

func TestAppsOfTheFirstSchemaAreConfigured(t *testing.T) { holdsFirst(t, firstSchema(t)) }

func TestAViewReadsOneSchemaOnly(t *testing.T) {
	dir := firstSchema(t)
	if _, err := OpenView(t.Context(), dir); err == nil {
		t.Error("a store that was not brought up to date is looked at")
	}
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	v, err := OpenView(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if apps, err := v.CreatedApps(t.Context()); err != nil || len(apps) != 0 {
		t.Error(apps, err)
	}
}

// TestAMigrationThatIsCutOff: whatever of the -wal was written when the process was killed in the midst of bringing the schema up to date, and a moment
// after, the next start takes it for that of this database and goes on.
func TestAMigrationThatIsCutOff(t *testing.T) {
	dir := firstSchema(t)
	s := open(t, dir) // and not closed: what it wrote stands in the -wal alone
	if _, err := s.EnsureMember(t.Context(), "ada", storetest.Noon); err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(filepath.Join(dir, File+"-wal"))
	if err != nil || len(wal) < walHeader {
		t.Fatal(len(wal), err)
	}
	frame := frameHeader + int(binary.BigEndian.Uint32(wal[8:]))
	for end := walHeader; end <= len(wal); end += frame {
		killed := t.TempDir()
		copyFile(t, filepath.Join(dir, File), filepath.Join(killed, File))
		if err := os.WriteFile(filepath.Join(killed, File+"-wal"), wal[:end], 0o600); err != nil {
			t.Fatal(err)
		}
		if holdsFirst(t, killed); t.Failed() {
			t.Fatalf("after %d of %d bytes of the -wal", end, len(wal))
		}
	}
}
