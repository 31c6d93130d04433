//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	recordRate = 20_000 // calls a second, each of which fails
	records    = "every failure recorded"
	counted    = "one a second recorded, the rest counted"
)

// recordConfig is a Candor in which all calls fail, and so many a second of them are recorded.
const recordConfig = `version: 1
data: %[1]s
listeners: [{address: "{{address}}"}]
admin: {address: %[2]s}
log: {access: "{{log}}", level: error}
limits: {failed_credentials: 1000000000}
requests: {detail: %[3]d/s, size: 256MiB}
upstreams: {bench: {targets: ["http://%[4]s"]}}
scopes: {r_bench: Read what the bench serves}
products: {bench: {scopes: [r_bench]}}
apps: [{name: bench, products: [bench]}]
apis: [{name: bench, base: /v1, upstream: bench, routes: [{name: closed, path: /closed, methods: [GET], scopes: [r_bench]}]}]
`

// recorder is a Candor that records.
type recorder struct {
	*proxy
	admin string
	tails []tail
	rates []float64 // records a second, until all of a round were written
	lost  []float64 // share of the calls of a round that were not recorded, in percent
}

// measureRequestLog refuses 20 000 calls a second, at even distances: with each of them recorded, and with nearly none. What calls take is compared round by round.
func (b *bench) measureRequestLog(ctx context.Context) error {
	if b.machine.loads == everyCPU {
		b.note("The request log was not measured: the generator needs a core beside Candor's, and there is one in all.")
		return nil
	}
	all, proxies := map[string]*recorder{}, map[string]*proxy{}
	for name, detail := range map[string]int{records: 1_000_000, counted: 1} {
		r, err := b.startRecorder(ctx, detail)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer r.stop()
		all[name], proxies[name] = r, r.proxy
	}
	defer b.alone("")() // all others rest
	err := b.roundsOf(proxies, []string{records, counted}, func(_ *proxy, name string) error { return b.recordRound(ctx, all[name], name == records) })
	if err != nil {
		return err
	}
	b.figures = append(b.figures, recordFigures(all[records], all[counted])...)
	b.note("The request log: %d refusals a second in rounds of %s, on as many cores as Candor is given by this machine: %d. A log of 256 MiB, so that old records go meanwhile.",
		recordRate, b.opt.tail, b.recorderCores())
	return nil
}

// recorderCores are all but the generator's.
func (b *bench) recorderCores() int { return max(b.machine.count-1, 1) }

func (b *bench) startRecorder(ctx context.Context, detail int) (*recorder, error) {
	data, err := b.folder("records")
	if err != nil {
		return nil, err
	}
	admin, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cores := b.cores
	b.cores = b.recorderCores()
	defer func() { b.cores = cores }()
	p, err := b.startVariant(ctx, variant{text: fmt.Sprintf(recordConfig, data, admin, detail, b.upstream)})
	return &recorder{proxy: p, admin: admin}, err
}

// recordRound makes one round, and waits until what failed is recorded.
func (b *bench) recordRound(ctx context.Context, r *recorder, waits bool) error {
	before, err := r.told(ctx)
	if err != nil {
		return err
	}
	begun := mono()
	out, err := b.paced(ctx, r.proxy, order{
		Address: r.plain, Request: b.works[0].request, Status: b.works[0].status, Conns: tailConns, Rate: recordRate, Lead: lead, Length: b.opt.tail,
	})
	if err != nil {
		return err
	}
	r.tails = append(r.tails, out.Tail)
	if !waits {
		return nil
	}
	for end := mono() + int64(patient); ; {
		now, err := r.told(ctx)
		if err != nil {
			return err
		}
		written, lost := now.written-before.written, now.lost-before.lost
		if written+lost >= float64(out.Answered) {
			r.rates = append(r.rates, written/float64(mono()-begun)*1e9)
			r.lost = append(r.lost, 100*lost/float64(out.Answered))
			return nil
		}
		if mono() > end {
			return fmt.Errorf("of %d calls that failed %.0f are recorded and %.0f are known to be missing", out.Answered, written, lost)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// recorded is how many records there are, and how many are known to be missing.
type recorded struct{ written, lost float64 }

// told reads the metrics.
func (r *recorder) told(ctx context.Context) (n recorded, err error) {
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.admin+"/metrics", nil)
	if err != nil {
		return n, err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(ask)
	if err != nil {
		return n, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		into := &n.lost
		switch {
		case name == "candor_request_records_total":
			into = &n.written
		case !strings.HasPrefix(name, "candor_request_records_dropped_total{"):
			continue
		}
		some, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return n, fmt.Errorf("read the metric %s: %w", name, err)
		}
		*into += some
	}
	return n, lines.Err()
}

// recordFigures are what is reported: how long calls take with the log by how long they take without, and what of them is in the log.
func recordFigures(with, without *recorder) (all []figure) {
	for _, f := range []struct {
		name   string
		of     func(tail) float64
		judged bool
	}{
		{"p50", func(t tail) float64 { return t.P50 }, true},
		{"p99", func(t tail) float64 { return t.P99 }, true},
		{"p99.9", func(t tail) float64 { return t.P999 }, false},
	} {
		var shares []float64
		for i := range min(len(with.tails), len(without.tails)) {
			shares = append(shares, ratio(f.of(with.tails[i]), f.of(without.tails[i])))
		}
		slices.Sort(shares)
		all = append(all, figure{name: fmt.Sprintf("request log, %d records/s: %s of the calls, by that of the calls unrecorded", recordRate, f.name), unit: "×", values: shares, judged: f.judged, before: "–", goal: 1.1})
		for name, r := range map[string]*recorder{records: with, counted: without} {
			var values []float64
			for _, t := range r.tails {
				values = append(values, f.of(t))
			}
			slices.Sort(values)
			all = append(all, figure{name: fmt.Sprintf("request log, %s, %s", f.name, name), unit: "µs", values: values})
		}
	}
	slices.Sort(with.rates)
	slices.Sort(with.lost)
	return append(all,
		figure{name: "request log, calls that failed and were only counted", unit: "%", values: with.lost, judged: true, before: "–", goal: 0},
		figure{name: "request log, written until all of a round were, records/s", values: with.rates})
}
