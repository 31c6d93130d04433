package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// LockFile is the name of the lock in the data directory.
const LockFile = "lock"

// ErrHeld says that another process has the data directory: a running instance, which can be talked to.
var ErrHeld = errors.New("the data directory is in use")

// HeldError is an ErrHeld with the facts.
type HeldError struct {
	Dir string
	PID int // of the holder; 0 where it has not said
}

func (e *HeldError) Error() string {
	by := "another process"
	if e.PID != 0 {
		by = "process " + strconv.Itoa(e.PID)
	}
	return fmt.Sprintf("the data directory %s is in use by %s; stop it, or choose another directory by data:", e.Dir, by)
}

// Is makes a HeldError an ErrHeld.
func (e *HeldError) Is(target error) bool { return target == ErrHeld }

// Lock takes the data directory for this process, making it where it is missing, until release or the process's end,
// however it ends: the system holds the lock, the file's being there means nothing, nor does its being gone. The error
// is a *HeldError where another process has it.
func Lock(dir string) (release func() error, err error) {
	if err = os.MkdirAll(dir, 0o700); err != nil { //nolint:gosec // the operator names the directory
		return nil, fmt.Errorf("make the data directory %s (or set data: to one that can be written): %w", dir, err)
	}
	path := filepath.Join(dir, LockFile)
	f, unlock, err := take(dir)
	if errors.Is(err, ErrHeld) {
		return nil, &HeldError{Dir: dir, PID: holder(path)}
	}
	if err == nil {
		if err = Check(dir); err != nil {
			return nil, errors.Join(err, unlock())
		}
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = io.WriteString(f, strconv.Itoa(os.Getpid())+"\n")
	}
	if err != nil && unlock != nil {
		err = errors.Join(err, unlock())
	}
	if err != nil {
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}
	return unlock, nil
}

// take locks the directory itself, where the system can, and the file in it, which names its holder, and which is all that an older Candor locks.
func take(dir string) (f *os.File, unlock func() error, err error) {
	folder, err := lockDir(dir)
	if err != nil {
		return nil, nil, err
	}
	closeFolder := func() error { return nil }
	if folder != nil {
		closeFolder = folder.Close
	}
	f, err = openLocked(filepath.Join(dir, LockFile))
	if err != nil {
		return nil, nil, errors.Join(err, closeFolder())
	}
	return f, func() error { return errors.Join(f.Close(), closeFolder()) }, nil
}

func holder(path string) int {
	text, err := os.ReadFile(path) //nolint:gosec // in the operator's directory
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}
