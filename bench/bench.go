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
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// parts are what can be asked for alone.
var parts = []string{"refuse", "full", "tls", "1mb", "admit", "idle", "sandbox", "cores", "latency", "connections", "handshakes"}

// bench is one run: the processes, and what has been measured so far.
type bench struct {
	site
	root    string // the temporary folder; dir is it, or one in it
	machine machine
	opt     options
	out     io.Writer
	tls     *tls.Config
	proxies map[string]*proxy
	works   []work
	cells   []cell
	figures []figure
	started []*process // in order; stopped backwards
}

// measureAll is a whole run.
func measureAll(ctx context.Context, m machine, opt options, out io.Writer) (err error) {
	b := &bench{opt: opt, out: out, machine: m, proxies: map[string]*proxy{}}
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
	return errors.Join(err, b.print()) // also what there is of a run that failed
}

func (b *bench) clean() {
	if b.opt.keep {
		fmt.Fprintln(b.out, "kept:", b.root)
		return
	}
	_ = os.RemoveAll(b.root)
}

func (b *bench) stop() {
	for _, p := range b.started {
		p.stop()
	}
	b.started = nil
}

// prepare builds Candor, and starts everybody.
func (b *bench) prepare(ctx context.Context) error {
	b.program = b.path("candor")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.program, "./cmd/candor") //nolint:gosec // a fixed command
	said, err := build.CombinedOutput()
	if err != nil {
		return fmt.Errorf("build candor (start the bench at the top of the tree): %w\n%s", err, said)
	}
	if b.tls, err = b.certify(time.Now()); err != nil { //nolint:forbidigo // the bench is its own main
		return err
	}
	if err := b.startUpstream(ctx); err != nil {
		return err
	}
	return b.startProxies(ctx)
}

func (b *bench) startUpstream(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if b.upstream, err = freeAddress(); err != nil {
		return err
	}
	p, err := start(launch{
		name: roleUpstream, cpu: b.machine.loads, env: []string{"GOMAXPROCS=1"},
		args: []string{self, roleUpstream, b.upstream}, stderr: b.path("upstream.err"),
	})
	if err != nil {
		return err
	}
	b.started = append(b.started, p)
	return p.listens(ctx, b.upstream)
}

// startProxies starts Candor first: what it says, the others learn.
func (b *bench) startProxies(ctx context.Context) error {
	for _, name := range []string{candor, twin, nginx, haproxy, reverse} {
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

// startNamed starts one proxy.
func (s *site) startNamed(ctx context.Context, name string) (*proxy, error) {
	switch name {
	case nginx:
		return s.startNginx(ctx)
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
		for _, name := range w.beside {
			got, err := b.said(ctx, name, w)
			if err != nil {
				return err
			}
			if name == reverse { // it adds nothing: what it passes on must be whole
				if body(got) != body(want) {
					return fmt.Errorf("%s: %s passes on another body", w.name, name)
				}
				continue
			}
			if diff := cmp.Diff(want, got); diff != "" {
				return fmt.Errorf("%s: candor (-) and %s (+) do not say the same:\n%s", w.name, name, diff)
			}
		}
	}
	return nil
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
	suite, err := handshake(p.tls, b.tls)
	return suite + " " + m.settled(), err
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
