//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// parts are what can be asked for alone.
var parts = []string{"refuse", "full", "tls", "1mb", "admit", "idle", "websockets", "beside", "sandbox", "tail", "requestlog", "overload", "retries", "cache", "connections", "handshakes", "cores"}

// bench is one run: the processes, and what has been measured so far.
type bench struct {
	site
	root     string // the temporary folder; dir is it, or one in it
	machine  machine
	opt      options
	out      io.Writer // the tables
	progress io.Writer
	tls      *tls.Config
	ends     *far
	proxies  map[string]*proxy
	works    []work
	cells    []cell
	tails    []*slowEnd
	figures  []figure
	notes    []string   // what was not measured, and why
	started  []*process // in order
}

// measureAll is a whole run.
func measureAll(ctx context.Context, m machine, opt options, out io.Writer) (err error) {
	b := &bench{opt: opt, out: out, progress: os.Stderr, machine: m}
	b.cores, b.connections, b.cpu, b.files = 1, 12000, m.proxies, m.files
	unix.Umask(0o077) // keys are copied
	if b.root, err = os.MkdirTemp("", "candor-bench-"); err != nil {
		return err
	}
	b.dir = b.root
	defer b.clean()
	defer b.stop()
	if err = b.prepare(ctx); err != nil {
		return err
	}
	err = b.measureParts(ctx)
	b.print() // also what there is of a run that failed
	return err
}

// say tells whoever waits how far the run has come.
func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.progress, format+"\n", args...) }

// note keeps a sentence for below the tables, once.
func (b *bench) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(b.notes, text) {
		b.notes = append(b.notes, text)
	}
}

func (b *bench) clean() {
	if b.opt.keep {
		b.say("kept: %s", b.root)
		return
	}
	_ = os.RemoveAll(b.root)
}

func (b *bench) stop() {
	for _, p := range b.started {
		p.stop()
	}
	if b.ends != nil {
		b.ends.close()
	}
	b.started, b.proxies, b.ends = nil, nil, nil
}

// prepare builds Candor, and starts everybody.
func (b *bench) prepare(ctx context.Context) error {
	b.program = b.path("candor")
	if b.twin = b.opt.twin; b.twin == "" {
		b.twin = b.program
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", b.program, "./cmd/candor") //nolint:gosec // a fixed command
	said, err := build.CombinedOutput()
	if err != nil {
		return fmt.Errorf("build candor (start the bench at the top of the tree): %w\n%s", err, said)
	}
	if b.tls, err = b.certify(time.Now()); err != nil { //nolint:forbidigo // the bench is its own main
		return err
	}
	return b.startAll(ctx)
}

// startAll starts the upstream and the proxies: Candor first, for what it says
// the others learn.
func (b *bench) startAll(ctx context.Context) error {
	if err := b.startEnds(ctx); err != nil {
		return err
	}
	b.proxies = map[string]*proxy{}
	for _, name := range []string{candor, twin, nginx, nginxTwin, haproxy, reverse} {
		if !b.opt.runs(name) {
			continue
		}
		p, err := b.startNamed(ctx, name)
		if err != nil {
			return err
		}
		b.started = append(b.started, p.process)
		b.proxies[name] = p
		if name != candor {
			continue
		}
		if err := b.learn(ctx, p); err != nil {
			return err
		}
		b.works = works(b.token)
	}
	return b.compare(ctx)
}

// running are those of the named proxies that run, in that order.
func (b *bench) running(names ...string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return b.proxies[name] == nil })
}

// startNamed starts one proxy.
func (s *site) startNamed(ctx context.Context, name string) (*proxy, error) {
	switch name {
	case nginx, nginxTwin:
		return s.startNginx(ctx, name)
	case haproxy:
		return s.startHaproxy(ctx)
	case reverse:
		return s.startReverse(ctx)
	}
	return s.startCandor(ctx, name)
}

// folder makes a folder for processes that are started beside those that run.
func (b *bench) folder(name string) (string, error) {
	return os.MkdirTemp(b.root, name+"-")
}

// compare asks each proxy for each work once, and for the head that it sends
// on: all must say the same, but for ids, dates and the name of the server.
func (b *bench) compare(ctx context.Context) error {
	asked := append(works(b.token), work{name: "head", request: askHead(b.token), beside: []string{twin, nginx, haproxy}})
	for _, w := range asked {
		want, err := b.said(ctx, candor, w)
		if err != nil {
			return err
		}
		beside := append(slices.Clone(w.beside), nginxTwin)
		if w.name == "refuse" {
			beside = append(beside, reverse) // its new connections are measured
		}
		for _, name := range b.running(beside...) {
			got, err := b.said(ctx, name, w)
			if err != nil {
				return err
			}
			if err := b.same(name, w, want, got); err != nil {
				return err
			}
		}
	}
	return nil
}

// same compares what Candor and another have said.
func (b *bench) same(name string, w work, want, got string) error {
	if name == reverse && w.name != "refuse" { // it adds nothing: what it passes on must be whole
		if body(got) != body(want) {
			return fmt.Errorf("%s: %s passes on another body", w.name, name)
		}
		return nil
	}
	diff := cmp.Diff(want, got)
	switch {
	case diff == "":
		return nil
	case name == twin && b.opt.twin != "":
		b.note("Not the same bytes: on %q the twin, another build, says other things than this one; "+
			"the other proxies say what this one says.", w.name)
		return nil
	}
	return fmt.Errorf("%s: candor (-) and %s (+) do not say the same:\n%s", w.name, name, diff)
}

// body is what stands behind the head of a settled message.
func body(settled string) string {
	_, after, _ := strings.Cut(settled, "\n\n")
	return after
}

// said is one answer of a proxy, settled; of the head work, what it has sent on.
func (b *bench) said(ctx context.Context, name string, w work) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	p := b.proxies[name]
	if p == nil {
		return "", errors.New("no proxy " + name)
	}
	answer, err := ask(ctx, b.target(p, w, 1))
	if err != nil {
		return "", fmt.Errorf("%s: %s: %w", w.name, name, err)
	}
	if p.log != nil {
		p.log.calls++
	}
	m := parseMessage(answer)
	if w.name == "head" {
		m = parseMessage([]byte(m.body))
	}
	if !w.tls {
		return m.settled(), nil
	}
	state, err := shake(ctx, p.tls, b.tls)
	return tls.CipherSuiteName(state.CipherSuite) + " " + m.settled(), err
}

// find finds a program that may stand where only root looks.
func find(name string) (string, error) {
	for _, dir := range []string{"", "/usr/sbin/", "/usr/local/sbin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not here: hack/need %s", name, name)
}
