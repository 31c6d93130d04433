//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// The proxies of a run, by name.
const (
	candor    = "candor"
	twin      = "twin" // the same binary a second time: what differs is noise. Or another build, to compare with
	nginx     = "nginx"
	nginxTwin = "nginx-twin" // noise again, of the one that all are measured by
	haproxy   = "haproxy"
	reverse   = "ReverseProxy" // net/http, without any policy
)

// others are those that can be left out.
var others = []string{nginx, haproxy, reverse}

// proxy is one that runs. Whoever made it stops it.
type proxy struct {
	*process
	plain, tls string // addresses
	log        *accessLog
}

// site is what all proxies of a run have in common.
type site struct {
	dir         string // everything that is written; removed at the end
	program     string // the candor binary
	twin        string // that of the twin
	upstream    string // address
	token       string
	seed        string // the data of a Candor that knows it
	cert, key   string // files
	cpu         int    // of the proxies
	cores       int    // for each proxy: 1, or all
	connections int    // at most, to each
	files       int    // that each may open
	model       model
	more        string // routes of Candor beyond those of all measurements
}

// model is what Candor says: the others are configured to say the same.
type model struct {
	refusal message
	answer  []field // that it adds to an upstream's answer
	request []field // that it adds to what the upstream receives
	dropped []string
	refused string // a line of its access log for a refused call,
	passed  string // and for one that was forwarded
}

// procs is how a Go program is held to its cores.
func (s *site) procs() []string { return []string{fmt.Sprintf("GOMAXPROCS=%d", s.cores)} }

func (s *site) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// addresses finds two free addresses: plain and TLS.
func addresses() (plain, tls string, err error) {
	if plain, err = freeAddress(); err != nil {
		return "", "", err
	}
	tls, err = freeAddress()
	return plain, tls, err
}

// begin starts a proxy's program and waits until it listens.
func (s *site) begin(ctx context.Context, p *proxy, l launch) (*proxy, error) {
	l.cpu, l.stderr = s.cpu, s.path(l.name+".err")
	if s.cores > 1 {
		l.cpu = everyCPU
	}
	var err error
	if p.process, err = start(l); err != nil {
		return nil, err
	}
	if err := p.listens(ctx, p.plain, p.tls); err != nil {
		p.stop()
		said, _ := os.ReadFile(l.stderr)
		return nil, fmt.Errorf("%w\n%s", err, said)
	}
	return p, nil
}
