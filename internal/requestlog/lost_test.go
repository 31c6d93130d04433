package requestlog

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// losing is a store that can be lost.
type losing struct {
	*kept
	lost atomic.Pointer[error]
}

func (l *losing) Lost() error {
	if err := l.lost.Load(); err != nil {
		return *err
	}
	return nil
}

// Where a store is lost the next one has what is known of good calls, with the salt of its hashes, and what was counted meanwhile, and it is said once.
func TestALostStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		first, second, c := &losing{kept: newKept()}, newKept(), &ticks{}
		next := Store(first)
		l := begun(Options{
			Open: func(context.Context) (Store, error) { return next, nil }, Now: time.Now, Counts: c, Salt: []byte("salt"), Log: slog.New(slog.NewTextHandler(&said, nil)),
		}, Settings{})
		at := time.Now().UnixNano()
		good := l.Good(1, 2, 0, at)
		fill(good, idOf(1), at)
		good.App, good.Failed = "shop", false
		l.Keep(good)
		time.Sleep(2 * sweepEvery) // it is kept
		synctest.Wait()
		known := len(first.notes[noteGood])
		if known == 0 {
			t.Fatal("nothing is known of good calls")
		}
		next = second
		c.n.Add(5)
		first.lost.Store(new(errors.New("log.db was removed")))
		time.Sleep(2 * lookEvery)
		synctest.Wait()
		l.fail(t, 1, idOf(2))
		if err := l.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * sweepEvery)
		synctest.Wait()
		if first.closed != 1 || second.size() != 1 || first.sum() != 0 || second.sum() != 5 {
			t.Errorf("the first is closed %d times and has %d counted; the second has %d records and %d counted", first.closed, first.sum(), second.size(), second.sum())
		}
		if salt := second.notes[noteSalt][noteSalt]; string(salt) != "salt" || len(second.notes[noteGood]) < known {
			t.Errorf("the second has the salt %q and %d of %d notes", salt, len(second.notes[noteGood]), known)
		}
		if n := strings.Count(said.String(), "level=WARN"); n != 1 || !strings.Contains(said.String(), "log.db was removed") {
			t.Errorf("it said:\n%s", said.String())
		}
		_ = l.Close(t.Context())
	})
}
