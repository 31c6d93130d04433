//go:build unix

package server

import "golang.org/x/sys/unix"

// mayWrite says why this user may not make files in a folder, or write a file.
func mayWrite(path string) error {
	return unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS)
}

// ownerOf is the number of the user whom a file belongs to, if it is there.
func ownerOf(path string) (uid int, known bool) {
	var s unix.Stat_t
	if unix.Stat(path, &s) != nil {
		return 0, false
	}
	return int(s.Uid), true
}
