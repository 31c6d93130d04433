package server_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// drain begins a shutdown; the channel has its outcome.
func (i *instance) drain(ctx context.Context) <-chan error {
	done := make(chan error, 1)
	go func() {
		i.over.Do(func() {})
		i.Client.CloseIdleConnections()
		done <- i.Shutdown(ctx)
	}()
	return done
}

// within waits for a shutdown to end.
func within(t *testing.T, done <-chan error) error {
	t.Helper()
	return testkit.Receive(t, "the end of the shutdown", done)
}

// TestDrain goes through docs/connection.md, "Drain".
func TestDrain(t *testing.T) {
	s := newStage(t)
	i := s.start("drain: {delay: 0s, finish: 10s}", "drain: {delay: 2s, finish: 1h}")
	inFlight, kept, idle, half, fresh := i.dial().ask("/v2/slow"), i.dial().ask("/v2/news"), i.dial().ask("/v2/news"), i.dial().say("GET /v2/news HTT"), i.dial()
	s.up.wait(t)
	for _, w := range []*wire{kept, idle} {
		if got := w.answer(); got != (answer{Status: 200, Body: "/v2/news"}) {
			t.Fatalf("%+v", got)
		}
	}
	done := i.drain(t.Context())

	testkit.Until(t, "/readyz fails", func() bool {
		got, err := i.ask("http://"+i.AdminAddr()+"/readyz", "")
		return err == nil && got.Status == 503 && strings.Contains(got.Body, "draining")
	})
	if got, err := i.ask("http://"+i.AdminAddr()+"/healthz", ""); err != nil || got.Status != 200 {
		t.Errorf("the process lives: %+v, %v", got, err)
	}
	if got := kept.ask("/v2/news").answer(); got != (answer{Status: 200, Body: "/v2/news", Close: true}) || !kept.ends() {
		t.Errorf("a call during the delay, on a kept connection: %+v", got)
	}
	if w := i.dial().ask("/v2/news"); w.answer() != (answer{Status: 200, Body: "/v2/news", Close: true}) || !w.ends() {
		t.Error("a call during the delay, on a new connection")
	}
	if got := i.dial().ask("/readyz").answer(); got.Status != 503 || got.Problem != "service_unavailable" {
		t.Errorf("/readyz of the listener during the delay: %+v", got)
	}

	if !idle.ends() || !fresh.ends() {
		t.Error("idle connections close in silence after the delay")
	}
	testkit.Until(t, "the listener is closed", func() bool {
		c, err := net.DialTimeout("tcp", i.APIAddrs()[0], patience)
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	if got := half.say("P/1.1\r\nHost: api\r\n\r\n").answer(); got.Status != 503 || got.Problem != "service_unavailable" || !got.Close || !half.ends() {
		t.Errorf("a call whose head comes only now: %+v", got)
	}
	select {
	case err := <-done:
		t.Fatalf("the shutdown did not wait for the call in flight: %v", err)
	default:
	}
	s.up.let <- struct{}{}
	if got := inFlight.answer(); got != (answer{Status: 200, Body: "/v2/slow", Close: true}) || !inFlight.ends() {
		t.Errorf("the call in flight: %+v", got)
	}
	for _, w := range []*wire{inFlight, half} {
		w.Close()
	}
	if err := within(t, done); err != nil {
		t.Error(err)
	}
}

// TestDrainWaitsForNothing where nothing is in flight: idle connections do not hold it up.
func TestDrainWaitsForNothing(t *testing.T) {
	s := newStage(t)
	i := s.start("drain: {delay: 0s, finish: 10s}", "drain: {delay: 0s, finish: 1h}\ntimeouts: {first_byte: 1h, idle: 1h}")
	idle, fresh := i.dial().ask("/v2/news"), i.dial()
	idle.answer()
	if err := within(t, i.drain(t.Context())); err != nil {
		t.Error(err)
	}
	if !idle.ends() || !fresh.ends() {
		t.Error("a connection is still open")
	}
}

// TestDrainBreaksOff what is still in flight after its time, and says so. Neither side can take the cut call for a whole one.
func TestDrainBreaksOff(t *testing.T) {
	s := newStage(t)
	i := s.start("drain: {delay: 0s, finish: 10s}", "drain: {delay: 0s, finish: 50ms}")
	w := i.dial().ask("/v2/slow")
	s.up.wait(t)
	err := within(t, i.drain(t.Context()))
	if err == nil || err.Error() != "calls were still in flight after 50ms and were broken off" {
		t.Errorf("%v", err)
	}
	if _, err := w.r.ReadByte(); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("the client sees %v, want a reset", err)
	}
	if got := s.up.wait(t); got != "gone" {
		t.Errorf("the upstream sees %q", got)
	}
	checkLeft(t, s.words["data"])
}

// TestDrainAtOnce: a second signal ends the delay, and the wait for calls in flight.
func TestDrainAtOnce(t *testing.T) {
	for name, drain := range map[string]string{"in the delay": "drain: {delay: 1h, finish: 1h}", "waiting for a call": "drain: {delay: 0s, finish: 1h}"} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			i := s.start("drain: {delay: 0s, finish: 10s}", drain)
			w := i.dial().ask("/v2/slow")
			s.up.wait(t)
			ctx, second := context.WithCancel(t.Context())
			done := i.drain(ctx)
			testkit.Until(t, "draining", func() bool {
				got, err := i.ask("http://"+i.AdminAddr()+"/readyz", "")
				return err == nil && got.Status == 503
			})
			second()
			if err := within(t, done); !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
			if _, err := w.r.ReadByte(); err == nil {
				t.Error("the call in flight was answered")
			}
			checkLeft(t, s.words["data"])
		})
	}
}

// TestShutdownTwice: whoever asks second waits for the first.
func TestShutdownTwice(t *testing.T) {
	s := newStage(t)
	i := s.start("drain: {delay: 0s, finish: 10s}", "drain: {delay: 100ms, finish: 1h}")
	first, second := i.drain(t.Context()), i.drain(t.Context())
	if err := errors.Join(within(t, first), within(t, second)); err != nil {
		t.Error(err)
	}
	checkLeft(t, s.words["data"])
}
