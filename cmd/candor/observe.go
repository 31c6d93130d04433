package main

import (
	"context"
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/observe"
	"github.com/candor-gateway/candor/internal/server"
)

type observeCmd struct {
	URL    string `arg:"" name:"url" help:"Where the API is, as in http://127.0.0.1:3000. A path in it stands before that of every call."`
	Config string `type:"path" placeholder:"FILE" help:"Observe every check of this configuration; its keys and its store are read, and never written."`
	Draft  string `type:"path" placeholder:"FILE" help:"Write a configuration that is learnt from the good calls, each minute and at the end, to a file that is not there yet."`
	Front  front  `embed:""`
}

// Help is shown below the flags.
func (observeCmd) Help() string {
	return `Point callers at http://127.0.0.1:8080 instead of the API, and nothing changes: calls and answers pass as they are, to the byte. What is added is the caller's address in X-Forwarded-For, Candor-Hops, and X-Request-Id on answers that have none. No file is written.

Each call that fails gets one line as it happens: time, status, method, path, who made it fail, what happened, what to do, and the id of the call. It says what the answer says and what the traffic shows, and nothing more. Calls that a limit of candor serve would have stopped are told as would-be. Where answers name the API's own address in Location, a line says once that they lead past Candor.

On a loopback address calls are taken for literal addresses, for localhost, for the host of the URL and for each --host: a web page must not reach the API by a name of its own.

With --config FILE every check of that configuration is observed: what it would refuse is told as would-be. With --draft FILE a configuration is learnt, also beside one that is observed.

Ctrl-C (SIGINT) and SIGTERM end it, with a summary: calls, failures by cause, the nearest known path of each that was not found, slow routes, malformed calls. With --json each line is an object, and the last one is {"summary":…}.

Exit code: 0 after a signal, 1 if it cannot run or broke calls off that did not end within 5 s of the signal, 2 if the command line has mistakes.

Examples:

    candor observe http://127.0.0.1:3000
    candor observe https://api.example.com/v1 --listen 127.0.0.1:9000
    candor observe http://127.0.0.1:8080 --listen 127.0.0.1:8081 --json > failures.jsonl
    candor observe http://127.0.0.1:3000 --draft candor.yaml
    candor observe http://127.0.0.1:3000 --config candor.yaml`
}

// endWithin is how long calls in flight have at the end: somebody sits before it and waits for the summary.
const endWithin = 5 * time.Second

// Run observes until a signal ends it.
func (c *observeCmd) Run(p *program) error {
	const command = "candor observe"
	cfg, at, err := c.Front.config(command, c.URL)
	if err != nil {
		return err
	}
	file, err := c.observed(p, &cfg)
	if err != nil {
		return err
	}
	if err = c.Front.noCircle(context.Background(), command, c.URL, at); err != nil {
		return err
	}
	cfg.Log = config.Log{Access: "off", Level: "warn", Format: "text"}
	cfg.Drain = config.Drain{Finish: endWithin}
	colours := !c.Front.JSON && p.takesColours(p.out)
	to := p.serve(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP) // HUP: the terminal was closed
	p.collectEarlier()
	screen := observe.New(observe.Options{
		Out: to.out, JSON: c.Front.JSON, Colours: colours, Location: time.Local, Upstream: c.URL, Limits: limitsOf(file), Learns: c.Draft != "",
	})
	o := server.Options{Now: p.now, Stdout: to.out, Stderr: to.err, Own: server.NewLog(to.err, cfg.Log, p.now), Sink: screen, Observed: file}
	o.Version, o.Commit = buildVersion()
	learns, err := c.learns(cfg, screen, p)
	if err != nil {
		return err
	}
	s, err := server.Start(context.Background(), cfg, o)
	if err != nil {
		learns.drop()
		return c.Front.taken(err)
	}
	c.ready(p, s)
	learns.begin(s.Leniencies)
	r := &running{log: o.Own.Logger, streams: to, now: p.now, once: true}
	r.server.Store(s)
	err = r.until()
	screen.End()
	return errors.Join(err, learns.end())
}

// observed puts the checks of a file, all of them only observed, into the configuration. It answers the file's own, nil where none was named.
func (c *observeCmd) observed(p *program, cfg **config.Config) (*config.Config, error) {
	if c.Config == "" {
		return nil, nil
	}
	file, err := p.load(c.Config)
	if err != nil {
		return nil, err
	}
	of := c.Front.of(c.URL)
	*cfg, err = of.Over(file)
	return file, err
}

// learns is the draft, nil where none is asked for.
func (c *observeCmd) learns(cfg *config.Config, screen *observe.Screen, p *program) (*draft, error) {
	if c.Draft == "" {
		return nil, nil
	}
	return newDraft(c.Draft, cfg, c.Front.KeepHost, screen, p.now)
}

// ready says where to call. In JSON standard output has objects alone.
func (c *observeCmd) ready(p *program, s *server.Server) {
	out := p.out
	if c.Front.JSON {
		out = p.err
	}
	_, _ = io.WriteString(out, listening(s)) // an outlet: it never fails
}

// limitsOf are those of a file, or of a configuration that says nothing (nil). What a body may have is a check of the file, which is observed as every other. Of
// several upstreams the longest time counts.
func limitsOf(file *config.Config) observe.Limits {
	up, all := config.DefaultUpstream(), config.Default().Limits
	l := observe.Limits{Connect: up.Connect, FirstByte: up.FirstByte, Gap: up.Gap, Body: all.Body}
	if file != nil {
		all, l = file.Limits, observe.Limits{}
		for i := range file.Upstreams {
			u := &file.Upstreams[i]
			l.Connect, l.FirstByte, l.Gap = longer(l.Connect, u.Connect, i), longer(l.FirstByte, u.FirstByte, i), longer(l.Gap, u.Gap, i)
		}
	}
	l.RequestLine, l.Head, l.Fields, l.UpstreamHead, l.UpstreamFields = all.RequestLine, all.Head, all.Fields, all.UpstreamHead, all.UpstreamFields
	return l
}

// longer is the longer of two limits, of which 0 is none; before the first (i is 0) there is only b.
func longer(a, b time.Duration, i int) time.Duration {
	if i > 0 && (a == 0 || b == 0) {
		return 0
	}
	return max(a, b)
}

// takesColours reports whether a stream is a terminal whose user wants them (no-color.org).
func (p *program) takesColours(out io.Writer) bool {
	if no, _ := p.env("NO_COLOR"); no != "" {
		return false
	}
	if kind, _ := p.env("TERM"); kind == "dumb" {
		return false
	}
	file, isFile := out.(*os.File)
	return isFile && isTerminal(file)
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// errNotBoth says that one command was asked for two things.
var errNotBoth = errors.New("--to URL needs no configuration, and a configuration no --to; leave one of them out")
