// Package changes remembers what the calls that worked looked like, and says of one that failed what is different.
//
// It is told of good calls (Memory.Good) and asked at each failure (Memory.Failed). What it keeps of a call are names, counts and times, never a value: a
// name that is not plain, or that only one good call had, is a keyed hash. It reads no clock and does no I/O: times are Unix seconds, passed in, and what
// should outlive the process goes out by Memory.Export and comes back by Memory.Import.
//
// A difference is named only if the feature was stable over Enough good calls, the failing call has what none of them had, and causes.go says that it can
// cause this problem. What differs but cannot be the cause stands under Finding.Also.
package changes

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// Limits of what is remembered, and how long something is looked at.
const (
	DefaultSize = 32 << 20 // bytes of memory, when Options says nothing
	MaxUnknown  = 10_000   // keys of one route whose app is not known
	Enough      = 5        // good calls over which a feature must have been stable

	day  = 24 * 60 * 60
	keep = 35 * day // what no good call had for so long is forgotten: past a month, so that a monthly job is still known
	lull = 7 * day  // a failure that stayed away for so long begins anew
)

// Options are what a Memory needs to know. The zero value works.
type Options struct {
	Size int    // bytes at most; 0 is DefaultSize
	Salt []byte // keys the hashes; what was exported with another salt is not taken back
}

// Memory is what the good calls of each key looked like. It belongs to one goroutine; only Key may be called from any.
type Memory struct {
	size    int
	salt    [sha256.Size]byte
	check   uint32 // of the salt, so that an export of another one is recognised
	entries map[Key]*entry
	routes  map[uint64]*crowd // by route: the keys without an app
	all     *crowd
	texts   map[uint64]text
	bytes   int // of all of it
	waiting int // bytes of those that have only failures

	change  uint64         // generation of the last change
	offered uint64         // up to which the last Export went
	saved   uint64         // up to which all is kept
	gone    map[Key]uint64 // exported once and pushed out since, and in which generation

	seen  []sighting // of the call at hand; reused
	met   []bool     // by trait of the entry at hand: whether the call has it
	shows set        // by feature: whether the call shows it
}

// New returns an empty Memory.
func New(o Options) *Memory {
	m := &Memory{
		size: o.Size, salt: sha256.Sum256(o.Salt), entries: map[Key]*entry{}, routes: map[uint64]*crowd{}, texts: map[uint64]text{}, gone: map[Key]uint64{},
		all: newCrowd(byUse),
	}
	if m.size <= 0 {
		m.size = DefaultSize
	}
	sum := sha256.Sum256(m.salt[:])
	m.check = binary.BigEndian.Uint32(sum[:])
	return m
}

// Bytes is how much memory is in use, counted from above: map buckets and the spare room of slices are in it.
func (m *Memory) Bytes() int { return m.bytes }

// Len is the number of keys.
func (m *Memory) Len() int { return len(m.entries) }

// Good notes a call that worked. It is enough to bring one a second for each key once the first eight were brought: see Gate.
func (m *Memory) Good(k Key, f *Facts, now int64) {
	e, at := m.touch(k, now, true)
	m.read(k, f)
	m.learn(e, at)
	for i, n := range f.numbers() {
		if most := &e.most[i]; n > most.value || older(most.at, at, keep) {
			*most = peak{value: n, at: at}
		}
	}
	e.good = at
	m.settle(e)
	clear(m.seen) // what is lent ends with the call
}

// Failed notes a call that failed with problem, a name of the catalogue, and says what is different from calls that worked. Where the problem is not in the
// table (an answer of the API that was passed on, an OAuth error), status decides what can be the cause.
//
// keys are those that the call can be told by, the most telling first: the app; or else the credential and the network, since a token that is cut off or
// left out is known to nobody, and what the calls from the same network brought is the next best. How often it recurs is counted for the first, and the call
// is compared with those of the first that has good calls: Finding.By says which.
func (m *Memory) Failed(keys []Key, problem string, status int, f *Facts, now int64) (out Finding) {
	if len(keys) == 0 {
		return out
	}
	first, at := m.touch(keys[0], now, false)
	id := m.hash(noFeature, problem)
	out.Recurs, out.Since = first.recur(id, at)
	if e := m.known(first, keys[1:], now); e != nil {
		out.By, out.LastGood = e.key.Kind, int64(e.good)
		if n := e.calls(); n < Enough {
			out.Few = int64(n)
		}
		m.read(e.key, f)
		m.compare(e, causeOf(problem, status), id, f, at, &out)
		m.settle(e)
		clear(m.seen)
	}
	m.settle(first)
	return out
}

// known is the first entry that has good calls, or nil.
func (m *Memory) known(first *entry, others []Key, now int64) *entry {
	if first.proven {
		return first
	}
	for _, k := range others {
		if e := m.entries[k]; e != nil && e.proven {
			m.touch(k, now, false)
			return e
		}
	}
	return nil
}

// hash is a name or value of a feature as it is kept.
func (m *Memory) hash(f Feature, text string) uint64 {
	var room [sha256.Size + 1 + 128]byte
	b := append(room[:0], m.salt[:]...)
	b = append(b, byte(f))
	b = append(b, text...)
	sum := sha256.Sum256(b)
	return binary.BigEndian.Uint64(sum[:])
}

// number is a count as the text of a value.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// stamp is a Unix time as it is kept: seconds in 32 bits, to the year 2106. A clock that is before 1970 counts as its first second, since 0 is never.
func stamp(now int64) uint32 { return uint32(min(max(now, 1), 1<<32-1)) }

// older reports whether at is more than span seconds before now. A clock that went back makes nothing old.
func older(at, now uint32, span int64) bool { return int64(now)-int64(at) > span }
