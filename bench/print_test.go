//go:build linux

package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	printTable(&out, "Empty", []string{"a"}, nil)
	printTable(&out, "Some", []string{"work", "µs"}, [][]string{{"a", "1.0"}, {"full call", ""}})
	want := `
Some

| work      | µs  |
| --------- | --- |
| a         | 1.0 |
| full call |     |
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}

// TestPrintOfWhatThereIs: a run that broke off prints what it has, and one that has nothing prints nothing.
func TestPrintOfWhatThereIs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := bench{out: &out}
	if b.print(); out.Len() > 0 {
		t.Errorf("printed of nothing: %s", &out)
	}
	var c cell
	c.work, c.conns = "refuse", 64
	c.add(nginx, sample{cpu: 10})
	b.cells = []cell{c, {work: "full"}}
	b.tails = []*slowEnd{newSlowEnd(5000, false)}
	b.print()
	if n := bytes.Count(out.Bytes(), []byte("\n| -")); n != 1 {
		t.Errorf("%d tables, want one:\n%s", n, &out)
	}
}

func TestBenchmarks(t *testing.T) {
	t.Parallel()
	said := []byte("goos: linux\n" +
		"BenchmarkAdmit/accepted/0_more_routes         \t   91897\t       654.7 ns/op\t       0 B/op\t       0 allocs/op\n" +
		"BenchmarkAdmit/no_API/0_more_routes-2         \t   12024\t      4992 ns/op\t       0 B/op\t       1 allocs/op\n" +
		"BenchmarkLiveTokens/1         \t  357375\t       675.3 ns/op\t       0 B/op\t       0 allocs/op\n" +
		"BenchmarkLiveTokens/1         \t  357375\t       600 ns/op\t       0 B/op\t       0 allocs/op\nPASS\n")
	want := map[string][]float64{"Admit/accepted/0_more_routes": {654.7}, "Admit/no_API/0_more_routes": {4992}, "LiveTokens/1": {600, 675.3}}
	got := parseBenchmarks(said)
	if diff := cmp.Diff(want, got.ns); diff != "" || got.allocs != 1 {
		t.Errorf("%v allocations, times (-want +got):\n%s", got.allocs, diff)
	}
	if got.slowest("Admit/") != "Admit/no_API/0_more_routes" || got.slowest("Admit/accepted") != "Admit/accepted/0_more_routes" || got.slowest("x") != "" {
		t.Error("the slowest is another")
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
		want string // the error; "" for none
	}{
		{"none", nil, ""},
		{"all", []string{"-rounds", "7", "-only", "tail,admit", "-beside", "nginx,ReverseProxy", "-rates", "5000, 20000", "-late", "100", "-tail", "8"}, ""},
		{"part", []string{"-only", "latency"}, `no part "latency"; there are refuse, full, tls, 1mb, admit, idle, websockets, beside, sandbox, tail, requestlog, overload, retries, cache, connections, handshakes, cores`},
		{"proxy", []string{"-beside", "envoy"}, `no proxy "envoy"; there are nginx, haproxy, ReverseProxy`},
		{"rate", []string{"-rates", "5k"}, `-rates: 100 to 100000 calls a second are expected, not "5k"`},
		{"no rate", []string{"-rates", ","}, `-rates: at least one is expected`},
		{"rounds", []string{"-rounds", "0"}, `-rounds: 1 to 100 are expected`},
		{"seconds", []string{"-tail", "0.01"}, `-seconds and -tail: 0.1 to 60 are expected`},
		{"late", []string{"-late", "101"}, `-late: 0 to 100 are expected`},
		{"more", []string{"tail"}, `flags alone are expected`},
	} {
		got := ""
		if _, err := parse(c.args); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	o, err := parse([]string{"-beside", "nginx", "-twin", "old/candor"})
	if err != nil || !o.runs(candor) || !o.runs(twin) || !o.runs(nginx) || !o.runs(nginxTwin) || o.runs(haproxy) || o.runs(reverse) || o.twin[0] != '/' {
		t.Errorf("%+v, %v", o, err)
	}
}
