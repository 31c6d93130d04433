package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
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
	s.begin = func() { s.beginWith(ctx) }
	s.begin()
}

// beginWith accepts calls, whose context is ctx, and keeps house. It begins anew where a hand-over came to nothing.
func (s *Server) beginWith(ctx context.Context) {
	for _, l := range s.listeners {
		s.accepting.Go(func() {
			if err := s.gateway.Serve(ctx, &l.Listener); err != nil {
				s.died(fmt.Errorf("listener %s: %w", l.Name, err))
			}
		})
	}
	s.serveWWW()
	house, stop := context.WithCancel(ctx)
	s.stopHouse = stop
	s.work.Go(func() { s.keepHouse(house) })
	go s.watchCertificates(house) // ends with house; a file that hangs, as on a mount that is gone, holds up nothing
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
	warned := forgotten // at the start
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
		if now.Sub(warned) >= warnEvery {
			warned = now
			s.warnOfCertificates(s.config())
		}
		if now.Sub(forgotten) < forgetEvery {
			continue
		}
		s.forget(ctx, now, earlier(now, forgotten))
		s.noteUses(ctx, now, forgotten)
		s.noteScopes(ctx, now)
		forgotten = now
	}
}

// forget sweeps what says nothing any more. What cannot be had again, as that a token was revoked, goes only if it had ended a minute ago already: the clock
// may have been set ahead for a moment.
func (s *Server) forget(ctx context.Context, now, surely time.Time) {
	s.limiter.Sweep(now.UnixNano())
	s.core.verifier.Sweep(surely.UnixNano())
	_, err := s.core.store.Sweep(ctx, surely)
	if ctx.Err() == nil {
		s.unswept.tell(s.log, err, now)
	}
}

