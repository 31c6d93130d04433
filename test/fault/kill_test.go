//go:build linux

package fault_test

import (
	"context"
	"database/sql"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
)

const million = 1_000_000

// A process that is killed under load loses no record and no count that could be read, breaks no file, and forgets of a quota no more than the last second and what had
// not come to its end.
func TestKilledUnderLoad(t *testing.T) {
	s := newStage(t)
	var acknowledged []string
	answered, slack := int64(0), int64(0)
	var told, made int64 // calls of the app, as usage told before a kill, and as they were made
	for range 3 {
		p := s.serve()
		if used := s.used(); used < told || used > made {
			t.Errorf("usage tells %d calls; before the kill it told %d, and at most %d were made", used, told, made)
		}
		minted, err := s.operator.Mint(t.Context(), admin.MintRequest{App: "demo", Scopes: []string{"r_profile"}})
		if err != nil {
			t.Fatal(err)
		}
		if left := leftOf(s, minted.Token); left != million-answered-1 {
			if lost := left - (million - answered - 1); lost < -slack || lost > slack {
				t.Fatalf("%d calls are left of the quota, and %d were answered; at most %d may be forgotten or counted beyond", left, answered, slack)
			}
			answered = million - left - 1
		}
		answered++
		load := s.load(minted.Token)
		testkit.Until(t, "enough records are kept", func() bool {
			for _, id := range load.take() {
				if s.isKept(id) {
					acknowledged = append(acknowledged, id)
				}
			}
			return load.good.Load() > 300 && len(acknowledged) > 30
		})
		told = s.used()
		p.kill()
		load.stop()
		made += load.made.Load() + 1
		answered += load.good.Load()
		slack = load.lastSecond() + workers
	}
	s.serve()
	for _, id := range acknowledged {
		if !s.isKept(id) {
			t.Errorf("the record of %s could be read before the kill, and is gone", id)
		}
	}
	s.whole("log.db")
	s.whole("state.db")
}

// whole looks whether a database is.
func (s *stage) whole(name string) {
	s.t.Helper()
	db := s.open(filepath.Join(s.data, name))
	defer db.Close()
	var found string
	if err := db.QueryRowContext(s.t.Context(), `PRAGMA integrity_check`).Scan(&found); err != nil || found != "ok" {
		s.t.Errorf("%s: %s, %v", name, found, err)
	}
}

// open opens a database to read it.
func (s *stage) open(path string) *sql.DB {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		s.t.Fatal(err)
	}
	return db
}

var remaining = regexp.MustCompile(`;r=(\d+)`)

// leftOf makes one call, and reads what is left of the quota behind it.
func leftOf(s *stage, token string) int64 {
	s.t.Helper()
	status, _, limit, err := s.call(s.t.Context(), http.DefaultClient, "/me", token)
	found := remaining.FindStringSubmatch(limit)
	if err != nil || status != 200 || found == nil {
		s.t.Fatalf("%d, %q, %v", status, limit, err)
	}
	n, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// used is how many calls the app has made today, as usage tells.
func (s *stage) used() int64 {
	s.t.Helper()
	var told struct {
		Calls int64 `json:"calls"`
	}
	if err := s.operator.Usage(s.t.Context(), "demo", &told); err != nil {
		s.t.Fatal(err)
	}
	return told.Calls
}

const workers = 4

// load is calls without end, every second of which fails.
type load struct {
	good  atomic.Int64
	made  atomic.Int64 // all, answered or not
	mu    sync.Mutex
	ids   []string // of those that failed and were not taken yet
	times []time.Time
	end   context.CancelFunc
	work  sync.WaitGroup
}

func (s *stage) load(token string) *load {
	ctx, cancel := context.WithCancel(s.t.Context())
	l := &load{end: cancel}
	s.t.Cleanup(l.stop)
	for range workers {
		l.work.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for n := 0; n < 100_000 && l.one(ctx, s, client, token); n++ {
			}
		})
	}
	return l
}

// one makes a call that goes well and one that fails.
func (l *load) one(ctx context.Context, s *stage, client *http.Client, token string) bool {
	l.made.Add(1)
	status, _, _, err := s.call(ctx, client, "/me", token)
	if err != nil {
		return false
	}
	if status == 200 {
		l.good.Add(1)
	}
	l.made.Add(1)
	_, id, _, err := s.call(ctx, client, "/nowhere", token)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times = append(l.times, time.Now())
	if err == nil {
		l.ids = append(l.ids, id)
	}
	return err == nil
}

// take takes some of the ids of calls that failed.
func (l *load) take() (some []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.ids), 10)
	some, l.ids = l.ids[len(l.ids)-n:], nil
	return some
}

func (l *load) stop() {
	l.end()
	l.work.Wait()
}

// lastSecond is how many calls were answered in the second before the end, and half a second more for a checkpoint that was under way.
func (l *load) lastSecond() (n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, at := range l.times {
		if l.times[len(l.times)-1].Sub(at) < 1500*time.Millisecond {
			n++
		}
	}
	return n
}
