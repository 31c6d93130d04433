// Package keyfile writes the files of secret keys, and looks at who may read them. What stands in one is its reader's.
package keyfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Private refuses a file or folder that others than its owner may reach: want are the permission bits that it may have (0600, 0700).
func Private(path string, want os.FileMode) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	if runtime.GOOS == "windows" { // its permission bits say nothing of who may read
		return nil
	}
	if open := info.Mode().Perm() &^ want; open != 0 {
		return fmt.Errorf("%s can be reached by others (mode %04o); run: chmod %04o %s", path, info.Mode().Perm(), want, path)
	}
	return nil
}

// Write puts a file in its place whole or not at all, readable by its owner alone, and on disk before it returns.
func Write(path string, text []byte) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".new-*") // 0600
	if err != nil {
		return fmt.Errorf("write key file %s: %w; the directory must be writable by the user that runs candor", path, err)
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("write key file %s: %w", path, err)
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("write key file %s: %w", path, err)
	}
	return syncDir(dir)
}

// Remove removes the file of a key whose time is over. One that is gone already is no error.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the outlived key file: %w", err)
	}
	return nil
}

// syncDir makes a rename durable. Windows has no such call and needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir) //nolint:gosec // the operator names the directory
	if err != nil {
		return fmt.Errorf("sync the keys directory %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync the keys directory %s: %w", dir, err)
	}
	return nil
}
