//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// pool is an API with a few workers: a call waits for one, which takes its time for it. It is a program like any other, and no generator of load.
type pool struct {
	listener net.Listener
	workers  chan struct{}
	took     time.Duration // a worker, for a call
	calls    atomic.Int64
	does     func(c net.Conn) bool // with a call; false: the connection ends. nil: it is answered
	mu       sync.Mutex
	conns    map[net.Conn]bool // nil: closed
	work     sync.WaitGroup
}

const poolAnswer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"

func newPool(ctx context.Context, workers int, took time.Duration) (*pool, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &pool{listener: l, workers: make(chan struct{}, workers), took: took, conns: map[net.Conn]bool{}}
	p.work.Go(p.accept)
	return p, nil
}

func (p *pool) address() string { return p.listener.Addr().String() }

func (p *pool) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		if p.conns == nil {
			_ = c.Close()
		} else {
			p.conns[c] = true
		}
		p.mu.Unlock()
		p.work.Go(func() { p.serve(c) })
	}
}

func (p *pool) serve(c net.Conn) {
	defer func() {
		_ = c.Close()
		p.mu.Lock()
		delete(p.conns, c)
		p.mu.Unlock()
	}()
	for r := bufio.NewReader(c); readHead(r, nil) == nil; {
		p.calls.Add(1)
		if p.does != nil {
			if !p.does(c) {
				return
			}
			continue
		}
		p.workers <- struct{}{}
		time.Sleep(p.took)
		<-p.workers
		if _, err := io.WriteString(c, poolAnswer); err != nil {
			return
		}
	}
}

func (p *pool) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
	p.mu.Unlock()
	p.work.Wait()
}

// readHead reads a head to its end, and shows its lines.
func readHead(r *bufio.Reader, show func(line string)) error {
	for {
		line, err := r.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case len(line) == 2:
			return nil
		case show != nil:
			show(string(line))
		}
	}
}

// crowd makes calls when they are due, over connections that are free; one that finds none waits, and its wait counts.
type crowd struct {
	address string
	request string
	conns   int
	rate    float64
	length  time.Duration // behind a lead-in of a quarter of it, which is left out
}

// made is what came of a crowd's calls.
type made struct {
	took    []int64 // ns, of those that were answered with 200, sorted
	refused int     // with a problem of the gateway's own
	failed  int     // in any other way
}

// p99 is in µs.
func (m *made) p99() float64 { return float64(within(m.took, 0.99)) / 1e3 }

func (c *crowd) run(ctx context.Context) (made, error) {
	leadIn := c.length / 4
	begun := time.Now() //nolint:forbidigo // the bench is its own main
	due := make(chan time.Duration, int(c.rate*(leadIn+c.length).Seconds())+1)
	parts := make([]made, c.conns)
	errs := make(chan error, c.conns)
	var work sync.WaitGroup
	for i := range parts {
		nc, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.address)
		if err != nil {
			return made{}, err
		}
		work.Go(func() {
			defer nc.Close()
			errs <- c.calls(nc, due, leadIn, begun, &parts[i])
		})
	}
	pause := time.Duration(1e9 / c.rate)
	for next := time.Duration(0); next < leadIn+c.length && ctx.Err() == nil; next += pause {
		if early := next - time.Since(begun); early > 0 {
			time.Sleep(early)
		}
		due <- next
	}
	close(due)
	work.Wait()
	var all made
	for range parts {
		if err := <-errs; err != nil {
			return all, err
		}
	}
	for i := range parts {
		all.took = append(all.took, parts[i].took...)
		all.refused += parts[i].refused
		all.failed += parts[i].failed
	}
	slices.Sort(all.took)
	return all, ctx.Err()
}

// calls makes those that one connection gets to make.
func (c *crowd) calls(nc net.Conn, due <-chan time.Duration, leadIn time.Duration, begun time.Time, into *made) error {
	r := bufio.NewReader(nc)
	for at := range due {
		if _, err := io.WriteString(nc, c.request); err != nil {
			return err
		}
		status, ours, length := "", false, int64(0)
		err := readHead(r, func(line string) {
			name, value, _ := strings.Cut(line, ":")
			switch {
			case status == "":
				status = line[len("HTTP/1.1 "):]
			case name == "Candor-Problem":
				ours = true
			case name == "Content-Length":
				_, _ = fmt.Sscan(value, &length)
			}
		})
		if err == nil {
			_, err = io.CopyN(io.Discard, r, length)
		}
		if err != nil {
			return fmt.Errorf("a call due at %s: %w", at, err)
		}
		switch {
		case at < leadIn:
		case strings.HasPrefix(status, "200"):
			into.took = append(into.took, int64(time.Since(begun)-at))
		case ours:
			into.refused++
		default:
			into.failed++
		}
	}
	return nil
}
