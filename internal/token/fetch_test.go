package token

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
)

// shelf is a store whose answers wait for gate, if there is one, and that counts what it was asked.
type shelf struct {
	mu     sync.Mutex
	grants map[access.GrantID]func() *access.Grant
	err    error
	asked  int
	gate   chan struct{}
	during func() // called before the answer
	deaf   bool   // waits for gate alone
	ended  func(error)
}

func (s *shelf) Grant(ctx context.Context, id access.GrantID) (*access.Grant, error) {
	s.mu.Lock()
	s.asked++
	gate, during, find, err := s.gate, s.during, s.grants[id], s.err
	s.during = nil
	s.mu.Unlock()
	var g *access.Grant
	if find != nil {
		g = find()
	}
	if during != nil {
		during()
	}
	if gate != nil {
		stop := ctx.Done()
		if s.deaf {
			stop = nil
		}
		select {
		case <-gate:
		case <-stop:
			if s.ended != nil {
				s.ended(ctx.Err())
			}
			return nil, ctx.Err()
		}
	}
	if err == nil && g == nil {
		err = ErrNotFound
	}
	return g, err
}

func holding(ids ...access.GrantID) *shelf {
	s := &shelf{grants: map[access.GrantID]func() *access.Grant{}}
	for _, id := range ids {
		s.grants[id] = func() *access.Grant { return &access.Grant{ID: id, Member: &access.Member{ID: 50}} }
	}
	return s
}

func TestFetch(t *testing.T) {
	s := holding(40)
	v := stock(s)
	var got []State
	for _, id := range []access.GrantID{40, 41, 40, 41} {
		r := v.verify(v.mint(Access, id, noon), at(noon))
		got = append(got, r.State)
		if err := v.Fetch(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]State{Unknown, Unknown, Good, Invalid}, got); diff != "" {
		t.Error(diff)
	}
	if s.asked != 2 {
		t.Errorf("the store was asked %d times for a grant and an absence, want once each", s.asked)
	}
	v.Put(&access.Grant{ID: 41})
	if r := v.verify(v.mint(Access, 41, noon), at(noon)); r.State != Good {
		t.Errorf("put after it was found absent: %+v", r)
	}
}

func TestFetchFailing(t *testing.T) {
	s := holding(40)
	s.err = errors.New("disk on fire")
	v := stock(s)
	for range 2 {
		if err := v.Fetch(t.Context(), 40); !errors.Is(err, s.err) {
			t.Errorf("error %v", err)
		}
		if r := v.verify(v.mint(Access, 40, noon), at(noon)); r.State != Unknown {
			t.Errorf("a failing store made it %v", r.State)
		}
	}
	s.err = nil
	if err := v.Fetch(t.Context(), 40); err != nil || s.asked != 3 {
		t.Errorf("a failure was remembered: %v, asked %d times", err, s.asked)
	}
}

func TestFetchIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := holding(40)
		s.gate = make(chan struct{})
		v := stock(s)
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if err := v.Fetch(t.Context(), 40); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		close(s.gate)
		wg.Wait()
		if s.asked != 1 {
			t.Errorf("100 callers asked the store %d times", s.asked)
		}
	})
}

func TestFetchOutlivesWhoBeganIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := holding(40)
		s.gate = make(chan struct{})
		v := stock(s)
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := v.Fetch(ctx, 40); !errors.Is(err, context.Canceled) {
				t.Errorf("who left got %v", err)
			}
		})
		synctest.Wait()
		for range 3 {
			wg.Go(func() {
				if err := v.Fetch(t.Context(), 40); err != nil {
					t.Errorf("who stayed got %v", err)
				}
			})
		}
		gone, left := context.WithCancel(t.Context())
		wg.Go(func() {
			if err := v.Fetch(gone, 40); !errors.Is(err, context.Canceled) {
				t.Errorf("who stopped waiting got %v", err)
			}
		})
		synctest.Wait()
		left()
		synctest.Wait()
		leave()
		synctest.Wait()
		close(s.gate)
		wg.Wait()
		if s.asked != 1 {
			t.Errorf("asked %d times, want once: who left took nothing from the others", s.asked)
		}
	})
}

