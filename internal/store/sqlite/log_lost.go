package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	sqlite3 "modernc.org/sqlite/lib"
)

// beside are the endings of the files with which a database goes on: they belong to it, and to nothing else.
var beside = []string{"-wal", "-shm"}

// Lost reports that the file at the log's path is not the one that is open, since it was removed or another was put in its place, or that it is damaged so that it cannot be
// written. What is written to a file that is gone can be read by nobody who looks there; one that is damaged is moved aside by Close.
func (l *Log) Lost() error {
	if l.file == "" || l.opened == nil {
		return nil
	}
	now, err := os.Stat(l.file)
	switch broken := l.broken.Load(); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s was removed while it was open", l.file)
	case err == nil && !os.SameFile(now, l.opened): // a folder that cannot be read says nothing of the file
		return fmt.Errorf("%s was replaced while it was open", l.file)
	case broken != nil:
		return fmt.Errorf("%s is damaged (%w); it is renamed to %s.damaged- and a time, and may be deleted then", l.file, *broken, l.file)
	}
	return nil
}

// wrote says what was to be written, and keeps in mind that the file is damaged if that is what was wrong.
func (l *Log) wrote(err error, what string) error {
	if c := code(err); c == sqlite3.SQLITE_CORRUPT || c == sqlite3.SQLITE_NOTADB {
		l.broken.CompareAndSwap(nil, &err)
	}
	return wrapLog(err, what)
}

// leave makes room at the log's path, once it is closed: for a file that was lost a new one is begun there.
func (l *Log) leave() error {
	if l.Lost() == nil {
		return nil
	}
	now, err := os.Stat(l.file)
	if err == nil && os.SameFile(now, l.opened) {
		_, err = moveAside(l.file)
		return err
	}
	var errs []error
	for i, ending := range beside { // SQLite leaves them where their database has moved, and would go on with them from another one
		if is, err := os.Stat(l.file + ending); err == nil && l.with[i] != nil && os.SameFile(is, l.with[i]) {
			errs = append(errs, os.Remove(l.file+ending))
		}
	}
	return errors.Join(errs...)
}

// lookBeside notes which files are the log's own.
func (l *Log) lookBeside() {
	for i, ending := range beside {
		l.with[i], _ = os.Stat(l.file + ending) // nil: it is not there
	}
}
