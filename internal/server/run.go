package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/config"
)

// How often things are looked after.
const (
	checkpointEvery = time.Second
	forgetEvery     = time.Minute
)

// run accepts calls and looks after what must be looked after, until Shutdown.
func (s *Server) run() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	for _, l := range s.listeners {
		s.accepting.Go(func() {
			if err := s.gateway.Serve(ctx, &l.Listener); err != nil {
				s.died(fmt.Errorf("listener %s: %w", l.Name, err))
			}
		})
	}
	s.work.Go(func() { s.keepHouse(ctx) })
}

func (s *Server) died(err error) {
	select {
	case s.fault <- err:
	default: // one is enough to end the process
	}
}

// keepHouse saves counters, and forgets what says nothing any more.
func (s *Server) keepHouse(ctx context.Context) {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	forgotten := s.o.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, u := range s.gateway.Policy().Upstreams {
			u.Sweep(s.clock.Mono())
		}
		now := s.o.Now()
		s.checkpoint(ctx, now)
		if now.Sub(forgotten) < forgetEvery {
			continue
		}
		s.forget(ctx, now, earlier(now, forgotten))
		forgotten = now
	}
}

// forget sweeps what says nothing any more. What cannot be had again, as that a token was revoked, goes only if it had ended a minute ago already: the clock
// may have been set ahead for a moment.
func (s *Server) forget(ctx context.Context, now, surely time.Time) {
	s.limiter.Sweep(now.UnixNano())
	s.core.verifier.Sweep(surely.UnixNano())
	if _, err := s.core.store.Sweep(ctx, surely); err != nil && ctx.Err() == nil {
		s.log.Warn("the store could not be swept; trying again in a minute", "error", err)
	}
}

// earlier compares by the wall clock.
func earlier(a, b time.Time) time.Time {
	if b.Round(0).Before(a.Round(0)) {
		return b
	}
	return a
}

func (s *Server) checkpoint(ctx context.Context, now time.Time) {
	if err := s.limiter.Checkpoint(ctx, s.core.store, now.UnixNano()); err != nil && ctx.Err() == nil {
		s.log.Warn("the counters could not be saved; trying again in a second", "error", err)
	}
}

// Wait returns when the server has ended: nil after Shutdown, or the fault of a listener that died.
func (s *Server) Wait() error {
	select {
	case err := <-s.fault:
		return err
	case <-s.ended:
		return nil
	}
}

func (s *Server) config() *config.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg
}

// Shutdown drains and ends the server (docs/connection.md, "Drain"): not ready at once; after the delay the listeners and idle connections close; calls in
// flight have the finish time. When ctx ends, what is left is broken off at once.
func (s *Server) Shutdown(ctx context.Context) error {
	if s.draining.Swap(true) {
		<-s.ended
		return nil
	}
	drain := s.config().Drain // after a reload under way
	s.gateway.Leave()
	pause(ctx, drain.Delay)
	for _, l := range s.listeners {
		_ = l.Net.Close()
	}
	s.accepting.Wait() // or a connection could come in behind the drain
	finish, cancel := context.WithTimeout(ctx, drain.Finish)
	defer cancel()
	err := s.gateway.Drain(finish)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("calls were still in flight after %s and were broken off", drain.Finish)
	}
	return errors.Join(err, s.close()) //nolint:contextcheck // what is left is ended in its own time, also where ctx has ended
}

func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// close ends what is left after the drain, the counters saved last.
func (s *Server) close() error {
	s.stop()
	s.work.Wait()
	s.gateway.Close()
	err := s.closeAdmin()
	for _, u := range s.gateway.Policy().Upstreams {
		u.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s.checkpoint(ctx, s.o.Now())
	if s.access != nil {
		err = errors.Join(err, s.access.Close())
	}
	err = errors.Join(err, s.core.close())
	close(s.ended)
	return err
}

func (s *Server) closeAdmin() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var err error
	if s.admin != nil {
		err = s.admin.Shutdown(ctx)
	}
	if s.socket != nil {
		err = errors.Join(err, s.socket.Shutdown(ctx))
	}
	return err
}

// giveUp closes what a start that failed had opened.
func (s *Server) giveUp() error {
	for _, l := range s.listeners {
		_ = l.Net.Close()
	}
	err := s.closeAdmin()
	if s.gateway != nil {
		s.gateway.Close()
	}
	if s.access != nil {
		err = errors.Join(err, s.access.Close())
	}
	if s.core != nil {
		err = errors.Join(err, s.core.close())
	}
	return err
}
