package sqlite

import (
	"errors"
	"fmt"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errLater is a database of a later program.
var errLater = errors.New("run that one")

// isDamage reports whether a file is no database, not a whole one, or not one of ours.
func isDamage(err error) bool {
	if errors.Is(err, errLater) {
		return true
	}
	switch code(err) {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR: // the last: it has other tables
		return true
	}
	return false
}

// isFull reports whether there was no room for what was to be written.
func isFull(err error) bool { return code(err) == sqlite3.SQLITE_FULL }

// code is SQLite's primary result code; 0 for what does not come from there.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// moveAside gives a log another name, after the time of its last change, and says which.
func moveAside(path string) (moved string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("move the request log aside: %w", err)
	}
	base := path + ".damaged-" + info.ModTime().UTC().Format("20060102T150405Z")
	moved = base
	for n := 2; exists(moved); n++ {
		moved = fmt.Sprintf("%s-%d", base, n)
	}
	if err := os.Rename(path, moved); err != nil {
		return "", fmt.Errorf("move the request log aside: %w", err)
	}
	for _, ending := range beside {
		if err := os.Rename(path+ending, moved+ending); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("move the request log aside: %w", err)
		}
	}
	return moved, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
