package socket

import "golang.org/x/sys/unix"

// hasEnded asks for the state of the connection, which tells the end also behind bytes that are not read yet.
func hasEnded(fd int) bool {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	return err != nil || info.State == unix.BPF_TCP_CLOSE_WAIT || info.State == unix.BPF_TCP_CLOSE
}

// acknowledged is the count that RFC 4898 calls tcpEStatsAppHCThruOctetsAcked.
func acknowledged(fd int, otherwise uint64) uint64 {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return otherwise
	}
	return info.Bytes_acked
}
