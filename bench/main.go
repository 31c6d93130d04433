//go:build linux

// Command bench measures what Candor's work costs, beside nginx and haproxy
// that are set up to do the same work and say the same bytes: CPU time of the
// proxy a request, as ratios within one run. docs/architecture.md, "Figures",
// says how to read it. Everything happens on 127.0.0.1 and in a temporary
// folder, and nothing of it is left at the end.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The bench starts itself in these roles, as processes of their own.
const (
	roleUpstream = "upstream"
	roleReverse  = "reverse-proxy"
)

// options are the flags.
type options struct {
	rounds int
	length time.Duration
	only   []string
	quick  bool
	keep   bool
}

func (o *options) wants(part string) bool {
	return len(o.only) == 0 || slices.Contains(o.only, part)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	switch {
	case len(args) == 2 && args[0] == roleUpstream:
		return runUpstream(args[1])
	case len(args) == 6 && args[0] == roleReverse:
		return runReverse(args[1], args[2], args[3], args[4], args[5])
	}
	opt, err := parse(args)
	if err != nil {
		return err
	}
	m, err := pin()
	if err != nil {
		return err
	}
	return measureAll(ctx, m, opt, out)
}

func parse(args []string) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.rounds, "rounds", 5, "how often each figure is measured")
	seconds := flags.Float64("seconds", 1, "how long a measurement lasts")
	only := flags.String("only", "", "these parts alone, by commas: "+strings.Join(parts, ", "))
	flags.BoolVar(&o.quick, "quick", false, "three short rounds at 1 and 64 connections: a look, not a figure")
	flags.BoolVar(&o.keep, "keep", false, "keep the temporary folder: configurations, error logs")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.only = strings.FieldsFunc(*only, func(r rune) bool { return r == ',' }); o.quick {
		o.rounds, *seconds = min(o.rounds, 3), min(*seconds, 0.3)
	}
	for _, part := range o.only {
		if !slices.Contains(parts, part) {
			return o, fmt.Errorf("no part %q; there are %s", part, strings.Join(parts, ", "))
		}
	}
	if o.rounds < 1 || o.rounds > 100 || *seconds < 0.1 || *seconds > 60 || flags.NArg() > 0 {
		return o, errors.New("expected 1 to 100 rounds of 0.1 to 60 seconds, and flags alone")
	}
	o.length = time.Duration(*seconds * float64(time.Second))
	return o, nil
}
