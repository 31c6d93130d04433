//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// benchmark is a line of `go test -bench -benchmem`.
var benchmark = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op\s+\d+ B/op\s+(\d+) allocs/op`)

// admitGoals are the figures of Admit that are judged. How many tokens are in
// use decides how far what is remembered of them helps; past that the call must
// cost no more than it did when nothing was remembered.
var admitGoals = []struct {
	tokens int
	before string
	goal   float64 // ns
}{
	{1, "640–670 ns", 350},
	{1_000, "–", 350},
	{100_000, "~1400 ns", 1400},
}

// benchmarks are the times and the allocations of benchmarks by name.
type benchmarks struct {
	ns     map[string][]float64 // sorted
	allocs float64              // most of any
}

func parseBenchmarks(said []byte) (b benchmarks) {
	b.ns = map[string][]float64{}
	for _, m := range benchmark.FindAllSubmatch(said, -1) {
		ns, _ := strconv.ParseFloat(string(m[2]), 64)
		n, _ := strconv.ParseFloat(string(m[3]), 64)
		b.ns[string(m[1])] = append(b.ns[string(m[1])], ns)
		b.allocs = max(b.allocs, n)
	}
	for _, ns := range b.ns {
		slices.Sort(ns)
	}
	return b
}

// slowest is the benchmark below a prefix that takes longest, "" if there is none.
func (b benchmarks) slowest(prefix string) (name string) {
	for each, ns := range b.ns {
		if strings.HasPrefix(each, prefix) && (name == "" || median(ns) > median(b.ns[name])) {
			name = each
		}
	}
	return name
}

// measureAdmit takes the benchmarks of Admit: the accepted call is judged, with
// few and with many live tokens, and no kind may allocate.
func (b *bench) measureAdmit(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(Admit|LiveTokens)$", "-benchmem", //nolint:gosec // a fixed command
		"-benchtime", "100ms", "-cpu", "1", "-count", strconv.Itoa(b.opt.rounds), "./internal/admission")
	said, err := cmd.CombinedOutput()
	all := parseBenchmarks(said)
	for _, g := range admitGoals {
		if ns := all.ns[fmt.Sprintf("LiveTokens/%d", g.tokens)]; len(ns) > 0 {
			b.figures = append(b.figures, figure{
				name: fmt.Sprintf("Admit, live tokens: %d", g.tokens), unit: "ns", values: ns, judged: true, before: g.before, goal: g.goal,
			})
		}
	}
	if slowest := all.slowest("Admit/accepted"); slowest != "" {
		b.figures = append(b.figures, figure{name: "the slowest accepted call: " + slowest, unit: "ns", values: all.ns[slowest]})
	}
	if slowest := all.slowest("Admit/"); slowest != "" {
		b.figures = append(b.figures,
			figure{name: "the slowest of any kind: " + slowest, unit: "ns", values: all.ns[slowest]},
			figure{name: "Admit, allocations of any kind", values: []float64{all.allocs}, judged: true, before: "0"})
	}
	if err == nil && all.slowest("LiveTokens/") == "" {
		err = errors.New("no benchmark with live tokens")
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	return nil
}
