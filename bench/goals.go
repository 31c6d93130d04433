//go:build linux

package main

import (
	"fmt"
	"slices"
)

// aim is a ratio that Candor is to reach: its CPU time a request by that of
// another, in one work, at worst over some works.
type aim struct {
	what   string
	works  []string
	conns  int
	beside string
	before string // what the first version was measured at, in two runs
	goal   float64
}

var aims = []aim{
	{"refuse with 401", []string{"refuse"}, 64, nginx, "0.85, 0.93 ×", 0.8},
	{"full call, 1 KB", []string{"full"}, 64, nginx, "0.87, 0.78 ×", 0.75},
	{"full call, TLS 1.3", []string{"tls"}, 64, nginx, "0.82, 0.80 ×", 0.7},
	{"the same three, worst", []string{"refuse", "full", "tls"}, 1, nginx, "1.05, 0.97 ×", 0.9},
	{"full call, 1 KB", []string{"full"}, 64, reverse, "0.37, 0.40 ×", 0.3},
	{"1 MB both ways", []string{"1mb"}, 8, nginx, "0.82, 0.72 ×", 0.7},
	{"1 MB both ways", []string{"1mb"}, 8, haproxy, "0.46, 0.48 ×", 0.45},
	{fresh, []string{fresh}, 0, nginx, "1.8–1.9 ×", 1.2},
	{handshakes, []string{handshakes}, 0, nginx, "0.90 ×", 0.85},
	{"TLS 1.3 handshake, resumed", []string{resumed}, 0, nginx, "–", 1.0},
}

// tailAim is a ratio to nginx that Candor is to reach at each rate.
type tailAim struct {
	what     string
	realTime bool
	of       func(tail) float64
	before   string
	goal     float64
}

var tailAims = []tailAim{
	{"share of calls over 300 µs", false, func(t tail) float64 { return t.Over }, "~1.5 ×", 1.1},
	{"p99.9 at real-time priority", true, func(t tail) float64 { return t.P999 }, "0.7–1.4 ×", 1.0},
}

// verdict reports whether a value is what it is to be at most, and else by how much it is not.
func verdict(value, goal float64) string {
	switch {
	case value <= goal:
		return "met"
	case goal == 0:
		return "short"
	}
	return fmt.Sprintf("short by %.0f %%", 100*(value/goal-1))
}

// printGoals prints what is to be reached, of what was measured.
func (b *bench) printGoals() {
	var rows [][]string
	for _, a := range aims {
		if worst := b.worst(a); worst != nil {
			rows = append(rows, []string{
				a.what, a.beside, connsOf(a.conns), spread(worst), a.before, fmt.Sprintf("≤ %.2f ×", a.goal), verdict(median(worst), a.goal),
			})
		}
	}
	for _, a := range tailAims {
		rows = append(rows, a.rows(b.tails)...)
	}
	for _, f := range b.figures {
		if f.judged {
			rows = append(rows, []string{
				f.name, "", "", f.value(), f.before, fmt.Sprintf("≤ %g %s", f.goal, f.unit), verdict(median(f.values), f.goal),
			})
		}
	}
	printTable(b.out, "What is to be reached", []string{"figure", "beside", "conns", "measured", "first version", "goal", ""}, rows)
}

// worst is the ratios of the work that comes off worst, nil if one was not measured.
func (b *bench) worst(a aim) (ratios []float64) {
	for _, w := range a.works {
		i := slices.IndexFunc(b.cells, func(c cell) bool { return c.work == w && c.conns == a.conns })
		if i < 0 {
			return nil
		}
		r := b.cells[i].ratios(a.beside)
		if r == nil {
			return nil
		}
		if ratios == nil || median(r) > median(ratios) {
			ratios = r
		}
	}
	return ratios
}

// rows are an aim at each rate at which both were measured; the twins tell what is noise.
func (a tailAim) rows(tails []*slowEnd) (rows [][]string) {
	for _, s := range tails {
		middle, low, ok := s.ratios(candor, nginx, a.of)
		if s.realTime != a.realTime || !ok {
			continue
		}
		measured := fmt.Sprintf("%s × (lower quartile %s)", times(middle), times(low))
		if noise, _, ok := s.ratios(nginxTwin, nginx, a.of); ok {
			measured += fmt.Sprintf("; nginx's twin %s", times(noise))
		}
		rows = append(rows, []string{
			fmt.Sprintf("%s, %.0f calls/s", a.what, s.rate), nginx, connsOf(tailConns), measured, a.before,
			fmt.Sprintf("≤ %.2f ×", a.goal), verdict(middle, a.goal),
		})
	}
	return rows
}

func connsOf(n int) string {
	if n == 0 {
		return "–"
	}
	return fmt.Sprint(n)
}
