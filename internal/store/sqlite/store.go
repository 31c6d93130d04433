// Package sqlite keeps what must outlive the process: apps, members, grants, revoked tokens and numbers in one database,
// DIR/state.db, and counters in a file of their own beside it. Every write is on disk before its method returns (WAL, synchronous FULL), so that neither a restart
// nor kill -9 loses what was promised. Exported methods are one transaction each; unexported ones one statement.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/token"
)

var (
	_ token.Store   = (*Store)(nil)
	_ token.Granter = (*Store)(nil)
	_ quota.Store   = (*Store)(nil)
	_ io.Closer     = (*Store)(nil)
)

//go:embed migrations/*.sql
var migrations embed.FS

// File is the name of the database in the data directory.
const File = "state.db"

// readers is how many transactions may read at once, beside the one that writes.
const readers = 4

// Store is the database of one data directory. It is safe for concurrent use. Only one process may have it open for
// writing: take Lock first.
type Store struct {
	w    *sql.DB // one connection: writers queue here, by their contexts, and not on SQLite's busy lock
	r    *sql.DB
	rand io.Reader // ids of grants and clients

	changed int64 // rows, by the one connection that writes; only looked at in its transactions

	// Rest, where it is set, is called between two stretches of work that can wait, so that others may go on. Set it before the store is used.
	Rest func()

	counting sync.Mutex // guards what follows
	counters counterFile
	tookOver bool // no counters are left in the database
}

// Open opens the database in dir, making both where they are missing, and brings its schema up to date.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil { //nolint:gosec // the operator names the directory
		return nil, fmt.Errorf("make the data directory %s (or set data: to one that can be written): %w", dir, err)
	}
	path := filepath.Join(dir, File)
	// SQLite would make it readable by all; its -wal and -shm files take its mode.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // in the operator's directory
	if err != nil {
		return nil, fmt.Errorf("open the store: %w; it must be writable by the user that runs candor", err)
	}
	if err = f.Close(); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	s := &Store{rand: rand.Reader, counters: counterFile{path: filepath.Join(dir, CountersFile)}}
	if s.w, err = connect(path, 1, "_txlock=immediate&_pragma=secure_delete(1)"); err != nil {
		return nil, err
	}
	if err = migrate(ctx, s.w, migrations, "migrations", path); err != nil {
		return nil, errors.Join(err, s.w.Close())
	}
	if err = s.w.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&s.changed); err != nil {
		return nil, errors.Join(fmt.Errorf("open the store %s: %w", path, err), s.w.Close())
	}
	if s.r, err = connect(path, readers, "_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, s.w.Close())
	}
	return s, nil
}

// Close closes the database; nothing is lost without it.
func (s *Store) Close() error {
	s.counting.Lock()
	defer s.counting.Unlock()
	return errors.Join(s.counters.finish(), s.r.Close(), s.w.Close())
}

func connect(path string, connections int, more string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w", path, err)
	}
	uri := url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}
	if !strings.HasPrefix(uri.Path, "/") {
		uri.Path = "/" + uri.Path // file:///C:/…
	}
	uri.RawQuery = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&" + more
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// migrate brings the schema to what this program knows and refuses one that is later.
func migrate(ctx context.Context, db *sql.DB, known fs.FS, folder, path string) error {
	files, err := fs.Sub(known, folder)
	if err != nil {
		return fmt.Errorf("open the store %s: %w", path, err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("open the store %s: %w", path, err)
	}
	current, latest, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("open the store %s: %w; if it is damaged, restore it from a backup", path, err)
	}
	if current > latest {
		return fmt.Errorf("the store %s was written by a later candor (schema %d, this one knows %d); %w", path, current, latest, errLater)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the store %s from schema %d to %d: %w", path, current, latest, err)
	}
	return nil
}

// write runs do in a transaction that is on disk when write returns nil. It counts the transaction, so that a -wal can be told from that of another
// database (wal.go).
func (s *Store) write(ctx context.Context, do func(*sql.Tx) error) error {
	return transact(ctx, s.w, func(tx *sql.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return s.countUp(ctx, tx)
	})
}

func (s *Store) countUp(ctx context.Context, tx *sql.Tx) error {
	var changed, n int64
	err := tx.QueryRowContext(ctx, `SELECT total_changes(), user_version FROM pragma_user_version`).Scan(&changed, &n)
	if err != nil || changed == s.changed {
		return wrap(err, "count a transaction")
	}
	s.changed = changed
	_, err = tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, n+1))
	return wrap(err, "count a transaction")
}

// read runs do over one state of the database.
func (s *Store) read(ctx context.Context, do func(*sql.Tx) error) error {
	return transact(ctx, s.r, do)
}

func transact(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction in %s: %w", File, err)
	}
	defer func() { _ = tx.Rollback() }() // after a panic too: the writer is the only one; nothing after Commit
	if err = do(tx); err != nil {
		return err
	}
	if err = tx.Commit(); err != nil {
		return fmt.Errorf("commit a transaction in %s: %w", File, err)
	}
	return nil
}

// collect scans all rows of a query.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// nextChange numbers a change that running instances must learn of.
func nextChange(ctx context.Context, tx *sql.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `UPDATE sequence SET last = last + 1 RETURNING last`).Scan(&n)
	return n, wrap(err, "number a change")
}

// wrap says what was tried, and calls what is not there token.ErrNotFound.
func wrap(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", what, token.ErrNotFound)
	}
	return fmt.Errorf("%s: %w", what, err)
}
