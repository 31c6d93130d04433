package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/handover"
	"github.com/candor-gateway/candor/internal/server"
)

type serveCmd struct {
	Config    string `arg:"" optional:"" help:"The configuration; candor.yaml unless said."`
	TakeOver  bool   `help:"Take the place of the instance that runs with the same data folder: its sockets, and all it keeps. No call fails."`
	To        string `placeholder:"URL" help:"No configuration: everything goes to this URL as it came. The flags from --listen to --json are for it alone."`
	Front     front  `embed:""`
	LogFormat string `enum:"json,text," default:"" placeholder:"FORMAT" help:"json or text, instead of what the configuration says."`
	LogLevel  string `enum:"debug,info,warn,error," default:"" placeholder:"LEVEL" help:"debug, info, warn or error, instead of what the configuration says."`
}

// Help is shown below the flags.
func (serveCmd) Help() string {
	return `The smallest useful configuration is

    upstreams:
      api: http://127.0.0.1:9000
    apis:
      - credentials: public
        routes: [/**]

With --to URL nothing is configured and nothing is checked: calls and answers pass as they are, to the byte, as in candor observe, and each has its line in the access log. It is a way to put Candor in its place first.

SIGHUP reads it again: it is taken whole, or, with a mistake in it, not at all. SIGTERM ends the instance: it drains first. SIGINT (Ctrl-C) does the same without the delay that tells balancers of it. A second signal ends it at once. The log says when it has ended.

With --take-over the instance that runs with the same data folder is asked for its sockets. It serves on until this one has read its configuration, has its certificates and all addresses; then it lets each kept connection have a last call (drain.delay), writes its counters, and leaves. What comes meanwhile waits in the sockets and is served here. If this one cannot start, or a signal ends it before that, the other serves on, or again. Where none runs, it is a start like any other.

Sockets that systemd hands over (LISTEN_FDS) are used for the listeners, and the addresses of admin and www, that they fit.

Exit code: 0 after a drain, or when another instance has taken over; 1 if it cannot run, 2 if the configuration has mistakes.

Examples:

    candor serve
    candor serve /etc/candor/candor.yaml --log-format text
    candor serve --take-over /etc/candor/candor.yaml
    candor serve --to http://127.0.0.1:3000 --listen :8080`
}

