package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Check says what is wrong with a data directory, without making or changing anything; one that is not there yet is good. The directory must not be in use.
func Check(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at the data directory: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%s is a file, and data: names a directory; choose another", dir)
	}
	if err := checkMode(dir, info); err != nil {
		return err
	}
	for _, name := range []string{LockFile, File, File + "-wal", File + "-shm", CountersFile, LogFile, LogFile + "-wal", LogFile + "-shm"} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look at the data directory: %w", err)
		}
		if err := checkMode(path, info); err != nil {
			return err
		}
	}
	return checkWAL(dir)
}

// checkMode refuses what others may write: they could put in grants, or a socket that takes our commands.
func checkMode(path string, info fs.FileInfo) error {
	if runtime.GOOS == "windows" { // its permission bits say nothing of who may write
		return nil
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf("%s can be written by others (mode %04o); run: chmod go-w %s, or set data: to a directory of its own", path, mode, path)
	}
	return nil
}

// Leave removes a directory that holds nothing but the lock. Whoever has the lock calls it, and releases it then.
func Leave(dir string) {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) == 1 && entries[0].Name() == LockFile {
		_ = os.Remove(filepath.Join(dir, LockFile))
		_ = os.Remove(dir) // not where it has been filled meanwhile
	}
}

// Holder says which other process has a data directory; nil if none. It makes nothing.
func Holder(dir string) *HeldError {
	path := filepath.Join(dir, LockFile)
	f, err := lockDir(dir)
	if err == nil && f != nil {
		defer f.Close()
	}
	if _, missing := os.Stat(path); err == nil && missing == nil {
		var l *os.File
		if l, err = openLocked(path); err == nil {
			defer l.Close()
		}
	}
	if errors.Is(err, ErrHeld) {
		return &HeldError{Dir: dir, PID: holder(path)}
	}
	return nil
}
