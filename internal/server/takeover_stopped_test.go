package server_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
)

// TestTakeOverThatIsStopped: the start of the next process is given up while that waits, or after everything was left to it, and the one before serves on, or again.
func TestTakeOverThatIsStopped(t *testing.T) {
	t.Parallel()
	why := errors.New("somebody has changed their mind")
	for name, c := range map[string]struct {
		delay string
		again bool
	}{"while it waits": {"1h", false}, "once it has all": {"0s", true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			first := s.start("drain: {delay: 0s, finish: 10s}", "drain: {delay: "+c.delay+", finish: 10s}")
			at := fmt.Sprint(first.APIAddrs())
			ctx, stop := context.WithCancelCause(t.Context())
			defer stop(nil)
			under := func() bool { return strings.Contains(s.log.String(), "handing over; kept") }
			o := s.options()
			o.TakeOver = true
			o.Now = func() time.Time { // asked for when the store is opened
				if under() {
					stop(why)
				}
				return time.Now()
			}
			refused := make(chan error, 1)
			go func() {
				_, err := server.Start(ctx, s.config(), o)
				refused <- err
			}()
			testkit.Until(t, "it hands over", under)
			if !c.again {
				stop(why)
			}
			if err := within(t, refused); !errors.Is(err, why) || !strings.Contains(err.Error(), fmt.Sprintf("process %d serves on", os.Getpid())) {
				t.Errorf("the next one: %v", err)
			}
			i := first
			if c.again {
				i = first.again()
			} else if !strings.Contains(s.log.String(), "not handed over") {
				t.Error("the one before has not taken everything back when the next one has ended")
			}
			if got := fmt.Sprint(i.APIAddrs()); got != at {
				t.Errorf("it listens at %s, and did at %s", got, at)
			}
			if got, err := i.ask("http://"+i.APIAddrs()[0]+"/v2/news", ""); err != nil || got.Status != 200 || got.Close {
				t.Errorf("a call on: %+v, %v", got, err)
			}
			if got, err := i.ask("http://"+i.AdminAddr()+"/readyz", ""); err != nil || got.Status != 200 {
				t.Errorf("/readyz: %+v, %v", got, err)
			}
			i.over.Do(func() { i.err = i.ShutdownWithoutDelay(t.Context()) })
		})
	}
	s := newStage(t)
	gone, stop := context.WithCancelCause(t.Context())
	stop(why)
	o := s.options()
	o.TakeOver = true
	if _, err := server.Start(gone, s.config(), o); !errors.Is(err, why) {
		t.Errorf("before it has asked: %v", err)
	}
}
