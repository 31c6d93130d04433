package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
)

type serveCmd struct {
	Config    string `arg:"" optional:"" default:"candor.yaml" help:"The configuration; candor.yaml unless said."`
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

SIGHUP reads it again: it is taken whole, or, with a mistake in it, not at all. SIGTERM and SIGINT end the instance: it drains first, a second one ends it at once.

Exit code: 0 after a drain, 1 if it cannot run, 2 if the configuration has mistakes.

Examples:

    candor serve
    candor serve /etc/candor/candor.yaml --log-format text`
}

// Run serves until a signal ends it.
func (c *serveCmd) Run(p *program) error {
	cfg, err := c.load(p)
	if err != nil {
		return err
	}
	log := newLog(p.err, cfg.Log)
	warn(log, cfg)
	p.collectEarlier()
	signals := make(chan os.Signal, 4) // more at once say nothing that these do not
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer signal.Stop(signals)

	version, commit := buildVersion()
	s, err := server.Start(context.Background(), cfg, server.Options{
		Log: log, Now: p.now, Stdout: p.out, Version: version, Commit: commit,
		Load: func() (*config.Config, error) { return c.load(p) },
	})
	if err != nil {
		return err
	}
	log.Info("serving", "config", c.Config, "listeners", s.APIAddrs(), "admin", s.AdminAddr())
	r := &running{server: s, log: log, load: func() (*config.Config, error) { return c.load(p) }}
	return r.until(signals)
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
	if c.LogFormat != "" {
		cfg.Log.Format = c.LogFormat
	}
	if c.LogLevel != "" {
		cfg.Log.Level = c.LogLevel
	}
	return cfg, nil
}

func warn(log *slog.Logger, cfg *config.Config) {
	for _, w := range cfg.Warnings {
		log.Warn(w.Text, "at", fmt.Sprintf("%s:%d:%d", w.File, w.Line, w.Column))
	}
}

// running is an instance at work, and what signals mean to it.
type running struct {
	server *server.Server
	log    *slog.Logger
	load   func() (*config.Config, error) // nil: there is nothing to read again
}

// errAtOnce says that a drain was cut short.
var errAtOnce = errors.New("ended at once by a second signal; calls in flight were broken off")

// until runs the instance until a signal, or a fault of its own, has ended it.
func (r *running) until(signals <-chan os.Signal) error {
	ended := make(chan error, 1)
	go func() { ended <- r.server.Wait() }()
	for {
		select {
		case err := <-ended:
			return err
		case s := <-signals:
			if s != syscall.SIGHUP {
				r.log.Info("draining; a second signal ends at once", "signal", s.String())
				return r.drain(signals)
			}
			r.reload()
		}
	}
}

func (r *running) reload() {
	if r.load == nil {
		return
	}
	cfg, err := r.load()
	if err == nil {
		err = r.server.Reload(context.Background(), cfg)
	}
	if err != nil {
		r.log.Error("reload failed; the old configuration stays", "mistakes", err.Error())
		return
	}
	warn(r.log, cfg)
	r.log.Info("reloaded", "config", cfg.File)
}

// drain lets calls in flight end, unless another signal says at once.
func (r *running) drain(signals <-chan os.Signal) error {
	ctx, atOnce := context.WithCancel(context.Background())
	defer atOnce()
	done := make(chan error, 1)
	go func() { done <- r.server.Shutdown(ctx) }()
	for {
		select {
		case err := <-done:
			return err
		case s := <-signals:
			if s == syscall.SIGHUP {
				continue
			}
			atOnce()
			return errors.Join(errAtOnce, ignoreCancelled(<-done))
		}
	}
}

func ignoreCancelled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
