package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Folder is a data directory that this process holds.
type Folder struct {
	dir     string
	unlock  func() error
	missing []string // what was not there when it was taken, what is inside before what it is in
}

// Lock takes the data directory for this process, making it where it is missing, until release or the process's end,
// however it ends: the system holds the lock, the file's being there means nothing, nor does its being gone. The error
// is a *HeldError where another process has it.
func Lock(dir string) (release func() error, err error) {
	f, err := Take(dir)
	if err != nil {
		return nil, err
	}
	return f.Release, nil
}

// Take is Lock for whoever may give the directory back as it was.
func Take(dir string) (*Folder, error) {
	missing := Missing(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil { //nolint:gosec // the operator names the directory
		Remove(missing)
		return nil, fmt.Errorf("make the data directory %s (or set data: to one that can be written): %w", dir, err)
	}
	path := filepath.Join(dir, LockFile)
	fresh := Missing(path)
	lock, unlock, err := take(dir)
	if errors.Is(err, ErrHeld) {
		return nil, &HeldError{Dir: dir, PID: holder(path)}
	}
	if err != nil {
		Remove(missing) // what another process has filled meanwhile stays
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}
	f := &Folder{dir: dir, unlock: unlock}
	f.missing = slices.Concat(f.missingFiles(), fresh, missing)
	if err = f.sign(lock); err != nil {
		return nil, errors.Join(err, f.Undo())
	}
	return f, nil
}

// sign writes into the lock whose it is.
func (f *Folder) sign(lock *os.File) error {
	if err := Check(f.dir); err != nil {
		return err
	}
	err := lock.Truncate(0)
	if err == nil {
		_, err = io.WriteString(lock, strconv.Itoa(os.Getpid())+"\n")
	}
	if err != nil {
		return fmt.Errorf("lock the data directory: %w", err)
	}
	return nil
}

// missingFiles are those of ours that are not in the directory. Where there is a database, what is made beside it belongs to it, and is none of a start's.
func (f *Folder) missingFiles() (all []string) {
	if len(Missing(filepath.Join(f.dir, File))) == 0 {
		return nil
	}
	for _, name := range []string{File + "-wal", File + "-shm", File, CountersFile + ".new", CountersFile} {
		all = append(all, Missing(filepath.Join(f.dir, name))...)
	}
	return all
}

// Release lets others take the directory.
func (f *Folder) Release() error { return f.unlock() }

// Undo removes what was not there when the directory was taken, as far as it is ours and nothing of others is in it, and releases it: a start that fails leaves
// nothing behind.
func (f *Folder) Undo() error {
	Remove(f.missing)
	return f.unlock()
}

// Missing is a path with the directories that would have to be made for it, as far as they are not there, the innermost first.
func Missing(path string) (all []string) {
	for {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) { //nolint:gosec // the operator names it
			return all
		}
		all = append(all, path)
		path = filepath.Dir(path)
	}
}

// Remove removes files, and directories that are empty.
func Remove(paths []string) {
	for _, path := range paths {
		_ = os.Remove(path)
	}
}
