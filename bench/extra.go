//go:build linux

package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// measureParts measures what was asked for, part by part.
func (b *bench) measureParts(ctx context.Context) error {
	for _, w := range b.works {
		if err := b.measureWork(ctx, w); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		name    string
		measure func(context.Context) error
	}{
		{"admit", b.measureAdmit},
		{"idle", b.measureIdle},
		{"sandbox", b.measureSandbox},
		{"latency", b.measureLatency},
		{"connections", b.measureConnections},
		{"handshakes", b.measureHandshakes},
		{"cores", b.measureCores}, // last: it starts the proxies anew
	} {
		if !b.opt.wants(part.name) {
			continue
		}
		fmt.Fprintf(b.out, "measuring %s\n", part.name)
		if err := part.measure(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

func (b *bench) measureWork(ctx context.Context, w work) error {
	if !b.opt.wants(w.name) {
		return nil
	}
	for _, conns := range w.conns {
		if b.opt.quick && conns != 1 && conns != 64 && len(w.conns) > 1 {
			continue
		}
		fmt.Fprintf(b.out, "measuring %s at %d connections\n", w.name, conns)
		c, err := b.run(ctx, w, conns)
		if err != nil {
			return err
		}
		b.cells = append(b.cells, c)
	}
	return nil
}

// benchmark is a line of `go test -bench -benchmem`.
var benchmark = regexp.MustCompile(`(?m)^BenchmarkAdmit/(\S*?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op\s+\d+ B/op\s+(\d+) allocs/op`)

// measureAdmit takes the benchmarks of Admit: the accepted call is judged, with
// any number of routes, and no kind may allocate.
func (b *bench) measureAdmit(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkAdmit$", "-benchmem", //nolint:gosec // a fixed command
		"-benchtime", "100ms", "-cpu", "1", "-count", strconv.Itoa(b.opt.rounds), "./internal/admission")
	said, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	times, allocs := map[string][]float64{}, 0.0
	for _, m := range benchmark.FindAllSubmatch(said, -1) {
		ns, _ := strconv.ParseFloat(string(m[2]), 64)
		n, _ := strconv.ParseFloat(string(m[3]), 64)
		times[string(m[1])] = append(times[string(m[1])], ns)
		allocs = max(allocs, n)
	}
	accepted, slowest := "", ""
	for name, ns := range times {
		slices.Sort(ns)
		if strings.HasPrefix(name, "accepted/") && median(ns) > median(times[accepted]) {
			accepted = name
		}
		if median(ns) > median(times[slowest]) {
			slowest = name
		}
	}
	if accepted == "" {
		return fmt.Errorf("no benchmark of an accepted call in\n%s", said)
	}
	b.figures = append(b.figures,
		figure{name: "Admit", unit: "ns", values: times[accepted], judged: true, first: 500, goal: 350},
		figure{name: "Admit, allocations of any kind", values: []float64{allocs}, judged: true},
		figure{name: "Admit, its slowest kind: " + slowest, unit: "ns", values: times[slowest]})
	return nil
}

// measureSandbox takes the time from the start of the sandbox to its first answer.
func (b *bench) measureSandbox(ctx context.Context) error {
	var ms []float64
	for range max(b.opt.rounds, 5) {
		took, err := b.sandbox(ctx)
		if err != nil {
			return err
		}
		ms = append(ms, float64(took)/1e6)
	}
	slices.Sort(ms)
	b.figures = append(b.figures, figure{name: "sandbox, start to first answer", unit: "ms", values: ms, judged: true, first: 300, goal: 150})
	return nil
}

func (b *bench) sandbox(ctx context.Context) (ns int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	api, err := freeAddress()
	if err != nil {
		return 0, err
	}
	begun := mono()
	p, err := start(launch{
		name: "sandbox", cpu: b.cpu, stderr: b.path("sandbox.err"),
		args: []string{b.program, "sandbox", "--api", api, "--www", "127.0.0.1:0", "--admin", "127.0.0.1:0"},
	})
	if err != nil {
		return 0, err
	}
	defer p.stop()
	if err = p.listens(ctx, api); err != nil {
		return 0, err
	}
	_, err = ask(ctx, target{address: api, request: []byte("GET / HTTP/1.1\r\nHost: " + api + "\r\n\r\n")})
	return mono() - begun, err
}

// measureCores starts the proxies again, each free to use all cores. The load
// takes its share of them.
func (b *bench) measureCores(ctx context.Context) (err error) {
	b.stop()
	b.cores, b.token = b.machine.count, ""
	if b.dir, err = b.folder("cores"); err != nil {
		return err
	}
	if err = b.startUpstream(ctx); err != nil {
		return err
	}
	if err = b.startProxies(ctx); err != nil {
		return err
	}
	c, err := b.run(ctx, b.works[1], 64)
	for _, name := range []string{candor, nginx, haproxy, reverse} {
		b.figures = append(b.figures,
			figure{name: fmt.Sprintf("full call, 64 connections, all %d cores: %s", b.cores, name), unit: "calls/s", values: c.each(name, func(s sample) float64 { return s.rate })},
			figure{name: "the same, CPU time of a call: " + name, unit: "µs", values: c.each(name, func(s sample) float64 { return s.cpu })})
	}
	return err
}
