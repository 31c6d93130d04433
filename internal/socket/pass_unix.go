//go:build unix

package socket

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// passedMost is how many sockets one message may bring: more than the kernel lets pass (SCM_MAX_FD).
const passedMost = 256

// Pass writes a message with listening sockets beside it (SCM_RIGHTS): whoever reads it has them too, and neither side's closing is the other's.
func Pass(to *net.UnixConn, message []byte, sockets []*net.TCPListener) error {
	var copies []int
	defer func() {
		for _, fd := range copies {
			_ = unix.Close(fd)
		}
	}()
	for _, s := range sockets {
		fd, err := duplicate(s)
		if err != nil {
			return fmt.Errorf("hand over the socket of %s: %w", s.Addr(), err)
		}
		copies = append(copies, fd)
	}
	_, _, err := to.WriteMsgUnix(message, unix.UnixRights(copies...), nil)
	return err
}

// duplicate is a descriptor of its own for the socket. Going through os.File would make the socket block, for its other owners too.
func duplicate(s *net.TCPListener) (fd int, err error) {
	raw, err := s.SyscallConn()
	if err != nil {
		return 0, err
	}
	if gone := raw.Control(func(of uintptr) { fd, err = unix.FcntlInt(of, unix.F_DUPFD_CLOEXEC, 0) }); gone != nil {
		return 0, gone
	}
	return fd, err
}

// Copy is the same socket once more: it is closed when both are.
func Copy(s *net.TCPListener) (*net.TCPListener, error) {
	fd, err := duplicate(s)
	if err != nil {
		return nil, fmt.Errorf("copy the socket of %s: %w", s.Addr(), err)
	}
	return Adopt(os.NewFile(uintptr(fd), "a copy"))
}

// Passed reads into message once, and takes what has come beside it. Nothing of it is open in programs that this one starts.
func Passed(from *net.UnixConn, message []byte) (n int, files []*os.File, err error) {
	beside := make([]byte, unix.CmsgSpace(passedMost*4))
	n, besides, _, _, err := from.ReadMsgUnix(message, beside)
	if err != nil {
		return n, nil, err
	}
	messages, err := unix.ParseSocketControlMessage(beside[:besides])
	if err != nil {
		return n, nil, fmt.Errorf("read what came beside a message: %w", err)
	}
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			continue // something else than sockets
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "a socket that was handed over"))
		}
	}
	return n, files, nil
}

// Adopt makes a listener of an open file, which is closed, and gives it the options of Listening. The error says what the file is instead.
func Adopt(f *os.File) (*net.TCPListener, error) {
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeSocket == 0 {
		return nil, errors.Join(errors.New("it is no socket"), err)
	}
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("it is no socket that listens for streams: %w", err)
	}
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return nil, errors.Join(fmt.Errorf("it is a %s socket, and TCP is what is spoken here", l.Addr().Network()), l.Close())
	}
	raw, err := tcp.SyscallConn()
	if err == nil {
		err = listens(raw)
	}
	if err == nil {
		err = inherited("", "", raw)
	}
	if err != nil {
		return nil, errors.Join(err, tcp.Close())
	}
	return tcp, nil
}

func listens(raw syscall.RawConn) error {
	var is int
	var err error
	gone := raw.Control(func(fd uintptr) { is, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ACCEPTCONN) })
	switch {
	case gone != nil:
		return gone
	case err != nil:
		return fmt.Errorf("ask whether it listens: %w", err)
	case is == 0:
		return errors.New("it does not listen: a connection, or a socket that was only bound (in a socket unit of systemd, Accept=no is meant)")
	}
	return nil
}
