// Package cache keeps answers of APIs for other calls: a store bounded by bytes, and which calls ask for the same at this moment. It knows no rule of HTTP:
// what may be kept, for whom and for how long is decided by its user.
package cache

import (
	"crypto/sha256"
	"math"
	"slices"
	"sync/atomic"

	"github.com/maypok86/otter/v2"
)

// MaxVariants is how many answers are kept under one key: of more, the oldest goes. They differ by what Vary names (RFC 9111 §4.1).
const MaxVariants = 8

// ID is a part of a key: 128 bits of a SHA-256 over a secret of the store's and what is to be found. It is all that is compared, so two texts with one ID
// would get each other's answers. A hash that is merely fast is therefore not enough; of this one nobody knows two such texts, and who does not know the
// secret could not even look for them elsewhere.
type ID [16]byte

// Key is what an answer is found by. Target is of what was asked for; Who of those for whom alone the answer is, zero for everybody.
type Key struct{ Target, Who ID }

// answers are those of one key, the newest first; immutable.
type answers struct {
	entries []*Entry
	bytes   uint32
}

// Store keeps answers. All methods are safe for concurrent use; the store has no goroutine of its own.
type Store struct {
	found  *otter.Cache[Key, *answers]
	secret [32]byte
	who    index
	age    ages
	held   atomic.Int64
	count  atomic.Int64 // of answers

	Counts Counts
}

// New makes a store of at most size bytes, at least 1. Secret is random, and known to nobody else.
func New(size int64, secret [32]byte) *Store {
	s := &Store{secret: secret}
	s.found = otter.Must(&otter.Options[Key, *answers]{
		MaximumWeight:    uint64(max(1, size)),
		Weigher:          func(_ Key, a *answers) uint32 { return a.bytes },
		OnAtomicDeletion: s.deleted,
		Executor:         func(work func()) { work() }, // where it comes up: nothing is left behind at the end
	})
	return s
}

// Begin appends what a text whose ID is asked for begins with. Behind it come parts; see AppendPart.
func (s *Store) Begin(dst []byte) []byte { return append(dst, s.secret[:]...) }

// AppendPart appends a part of a text, so that no two lists of parts make one text.
func AppendPart[T string | []byte](dst []byte, part T) []byte {
	n := len(part)
	return append(append(dst, byte(n>>24), byte(n>>16), byte(n>>8), byte(n)), part...)
}

// Sum is the ID of a text that Begin began.
func Sum(text []byte) ID {
	sum := sha256.Sum256(text)
	return ID(sum[:16])
}

// Get returns the answers under a key, the newest first: whoever asks chooses among them. They and the slice are shared, and are not to be changed.
func (s *Store) Get(k Key) []*Entry {
	a, found := s.found.GetIfPresent(k)
	if !found {
		return nil
	}
	return a.entries
}

// Put keeps e under k, in the place of the answer whose Vary text is the same. At is the Mark of the time before its call was sent: what was dropped or cleared
// since then would come back by e, which is then not kept. It reports whether e is in the store; one that takes more than half of it never is.
func (s *Store) Put(k Key, e *Entry, at Mark) bool {
	if e.weight() > s.Size()/2 || e.weight() > math.MaxUint32/2/MaxVariants || !s.age.holds(k, at) {
		return false
	}
	s.found.Compute(k, func(old *answers, found bool) (*answers, otter.ComputeOp) {
		if k.Who != (ID{}) {
			s.who.add(k) // in here, so that it stands behind the deletion of what was there before
		}
		now := with(old, e)
		s.count.Add(int64(len(now.entries)))
		if found {
			s.count.Add(-int64(len(old.entries)))
		}
		return now, otter.WriteOp
	})
	s.found.CleanUp() // evicts what is too much now, and not later
	if !s.age.holds(k, at) {
		s.found.Invalidate(k)
		return false
	}
	if a, found := s.found.GetEntryQuietly(k); !found || !slices.Contains(a.Value.entries, e) {
		return false // what is there is asked for more often
	}
	s.Counts.of(e.Route).add(Stored)
	return true
}

