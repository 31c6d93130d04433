package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/handover"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// before is the process that is taken over from, as the next one sees it.
type before struct {
	by      *handover.Conn
	pid     int
	sockets handover.Pool
	ended   bool // by itself, before it had left
}

// How long the next process waits for the one before it.
const (
	askPatience   = 10 * time.Second
	leavePatience = 2 * time.Hour // drain.delay of the one before is part of it; that it has gone is seen at once
	lastBreath    = 2 * time.Second

	takeBackPatience = 5 * time.Second
)

// ErrNoFolder says that there is no socket to ask over.
var ErrNoFolder = errors.New("--take-over asks the running instance over the socket in its data folder, and with data: none there is no such socket; set data: to a folder, let systemd hand over the sockets, or start without --take-over once the other has ended")

// askBefore asks the instance that runs with the same data folder for its sockets. It serves on. Where none runs, there is nothing to take over.
func (s *Server) askBefore(ctx context.Context) error {
	if !s.o.TakeOver {
		return nil
	}
	if s.cfg.Data == "" {
		return ErrNoFolder
	}
	if ctx.Err() != nil {
		return fmt.Errorf("the take-over was stopped (%w) before it was asked for", context.Cause(ctx))
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	c, err := admin.TakeOver(ctx, socketPath(s.cfg.Data))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		s.log.Info("there is nothing to take over: no instance runs with this data folder", "data", s.cfg.Data)
		return nil
	}
	if err != nil {
		return fmt.Errorf("take over: %w", err)
	}
	b := &before{by: handover.Over(c)}
	until := time.Now().Add(askPatience)
	err = b.by.Send(handover.Message{Step: handover.Asks, Protocol: handover.Protocol, PID: os.Getpid()}, nil, until)
	var offer handover.Message
	if err == nil {
		offer, b.sockets, err = b.by.Await(handover.Offer, until)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("take over: %w", err), b.by.Close())
	}
	b.pid, s.before = offer.PID, b
	return nil
}

// takePlace asks the one before to serve no more, and to free store and lock. Until it has, it can go on serving, as it does where ctx ends. If it has ended by
// itself, its sockets are here, and whether its folder is free is for the lock to say.
func (s *Server) takePlace(ctx context.Context) error {
	if s.before == nil {
		return nil
	}
	if err := s.before.stopped(ctx); err != nil {
		return err
	}
	pid := s.before.pid
	err := s.before.by.Send(handover.Message{Step: handover.Go}, nil, time.Now().Add(askPatience))
	if err == nil {
		err = s.before.leaves(ctx)
	}
	if stopped := s.before.stopped(ctx); stopped != nil {
		return stopped
	}
	if _, refused := errors.AsType[*handover.RefusedError](err); refused {
		return fmt.Errorf("take over from process %d, which serves on: %w", pid, err)
	}
	if err != nil {
		s.log.Warn("the process that was to be taken over from has ended, or cannot be reached any more; starting with its sockets, if its folder is free", "process", pid, "error", err)
		s.before.ended = true
		s.awaitFolder()
	}
	return nil
}

// leaves waits until the one before has left, or ctx ends.
func (b *before) leaves(ctx context.Context) error {
	left := make(chan error, 1)
	go func() { // ends with by
		_, _, err := b.by.Await(handover.Yours, time.Now().Add(leavePatience))
		left <- err
	}()
	select {
	case err := <-left:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stopped is why nothing is taken over any more where ctx has ended, and the one before can still serve on, or again.
func (b *before) stopped(ctx context.Context) error {
	if b == nil || b.ended || ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("the take-over was stopped (%w); process %d serves on", context.Cause(ctx), b.pid)
}

// awaitFolder waits a moment for the folder of a process that was killed: the system closes its connections before it has let go of all its files.
func (s *Server) awaitFolder() {
	for until := time.Now().Add(lastBreath); sqlite.Holder(s.cfg.Data) != nil && time.Now().Before(until); {
		time.Sleep(lastBreath / 100)
	}
}

// confirm says that calls are served here.
func (s *Server) confirm() {
	if s.before == nil || s.before.ended {
		return
	}
	if err := s.before.by.Send(handover.Message{Step: handover.Serving}, nil, time.Now().Add(askPatience)); err != nil {
		s.log.Warn("the process that was taken over from has gone before it was told; calls that it had in flight may have been broken off", "process", s.before.pid, "error", err)
	}
	s.log.Info("took over", "from", s.before.pid)
	go s.takeReturns() // ends with the process before, or with this one
}

// giveUp ends a hand-over that came to nothing: the other serves on, or again. It waits for that, so that whoever then asks is not told that it is under way.
func (b *before) giveUp() {
	if b == nil {
		return
	}
	b.sockets.Close()
	late := time.AfterFunc(takeBackPatience, b.hangUp)
	defer late.Stop()
	b.by.Leave()
	b.hangUp()
}

// hangUp hears no more of the other.
func (b *before) hangUp() {
	if b != nil {
		_ = b.by.Close()
	}
}

// TookOverFrom is the process whose place this one has; 0: none.
func (s *Server) TookOverFrom() int {
	if s.before == nil {
		return 0
	}
	return s.before.pid
}
