//go:build linux

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// openConfig is a Candor that lets everything pass: what is left is what forwarding costs.
const openConfig = `version: 1
data: none
listeners: [{address: %[1]s}]
admin: off
log: {access: %[2]s, level: error}
upstreams: {bench: {targets: ["http://%[3]s"]}}
%[4]sapis: [{name: bench, upstream: bench, credentials: %[5]s, routes: [/**]}]
`

// envelope is an operator's own, with what most have: a code, a text, an id, numbers, and a list.
const envelope = `errors:
  envelope:
    error: {code: $code, status: $status, message: $message, hint: $fix, request_id: $id, docs: $help}
    meta: {problem: $problem, details: $details, text: "$status: $message"}
`

// variant is one way to run Candor, started for this part alone.
type variant struct {
	name string
	of   string // the name of that by which it is divided; "": it is one of those
	text string // a configuration, or
	args []string
	says string // stands in each answer
}

// variants are measured with works by number: those without a reference are measured, too, and are what the others are divided by.
func variants(s *site) map[int][]variant {
	plain := func(name, of, more, credentials, says string) variant {
		return variant{name: name, of: of, says: says, text: fmt.Sprintf(openConfig, "{{address}}", "{{log}}", s.upstream, more, credentials)}
	}
	const forwards, shows = "serve, nothing checked", "refuse with 401, our body"
	url := "http://" + s.upstream
	return map[int][]variant{
		1: {
			plain(forwards, "", "", "public", ""),
			{name: "serve --to", of: forwards, args: []string{"serve", "--to", url, "--listen", "{{address}}", "--host", "api.example.com"}},
			{name: "observe", of: forwards, args: []string{"observe", url, "--listen", "{{address}}", "--host", "api.example.com"}},
		},
		0: {
			plain(shows, "", "", "bearer", `"requestId":"`),
			plain("refuse with 401, an envelope of one's own", shows, envelope, "bearer", `"request_id":"`),
		},
	}
}

// measureBeside measures ways to run Candor beside the plain one, each in a process of its own that does nothing else, at 64 connections.
func (b *bench) measureBeside(ctx context.Context) error {
	for _, n := range []int{1, 0} {
		if err := b.measureVariants(ctx, b.works[n], variants(&b.site)[n]); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) measureVariants(ctx context.Context, w work, all []variant) error {
	const conns = 64
	proxies := map[string]*proxy{}
	names := make([]string, 0, len(all))
	for _, v := range all {
		p, err := b.startVariant(ctx, v)
		if err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
		defer p.stop()
		if answer, err := ask(ctx, b.target(p, w, 1)); err != nil || !bytes.Contains(answer, []byte(v.says)) {
			return fmt.Errorf("%s: %w: %s lacks %s", v.name, cmp.Or(err, errors.New("another answer")), answer, v.says)
		}
		proxies[v.name] = p
		names = append(names, v.name)
	}
	c := cell{work: w.name, conns: conns}
	err := b.roundsOf(proxies, names, func(p *proxy, name string) error {
		s, err := measure(ctx, p, b.target(p, w, conns), b.opt.length)
		c.add(name, s)
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range all {
		cost := figure{name: fmt.Sprintf("%s, %d connections: %s", w.name, conns, v.name), unit: "µs", values: c.each(v.name, func(s sample) float64 { return s.cpu })}
		b.figures = append(b.figures, cost)
		if v.of != "" {
			b.figures = append(b.figures, figure{name: "the same, by that of " + v.of, unit: "×", values: c.shares(v.name, v.of)})
		}
	}
	return nil
}

// shares is the CPU time of one by that of another, round by round.
func (c cell) shares(name, of string) (all []float64) {
	for i := range min(len(c.samples[name]), len(c.samples[of])) {
		all = append(all, c.samples[name][i].cpu/c.samples[of][i].cpu)
	}
	slices.Sort(all)
	return all
}

// startVariant starts one, in a folder of its own.
func (b *bench) startVariant(ctx context.Context, v variant) (*proxy, error) {
	own := b.site
	var err error
	if own.dir, err = b.folder("beside"); err != nil {
		return nil, err
	}
	p := &proxy{}
	if p.plain, err = freeAddress(); err != nil {
		return nil, err
	}
	p.tls = p.plain // there is no other to wait for
	out, err := os.OpenFile(own.path("out"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	fill := strings.NewReplacer("{{address}}", p.plain, "{{log}}", own.path("access.log"))
	args := []string{b.program, "serve", own.path("candor.yaml")}
	if v.text == "" {
		args = []string{b.program}
		for _, arg := range v.args {
			args = append(args, fill.Replace(arg))
		}
	} else if err = os.WriteFile(args[2], []byte(fill.Replace(v.text)), 0o600); err != nil {
		return nil, err
	}
	return own.begin(ctx, p, launch{name: "candor", env: own.procs(), args: args, stdout: out})
}
