package sqlite

import (
	"errors"
	"fmt"
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
