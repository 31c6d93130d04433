package cache

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/internal/http1"
)

// entry is an answer with this body.
func entry(tb testing.TB, route uint32, vary, body string) *Entry {
	tb.Helper()
	return &Entry{Head: head(tb, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\nCache-Control: max-age=60\r\n\r\n", len(body))), Body: []byte(body), Vary: []byte(vary), Route: route}
}

// head is the head of an answer, in memory of its own.
func head(tb testing.TB, text string) *http1.ResponseHead {
	tb.Helper()
	lim, h := http1.ResponseDefaults(), &http1.ResponseHead{}
	if f := http1.ParseResponse([]byte(text), &lim, false, false, h); f.Kind != http1.OK {
		tb.Fatalf("parse %q: %v", text, f.Kind)
	}
	h.Fields = slices.Clip(h.Fields)
	return h
}

// to is the key of a target for everybody, or for one caller.
func (s *Store) to(target, who string) Key {
	k := Key{Target: Sum(AppendPart(s.Begin(nil), target))}
	if who != "" {
		k.Who = Sum(AppendPart(s.Begin(nil), who))
	}
	return k
}

func (s *Store) put(tb testing.TB, k Key, e *Entry) {
	tb.Helper()
	if !s.Put(k, e, s.Mark(k.Target)) {
		tb.Fatalf("the answer was not kept")
	}
}

// bodies are those under a key, the newest first.
func (s *Store) bodies(k Key) string {
	var all []string
	for _, e := range s.Get(k) {
		all = append(all, string(e.Body))
	}
	return strings.Join(all, " ")
}

func TestWhatIsKeptIsFound(t *testing.T) {
	s := New(1<<20, [32]byte{1})
	a, mine, hers := s.to("/a", ""), s.to("/a", "me"), s.to("/a", "her")
	s.put(t, a, entry(t, 1, "", "everybody's"))
	s.put(t, mine, entry(t, 1, "", "mine"))
	for _, test := range []struct {
		name string
		key  Key
		want string
	}{
		{"for everybody", a, "everybody's"},
		{"for one", mine, "mine"},
		{"for another", hers, ""},
		{"another target", s.to("/b", ""), ""},
		{"another store's secret", New(1<<20, [32]byte{2}).to("/a", ""), ""},
	} {
		if got := s.bodies(test.key); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestPartsAreToldApart(t *testing.T) {
	s := New(1<<20, [32]byte{1})
	lists := [][]string{{}, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"", "ab"}, {"ab", ""}, {"a", "", "b"}, {"\x00\x00\x00\x01b"}}
	seen := map[ID][]string{}
	for _, parts := range lists {
		text := s.Begin(nil)
		for _, p := range parts {
			text = AppendPart(text, p)
		}
		if before, there := seen[Sum(text)]; there {
			t.Errorf("%q and %q have one ID", before, parts)
		}
		seen[Sum(text)] = parts
	}
}

func TestVariants(t *testing.T) {
	s := New(1<<20, [32]byte{})
	k := s.to("/a", "")
	s.put(t, k, entry(t, 1, "accept: a", "a1"))
	s.put(t, k, entry(t, 1, "accept: b", "b1"))
	s.put(t, k, entry(t, 1, "accept: a", "a2"))
	if got := s.bodies(k); got != "a2 b1" {
		t.Errorf("%q, want the newest first, and one of each", got)
	}
	for i := range 3 * MaxVariants {
		s.put(t, k, entry(t, 1, fmt.Sprint("accept: ", i), fmt.Sprint("v", i)))
	}
	if got := s.bodies(k); got != "v23 v22 v21 v20 v19 v18 v17 v16" {
		t.Errorf("%q, want the %d newest", got, MaxVariants)
	}
	if got, want := s.Bytes(), 8*entry(t, 1, "accept: 16", "v16").weight(); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

func TestForgetTakesOneAnswerOut(t *testing.T) {
	s := New(1<<20, [32]byte{})
	k := s.to("/a", "me")
	one, two, strange := entry(t, 1, "accept: a", "a1"), entry(t, 1, "accept: b", "b1"), entry(t, 1, "accept: c", "c1")
	s.put(t, k, one)
	s.put(t, k, two)
	for _, test := range []struct {
		name  string
		gone  *Entry
		left  string
		bytes int64
	}{
		{"one that is not there", strange, "b1 a1", one.weight() + two.weight()},
		{"one of two", one, "b1", two.weight()},
		{"the same once more", one, "b1", two.weight()},
		{"the last one", two, "", 0},
	} {
		s.Forget(k, test.gone)
		if got := s.bodies(k); got != test.left || s.Len() != int64(len(strings.Fields(test.left))) || s.Bytes() != test.bytes {
			t.Errorf("%s: %q, %d answers of %d bytes; want %q of %d", test.name, got, s.Len(), s.Bytes(), test.left, test.bytes)
		}
	}
	if left := s.who.of(k.Target); len(left) > 0 {
		t.Errorf("the index has %d keys", len(left))
	}
}

func TestDropForgetsATargetForEverybody(t *testing.T) {
	s := New(1<<20, [32]byte{})
	for _, target := range []string{"/a", "/b"} {
		for _, who := range []string{"", "me", "her"} {
			s.put(t, s.to(target, who), entry(t, 1, "", target+who))
		}
	}
	s.Drop(s.to("/a", "").Target)
	got := []string{}
	for _, target := range []string{"/a", "/b"} {
		for _, who := range []string{"", "me", "her"} {
			got = append(got, s.bodies(s.to(target, who)))
		}
	}
	if want := []string{"", "", "", "/b", "/bme", "/bher"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if left := s.who.of(s.to("/a", "").Target); len(left) > 0 {
		t.Errorf("the index still has %d keys of what was dropped", len(left))
	}
}

func TestClearForgetsRoutes(t *testing.T) {
	s := New(1<<20, [32]byte{})
	for route := range uint32(3) {
		for i := range 4 {
			s.put(t, s.to(fmt.Sprint(route, i), ""), entry(t, route, "", "x"))
		}
	}
	each := Kept{4, 4 * entry(t, 0, "", "x").weight()}
	if diff := cmp.Diff(map[uint32]Kept{0: each, 1: each, 2: each}, s.Kept()); diff != "" {
		t.Errorf("what is kept (-want +got)\n%s", diff)
	}
	if n := s.Clear(func(route uint32) bool { return route == 1 }); n != 4 || s.Len() != 8 {
		t.Errorf("%d answers are gone and %d left, want 4 and 8", n, s.Len())
	}
	if n := s.Clear(func(uint32) bool { return true }); n != 8 || s.Len() != 0 || s.Bytes() != 0 {
		t.Errorf("%d answers are gone, %d left with %d bytes; want 8, 0 and 0", n, s.Len(), s.Bytes())
	}
}

func TestWhatWasOnItsWayDoesNotComeBack(t *testing.T) {
	s := New(1<<20, [32]byte{})
	k, other := s.to("/a", "me"), s.to("/b", "")
	for _, test := range []struct {
		name string
		key  Key
		what func()
		want bool
	}{
		{"nothing happened", k, func() {}, true},
		{"its target was dropped", k, func() { s.Drop(k.Target) }, false},
		{"another was", k, func() { s.Drop(other.Target) }, true},
		{"another route was cleared", k, func() { s.Clear(func(route uint32) bool { return route == 9 }) }, false}, // rather once too often
	} {
		at := s.Mark(test.key.Target)
		test.what()
		if kept := s.Put(test.key, entry(t, 1, "", "x"), at); kept != test.want {
			t.Errorf("%s: kept is %v, want %v", test.name, kept, test.want)
		}
	}
}

func TestWhatIsTooLargeIsNotKept(t *testing.T) {
	s := New(64<<10, [32]byte{})
	k := s.to("/a", "")
	if s.Put(k, entry(t, 1, "", strings.Repeat("x", 32<<10)), s.Mark(k.Target)) || s.Bytes() != 0 {
		t.Errorf("an answer of half the store was kept: %d bytes", s.Bytes())
	}
}

func TestHold(t *testing.T) {
	s := New(4000, [32]byte{})
	if !s.Hold(600) || s.Hold(401) || !s.Hold(400) || s.Hold(1) {
		t.Error("what is on its way may take a quarter of the store, and no byte more")
	}
	s.Release(1000)
	if !s.Hold(1000) {
		t.Error("what was given back is not there")
	}
}

// TestBound: whatever is put, dropped, cleared and resized, the store takes no more than it may, and knows what it takes.
func TestBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := New(int64(rapid.IntRange(4<<10, 64<<10).Draw(t, "size")), [32]byte{})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			k := s.to(rapid.SampledFrom([]string{"/a", "/b", "/c", "/d", "/e"}).Draw(t, "target"), rapid.SampledFrom([]string{"", "", "me", "her"}).Draw(t, "who"))
			switch rapid.IntRange(0, 20).Draw(t, "what") {
			case 0:
				s.Drop(k.Target)
			case 1:
				s.Resize(int64(rapid.IntRange(4<<10, 64<<10).Draw(t, "to")))
			case 2:
				s.Clear(func(route uint32) bool { return route == 1 })
			default:
				body := strings.Repeat("x", rapid.IntRange(0, 9000).Draw(t, "length"))
				e := &Entry{Head: &http1.ResponseHead{}, Body: []byte(body), Vary: []byte(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "vary")), Route: uint32(len(body) % 3)}
				s.Put(k, e, s.Mark(k.Target))
			}
			checkBooks(t, s)
		}
	})
}