// TestFetchHasALimit: a store that hangs, heeding its context or not, keeps nobody longer than the limit: neither who began the question nor who joined it.
func TestFetchHasALimit(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := holding(40)
			s.gate, s.deaf = make(chan struct{}), deaf
			v := stock(s)
			var wg sync.WaitGroup
			wait := func() {
				began := time.Now()
				if err := v.Fetch(t.Context(), 40); !errors.Is(err, errSlow) {
					t.Errorf("deaf %v: %v", deaf, err)
				}
				if took := time.Since(began); took > fetchLimit {
					t.Errorf("deaf %v: waited %v", deaf, took)
				}
			}
			for range 3 {
				wg.Go(wait)
				<-time.After(fetchLimit / 4) // of synctest's clock
			}
			wg.Wait()
			if s.asked != 1 {
				t.Errorf("deaf %v: asked %d times", deaf, s.asked)
			}
			close(s.gate)
			synctest.Wait()
			if err := v.Fetch(t.Context(), 40); err != nil || len(v.flights) != 0 {
				t.Errorf("deaf %v, when the store is there again: %v, %d flights", deaf, err, len(v.flights))
			}
		})
	}
}

// TestFetchIsGivenUp: when the last caller leaves, the store is not asked on, and who comes meanwhile has a question of their own.
func TestFetchIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := holding(40)
		s.gate = make(chan struct{})
		ended := make(chan error, 1)
		s.ended = func(err error) { ended <- err }
		v := stock(s)
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := v.Fetch(ctx, 40); !errors.Is(err, context.Canceled) {
				t.Errorf("who left got %v", err)
			}
		})
		synctest.Wait()
		leave()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the store's context: %v", err)
		}
		wg.Wait()
		close(s.gate)
		s.ended = nil
		if err := v.Fetch(t.Context(), 40); err != nil || s.asked != 2 {
			t.Errorf("%v, asked %d times", err, s.asked)
		}
	})
}

func TestRevokedWhileTheStoreIsAsked(t *testing.T) {
	s := holding(40)
	v := stock(s)
	s.during = func() { // the store was read, then the grant revoked there and here
		s.grants[40] = func() *access.Grant {
			g := &access.Grant{ID: 40}
			g.Revoke(access.ByMember)
			return g
		}
		v.Revoke(40, access.ByMember)
	}
	if err := v.Fetch(t.Context(), 40); err != nil {
		t.Fatal(err)
	}
	if r := v.verify(v.mint(Access, 40, noon), at(noon)); r.State != Revoked || s.asked != 2 {
		t.Errorf("%v after %d questions", r.State, s.asked)
	}
}

func TestAPanickingStoreLeavesNobodyWaiting(t *testing.T) {
	s := holding(40)
	s.during = func() { panic("a fault of the store") }
	v := stock(s)
	func() {
		defer func() { _ = recover() }()
		_ = v.Fetch(t.Context(), 40)
	}()
	if err := v.Fetch(t.Context(), 40); err != nil || len(v.flights) != 0 {
		t.Errorf("%v, %d flights", err, len(v.flights))
	}
}

func TestAbsenceIsBounded(t *testing.T) {
	s := holding()
	v := stock(s)
	for id := range access.GrantID(maxAbsent + 10) {
		if err := v.Fetch(t.Context(), 1000+id); err != nil {
			t.Fatal(err)
		}
	}
	if n := v.absent.Size(); n != maxAbsent {
		t.Errorf("%d absences remembered", n)
	}
	if v.unknown(1000) != Unknown || v.unknown(1000+maxAbsent) != Invalid {
		t.Error("not the oldest was forgotten")
	}
}

func TestFetchWithoutAStore(t *testing.T) {
	if err := stock(nil).Fetch(t.Context(), 40); err != nil {
		t.Error(err)
	}
}

// TestVerifyBesideChanges is also for the race detector: a grant that is revoked is never seen alive afterwards.
func TestVerifyBesideChanges(t *testing.T) {
	v := stock(holding(40))
	cred := v.mint(Access, 40, noon)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var s Scratch
			var r Result
			dead := false
			for range 2000 {
				if v.Verify(cred, at(noon), &s, &r); r.State == Unknown {
					if err := v.Fetch(t.Context(), r.ID); err != nil {
						t.Error(err)
					}
				}
				if dead && r.State != Revoked {
					t.Errorf("%v after it was revoked", r.State)
				}
				dead = dead || r.State == Revoked
			}
		})
	}
	wg.Go(func() {
		for i := range 200 {
			v.Restrict(50, i%2 == 0)
			v.RevokeToken(ID{byte(i)}, noon+int64(i))
			v.Sweep(at(noon + int64(i)))
			if err := v.keys.Rotate(noonTime); err != nil {
				t.Error(err)
			}
		}
		v.Revoke(40, access.ByMember)
	})
	wg.Wait()
}
