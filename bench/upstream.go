//go:build linux

package main

import (
	"bytes"
	"errors"
	"strconv"

	"golang.org/x/sys/unix"
)

// What the upstream answers. The last segment of the path decides: a proxy may
// put what it likes before it.
const (
	kilobyte = 1 << 10
	megabyte = 1 << 20
)

// upstreamFields are the fields of every answer of the upstream: what a proxy
// sends beyond them it has added.
const upstreamFields = "Date: Tue, 03 Mar 2026 12:00:00 GMT\r\n" +
	"Content-Type: application/octet-stream\r\n" +
	"Cache-Control: max-age=60\r\n" +
	"ETag: \"5f2a1c\"\r\n"

// upstream is the server behind the proxies: the cheapest that keeps to HTTP,
// so that it is never what a measurement waits for. It trusts its clients, who
// are ours, and never has two requests of one of them at once.
type upstream struct {
	*poll
	listener     int32
	peers        map[int32]*peer
	small, large []byte
}

// peer is a connection of a proxy.
type peer struct {
	wire
	part   []byte // of a head that is not whole yet
	skip   int64  // of a body
	answer []byte // to the request whose body is being skipped
}

// newUpstream listens at an IPv4 address.
func newUpstream(address string) (*upstream, error) {
	p, err := openPoll()
	if err != nil {
		return nil, err
	}
	to, err := socketAddress(address)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1),
		unix.Bind(fd, to), unix.Listen(fd, 4096), p.watch(fd),
	)
	return &upstream{
		poll: p, listener: int32(fd), peers: map[int32]*peer{},
		small: answerOf(bytes.Repeat([]byte("k"), kilobyte)),
		large: answerOf(bytes.Repeat([]byte("m"), megabyte)),
	}, err
}

func answerOf(body []byte) []byte {
	head := "HTTP/1.1 200 OK\r\n" + upstreamFields + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	return append([]byte(head), body...)
}

// serve handles an event of the listener or of a peer, and reports whether it
// was one.
func (u *upstream) serve(e *unix.EpollEvent) (ours bool, err error) {
	if e.Fd == u.listener {
		return true, u.accept()
	}
	p := u.peers[e.Fd]
	if p == nil {
		return false, nil
	}
	if !u.goOn(p, e) {
		delete(u.peers, e.Fd)
		_ = unix.Close(p.fd)
	}
	return true, nil
}

// accept takes all that wait.
func (u *upstream) accept() error {
	for {
		fd, _, err := unix.Accept4(int(u.listener), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.ECONNABORTED) {
			return nil
		}
		if err != nil {
			return err
		}
		u.peers[int32(fd)] = &peer{wire: wire{fd: fd}}
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		if err := u.watch(fd); err != nil {
			return err
		}
	}
}

// goOn writes and reads what can be. It reports whether the peer is still there.
func (u *upstream) goOn(p *peer, e *unix.EpollEvent) bool {
	if e.Events&unix.EPOLLOUT != 0 && u.write(&p.wire) != nil {
		return false
	}
	if e.Events&^unix.EPOLLOUT == 0 {
		return true
	}
	n, err := unix.Read(p.fd, u.buf[:])
	if errors.Is(err, unix.EAGAIN) {
		return true
	}
	return err == nil && n > 0 && u.read(p, u.buf[:n]) == nil
}

// read takes what was read, and answers each request that is whole.
func (u *upstream) read(p *peer, b []byte) error {
	for len(b) > 0 {
		if p.answer == nil {
			if b = u.head(p, b); p.answer == nil {
				return nil
			}
		}
		skipped := min(int64(len(b)), p.skip)
		b, p.skip = b[skipped:], p.skip-skipped
		if p.skip > 0 {
			return nil
		}
		answer := p.answer
		p.answer = nil
		if err := u.send(&p.wire, answer); err != nil {
			return err
		}
	}
	return nil
}

// head finds the answer if the head is whole, and returns what came behind it.
func (u *upstream) head(p *peer, b []byte) (rest []byte) {
	if len(p.part) > 0 {
		b = append(p.part, b...)
		p.part = nil
	}
	end := bytes.Index(b, []byte("\r\n\r\n")) + 4
	if end < 4 {
		p.part = bytes.Clone(b)
		return nil
	}
	p.skip, p.answer = contentLength(b[:end]), u.answerTo(b[:end])
	return b[end:]
}

func (u *upstream) answerTo(head []byte) []byte {
	target, _, _ := bytes.Cut(head, []byte(" HTTP/1."))
	switch {
	case bytes.HasSuffix(target, []byte("/1k")):
		return u.small
	case bytes.HasSuffix(target, []byte("/1m")):
		return u.large
	case bytes.HasSuffix(target, []byte("/ws")):
		return []byte(switching)
	}
	return answerOf(bytes.Clone(head)) // what has reached us, to compare
}

// contentLength is the length that a head declares, 0 if none. The name is
// looked for in the two spellings that are in use.
func contentLength(head []byte) (n int64) {
	at := bytes.Index(head, []byte("\r\nContent-Length: "))
	if at < 0 {
		at = bytes.Index(head, []byte("\r\ncontent-length: "))
	}
	if at < 0 {
		return 0
	}
	for _, c := range head[at+len("\r\nContent-Length: "):] {
		if c < '0' || c > '9' {
			return n
		}
		n = 10*n + int64(c-'0')
	}
	return n
}
