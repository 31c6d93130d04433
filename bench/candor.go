//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
)

// candorConfig is a Candor that does all that the works ask for: a token, two
// day quotas and a burst, ids, an access log.
const candorConfig = `version: 1
data: %[1]s
profile: standard
listeners:
  - {address: %[2]s}
  - {address: %[3]s, tls: {certificates: [{cert: %[4]s, key: %[5]s}]}}
admin: {address: %[6]s}
log: {access: %[7]s, level: error}
limits: {connections: %[8]d, in_flight: 100000, failed_credentials: 1000000000}
timeouts: {idle: 10m}
drain: {delay: 0s, finish: 1s}
upstreams:
  bench: {targets: ["http://%[9]s"]}
scopes: {r_bench: Read what the bench serves}
products:
  bench: {scopes: [r_bench]}
apps:
  - {name: bench, products: [bench]}
quotas:
  bench: {app: 1000000000/day, member: 1000000000/day, burst: 1000000/s}
apis:
  - name: bench
    base: /v1
    upstream: bench
    routes:
      - {name: closed, path: /closed, methods: [GET], scopes: [r_bench], quota: bench}
      - {name: small, path: /1k, methods: [GET], scopes: [r_bench], quota: bench}
      - {name: large, path: /1m, methods: [PUT], scopes: [r_bench], quota: bench}
      - {name: head, path: /head, methods: [GET], scopes: [r_bench], quota: bench}
`

// installCandor writes the configuration of a Candor into its own folder and
// returns the proxy that will run there.
func (s *site) installCandor(name string) (p *proxy, config string, err error) {
	p = &proxy{}
	if p.plain, p.tls, err = addresses(); err != nil {
		return nil, "", err
	}
	admin, err := freeAddress()
	if err != nil {
		return nil, "", err
	}
	if p.log, err = newAccessLog(s.path(name + ".log")); err != nil {
		return nil, "", err
	}
	config = s.path(name + ".yaml")
	text := fmt.Sprintf(candorConfig+s.more, s.path(name+".data"), p.plain, p.tls, s.cert, s.key, admin,
		p.log.file.Name(), s.connections, s.upstream)
	return p, config, os.WriteFile(config, []byte(text), 0o600)
}

// mint makes the token of this run, in the store of a Candor that does not run
// yet. The twin's binary does it: if that is another build it is the older one,
// and a newer one reads the data of an older.
func (s *site) mint(ctx context.Context, config string) (token string, err error) {
	cmd := exec.CommandContext(ctx, s.twin, "token", "mint", "--config", config, //nolint:gosec // our own binary
		"--app", "bench", "--member", "ada", "--scope", "r_bench")
	var says bytes.Buffer
	cmd.Stderr = &says
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("candor token mint: %w\n%s", err, says.Bytes())
	}
	return string(bytes.TrimSpace(out)), nil
}

// startCandor starts the first Candor, with the token of this run, or one more
// on a copy of its data.
func (s *site) startCandor(ctx context.Context, name string) (*proxy, error) {
	p, config, err := s.installCandor(name)
	if err != nil {
		return nil, err
	}
	if s.token == "" {
		s.seed = s.path("seed.data")
		if s.token, err = s.mint(ctx, config); err == nil {
			err = os.CopyFS(s.seed, os.DirFS(s.path(name+".data")))
		}
	} else {
		err = os.CopyFS(s.path(name+".data"), os.DirFS(s.seed))
	}
	if err != nil {
		return nil, err
	}
	program := s.program
	if name == twin {
		program = s.twin
	}
	return s.begin(ctx, p, launch{name: name, env: s.procs(), args: []string{program, "serve", config}})
}

// learn asks Candor what the others shall say too.
func (s *site) learn(ctx context.Context, p *proxy) error {
	all := map[string]message{}
	closed, small := works(s.token)[0].request, works(s.token)[1].request
	for _, call := range []struct {
		name    string
		request []byte
	}{{"closed", closed}, {"head", askHead(s.token)}, {"small", small}, {"small", small}} { // again: on a connection that is there
		answer, err := ask(ctx, target{address: p.plain, request: call.request})
		if err != nil {
			return fmt.Errorf("ask %s of %s: %w\n%s", call.name, p.name, err, answer)
		}
		all[call.name] = parseMessage(answer)
		p.log.calls++
	}
	sent, received := parseMessage(askHead(s.token)), parseMessage([]byte(all["head"].body))
	s.model = model{
		refusal: all["closed"],
		answer:  all["small"].without(parseMessage([]byte(upstreamFields))),
		request: received.without(sent),
	}
	for _, f := range sent.without(received) {
		s.model.dropped = append(s.model.dropped, f.name)
	}
	return s.learnLines(ctx, p.log)
}

// learnLines waits for the lines of the calls.
func (s *site) learnLines(ctx context.Context, l *accessLog) (err error) {
	if s.model.refused, err = l.last(ctx, `"/v1/closed"`); err != nil {
		return err
	}
	s.model.passed, err = l.last(ctx, `"/v1/1k"`)
	return err
}
