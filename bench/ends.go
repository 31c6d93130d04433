//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// ends is both ends of a proxy's calls in one process and on one thread: the
// upstream behind it at all times and, on order, the client before it. During
// a round the thread never sleeps: with two processes, or with one that is
// woken, the wait for a place on the core would be taken for the proxy's.
type ends struct {
	*upstream
	orders []byte // what of standard input makes no whole line yet
}

// order is a round that the parent asks for, a line of JSON.
type order struct {
	Address string
	Request []byte
	Status  string  // of every answer
	Conns   int     // kept, and used in turn; 0: a new connection for each call
	Rate    float64 // calls a second, at even distances
	Lead    time.Duration
	Length  time.Duration // behind the lead-in, whose calls are made and not counted
}

// outcome is what came of it, a line of JSON too.
type outcome struct {
	Answered int64 // those of the lead-in too
	Tail     tail
	Failed   string
}

// runEnds is that process. It ends with its standard input.
func runEnds(address string) error {
	runtime.LockOSThread()
	u, err := newUpstream(address)
	if err != nil {
		return err
	}
	e := ends{upstream: u}
	stdin := int(os.Stdin.Fd())
	if err := errors.Join(unix.SetNonblock(stdin, true), e.watch(stdin)); err != nil {
		return err
	}
	for {
		events, err := e.wait(context.Background(), -1)
		if err != nil {
			return err
		}
		for i := range events {
			ours, err := e.serve(&events[i])
			if err != nil {
				return err
			}
			if !ours && int(events[i].Fd) == stdin {
				err = e.obey(stdin)
			}
			switch {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			}
		}
	}
}

// obey reads standard input and carries out the order once it is whole.
func (e *ends) obey(stdin int) error {
	n, err := unix.Read(stdin, e.buf[:])
	switch {
	case errors.Is(err, unix.EAGAIN):
		return nil
	case err != nil:
		return err
	case n == 0:
		return io.EOF
	}
	e.orders = append(e.orders, e.buf[:n]...)
	line, rest, whole := bytes.Cut(e.orders, []byte("\n"))
	if !whole {
		return nil
	}
	var o order
	err = json.Unmarshal(line, &o)
	e.orders = rest
	if err != nil {
		return err
	}
	out, err := e.carryOut(o)
	if err != nil {
		out.Failed = err.Error()
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

// carryOut makes a round, undisturbed as far as that is in our power: nothing
// is collected meanwhile, and what else would run on this core waits where we
// may ask for that. Real-time priority would not do: the kernel takes the core
// from whoever has it and never sleeps.
func (e *ends) carryOut(o order) (outcome, error) {
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	favour(-20)
	defer favour(0)
	return e.make(o)
}

// make makes a round to its end.
func (e *ends) make(o order) (outcome, error) {
	r, err := e.begin(o)
	if err != nil {
		return outcome{}, err
	}
	defer r.close()
	for !r.over() {
		if err := r.turn(); err != nil {
			return r.outcome(), err
		}
	}
	if r.flying > 0 {
		return r.outcome(), fmt.Errorf("%d of %d calls were not answered", r.flying, r.sent)
	}
	return r.outcome(), nil
}

// favour sets how nice this thread is, and its session: where the kernel shares
// a core out among sessions first, the thread's own weight counts only within
// its own. Without the right to ask, or without sessions, all stays as it is.
func favour(nice int) {
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, nice)
	_ = os.WriteFile("/proc/self/autogroup", strconv.AppendInt(nil, int64(nice), 10), 0)
}

// far is the process, seen from the parent.
type far struct {
	*process
	orders *os.File
	out    *os.File
	says   *json.Decoder // of out
}

func (f *far) close() {
	_ = f.orders.Close()
	_ = f.out.Close()
}

// startEnds starts the process.
func (b *bench) startEnds(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if b.upstream, err = freeAddress(); err != nil {
		return err
	}
	orders, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer orders.Close()
	out, says, err := os.Pipe()
	if err != nil {
		return err
	}
	defer says.Close()
	p, err := start(launch{
		name: roleEnds, cpu: b.machine.loads, env: []string{"GOMAXPROCS=1"},
		args: []string{self, roleEnds, b.upstream}, stdin: orders, stdout: says, stderr: b.path("ends.err"), setsid: true,
	})
	if err != nil {
		return err
	}
	b.started = append(b.started, p)
	b.ends = &far{process: p, orders: in, out: out, says: json.NewDecoder(out)}
	return p.listens(ctx, b.upstream)
}

// carryOut has a round made and waits for what came of it.
func (f *far) carryOut(ctx context.Context, o order) (out outcome, err error) {
	if err = json.NewEncoder(f.orders).Encode(o); err != nil {
		return out, fmt.Errorf("order a round: %w", err)
	}
	said := make(chan error, 1) // one answer to one order
	go func() { said <- f.says.Decode(&out) }()
	select {
	case err = <-said:
	case <-ctx.Done():
		f.stop() // it would answer the next order with this round
		return out, errors.Join(ctx.Err(), <-said)
	}
	if err == nil && out.Failed != "" {
		err = errors.New(out.Failed)
	}
	return out, err
}
