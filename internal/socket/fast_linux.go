//go:build linux && (amd64 || arm64)

package socket

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Receiver reads a non-blocking socket without parking, and learns with each read what is left (TCP_INQ), so that it need not read in vain. It lives in
// the memory of its connection and allocates nothing. The zero value reads until EAGAIN.
type Receiver struct {
	header  unix.Msghdr
	vector  unix.Iovec
	control [controlSpace]byte
	opened  bool
}

// controlSpace holds one control message with an int32: a header of 16 bytes and 8 of data.
const controlSpace = 24

// Open asks the kernel to say with each read what is left. A connection of a listener by Listening says so unasked.
func (r *Receiver) Open(fd uintptr) {
	on := int32(1)
	//nolint:gosec // the kernel reads four bytes there, within this call
	_, _, _ = syscall.RawSyscall6(syscall.SYS_SETSOCKOPT, fd, unix.IPPROTO_TCP, unix.TCP_INQ, uintptr(unsafe.Pointer(&on)), unsafe.Sizeof(on), 0)
	r.opened = true // an old kernel refuses, and says nothing
}

// Opened reports whether the kernel was asked, or has said it unasked.
func (r *Receiver) Opened() bool { return r.opened }

// Readable reports whether a read would bring something: bytes, the end or an error. It takes nothing but the error, which is told once.
func Readable(fd uintptr) bool {
	ready, _ := Look(fd)
	return ready
}

// Look is Readable, for whoever needs that error.
func Look(fd uintptr) (ready bool, err error) {
	var one byte
	for {
		//nolint:gosec // the kernel writes one byte there, within this call
		_, _, e := syscall.RawSyscall6(syscall.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&one)), 1, syscall.MSG_PEEK|syscall.MSG_DONTWAIT, 0, 0)
		switch e {
		case 0:
			return true, nil
		case syscall.EAGAIN:
			return false, nil
		case syscall.EINTR:
		default:
			return true, e
		}
	}
}

// Recv reads into b. left is what the kernel still has, 1 at the end of the stream or if that is not known. It is 0 also where a reset came behind the last
// byte, whose readiness may be used up: whoever waits for the rest of a message reads until EAGAIN first. errno is EAGAIN where there is nothing to
// read. b must not be empty.
func (r *Receiver) Recv(fd uintptr, b []byte) (n, left int, errno syscall.Errno) {
	r.vector.Base = unsafe.SliceData(b) //nolint:gosec // the kernel writes len(b) bytes there, within this function
	r.vector.SetLen(len(b))
	r.header.Iov, r.header.Iovlen = &r.vector, 1
	r.header.Control = &r.control[0]
	r.header.SetControllen(controlSpace)
	for {
		// Raw: an ordinary system call would wake the runtime's monitor thread after each idle moment, and this one does not block.
		got, _, e := syscall.RawSyscall(syscall.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&r.header)), syscall.MSG_DONTWAIT) //nolint:gosec // memory of r, which outlives the call
		r.vector.Base = nil                                                                                                // the kernel is done with b; nothing of it is kept
		if e == syscall.EINTR {
			r.vector.Base = unsafe.SliceData(b) //nolint:gosec // as above
			continue
		}
		if e != 0 {
			return 0, 0, e
		}
		return int(got), r.left(), 0
	}
}

// left reads the control message.
func (r *Receiver) left() int {
	if r.header.Controllen < controlSpace-4 {
		return 1
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&r.control[0])) //nolint:gosec // the kernel has just written a header there
	if h.Level != unix.IPPROTO_TCP || h.Type != unix.TCP_CM_INQ {
		return 1
	}
	r.opened = true
	return int(*(*int32)(unsafe.Pointer(&r.control[unix.SizeofCmsghdr]))) //nolint:gosec // and its int32 behind it
}

// Send writes what fits of b without parking. b must not be empty.
func Send(fd uintptr, b []byte) (n int, errno syscall.Errno) {
	for {
		//nolint:gosec // the kernel reads len(b) bytes there, within this call
		sent, _, e := syscall.RawSyscall6(syscall.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)),
			syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL, 0, 0)
		if e == syscall.EINTR {
			continue
		}
		if e != 0 {
			return 0, e
		}
		return int(sent), 0
	}
}

// Again is the errno of a read or write that would have parked.
const Again = syscall.EAGAIN
