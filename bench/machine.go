//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// machine is how the CPUs are shared out: the last one that we may use is left
// to the proxy that is measured, all the rest of the bench runs on the first.
type machine struct{ loads, proxies, count, files int }

// shared carries the machine over the restart.
const shared = "CANDOR_BENCH_CPUS"

// pin restarts the bench on its CPU: a thread that exists already would not
// go there. With one CPU there is nothing to share out.
func pin() (m machine, err error) {
	if n, _ := fmt.Sscan(os.Getenv(shared), &m.loads, &m.proxies, &m.count, &m.files); n == 4 {
		return m, nil
	}
	m, err = look()
	if err != nil {
		return m, err
	}
	if m.files, err = openFiles(65536); err != nil {
		return m, err
	}
	self, err := os.Executable()
	if err != nil {
		return m, err
	}
	if m.loads != everyCPU {
		runtime.LockOSThread()
		var only unix.CPUSet
		only.Set(m.loads)
		if err := unix.SchedSetaffinity(0, &only); err != nil {
			return m, err
		}
	}
	env := append(os.Environ(), fmt.Sprintf("%s=%d %d %d %d", shared, m.loads, m.proxies, m.count, m.files), "GOMAXPROCS=2")
	return m, syscall.Exec(self, os.Args, env) //nolint:gosec // ourselves
}

func look() (machine, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return machine{}, err
	}
	m := machine{loads: everyCPU, proxies: everyCPU, count: set.Count()}
	if m.count == 1 {
		return m, nil
	}
	for cpu := range 1024 {
		if !set.IsSet(cpu) {
			continue
		}
		if m.loads == everyCPU {
			m.loads = cpu
		}
		m.proxies = cpu
	}
	return m, nil
}

// openFiles raises the bound on open files, which all processes of the bench
// inherit: each connection is one. It returns what it could be raised to.
func openFiles(n uint64) (int, error) {
	limit := unix.Rlimit{Cur: n, Max: n}
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) == nil {
		return int(n), nil
	}
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	limit.Cur = limit.Max
	return int(limit.Max), unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
}
