//go:build linux

// Command bench measures what Candor's work costs, beside nginx and haproxy
// that are set up to do the same work and say the same bytes: CPU time of the
// proxy a request, and how long its slowest calls take, as ratios within one
// run. docs/architecture.md, "Figures", says how to read it. Everything happens
// on 127.0.0.1 and in a temporary folder, and nothing of it is left at the end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// The bench starts itself in these roles, as processes of their own.
const (
	roleEnds    = "ends"
	roleReverse = "reverse-proxy"
)

func main() {
	err := run(os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	switch {
	case len(args) == 2 && args[0] == roleEnds:
		return runEnds(args[1])
	case len(args) == 7 && args[0] == roleReverse:
		return runReverse(args[1], args[2], args[3], args[4], args[5], args[6])
	}
	opt, err := parse(args)
	if err != nil {
		return err
	}
	m, err := pin()
	if err != nil {
		return err
	}
	// Not before: a signal ends a process in one of the roles.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return measureAll(ctx, m, opt, out)
}
