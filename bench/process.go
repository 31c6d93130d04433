//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// everyCPU, in place of a CPU's number, leaves a process where the kernel puts it.
const everyCPU = -1

// process is a program that the bench started, with its children. Whoever
// started it stops it.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when the program has ended
}

// launch says how a program is started.
type launch struct {
	name   string
	cpu    int      // the one it may run on, or everyCPU
	env    []string // beside our own
	args   []string
	stdin  io.Reader
	stdout io.Writer
	stderr string // file
	setsid bool   // a session of its own, and with it a place of its own among those that the kernel shares a core out to
}

// start starts a program in a process group of its own, so that an interrupt
// typed at the terminal reaches us alone; it dies with us, however we end.
func start(l launch) (*process, error) {
	cmd := exec.Command(l.args[0], l.args[1:]...) //nolint:gosec,noctx // our own command lines; stop ends it
	cmd.Env = append(os.Environ(), l.env...)
	cmd.Stdin, cmd.Stdout = l.stdin, l.stdout
	errors, err := os.OpenFile(l.stderr, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer errors.Close()
	cmd.Stderr = errors
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: !l.setsid, Setsid: l.setsid, Pdeathsig: syscall.SIGKILL}
	if err := startOn(l.cpu, cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", l.name, err)
	}
	p := &process{name: l.name, cmd: cmd, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// startOn starts cmd from a thread that may run on one CPU alone: the child
// inherits that.
func startOn(cpu int, cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, only unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	only = before
	if cpu != everyCPU {
		only.Zero()
		only.Set(cpu)
	} else {
		only.Fill()
	}
	if err := unix.SchedSetaffinity(0, &only); err != nil {
		return err
	}
	defer func() { _ = unix.SchedSetaffinity(0, &before) }()
	return cmd.Start()
}

// stop ends the process: politely, then after three seconds for good.
func (p *process) stop() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGTERM)
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGCONT) // it may have been stopped, and would not see the first
	select {
	case <-p.done:
	case <-time.After(3 * time.Second):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
	}
}

// pids are the process and its children (nginx: master and workers).
func (p *process) pids() []int {
	pid := p.cmd.Process.Pid
	all := []int{pid}
	name := fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)
	children, _ := os.ReadFile(name) //nolint:gosec // a name of our own making
	for field := range strings.FieldsSeq(string(children)) {
		if child, err := strconv.Atoi(field); err == nil {
			all = append(all, child)
		}
	}
	return all
}

// cpu is the CPU time used so far, ns: user and system, of all threads, those
// that have ended too. The number of a process's CPU clock is made from its
// id (clock_getcpuclockid(3)); /proc/PID/stat has the same in steps of 10 ms.
func (p *process) cpu() (ns int64, err error) {
	const schedClock = 2
	for _, pid := range p.pids() {
		var ts unix.Timespec
		if err := unix.ClockGettime(int32(^pid<<3|schedClock), &ts); err != nil {
			return 0, fmt.Errorf("CPU time of %s: %w", p.name, err)
		}
		ns += ts.Nano()
	}
	return ns, nil
}

// rss is the memory that is held in RAM, bytes.
func (p *process) rss() (bytes int64, err error) {
	for _, pid := range p.pids() {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			return 0, err
		}
		_, rest, _ := strings.Cut(string(status), "VmRSS:")
		line, _, _ := strings.Cut(rest, "kB")
		kib, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("VmRSS of %s: %w", p.name, err)
		}
		bytes += kib << 10
	}
	return bytes, nil
}

// listens waits until something listens at each address, for ten seconds at most.
func (p *process) listens(ctx context.Context, addresses ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, address := range addresses {
		if err := p.answers(ctx, address); err != nil {
			return fmt.Errorf("%s does not listen at %s: %w", p.name, address, err)
		}
	}
	return nil
}

func (p *process) answers(ctx context.Context, address string) error {
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.done:
			return errors.New("it has ended")
		case <-ctx.Done():
			return err
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// freeAddress is a loopback address that nobody listens at.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// mono is the monotonic clock, ns.
func mono() int64 {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	return ts.Nano()
}
