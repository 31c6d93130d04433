//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// wire is one plain connection of a load.
type wire struct {
	fd      int
	answers answers
	unsent  []byte // of the request that is being written
	stuck   bool   // the socket took no more
	due     int64  // when its request was meant to be sent, in a paced round: ns from its beginning
	stood   int64  // how long the generator of that round had stood still by then, ns
}

// poll is many wires on one thread: the cheapest client there is, so that the
// proxy is what a measurement waits for.
type poll struct {
	epoll  int
	wires  map[int32]*wire
	events [256]unix.EpollEvent
	buf    [256 << 10]byte
}

func openPoll() (*poll, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	return &poll{epoll: fd, wires: map[int32]*wire{}}, err
}

// newPoll opens the connections of a target.
func newPoll(t *target) (*poll, error) {
	p, err := openPoll()
	if err != nil {
		return nil, err
	}
	for range t.conns {
		if _, err := p.dial(t.address, t.status); err != nil {
			p.close()
			return nil, err
		}
	}
	return p, nil
}

func (p *poll) dial(address, status string) (*wire, error) {
	to, err := socketAddress(address)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	w := &wire{fd: fd, answers: answers{status: []byte(status)}}
	p.wires[int32(fd)] = w
	return w, errors.Join(
		unix.Connect(fd, to),
		unix.SetNonblock(fd, true),
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		p.watch(fd),
	)
}

// socketAddress is an IPv4 address with its port.
func socketAddress(text string) (*unix.SockaddrInet4, error) {
	addr, err := netip.ParseAddrPort(text)
	if err != nil {
		return nil, err
	}
	return &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}, nil
}

// watch asks to be woken when something can be read.
func (p *poll) watch(fd int) error {
	return unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// hangUp closes one connection.
func (p *poll) hangUp(w *wire) {
	delete(p.wires, int32(w.fd))
	_ = unix.Close(w.fd)
}

func (p *poll) close() {
	for _, w := range p.wires {
		_ = unix.Close(w.fd)
	}
	_ = unix.Close(p.epoll)
}

// send writes a request, or as much of it as the socket takes.
func (p *poll) send(w *wire, request []byte) error {
	w.unsent = request
	return p.write(w)
}

// write writes what is unsent, and asks to be woken when more can be.
func (p *poll) write(w *wire) error {
	n, err := unix.Write(w.fd, w.unsent)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return fmt.Errorf("write: %w", err)
	}
	w.unsent = w.unsent[max(n, 0):]
	if stuck := len(w.unsent) > 0; stuck != w.stuck {
		w.stuck = stuck
		e := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(w.fd)}
		if stuck {
			e.Events |= unix.EPOLLOUT
		}
		return unix.EpollCtl(p.epoll, unix.EPOLL_CTL_MOD, w.fd, &e)
	}
	return nil
}

// tenth is how long a load waits for events before it looks at its context, ms.
const tenth = 100

// wait returns the events that came within so many milliseconds; -1 is no bound.
func (p *poll) wait(ctx context.Context, ms int) ([]unix.EpollEvent, error) {
	n, err := unix.EpollWait(p.epoll, p.events[:], ms)
	if err != nil && !errors.Is(err, unix.EINTR) {
		return nil, err
	}
	if n <= 0 {
		return nil, ctx.Err()
	}
	return p.events[:n], nil
}

// wake handles one event and reports whether it made an answer whole.
func (p *poll) wake(e *unix.EpollEvent) (w *wire, whole bool, err error) {
	if w = p.wires[e.Fd]; w == nil {
		return nil, false, nil // not one of a connection
	}
	if e.Events&unix.EPOLLOUT != 0 {
		if err = p.write(w); err != nil {
			return w, false, err
		}
	}
	if e.Events&^unix.EPOLLOUT == 0 {
		return w, false, nil
	}
	n, err := unix.Read(w.fd, p.buf[:])
	switch {
	case err != nil:
		return w, false, fmt.Errorf("read: %w", err)
	case n == 0:
		return w, false, errors.New("the proxy closed a connection")
	}
	whole, err = w.answers.take(p.buf[:n])
	return w, whole, err
}

// runPlain is all plain connections of a load, in turn.
func (l *load) runPlain(ctx context.Context) error {
	p, err := newPoll(&l.target)
	if err != nil {
		return err
	}
	defer p.close()
	for _, w := range p.wires {
		if err := p.send(w, l.request); err != nil {
			return err
		}
	}
	for due := len(p.wires); due > 0; {
		events, err := p.wait(ctx, tenth)
		if err != nil {
			return err
		}
		for i := range events {
			again, err := l.next(p, &events[i])
			if err != nil {
				return err
			}
			due -= again
		}
	}
	return nil
}

// next handles one event; an answer is followed by the next request, but for a
// load that is halting: then one answer less is due.
func (l *load) next(p *poll, e *unix.EpollEvent) (fewer int, err error) {
	w, whole, err := p.wake(e)
	if err != nil || !whole {
		return 0, err
	}
	l.done.Add(1)
	if l.halting.Load() {
		return 1, nil
	}
	return 0, p.send(w, l.request)
}
