//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
)

// figure is a number that is no ratio.
type figure struct {
	name   string
	unit   string
	values []float64 // one a round, sorted
	judged bool
	before string // what the first version was measured at
	goal   float64
}

func (f figure) value() string {
	text := strings.TrimSpace(fmt.Sprintf("%.4g %s", median(f.values), f.unit))
	if n := len(f.values); n > 1 {
		text += fmt.Sprintf(" (%.4g–%.4g)", f.values[0], f.values[n-1])
	}
	return text
}

// print prints what was measured, and what it is worth. All of it can be pasted
// into Markdown.
func (b *bench) print() {
	if len(b.cells)+len(b.figures)+len(b.tails)+len(b.notes) == 0 {
		return
	}
	b.printCells()
	b.printTails()
	b.printGoals()
	b.printFigures()
	b.printNotes()
}

// printCells prints a line for each work and number of connections.
func (b *bench) printCells() {
	header := []string{"work", "conns", candor, "calls/s", "busy"}
	columns := slices.DeleteFunc([]string{twin, nginx, haproxy, reverse}, func(name string) bool {
		return !slices.ContainsFunc(b.cells, func(c cell) bool { return len(c.samples[name]) > 0 })
	})
	for _, other := range columns {
		header = append(header, other, "× "+other)
	}
	var rows [][]string
	for _, c := range b.cells {
		if len(c.samples) == 0 {
			continue
		}
		mine := func(of func(sample) float64) float64 { return median(c.each(candor, of)) }
		row := []string{
			c.work, connsOf(c.conns), c.cost(candor),
			fmt.Sprintf("%.0f", mine(func(s sample) float64 { return s.rate })),
			fmt.Sprintf("%.0f %%", 100*mine(func(s sample) float64 { return s.busy })),
		}
		for _, other := range columns {
			row = append(row, c.cost(other), spread(c.ratios(other)))
		}
		rows = append(rows, row)
	}
	printTable(b.out, "CPU µs a request (median), and Candor's by each other's: median (lowest–highest of the rounds)", header, rows)
}

// cost is the CPU time of a proxy for a request, µs; empty if it was not measured.
func (c cell) cost(name string) string {
	if len(c.samples[name]) == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", median(c.each(name, func(s sample) float64 { return s.cpu })))
}

func spread(sorted []float64) string {
	if len(sorted) == 0 {
		return ""
	}
	return fmt.Sprintf("%s × (%s–%s)", times(median(sorted)), times(sorted[0]), times(sorted[len(sorted)-1]))
}

// printFigures prints what is reported and not judged.
func (b *bench) printFigures() {
	var rows [][]string
	for _, f := range b.figures {
		if !f.judged {
			rows = append(rows, []string{f.name, f.value()})
		}
	}
	rows = append(rows, b.logLines()...)
	printTable(b.out, "Also measured", []string{"figure", "median (lowest–highest)"}, rows)
}

// logLines are the lengths of the access logs' lines: who writes less has it easier.
func (b *bench) logLines() (rows [][]string) {
	seen := map[string]bool{}
	for _, c := range b.cells {
		var lengths []string
		for _, name := range []string{candor, twin, nginx, haproxy} {
			if c.lines[name] > 0 {
				lengths = append(lengths, fmt.Sprintf("%s %d", name, c.lines[name]))
			}
		}
		if len(lengths) > 0 && !seen[c.work] {
			rows = append(rows, []string{"bytes of a log line: " + c.work, strings.Join(lengths, ", ")})
		}
		seen[c.work] = true
	}
	return rows
}

// printNotes says how the figures came about, and which are not there.
func (b *bench) printNotes() {
	fmt.Fprintf(b.out, "\n- %d rounds in random order, of %s where CPU time is read: of the proxy alone, user and system. "+
		"The same bytes from every proxy, and a log line for every call, checked.\n", b.opt.rounds, b.opt.length)
	if b.opt.twin != "" {
		fmt.Fprintf(b.out, "- The twin is another build: `%s`.\n", b.opt.twin)
	} else {
		fmt.Fprintln(b.out, "- The twin is the same binary a second time: a difference below its own says nothing.")
	}
	if len(b.tails) > 0 {
		fmt.Fprintf(b.out, "- The slow end: rounds of %s behind a lead-in of %s, the other proxies stopped meanwhile; generator and upstream "+
			"are one process that never sleeps. A round in which it held up more than %.3g %% of the calls (it was off its core, %s or more at a "+
			"time, for a tenth of a call's time) was thrown away and made again, %d times in all at most.\n", b.opt.tail, lead, 100*b.opt.late, still, tries)
		b.noteLate()
	}
	for _, note := range b.notes {
		fmt.Fprintln(b.out, "- "+note)
	}
}

// noteLate tells when a generator was never in time.
func (b *bench) noteLate() {
	for _, s := range b.tails {
		for _, name := range []string{candor, nginx} {
			if s.thrown[name] > 0 && len(s.kept[name]) == 0 {
				b.note("At some rate no round was kept: the generator's core is not its own. " +
					"Free the machine, or read the figures of `-late 100` for what they are.")
			}
		}
	}
}