// books is a test, of rapid's or not.
type books interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkBooks compares what the store says of itself with what is in it.
func checkBooks(t books, s *Store) {
	t.Helper()
	var bytes, answers int64
	inIndex, apart := 0, 0
	for k, a := range s.found.All() {
		for _, e := range a.entries {
			bytes += e.weight()
			answers++
		}
		if k.Who != (ID{}) {
			apart++
		}
	}
	for i := range s.who.shards {
		for _, whos := range s.who.shards[i].keys {
			inIndex += len(whos)
		}
	}
	if bytes != s.Bytes() || bytes > s.Size() || inIndex != apart || answers != s.Len() {
		t.Fatalf("%d bytes are in the store, it says %d and may have %d; %d keys are of one caller, and the index has %d; %d answers, and it says %d", bytes, s.Bytes(), s.Size(), apart, inIndex, answers, s.Len())
	}
}

// TestManyAtOnce is for the race detector, and for the books after all of it.
func TestManyAtOnce(t *testing.T) {
	s := New(64<<10, [32]byte{})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(worker)))
			for range 2000 {
				k := s.to(fmt.Sprint(r.IntN(20)), []string{"", "me", "her"}[r.IntN(3)])
				switch r.IntN(40) {
				case 0:
					s.Drop(k.Target)
				case 1:
					s.Clear(func(route uint32) bool { return route == 1 })
				case 2:
					s.Resize(int64(32<<10 + r.IntN(32<<10)))
				case 3, 4, 5, 6, 7, 8:
					s.Put(k, &Entry{Head: &http1.ResponseHead{}, Body: make([]byte, r.IntN(4000)), Route: uint32(r.IntN(3))}, s.Mark(k.Target))
				default:
					for _, e := range s.Get(k) {
						_ = len(e.Body)
					}
				}
			}
		})
	}
	wg.Wait()
	s.found.CleanUp()
	checkBooks(t, s)
}

