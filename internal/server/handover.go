package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/candor-gateway/candor/internal/handover"
	"github.com/candor-gateway/candor/internal/socket"
)

// How long this process waits for the next one.
const (
	hearPatience    = 10 * time.Second
	preparePatience = 2 * time.Minute // for its certificates and addresses
	servePatience   = 2 * time.Minute // for its store
)

// settlePatience is how long connections may take for their last call before store and counters are left: as long as a grant may be fetched, and a little more.
const settlePatience = 4 * time.Second

// HandedTo is the process that serves in the place of this one; 0: none.
func (s *Server) HandedTo() int {
	s.handing.mu.Lock()
	defer s.handing.mu.Unlock()
	return s.handing.to
}

// Orphaned is closed when the next process has failed after this one had left everything to it: then Again takes it up.
func (s *Server) Orphaned() <-chan struct{} { return s.handing.orphaned }

// handOver gives the process behind c the sockets, and once it is ready for them everything else. Whatever goes wrong before that, calls are served on.
func (s *Server) handOver(c *net.UnixConn) {
	to := handover.Over(c)
	defer to.Close()
	asks, _, err := to.Await(handover.Asks, time.Now().Add(hearPatience))
	if err != nil {
		s.log.Warn("a process asked for the sockets and did not say how it wants them; this one serves on", "error", err)
		return
	}
	refuse := func(why error) {
		_ = to.Send(handover.Message{Step: handover.Refused, Why: why.Error()}, nil, time.Now().Add(hearPatience)) // it has gone, then
		s.log.Warn("not handed over", "to", asks.PID, "error", why)
	}
	if asks.Protocol != handover.Protocol {
		refuse(fmt.Errorf("the running instance hands over by protocol %d, and protocol %d was asked for; stop it, and start this one", handover.Protocol, asks.Protocol))
		return
	}
	ctx, err := s.handing.enter()
	if err != nil {
		refuse(err)
		return
	}
	if err = s.offer(to); err != nil {
		s.handing.leave()
		refuse(err)
		return
	}
	next, err := s.leaveTo(ctx, to, asks.PID)
	if err != nil {
		s.handing.leave()
		refuse(err)
		return
	}
	s.followed(to, next, asks.PID)
}

// leaveTo leaves everything to the next process, and returns what that says once everything is its own: nil, that it serves.
func (s *Server) leaveTo(ctx context.Context, to *handover.Conn, pid int) (next chan error, err error) {
	next = make(chan error, 1)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { // ends with to
		_, _, gone := to.Await(handover.Serving, time.Time{})
		next <- gone
		cancel(gone)
	}()
	return next, s.leave(ctx, to, pid)
}

// offer gives the next process the sockets, and waits until it has made what it can make beside this one.
func (s *Server) offer(to *handover.Conn) error {
	if s.draining.Load() {
		return errDraining
	}
	err := to.Send(handover.Message{Step: handover.Offer, PID: os.Getpid()}, s.sockets(), time.Now().Add(hearPatience))
	if err == nil {
		_, _, err = to.Await(handover.Go, time.Now().Add(preparePatience))
	}
	return err
}

// sockets are those on which this instance listens, and what for.
func (s *Server) sockets() []handover.Socket {
	cfg := s.config()
	var all []handover.Socket
	for i, l := range s.listeners {
		all = append(all, handover.Socket{TCPListener: l.Net, Address: cfg.Listeners[i].Address, For: handover.API})
	}
	if s.www != nil {
		all = append(all, handover.Socket{TCPListener: s.www.Net, Address: cfg.WWW.Address, For: handover.WWW})
	}
	if s.adminListener != nil {
		all = append(all, handover.Socket{TCPListener: s.adminListener, Address: cfg.Admin.Address, For: handover.Admin})
	}
	return all
}