// noteUses writes down which grants were used since a time, and when last. What is missing after a crash is a minute of it.
func (s *Server) noteUses(ctx context.Context, now, since time.Time) {
	err := s.core.store.SaveUses(ctx, s.core.verifier.Used(since.Unix()-1))
	if ctx.Err() == nil {
		s.unnoted.tell(s.log, err, now)
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
	err := s.limiter.Checkpoint(ctx, s.core.store, now.UnixNano())
	if ctx.Err() == nil {
		s.unsaved.tell(s.log, err, now)
	}
}

// rest lets calls go first between two stretches of what can wait. Yielding would not: the runtime asks the network only when there is nothing else to do.
func rest() { time.Sleep(time.Millisecond) }

// Wait returns when the server has ended: nil after Shutdown, the fault of a listener that died, or what went wrong with its last calls after it was handed over.
func (s *Server) Wait() error {
	select {
	case err := <-s.fault:
		return err
	case <-s.ended:
		return s.err
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
	return s.shutdown(ctx, func(d config.Drain) config.Drain { return d })
}

// ShutdownWithoutDelay is Shutdown where nobody has to learn first that no more calls are taken: somebody sits before it and has pressed Ctrl-C.
func (s *Server) ShutdownWithoutDelay(ctx context.Context) error {
	return s.shutdown(ctx, func(d config.Drain) config.Drain { d.Delay = 0; return d })
}

func (s *Server) shutdown(ctx context.Context, of func(config.Drain) config.Drain) error {
	s.handing.giveUp()
	if s.draining.Swap(true) {
		<-s.ended
		return nil
	}
	drain := of(s.config().Drain) // after a reload under way
	s.gateway.Leave()
	s.www.leave()
	pause(ctx, drain.Delay)
	for _, l := range s.listeners {
		_ = l.Net.Close()
	}
	s.accepting.Wait() // or a connection could come in behind the drain
	if len(s.o.Sockets) > 0 {
		s.settle(ctx) // new connections wait for the next process; those that were accepted a moment ago cannot
	}
	err := s.drainWithin(ctx, drain.Finish)
	return errors.Join(err, s.close(ctx.Err() != nil)) //nolint:contextcheck // what is left is ended in its own time, also where ctx has ended
}

// drainWithin lets calls in flight end.
func (s *Server) drainWithin(ctx context.Context, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	pagesOver := s.www.drain(ctx)
	err := s.gateway.Drain(ctx)
	<-pagesOver
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("calls were still in flight after %s and were broken off", within)
	}
	return err
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

// patience is how long the parts of a server may take for their end.
type patience struct {
	operator time.Duration // a request of the operator's
	store    time.Duration // the last checkpoint
	log      time.Duration // the access log, where nobody may be reading it, and the operator's request before: together with the last words of the process 2 s
}

var (
	orderly = patience{operator: 1500 * time.Millisecond, store: 10 * time.Second, log: 1750 * time.Millisecond}
	atOnce  = patience{operator: 0, store: time.Second, log: leastForLog}
)

// leastForLog is for the access log, whatever others have taken of the time.
const leastForLog = 250 * time.Millisecond

// close ends what is left after the drain, the counters saved last.
func (s *Server) close(hurried bool) error {
	s.before.hangUp()
	p := orderly
	if hurried {
		p = atOnce
	}
	s.stop()
	s.closeIssuers()
	s.work.Wait()
	s.gateway.Close()
	begun := time.Now()
	err := s.closeAdmin(p.operator)
	waited := time.Since(begun)
	for _, u := range s.gateway.Policy().Upstreams {
		u.Close()
	}
	s.lastCheckpoint(p.store)
	s.closeRequests(p.store)
	begun = time.Now()
	err = errors.Join(err, s.closeLog(max(p.log-waited, leastForLog)))
	s.lingered.Store(int64(waited + time.Since(begun)))
	err = errors.Join(err, s.core.close())
	close(s.ended)
	return err
}

// closeRest is close where the next process has everything else already.
func (s *Server) closeRest() error {
	s.before.hangUp()
	s.stop()
	s.closeIssuers()
	s.gateway.Close()
	for _, l := range s.listeners {
		_ = l.Net.Close()
	}
	for _, u := range s.gateway.Policy().Upstreams {
		u.Close()
	}
	s.closeRequests(orderly.store)
	return s.closeLog(orderly.log)
}

// Lingered is how long the end has waited for the operator's clients and for whoever reads the access log.
func (s *Server) Lingered() time.Duration { return time.Duration(s.lingered.Load()) }

// InFlight is how many calls were admitted and are not over.
func (s *Server) InFlight() int64 { return s.limiter.InFlight() }

func (s *Server) lastCheckpoint(within time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	s.noteUses(ctx, s.o.Now(), s.o.Now().Add(-2*forgetEvery))
	s.noteScopes(ctx, s.o.Now())
	if err := s.limiter.Checkpoint(ctx, s.core.store, s.o.Now().UnixNano()); err != nil {
		s.log.Warn("the counters could not be saved at the end; what was counted since they last were is lost, in the callers' favour", "error", err)
	}
}

// closeAdmin breaks off what the operator's clients have not ended by then: that is no fault of the end.
func (s *Server) closeAdmin(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	var err error
	for _, a := range []*admin.Server{s.admin, s.socket} {
		if a == nil {
			continue
		}
		if e := a.Shutdown(ctx); !errors.Is(e, context.DeadlineExceeded) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// closeLog waits no longer than this for whoever reads the log, and leaves the rest unwritten.
func (s *Server) closeLog(within time.Duration) error {
	if s.access == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	unwritten, err := s.access.CloseWithin(ctx)
	if unwritten > 0 {
		s.log.Warn("the last lines of the access log were not taken in time, and are lost", "lines_lost", unwritten)
	}
	return err
}

// giveUp closes what a start that failed had opened, and removes what it had made.
func (s *Server) giveUp() error {
	for _, l := range s.listeners {
		_ = l.Net.Close()
	}
	if s.www != nil {
		_ = s.www.Net.Close()
	}
	err := s.closeAdmin(orderly.operator)
	if s.admin == nil && s.adminListener != nil {
		_ = s.adminListener.Close()
	}
	if s.gateway != nil {
		s.gateway.Close()
	}
	s.closeRequests(atOnce.store)
	err = errors.Join(err, s.closeLog(orderly.log))
	if s.core != nil {
		err = errors.Join(err, s.core.giveUp())
	}
	s.before.giveUp() // last: it takes up its folder again
	return err
}
