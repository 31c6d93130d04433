package changes

import "slices"

// How much is kept of one key.
const (
	maxTraits   = 128 // of which two for each single value
	maxFailures = 8
	maxSights   = 16
	busy        = 3 // so many arrivals or values within a day make a feature variable
)

// entry is what is known of one key.
type entry struct {
	key      Key
	traits   []trait
	failures []failure
	sights   []sight
	states   [firstNumber]state
	most     [numbers]peak
	good     uint32 // when a call last worked; 0 is never
	used     uint32
	size     int  // as counted
	proven   bool // has a good call
	exported bool // the caller may have it on disk

	change uint64   // generation of the last change
	links  [2]links // by byUse and byRoute
}

// trait is one name that good calls had, or one value of a feature that has one. It holds no pointer, so that the collector need not look at it.
type trait struct {
	hash        uint64
	first, last uint32 // good calls that had it
	missed      uint32 // the last good call without it, of names alone; 0 is none
	count       uint32 // good calls that had it
	feature     Feature
	named       bool // its text is in Memory.texts
}

// state is what is known of a feature as a whole.
type state struct {
	goods    uint32 // good calls that showed it
	last     uint32 // the last of them
	arrived  uint32 // when the first of arrivals came
	variable uint32 // when it last proved to be variable; 0 is never
	arrivals uint32 // good calls within a day that brought new names
}

// peak is the largest good value of a number.
type peak struct {
	value int64
	at    uint32
}

// failure is how often a key failed in one way.
type failure struct {
	problem     uint64 // hash of the name
	count       uint32
	since, last uint32
}

// sight is a difference that was met in failures.
type sight struct {
	id          uint64
	since, last uint32
}

// find is where the trait with this hash is, or -1.
func (e *entry) find(hash uint64) int {
	return slices.IndexFunc(e.traits, func(t trait) bool { return t.hash == hash })
}

// settled reports whether nothing new came to the feature within the last day of good calls.
func (s *state) settled() bool { return s.variable == 0 || older(s.variable, s.last, day) }

// recur counts a failure, and says how often there was one of its kind and since when.
func (e *entry) recur(problem uint64, at uint32) (count, since int64) {
	i := slices.IndexFunc(e.failures, func(f failure) bool { return f.problem == problem })
	switch {
	case i < 0 && len(e.failures) < maxFailures:
		e.failures = append(e.failures, failure{})
		i = len(e.failures) - 1
	case i < 0:
		i = oldest(e.failures, func(f failure) uint32 { return f.last })
		e.failures[i] = failure{}
	}
	f := &e.failures[i]
	if f.count == 0 || older(f.last, at, lull) {
		*f = failure{problem: problem, since: at}
	}
	f.last = max(f.last, at)
	f.count = up(f.count)
	return int64(f.count), int64(f.since)
}

// meet notes that a failure had a difference, and says since when failures have it.
func (e *entry) meet(id uint64, at uint32) int64 {
	i := slices.IndexFunc(e.sights, func(s sight) bool { return s.id == id })
	switch {
	case i < 0 && len(e.sights) < maxSights:
		e.sights = append(e.sights, sight{})
		i = len(e.sights) - 1
	case i < 0:
		i = oldest(e.sights, func(s sight) uint32 { return s.last })
		e.sights[i] = sight{}
	}
	s := &e.sights[i]
	if s.id == 0 || older(s.last, at, day) {
		*s = sight{id: id, since: at}
	}
	s.last = max(s.last, at)
	return int64(s.since)
}

// oldest is the index of the one whose time is least.
func oldest[T any](list []T, at func(T) uint32) int {
	least := 0
	for i := range list {
		if at(list[i]) < at(list[least]) {
			least = i
		}
	}
	return least
}

// up is n+1, unless that is too large.
func up(n uint32) uint32 { return n + min(1, ^n) }
