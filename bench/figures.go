//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// figure is a number that is no ratio.
type figure struct {
	name        string
	unit        string
	values      []float64 // one a round, sorted
	judged      bool
	first, goal float64
}

// aim is a ratio that Candor is to reach: its CPU time a request by that of
// another, in one work, at worst over some numbers of connections.
type aim struct {
	what        string
	works       []string
	conns       int
	beside      string
	first, goal float64
}

var aims = []aim{
	{"refuse with 401", []string{"refuse"}, 64, nginx, 0.95, 0.8},
	{"full call, 1 KB", []string{"full"}, 64, nginx, 1.0, 0.85},
	{"full call, TLS 1.3", []string{"tls"}, 64, nginx, 0.85, 0.7},
	{"the same three, worst", []string{"refuse", "full", "tls"}, 1, nginx, 1.15, 0.95},
	{"full call, 1 KB", []string{"full"}, 64, reverse, 0.4, 0.3},
	{"1 MB both ways", []string{"1mb"}, 8, nginx, 1.1, 0.9},
	{"1 MB both ways", []string{"1mb"}, 8, haproxy, 1.1, 0.9},
}

// verdict says how far a value has come towards what it is to be at most.
func verdict(value, first, goal float64) string {
	switch {
	case value <= goal:
		return "goal met"
	case value <= first:
		return "met"
	}
	return "SHORT"
}

// print prints what was measured, and what it is worth.
func (b *bench) print() error {
	if len(b.cells)+len(b.figures) == 0 {
		return nil
	}
	b.printCells()
	b.printAims()
	b.printFigures()
	_, err := fmt.Fprintf(b.out, "\n%d rounds of %s in random order; CPU time of the proxy alone, user and system; "+
		"same bytes from every proxy, and a log line for every call, checked.\nThe twin is the same binary a second time: "+
		"a difference below its own says nothing.\n", b.opt.rounds, b.opt.length)
	return err
}

// table prints rows below a title, their cells apart by tabs; without rows
// nothing.
func (b *bench) table(title, header string, rows []string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b.out, "\n%s\n\n", title)
	t := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', 0)
	if header != "" {
		fmt.Fprintln(t, header)
	}
	for _, row := range rows {
		fmt.Fprintln(t, row)
	}
	t.Flush()
}

// printCells prints a line for each work and number of connections.
func (b *bench) printCells() {
	var rows []string
	for _, c := range b.cells {
		cpu := func(s sample) float64 { return s.cpu }
		cells := []string{c.work, fmt.Sprintf("%d\t%.1f\t%.0f\t%.0f %%", c.conns, median(c.each(candor, cpu)),
			median(c.each(candor, func(s sample) float64 { return s.rate })),
			100*median(c.each(candor, func(s sample) float64 { return s.busy }))), spread(c.ratios(candor, twin))}
		for _, other := range []string{nginx, haproxy, reverse} {
			if len(c.samples[other]) == 0 {
				cells = append(cells, "", "")
				continue
			}
			cells = append(cells, fmt.Sprintf("%.1f", median(c.each(other, cpu))), spread(c.ratios(candor, other)))
		}
		rows = append(rows, strings.Join(cells, "\t"))
	}
	b.table("CPU µs a request (median), and Candor's by each other's: median (lowest–highest of the rounds)",
		"work\tconns\tcandor\tcalls/s\tbusy\ttwin\tnginx\t\thaproxy\t\tReverseProxy\t", rows)
}

func spread(sorted []float64) string {
	if len(sorted) == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f × (%.2f–%.2f)", median(sorted), sorted[0], sorted[len(sorted)-1])
}

// printAims prints what Candor is to reach.
func (b *bench) printAims() {
	var rows []string
	for _, a := range aims {
		if worst := b.worst(a); worst != nil {
			rows = append(rows, fmt.Sprintf("%s\t%s\t%d\t%s\t≤ %.2f ×\t≤ %.2f ×\t%s", a.what, a.beside, a.conns,
				spread(worst), a.first, a.goal, verdict(median(worst), a.first, a.goal)))
		}
	}
	for _, f := range b.figures {
		if f.judged {
			rows = append(rows, fmt.Sprintf("%s\t\t\t%s\t≤ %g %s\t≤ %g %s\t%s", f.name, f.value(), f.first, f.unit, f.goal, f.unit,
				verdict(median(f.values), f.first, f.goal)))
		}
	}
	b.table("What is to be reached", "figure\tbeside\tconns\tmeasured\tfirst version\tgoal\t", rows)
}

// worst is the ratios of the work that comes off worst, nil if one was not measured.
func (b *bench) worst(a aim) (ratios []float64) {
	for _, w := range a.works {
		i := slices.IndexFunc(b.cells, func(c cell) bool { return c.work == w && c.conns == a.conns })
		if i < 0 {
			return nil
		}
		if r := b.cells[i].ratios(candor, a.beside); ratios == nil || median(r) > median(ratios) {
			ratios = r
		}
	}
	return ratios
}

func (f figure) value() string {
	text := fmt.Sprintf("%.4g %s", median(f.values), f.unit)
	if n := len(f.values); n > 1 {
		text += fmt.Sprintf(" (%.4g–%.4g)", f.values[0], f.values[n-1])
	}
	return text
}

// printFigures prints what is reported and not judged.
func (b *bench) printFigures() {
	var rows []string
	for _, f := range b.figures {
		if !f.judged {
			rows = append(rows, f.name+"\t"+f.value())
		}
	}
	b.table("Also measured", "", rows)
}
