package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/candor-gateway/candor/internal/handover"
	"github.com/candor-gateway/candor/internal/server"
)

// fromManager takes what the service manager has given to this process alone: sockets, and where it wants to be told of the process. Nothing that this one starts
// is to take it for its own.
func (p *program) fromManager(o *server.Options) (handover.Notifier, error) {
	manager := handover.NotifierOf(p.env)
	sockets, err := handover.Systemd(p.env, os.Getpid())
	for _, name := range append([]string{handover.NotifyVariable}, handover.SystemdVariables...) {
		_ = os.Unsetenv(name)
	}
	if err != nil {
		return manager, mistake("%w", err)
	}
	o.Sockets = sockets
	return manager, nil
}

// bound is what bounds a start: where it takes the place of another instance, SIGINT and SIGTERM to this process stop that, and the other serves on. Once this one
// serves, they mean what they mean to any.
func (c *serveCmd) bound() (ctx context.Context, over func()) {
	if !c.TakeOver {
		return context.Background(), func() {}
	}
	return signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
}

// startFault gives a start that failed by a mistake the exit code of one.
func startFault(err error) error {
	var e *server.SocketError
	if errors.As(err, &e) || errors.Is(err, server.ErrNoFolder) {
		return mistake("%w", err)
	}
	return err
}

// isReady is what the manager is told once calls are served.
func (r *running) isReady() []string {
	if r.server.Load().TookOverFrom() == 0 {
		return []string{handover.Ready}
	}
	return []string{handover.MainPID(os.Getpid()), handover.Ready}
}

func (r *running) tellManager(what ...string) {
	if err := r.manager.Tell(what...); err != nil {
		r.log.Warn("the service manager was not told", "what", what, "error", err)
	}
}

// wait waits for the end of the instance.
func (r *running) wait() <-chan error {
	ended := make(chan error, 1)
	s := r.server.Load()
	go func() { ended <- s.Wait() }()
	return ended
}

// over is the end without a signal: that of an instance whose place another one has, or by a fault.
func (r *running) over(err error) error {
	s := r.server.Load()
	r.waited = s.Lingered()
	if to := s.HandedTo(); to != 0 {
		r.log.Info("ended", "handed_over_to", to)
	}
	return err
}

// again starts the instance again that the next process was to follow, and could not.
func (r *running) again() error {
	s, err := r.server.Load().Again(context.Background())
	if err != nil {
		return fmt.Errorf("the process that was to take over has failed, and this one cannot start again: %w", err)
	}
	r.server.Store(s)
	r.log.Info("serving again", "listeners", s.APIAddrs(), "admin", s.AdminAddr())
	r.tellManager(r.isReady()...)
	return nil
}
