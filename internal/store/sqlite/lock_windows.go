package sqlite

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// openLocked opens the file so that others can read it and nobody can open it for writing, until it is closed. ErrHeld:
// somebody has it.
func openLocked(path string) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, windows.FILE_SHARE_READ, nil,
		windows.OPEN_ALWAYS, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, windows.ERROR_SHARING_VIOLATION) {
		return nil, ErrHeld
	}
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}

// lockDir: no file that is open can be deleted here, so the lock file is enough.
func lockDir(string) (*os.File, error) { return nil, nil }