// with are the answers of one key once e is among them.
func with(old *answers, e *Entry) *answers {
	now := &answers{entries: make([]*Entry, 1, MaxVariants)}
	now.entries[0] = e
	if old != nil {
		for _, other := range old.entries {
			if len(now.entries) < MaxVariants && string(other.Vary) != string(e.Vary) {
				now.entries = append(now.entries, other)
			}
		}
	}
	now.entries = slices.Clip(now.entries)
	for _, one := range now.entries {
		now.bytes += uint32(one.weight())
	}
	return now
}

// Forget takes one answer out.
func (s *Store) Forget(k Key, e *Entry) {
	s.found.Compute(k, func(old *answers, found bool) (*answers, otter.ComputeOp) {
		if !found || !slices.Contains(old.entries, e) {
			return old, otter.CancelOp
		}
		if len(old.entries) == 1 {
			return nil, otter.InvalidateOp
		}
		left := &answers{entries: slices.DeleteFunc(slices.Clone(old.entries), func(other *Entry) bool { return other == e })}
		left.bytes = old.bytes - uint32(e.weight())
		s.count.Add(-1)
		return left, otter.WriteOp
	})
}

// Drop forgets all answers of a target, for whomever they are, and those that are on their way.
func (s *Store) Drop(target ID) {
	s.age.drop(target)
	s.found.Invalidate(Key{Target: target})
	for _, k := range s.who.of(target) {
		s.found.Invalidate(k)
	}
}

// Clear forgets the answers of routes that match, and all that are on their way. It returns how many it found.
func (s *Store) Clear(match func(route uint32) bool) (n int) {
	s.age.clear()
	for k, a := range s.found.All() {
		if !match(a.entries[0].Route) {
			continue
		}
		if gone, there := s.found.Invalidate(k); there {
			n += len(gone.entries)
		}
	}
	s.found.CleanUp()
	return n
}

// deleted keeps the index and the counts up to date. It runs under the lock of the key.
func (s *Store) deleted(e otter.DeletionEvent[Key, *answers]) {
	if e.Cause == otter.CauseReplacement {
		return
	}
	s.count.Add(-int64(len(e.Value.entries)))
	if e.Key.Who != (ID{}) {
		s.who.remove(e.Key)
	}
	if e.WasEvicted() {
		for _, one := range e.Value.entries {
			s.Counts.of(one.Route).add(Evicted)
		}
	}
}

// Resize changes how many bytes the store may take, and evicts what is too much.
func (s *Store) Resize(size int64) {
	s.found.SetMaximum(uint64(max(1, size)))
	s.found.CleanUp()
}

// Size is how many bytes the store may take.
func (s *Store) Size() int64 { return int64(s.found.GetMaximum()) }

// Bytes is how many bytes it takes.
func (s *Store) Bytes() int64 { return int64(s.found.WeightedSize()) }

// Len is how many answers it has.
func (s *Store) Len() int64 { return s.count.Load() }

// Kept is what the store has of a route.
type Kept struct{ Answers, Bytes int64 }

// Kept goes through all answers, and tells what there is of each route, by its number.
func (s *Store) Kept() map[uint32]Kept {
	all := map[uint32]Kept{}
	for a := range s.found.Values() {
		for _, e := range a.entries {
			k := all[e.Route]
			all[e.Route] = Kept{k.Answers + 1, k.Bytes + e.weight()}
		}
	}
	return all
}

// Hold asks for n bytes to collect an answer in that may be kept once it is whole; Release gives them back. What is on its way takes at most a quarter of
// what the store may, beside it, so that many long answers at once are no way to take memory.
func (s *Store) Hold(n int64) bool {
	if s.held.Add(n) <= s.Size()/4 {
		return true
	}
	s.held.Add(-n)
	return false
}

// Release gives back what Hold was asked for.
func (s *Store) Release(n int64) { s.held.Add(-n) }