func TestGetAllocatesNothing(t *testing.T) {
	s := New(1<<20, [32]byte{})
	s.put(t, s.to("/a", "me"), entry(t, 1, "", "x"))
	text := make([]byte, 0, 256)
	got := testing.AllocsPerRun(1000, func() {
		text = AppendPart(AppendPart(s.Begin(text[:0]), "/a"), []byte("me"))
		s.Get(Key{Target: Sum(text), Who: Sum(text)})
		s.Counts.Add(3, Hit)
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkGet(b *testing.B) {
	s := New(1<<20, [32]byte{})
	k := s.to("/a", "me")
	s.put(b, k, entry(b, 1, "", "x"))
	b.ReportAllocs()
	for b.Loop() {
		if s.Get(k) == nil {
			b.Fatal("nothing is there")
		}
	}
}

func BenchmarkKey(b *testing.B) {
	s := New(1<<20, [32]byte{})
	text := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		text = AppendPart(AppendPart(s.Begin(text[:0]), "http://api.example.com"), "/v2/people/123?fields=name,picture")
		_ = Sum(text)
	}
}

// TestPutSaysWhatIsThere: where all is full, a newcomer may have to go at once.
func TestPutSaysWhatIsThere(t *testing.T) {
	s := New(16<<10, [32]byte{})
	for i := range 200 {
		k := s.to(fmt.Sprint(i), "")
		if said, is := s.Put(k, entry(t, 1, "", "x"), s.Mark(k.Target)), s.Get(k) != nil; said != is {
			t.Fatalf("answer %d: Put says %v, and it is %v", i, said, is)
		}
	}
}
