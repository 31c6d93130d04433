//go:build unix && !linux

package gateway

import "golang.org/x/sys/unix"

// hasEnded says whether the peer of a socket has closed its side. Bytes that are not read yet hide it.
func hasEnded(fd int) bool {
	var one [1]byte
	n, _, err := unix.Recvfrom(fd, one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	return err == nil && n == 0 || err != nil && err != unix.EAGAIN && err != unix.EINTR //nolint:errorlint // an Errno is compared as it is
}
