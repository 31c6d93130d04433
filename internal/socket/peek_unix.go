//go:build unix

package socket

import "syscall"

// peek reads without taking; n is 0 at the end of the stream.
func peek(fd int) (n int, err error) {
	var one [1]byte
	n, _, err = syscall.Recvfrom(fd, one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return n, err
}

func isQuiet(fd int) bool {
	_, err := peek(fd)
	return err == syscall.EAGAIN //nolint:errorlint // an Errno is compared as it is
}