// Run serves until a signal ends it.
func (c *serveCmd) Run(p *program) error {
	switch given := c.Front.given(); {
	case c.To != "" && c.Config != "":
		return mistake("%w", errNotBoth)
	case c.To != "" && c.TakeOver:
		return mistake("--take-over: an instance of --to has no data folder by which another one could be found")
	case c.To != "":
		return c.runTo(p)
	case given != "":
		return mistake("%s: for --to URL alone; a configuration says these itself", given)
	case c.Config == "":
		c.Config = "candor.yaml"
	}
	o := server.Options{Now: p.now, Stdout: p.out, Stderr: p.err, TakeOver: c.TakeOver, Load: func() (*config.Config, error) { return c.load(p) }}
	to := p.serve(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	ctx, over := c.bound()
	defer over()
	manager, err := p.fromManager(&o)
	if err != nil {
		return err
	}
	cfg, err := c.load(p)
	if err != nil {
		return err
	}
	o.Own = server.NewLog(to.err, cfg.Log, p.now)
	p.collectEarlier()

	o.Version, o.Commit = buildVersion()
	s, err := server.Start(ctx, cfg, o)
	if err != nil {
		to.forget()
		return startFault(err)
	}
	r := &running{log: o.Own.Logger, streams: to, now: p.now, manager: manager}
	r.server.Store(s)
	at := []any{"config", c.Config, "listeners", s.APIAddrs(), "admin", s.AdminAddr()}
	if www := s.WWWAddr(); www != "" {
		at = append(at, "www", www)
	}
	r.log.Info("serving", at...)
	r.tellManager(r.isReady()...)
	return r.until()
}

// runTo serves a URL without a configuration.
func (c *serveCmd) runTo(p *program) error {
	const command = "candor serve --to"
	cfg, at, err := c.Front.config(command, c.To)
	if err != nil {
		return err
	}
	if err = c.Front.noCircle(context.Background(), command, c.To, at); err != nil {
		return err
	}
	c.logAs(cfg)
	o := server.Options{Now: p.now, Stdout: p.out, Stderr: p.err}
	to := p.serve(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	o.Own = server.NewLog(to.err, cfg.Log, p.now)
	p.collectEarlier()
	o.Version, o.Commit = buildVersion()
	s, err := server.Start(context.Background(), cfg, o)
	if err != nil {
		return c.Front.taken(err)
	}
	_, _ = io.WriteString(to.err, listening(s)) // standard output has the access log
	r := &running{log: o.Own.Logger, streams: to, now: p.now}
	r.server.Store(s)
	return r.until()
}

// gcPercent makes the collector run at half as much garbage as usual. A call that is served makes none, so this costs next to nothing; what makes some is
// new connections, and ten thousand of them held over TLS take a third less memory this way. GOGC says otherwise, as always.
const gcPercent = 50

func (p *program) collectEarlier() {
	if _, said := p.env("GOGC"); !said {
		debug.SetGCPercent(gcPercent)
	}
}

// load reads the configuration; what the command line says of the log holds over it.
func (c *serveCmd) load(p *program) (*config.Config, error) {
	cfg, err := p.load(c.Config)
	if err != nil {
		return nil, err
	}
	c.logAs(cfg)
	return cfg, nil
}

func (c *serveCmd) logAs(cfg *config.Config) {
	if c.LogFormat != "" {
		cfg.Log.Format = c.LogFormat
	}
	if c.LogLevel != "" {
		cfg.Log.Level = c.LogLevel
	}
}

// running is an instance at work, and what signals mean to it.
type running struct {
	server atomic.Pointer[server.Server] // another one after a hand-over that failed
	log    *slog.Logger
	*streams
	now     func() time.Time
	manager handover.Notifier
	once    bool // there is nothing to read again: SIGHUP ends it
}

// errAtOnce says that a drain was cut short.
var errAtOnce = errors.New("ended at once by a second signal; calls in flight were broken off")

// until runs the instance until a signal, a fault of its own, or the next process has ended it.
func (r *running) until() error {
	asked := make(chan struct{}, 1) // one is enough: whoever reads the file then reads all that was written before
	defer close(asked)
	go r.reloadEach(asked)
	ended := r.wait()
	for {
		select {
		case err := <-ended:
			return r.over(err)
		case <-r.server.Load().Orphaned():
			if err := r.again(); err != nil {
				return err
			}
			ended = r.wait()
		case s := <-r.signals:
			if s != syscall.SIGHUP || r.once {
				return r.end(s)
			}
			select {
			case asked <- struct{}{}:
			default:
			}
		}
	}
}

// reloadEach reads the configuration again each time that is asked for. It does so beside the signals: a file that hangs, as on a mount that is gone, must not hold
// up the end.
func (r *running) reloadEach(asked <-chan struct{}) {
	for range asked {
		r.reload()
	}
}

func (r *running) reload() {
	r.tellManager(handover.Reloading)
	if err := r.server.Load().ReadAgain(context.Background()); err != nil {
		r.log.Error("reload failed; the old configuration stays", "mistakes", err.Error())
	}
	r.tellManager(handover.Ready)
}

// end drains by the rules of the signal that asked for it, and says how it went.
func (r *running) end(by os.Signal) error {
	begun := r.now()
	shutdown := r.server.Load().Shutdown
	if by == syscall.SIGINT {
		shutdown = r.server.Load().ShutdownWithoutDelay
	}
	r.tellManager(handover.Stopping)
	if n := r.server.Load().InFlight(); r.once && n > 0 {
		fmt.Fprintf(r.err, "calls in flight: %d; they have %s, and a second signal ends at once\n", n, endWithin)
	}
	r.log.Info("draining; a second signal ends at once", "signal", by.String())
	err := r.drain(shutdown)
	r.waited = r.server.Load().Lingered()
	r.log.Info("ended", "signal", by.String(), "after", r.now().Sub(begun).Round(time.Millisecond).String())
	return err
}

// atOnceWithin is how long an end by a second signal may take, whatever holds it up.
const atOnceWithin = 3 * time.Second

// drain lets calls in flight end, unless another signal says at once.
func (r *running) drain(shutdown func(context.Context) error) error {
	ctx, atOnce := context.WithCancel(context.Background())
	defer atOnce()
	done := make(chan error, 1)
	go func() { done <- shutdown(ctx) }()
	for {
		select {
		case err := <-done:
			return err
		case s := <-r.signals:
			if s == syscall.SIGHUP {
				continue
			}
			r.hurried = true
			broken := r.server.Load().InFlight() > 0
			atOnce()
			select {
			case err := <-done:
				return errors.Join(atOnceOver(broken), ignoreCancelled(err))
			case <-time.After(atOnceWithin):
				return errAtOnce
			}
		}
	}
}

// atOnceOver is what an end by a second signal was at the cost of.
func atOnceOver(broken bool) error {
	if broken {
		return errAtOnce
	}
	return nil
}

func ignoreCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
