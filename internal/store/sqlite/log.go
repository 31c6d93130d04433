package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/requestlog"
)

var _ requestlog.Store = (*Log)(nil)

//go:embed logmigrations/*.sql
var logMigrations embed.FS

const (
	// LogFile is the name of the request log in the data directory.
	LogFile = "log.db"

	logFolder = "logmigrations"
	logPage   = 4096 // bytes

	// What a transaction has written outlives the process (WAL, synchronous NORMAL); after a loss of power the last seconds may be missing, and the file is whole. What is deleted is
	// overwritten. A -wal is cut to 16 MiB whenever it has been copied.
	logSettings = "_auto_vacuum=2&_txlock=immediate&_pragma=secure_delete(1)&_pragma=synchronous(1)&_pragma=cache_size(-8192)&_pragma=wal_autocheckpoint(4096)&_pragma=journal_size_limit(16777216)"
)

// Log is the request log of one data directory, or one in memory. It is safe for concurrent use.
type Log struct {
	w *sql.DB // one connection
	r *sql.DB // the same in memory

	// Rest, where it is set, is called between two stretches of work that can wait, so that others may go on. Set it before the log is used.
	Rest func()

	file   string         // "": in memory
	opened os.FileInfo    // of the file
	with   [2]os.FileInfo // of those beside it
	broken atomic.Pointer[error]
	aside  error
	memory *sql.Conn // keeps a database in memory there

	adding sync.Mutex // guards what follows
	seq    int64      // of the last row of details
	adds   inserts
}

// OpenLog opens the request log in dir, making both where they are missing. A file that is damaged, or is no log that this program can read, is moved aside, and Aside says so;
// an error is about the folder.
func OpenLog(ctx context.Context, dir string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory %s (or set data: to one that can be written): %w", dir, err)
	}
	path := filepath.Join(dir, LogFile)
	l, err := openLogFile(ctx, path)
	if err == nil || !isDamage(err) {
		return l, err
	}
	moved, lost := moveAside(path)
	if lost != nil {
		return nil, errors.Join(err, lost)
	}
	if l, lost = openLogFile(ctx, path); lost != nil {
		return nil, lost
	}
	l.aside = fmt.Errorf("the request log %s could not be read (%w); it was moved to %s, which may be deleted, and a new one was begun", path, err, moved)
	return l, nil
}

// OpenLogMemory makes a request log in memory, which takes at most so many bytes: for new records the oldest are removed.
func OpenLogMemory(ctx context.Context, most int64) (*Log, error) {
	l := &Log{}
	// A name of its own among the databases in memory of this process; the extra connection keeps it there whatever becomes of the other.
	uri := fmt.Sprintf("file:/candor-log-%p?vfs=memdb&%s&_pragma=max_page_count(%d)", l, logSettings, max(most/logPage, 64))
	db, err := sql.Open("sqlite", uri)
	if err != nil {
		return nil, fmt.Errorf("open a request log in memory: %w", err)
	}
	db.SetMaxOpenConns(2) // the one that works, and the one that keeps
	if l.memory, err = db.Conn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open a request log in memory: %w", err), db.Close())
	}
	l.w, l.r = db, db
	if err := l.begin(ctx, "memory"); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Aside is what was wrong with the file that was found, and where it is now; nil if nothing was.
func (l *Log) Aside() error { return l.aside }

func openLogFile(ctx context.Context, path string) (*Log, error) {
	// SQLite would make it readable by all; its -wal and -shm files take its mode.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // in the operator's directory
	if err != nil {
		return nil, fmt.Errorf("open the request log: %w; it must be writable by the user that runs candor", err)
	}
	opened, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("open the request log: %w", err)
	}
	l := &Log{file: path, opened: opened}
	if l.w, err = connect(path, 1, logSettings); err != nil {
		return nil, err
	}
	if l.r, err = connect(path, readers, "_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, l.w.Close())
	}
	if err = l.begin(ctx, path); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	l.lookBeside()
	return l, nil
}

// begin brings the schema up to date and looks where records go on.
func (l *Log) begin(ctx context.Context, path string) error {
	if err := migrate(ctx, l.w, logMigrations, logFolder, path); err != nil {
		return err
	}
	err := l.w.QueryRowContext(ctx, lastDetail).Scan(&l.seq)
	if err == nil {
		err = l.adds.prepare(ctx, l.w)
	}
	return wrapLog(err, "open the request log "+path)
}

// Close closes the log; nothing is lost without it. A file that is damaged is moved aside.
func (l *Log) Close() error {
	l.adding.Lock()
	defer l.adding.Unlock()
	errs := []error{l.adds.close()}
	if l.memory != nil {
		errs = append(errs, l.memory.Close())
	}
	if l.r != nil && l.r != l.w {
		errs = append(errs, l.r.Close())
	}
	errs = append(errs, l.w.Close())
	return errors.Join(append(errs, l.leave())...)
}

func (l *Log) rest() {
	if l.Rest != nil {
		l.Rest()
	}
}

// wrapLog says what was tried, and calls what is not there requestlog.ErrNotFound.
func wrapLog(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", what, requestlog.ErrNotFound)
	}
	return fmt.Errorf("%s: %w", what, err)
}
