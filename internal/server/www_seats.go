package server

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// beyondSeats is how many connections are told that there is no room; one more is closed without a word.
	beyondSeats = 32
	// leastIdle is how long a connection must have carried nothing before it makes room for another.
	leastIdle = time.Second
)

// seats bound the connections of www. At the bound the one that has carried nothing for longest makes room; where all are at work, a new one is told so.
type seats struct {
	most int

	mu    sync.Mutex
	taken map[net.Conn]time.Time // since when it carries nothing; zero while it does
}

func newSeats(most int) *seats { return &seats{most: most, taken: map[net.Conn]time.Time{}} }

// standing marks the context of a connection for which there is no seat.
type standing struct{}

func isStanding(ctx context.Context) bool { return ctx.Value(standing{}) != nil }

// take seats a new connection.
func (s *seats) take(ctx context.Context, c net.Conn, now time.Time) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.taken) >= s.most {
		s.makeRoom(now)
	}
	switch n := len(s.taken); {
	case n >= s.most+beyondSeats:
		_ = c.Close()
		return ctx
	case n >= s.most:
		ctx = context.WithValue(ctx, standing{}, true)
	}
	s.taken[c] = now
	return ctx
}

// makeRoom closes the connection that has been idle for longest.
func (s *seats) makeRoom(now time.Time) {
	var longest net.Conn
	for c, since := range s.taken {
		if !since.IsZero() && now.Sub(since) >= leastIdle && (longest == nil || since.Before(s.taken[longest])) {
			longest = c
		}
	}
	if longest != nil {
		delete(s.taken, longest)
		_ = longest.Close()
	}
}

// note is http.Server's ConnState.
func (s *seats) note(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, seated := s.taken[c]; !seated {
		return
	}
	switch state {
	case http.StateActive:
		s.taken[c] = time.Time{}
	case http.StateIdle:
		s.taken[c] = time.Now()
	case http.StateClosed, http.StateHijacked:
		delete(s.taken, c)
	case http.StateNew:
	}
}

// closeIdle closes what carries nothing: also what was opened and has not asked yet, for which the library would wait.
func (s *seats) closeIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, since := range s.taken {
		if !since.IsZero() {
			delete(s.taken, c)
			_ = c.Close()
		}
	}
}

func (s *seats) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.taken)
}