// leave serves no more: kept connections have their last calls, nothing more is accepted, the counters are written, and store and lock are free. Up to there it
// comes back where the next process goes, or the counters cannot be written.
func (s *Server) leave(ctx context.Context, to *handover.Conn, pid int) error {
	s.mu.Lock()
	was, drain := s.draining.Swap(true), s.cfg.Drain
	s.mu.Unlock()
	if was {
		return errDraining
	}
	s.log.Info("handing over; kept connections have their last calls", "to", pid, "delay", drain.Delay.String())
	s.gateway.LeaveTo()
	s.www.leave()
	pause(ctx, drain.Delay)
	for _, l := range s.listeners {
		_ = l.Net.SetDeadline(time.Now()) // nothing is accepted: what comes waits in the socket for the next process
	}
	s.www.stop()
	s.accepting.Wait()
	s.settle(ctx)
	if err := s.writeDown(ctx); err != nil {
		s.serveOn()
		return err
	}
	s.leaveRequests(ctx)
	err := errors.Join(s.closeAdmin(orderly.operator), s.core.close()) //nolint:contextcheck // it is left whatever becomes of the next process
	if err != nil {
		s.log.Warn("something was not left in order", "error", err)
	}
	_ = to.Send(handover.Message{Step: handover.Yours}, nil, time.Now().Add(hearPatience)) // who has gone is met next
	return nil
}

// writeDown ends the counting, writes the counters, and does what else could still fail. From then on there is no way back.
func (s *Server) writeDown(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.gateway.Finish()
	s.stopHouse()
	s.work.Wait()
	s.limiter.NoteReturns()
	s.noteUses(ctx, s.o.Now(), s.o.Now().Add(-2*forgetEvery))
	s.noteScopes(ctx, s.o.Now())
	if err := s.limiter.Checkpoint(ctx, s.core.store, s.o.Now().UnixNano()); err != nil {
		return err
	}
	if err := s.keepSockets(); err != nil {
		return err
	}
	if !s.handing.commit(ctx) {
		return context.Cause(ctx)
	}
	return nil
}

// settle lets connections have their last call.
func (s *Server) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	s.gateway.Settle(ctx, s.limiter.InFlight)
	s.www.settle(ctx)
}

// serveOn takes back all that leave did.
func (s *Server) serveOn() {
	s.handing.kept.Close()
	s.stopHouse()
	s.work.Wait()
	for _, l := range s.listeners {
		_ = l.Net.SetDeadline(time.Time{})
	}
	s.www.resume()
	s.gateway.Return()
	s.begin()
	s.draining.Store(false)
}

// keepSockets keeps copies of the sockets, which stay open until the next process serves.
func (s *Server) keepSockets() error {
	for _, one := range s.sockets() {
		l, err := socket.Copy(one.TCPListener)
		if err != nil {
			return err
		}
		one.TCPListener = l
		s.handing.kept = append(s.handing.kept, one)
	}
	return nil
}

// Again starts an instance with the configuration and the sockets of this one, after it was Orphaned. What it has in flight it ends by itself.
func (s *Server) Again(ctx context.Context) (*Server, error) {
	o := s.o
	o.Sockets, o.TakeOver, o.kept = nil, false, s.handing.kept
	return Start(ctx, s.config(), o)
}

// followed ends this process's part: the next one serves, or has failed.
func (s *Server) followed(to *handover.Conn, next <-chan error, pid int) {
	drained := make(chan error, 1)
	go func() { drained <- s.drainWithin(context.Background(), s.config().Drain.Finish) }()
	t := time.NewTimer(servePatience)
	defer t.Stop()
	var err error
	select {
	case err = <-next:
	case <-t.C:
		err = fmt.Errorf("it did not serve within %s", servePatience)
	}
	if err != nil {
		s.log.Error("the next process failed after everything was left to it; starting again with the configuration that was at work", "process", pid, "error", err)
		_ = to.Close() // one that has merely taken too long learns that it is not wanted, where it has not the folder yet
		close(s.handing.orphaned)
	} else {
		s.handing.follow(pid)
		s.log.Info("handed over; calls in flight are ended here", "to", pid, "calls", s.InFlight())
	}
	err = <-drained
	s.sendReturns(to)
	s.err = errors.Join(err, s.closeRest())
	close(s.ended)
}
