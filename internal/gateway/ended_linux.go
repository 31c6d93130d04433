package gateway

import "golang.org/x/sys/unix"

// hasEnded says whether the peer of a socket has closed its side. The state of the connection tells it also behind bytes that are not read yet, where a peek
// would see those.
func hasEnded(fd int) bool {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	return err == nil && (info.State == unix.BPF_TCP_CLOSE_WAIT || info.State == unix.BPF_TCP_CLOSE)
}
