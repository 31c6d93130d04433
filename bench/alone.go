//go:build linux

package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// alone stops all proxies but one until release is called: what they do each
// second, idle as they are, would fall on the calls of the one that is measured.
func (b *bench) alone(name string) (release func()) {
	b.signal(syscall.SIGSTOP, func(other string) bool { return other != name })
	return func() { b.signal(syscall.SIGCONT, func(string) bool { return true }) }
}

func (b *bench) signal(s syscall.Signal, meant func(name string) bool) {
	for name, p := range b.proxies {
		if meant(name) {
			_ = syscall.Kill(-p.cmd.Process.Pid, s) // one that has ended is found by whoever asks it
		}
	}
}

// realTime lets all threads of a process go before whatever else runs on their
// core, like `chrt -f 1`; threads that it starts later inherit that. ordinary
// takes it back.
func (p *process) realTime() error {
	return p.schedule(unix.SchedAttr{Policy: unix.SCHED_FIFO, Priority: 1})
}

func (p *process) ordinary() error { return p.schedule(unix.SchedAttr{Policy: unix.SCHED_NORMAL}) }

// schedule goes through the threads until it finds no new one.
func (p *process) schedule(attr unix.SchedAttr) error {
	attr.Size = unix.SizeofSchedAttr
	done := map[int]bool{}
	for more := true; more; {
		more = false
		for _, thread := range p.threads() {
			if done[thread] {
				continue
			}
			done[thread], more = true, true
			if err := unix.SchedSetAttr(thread, &attr, 0); err != nil && err != unix.ESRCH { // it has ended
				return fmt.Errorf("priority of %s: %w", p.name, err)
			}
		}
	}
	return nil
}

func (p *process) threads() (all []int) {
	for _, pid := range p.pids() {
		tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		for _, task := range tasks {
			if id, err := strconv.Atoi(task.Name()); err == nil {
				all = append(all, id)
			}
		}
	}
	return all
}
