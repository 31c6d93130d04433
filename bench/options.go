//go:build linux

package main

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	rounds int
	length time.Duration // of a round that reads CPU time
	only   []string
	beside []string
	tail   time.Duration // of a round of the slow end, its lead-in apart
	rates  []float64     // calls a second, of the slow end
	late   float64       // share of a round's calls that its generator may hold up
	twin   string        // another build of Candor; "": the same one
	quick  bool
	keep   bool
}

func (o *options) wants(part string) bool {
	return len(o.only) == 0 || slices.Contains(o.only, part)
}

// runs reports whether a proxy is started at all.
func (o *options) runs(name string) bool {
	if name == nginxTwin {
		name = nginx
	}
	return name == candor || name == twin || len(o.beside) == 0 || slices.Contains(o.beside, name)
}

// parse reads the command line.
func parse(args []string) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&o.rounds, "rounds", 5, "how many `times` each figure is measured, 1 to 100")
	seconds := flags.Float64("seconds", 1, "how many `seconds` a round lasts that reads CPU time")
	tail := flags.Float64("tail", 5, "how many `seconds` a round of the slow end lasts, behind a lead-in that is left out")
	rates := flags.String("rates", "5000,10000,20000", "the `calls` a second of the slow end, by commas, the same for every proxy")
	late := flags.Float64("late", 1, "a round of the slow end is thrown away if its generator has held up more than this many `percent` of the calls")
	only := flags.String("only", "", "these `parts` alone, by commas: "+strings.Join(parts, ", "))
	beside := flags.String("beside", "", "these `proxies` alone beside Candor and its twin, by commas: "+strings.Join(others, ", "))
	flags.StringVar(&o.twin, "twin", "", "another build of candor as the twin, at `PATH`: before and after in one run; "+
		"it makes the data that both read, so give the older one")
	flags.BoolVar(&o.quick, "quick", false, "few and short rounds, at 1 and 64 connections: a look, not a figure")
	flags.BoolVar(&o.keep, "keep", false, "keep the temporary folder: configurations, logs, error logs")
	if err = flags.Parse(args); err != nil {
		return o, err
	}
	if o.quick {
		o.rounds, *seconds, *tail = min(o.rounds, 3), min(*seconds, 0.3), min(*tail, 1)
	}
	o.only, o.beside, o.late = list(*only), list(*beside), *late/100
	o.length, o.tail = inSeconds(*seconds), inSeconds(*tail)
	if o.rates, err = numbers(*rates); err != nil {
		return o, err
	}
	if o.twin != "" {
		if o.twin, err = filepath.Abs(o.twin); err != nil { // a name without a slash would be looked for in PATH
			return o, err
		}
	}
	return o, o.check(flags.NArg())
}

// check refuses what cannot be measured.
func (o *options) check(more int) error {
	outside := func(d time.Duration) bool { return d < 100*time.Millisecond || d > time.Minute }
	switch {
	case more > 0:
		return errors.New("flags alone are expected")
	case o.rounds < 1 || o.rounds > 100:
		return errors.New("-rounds: 1 to 100 are expected")
	case outside(o.length) || outside(o.tail):
		return errors.New("-seconds and -tail: 0.1 to 60 are expected")
	case o.late < 0 || o.late > 1:
		return errors.New("-late: 0 to 100 are expected")
	}
	return errors.Join(among("part", o.only, parts), among("proxy", o.beside, others))
}

func among(what string, named, all []string) error {
	for _, name := range named {
		if !slices.Contains(all, name) {
			return fmt.Errorf("no %s %q; there are %s", what, name, strings.Join(all, ", "))
		}
	}
	return nil
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

func numbers(text string) (all []float64, err error) {
	for _, field := range list(text) {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil || n < 100 || n > 100_000 {
			return nil, fmt.Errorf("-rates: 100 to 100000 calls a second are expected, not %q", field)
		}
		all = append(all, n)
	}
	if len(all) == 0 {
		return nil, errors.New("-rates: at least one is expected")
	}
	return all, nil
}

func inSeconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
