//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// target is what a load asks, and of whom.
type target struct {
	address string
	tls     *tls.Config // nil: plain
	request []byte
	status  string // of every answer
	conns   int
}

// load is a number of connections that ask the same again and again, each as
// soon as it has its answer. Whoever started it halts it.
type load struct {
	target
	done    atomic.Int64 // whole answers
	halting atomic.Bool
	running sync.WaitGroup
	mu      sync.Mutex
	errs    []error // under mu; the first ends the load
}

// startLoad opens the connections and lets them ask until the load is halted;
// when ctx ends, answers that are due are given up.
func startLoad(ctx context.Context, t target) *load {
	l := &load{target: t}
	if t.tls == nil {
		l.running.Go(func() { l.note(l.runPlain(ctx)) })
		return l
	}
	for range t.conns {
		l.running.Go(func() { l.note(l.runTLS(ctx)) })
	}
	return l
}

// warm waits until there are as many answers as connections, or the load has failed.
func (l *load) warm(ctx context.Context) {
	for l.done.Load() < int64(l.conns) && !l.halting.Load() && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
}

// halt lets each connection wait for the answer that is due to it, and returns
// how many answers there were in all, and what went wrong.
func (l *load) halt() (answered int64, err error) {
	l.halting.Store(true)
	l.running.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done.Load(), errors.Join(l.errs...)
}

func (l *load) note(err error) {
	if err == nil {
		return
	}
	l.halting.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.errs = append(l.errs, err)
}

// runTLS is one connection. crypto/tls costs us what it costs; only the proxy's
// time is counted.
func (l *load) runTLS(ctx context.Context) error {
	conn, err := (&tls.Dialer{Config: l.tls}).DialContext(ctx, "tcp", l.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	buf := make([]byte, 64<<10)
	a := answers{status: []byte(l.status)}
	for !l.halting.Load() {
		if err := call(conn, &a, l.request, buf); err != nil {
			return err
		}
		l.done.Add(1)
	}
	return nil
}

// call sends a request and waits for the whole answer.
func call(conn net.Conn, a *answers, request, buf []byte) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	for whole := false; !whole; {
		n, err := conn.Read(buf)
		if err != nil {
			return err
		}
		if whole, err = a.take(buf[:n]); err != nil {
			return err
		}
	}
	return nil
}
