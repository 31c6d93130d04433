package usage_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/usage"
)

func TestSeen(t *testing.T) {
	const a, b, one, two = 11, 12, 21, 22
	for _, c := range []struct {
		name  string
		calls [][3]int64 // asked, answered, second
		want  bool       // of the last
	}{
		{"the first", [][3]int64{{a, one, 0}}, false},
		{"the same again", [][3]int64{{a, one, 0}, {a, one, 1}}, true},
		{"the same after 59 seconds", [][3]int64{{a, one, 0}, {a, one, 59}}, true},
		{"the same after a minute and a bit", [][3]int64{{a, one, 0}, {a, one, 61}}, false},
		{"each within a minute of the one before", [][3]int64{{a, one, 0}, {a, one, 50}, {a, one, 100}}, true},
		{"another answer", [][3]int64{{a, one, 0}, {a, two, 1}}, false},
		{"an answer that has changed twice", [][3]int64{{a, one, 0}, {a, two, 1}, {a, one, 2}}, false},
		{"the same answer to another", [][3]int64{{a, one, 0}, {b, one, 1}}, false},
		{"a clock that went back", [][3]int64{{a, one, 100}, {a, one, 0}}, false},
		{"and goes on", [][3]int64{{a, one, 100}, {a, one, 0}, {a, one, 1}}, true},
	} {
		r, got := usage.NewRepeats(), false
		for _, call := range c.calls {
			got = r.Seen(uint64(call[0]), uint64(call[1]), noon.Add(time.Duration(call[2])*time.Second).UnixNano())
		}
		if got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// model is Repeats without a bound.
type model map[uint64]struct {
	answered uint64
	at       int64
}

func (m model) seen(asked, answered uint64, at int64) bool {
	was, ok := m[asked]
	m[asked] = struct {
		answered uint64
		at       int64
	}{answered, at}
	return ok && was.answered == answered && at-was.at <= int64(time.Minute)
}

// Whatever comes, no call is said to repeat another that does not; and as long as there is room, and not just at the end of the minute, none is missed.
func TestNeverTooMuch(t *testing.T) {
	for _, c := range []struct {
		name    string
		asked   int // different calls
		answers int
		pause   time.Duration // between two, on average half of it
	}{
		{"few", 100, 3, 20 * time.Millisecond},
		{"as many as there is room for", 30_000, 2, 4 * time.Millisecond},
		{"far too many", 400_000, 1, 100 * time.Microsecond},
		{"seldom", 50, 2, 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			r, exact, at := usage.NewRepeats(), model{}, noon.UnixNano()
			var repeats, found int
			for range 300_000 {
				at += random.Int64N(int64(c.pause))
				asked := uint64(random.IntN(c.asked)+1) * 0x9e3779b97f4a7c15
				answered := uint64(random.IntN(c.answers))
				want, got := exact.seen(asked, answered, at), r.Seen(asked, answered, at)
				if got && !want {
					t.Fatal("a call is said to repeat another, and does not")
				}
				if want {
					repeats++
				}
				if got {
					found++
				}
			}
			missed := repeats - found
			if repeats == 0 || c.asked <= 100 && missed > repeats/500 || c.asked <= 30_000 && missed > repeats/50 {
				t.Errorf("%d of %d missed, %d pushed out", missed, repeats, r.Pushed())
			}
			if c.asked > 65_536 && (missed == 0 || r.Pushed() == 0) {
				t.Errorf("nothing was pushed out, with %d missed: too little was asked", missed)
			}
		})
	}
}

// Many at once, of calls that never repeat each other with the same answer, find none.
func TestSeenInACrowd(t *testing.T) {
	r := usage.NewRepeats()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(g), 0))
			for i := range 50_000 {
				if r.Seen(random.Uint64N(200_000), uint64(g)<<32|uint64(i), noon.UnixNano()) {
					t.Error("an answer that never came before is said to be an earlier one's")
					return
				}
			}
		})
	}
	wg.Wait()
}
