package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/candor-gateway/candor/internal/server"
)

// streams are standard output and standard error of a command that serves. Whoever reads them may leave or stop reading: neither ends the process, and
// neither keeps it from its end.
type streams struct {
	out, err *server.Outlet
	signals  chan os.Signal
	hurried  bool          // a second signal has come: nobody waits any more
	waited   time.Duration // how long the end has waited for others already
}

// serve makes the process one that serves: what it prints from now on leaves by streams, and signals come to a channel.
func (p *program) serve(wanted ...os.Signal) *streams {
	signal.Ignore(syscall.SIGPIPE) // or a reader that leaves would end the process; as it is, the write fails
	s := &streams{
		out: server.NewOutlet(p.out), err: server.NewOutlet(p.err),
		signals: make(chan os.Signal, 4), // more at once say nothing that these do not
	}
	signal.Notify(s.signals, wanted...)
	p.out, p.err, p.streams = s.out, s.err, s
	return s
}

// forget forgets the signals that have come: what they ended has ended, and they are not the ones that hurry its last words.
func (s *streams) forget() {
	for {
		select {
		case <-s.signals:
		default:
			return
		}
	}
}

// How long the end waits for whoever reads its last words, and others before them; the second is for the last words alone, also where others have taken the
// time.
const (
	lastWords        = 2 * time.Second
	lastWordsHurried = 250 * time.Millisecond
)

// close lets the last words out, unless a signal says at once.
func (s *streams) close() {
	within := max(lastWords-s.waited, lastWordsHurried)
	if s.hurried {
		within = lastWordsHurried
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	go func() { // ends with the process
		for got := range s.signals {
			if got != syscall.SIGHUP {
				cancel()
			}
		}
	}()
	var both sync.WaitGroup // one that is blocked takes no time from the other
	both.Go(func() { s.out.Close(ctx) })
	both.Go(func() { s.err.Close(ctx) })
	both.Wait()
}
