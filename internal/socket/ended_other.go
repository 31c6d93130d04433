//go:build unix && !linux

package socket

import "syscall"

// hasEnded: bytes that are not read yet hide the end that follows them.
func hasEnded(fd int) bool {
	n, err := peek(fd)
	if err != nil {
		return err != syscall.EAGAIN && err != syscall.EINTR //nolint:errorlint // an Errno is compared as it is
	}
	return n == 0
}

func acknowledged(_ int, otherwise uint64) uint64 { return otherwise }
