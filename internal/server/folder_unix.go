//go:build unix

package server

import "golang.org/x/sys/unix"

// mayWrite says why this user may not make files in a folder, or write a file.
func mayWrite(path string) error {
	return unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS)
}
