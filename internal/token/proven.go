package token

import (
	"encoding/binary"
	"hash/maphash"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/access"
)

// proven remembers tokens whose MAC was found to hold, and what they say, so that it need not be computed for each of a caller's calls. It remembers nothing of
// what they are worth: key, times, grant, member and revocation are judged at each call, as without it. What is remembered is a pure fact, that these bytes bear
// this MAC under this key, which cannot become false.
//
// A token is found by a hash under a seed of its own for each process, and compared whole, without an early exit: how long a look-up takes tells nothing of how
// much of a token was guessed. Only what was proven comes in, so that nobody who guesses can push anything out.
//
// Slots hold their bytes in place, in atomic words under a version: a look-up takes no lock and writes nothing, and reading while another writes is a miss.
// Each set has two slots. Where both are taken, one in placeEvery tokens that are not found takes the place of the one that came first: tokens that meet in a
// set do not push each other out at every call, and with far more tokens than slots next to nothing is written. What tells that a token is not there is small
// and lies together, so that looking in vain costs little.
type proven struct {
	seed  maphash.Seed
	heads []provenHead
	slots []provenSlot // two for each head
}

const (
	provenSets = 2048
	placeEvery = 16
	secretLen  = Length - prefixLen // what of a token differs: 64 characters
)

// provenHead is what is read of a set first.
type provenHead struct {
	versions [2]atomic.Uint32 // of its slots. 0: empty; odd: being written
	tags     [2]atomic.Uint32 // more of the hash
	missed   atomic.Uint32    // tokens that were not found while both slots were taken
	_        [12]byte
}

// provenSlot is a token without its prefix, its facts, and the print of the key that proved it.
type provenSlot struct {
	token  [secretLen / 8]atomic.Uint64
	issued atomic.Uint64 // 40 bits, and the key's id above them
	grant  atomic.Uint64
	id     atomic.Uint64 // 8 bytes of it
	rest   atomic.Uint64 // the other 4, and the life above them
	print  atomic.Uint64
	_      [24]byte // whole cache lines
}

// newProven makes room for twice so many tokens; sets is a power of two.
func newProven(sets int) proven {
	return proven{seed: maphash.MakeSeed(), heads: make([]provenHead, sets), slots: make([]provenSlot, 2*sets)}
}

// provenSet is the set of one token.
type provenSet struct {
	head  *provenHead
	slots *[2]provenSlot
	token *[secretLen]byte
	tag   uint32
}

// set is where a token would be.
func (p *proven) set(cred []byte) provenSet {
	token := (*[secretLen]byte)(cred[prefixLen:])
	hash := maphash.Bytes(p.seed, token[:])
	n := int(hash & uint64(len(p.heads)-1))
	return provenSet{&p.heads[n], (*[2]provenSlot)(p.slots[2*n:]), token, uint32(hash >> 32)}
}

// find reports whether the token was proven under a key of this id and root that still verifies, and what it says.
func (s *provenSet) find(keys *keyset, now int64) (f facts, ok bool) {
	for i := range s.slots {
		version := s.head.versions[i].Load()
		if version == 0 || version&1 == 1 || s.head.tags[i].Load() != s.tag {
			continue
		}
		f, print, same := s.slots[i].read(s.token)
		if !same || s.head.versions[i].Load() != version {
			continue
		}
		k := keys.find(f.key, now)
		return f, k != nil && k.print == print
	}
	return facts{}, false
}

// read copies a slot, and reports whether it holds the token. All of it is compared, whatever differs.
func (s *provenSlot) read(token *[secretLen]byte) (f facts, print uint64, same bool) {
	differs := uint64(0)
	for i := range s.token {
		differs |= s.token[i].Load() ^ binary.LittleEndian.Uint64(token[8*i:])
	}
	if differs != 0 {
		return f, 0, false
	}
	issued, rest := s.issued.Load(), s.rest.Load()
	f = facts{key: uint16(issued >> 40), issued: int64(issued & (1<<40 - 1)), life: int64(rest >> 32), grant: access.GrantID(s.grant.Load())}
	binary.LittleEndian.PutUint64(f.id[:], s.id.Load())
	binary.LittleEndian.PutUint32(f.id[8:], uint32(rest))
	return f, s.print.Load(), true
}

// keep remembers a token that was proven, if there is a place for it.
func (s *provenSet) keep(f *facts, print uint64) {
	for i := range s.slots {
		if s.head.versions[i].Load() == 0 {
			s.write(i, f, print)
			return
		}
	}
	if n := s.head.missed.Add(1); n%placeEvery == 0 {
		s.write(int(n/placeEvery%2), f, print)
	}
}

// write fills a slot, unless another is at it.
func (s *provenSet) write(i int, f *facts, print uint64) {
	version, slot := s.head.versions[i].Load(), &s.slots[i]
	if version&1 == 1 || !s.head.versions[i].CompareAndSwap(version, version+1) {
		return
	}
	for w := range slot.token {
		slot.token[w].Store(binary.LittleEndian.Uint64(s.token[8*w:]))
	}
	slot.issued.Store(uint64(f.key)<<40 | uint64(f.issued))
	slot.grant.Store(uint64(f.grant))
	slot.id.Store(binary.LittleEndian.Uint64(f.id[:]))
	slot.rest.Store(uint64(f.life)<<32 | uint64(binary.LittleEndian.Uint32(f.id[8:])))
	slot.print.Store(print)
	s.head.tags[i].Store(s.tag)
	s.head.versions[i].Store(max(version+2, 2)) // 0 would be empty again
}
