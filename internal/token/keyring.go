package token

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// keepRetired is how long a retired key goes on verifying: the last token that it signed may live this long, and for
// 400 days more it is still told from a forged one.
const keepRetired = MaxLife + 400*24*time.Hour

// subkey is the key of one kind. Its address is its identity in a Scratch.
type subkey [32]byte

// key is one root and what is derived from it. A key is retired by its successor, so that its file never changes.
type key struct {
	id      uint16
	created time.Time
	root    [32]byte
	kinds   [kinds]subkey
	print   uint64 // tells roots apart that were given the same id
}

// keyset is what a Keyring holds at one time. It is never changed, only replaced.
type keyset struct {
	active *key
	keys   []*key // by created, the active one last
	byID   map[uint16]held
}

// held is a key in its set.
type held struct {
	key   *key
	until int64 // unix ns from which it verifies no more
}

// Keyring holds the keys that tokens are signed with: one that is active and those it succeeded, which go on verifying.
// It is safe for concurrent use; looking up a key takes no lock.
type Keyring struct {
	dir   string    // where the keys are kept; "" for Memory
	rand  io.Reader // where roots come from
	fresh bool

	turn sync.Mutex // held while the set is replaced
	set  atomic.Pointer[keyset]
}

// Memory makes a keyring that is kept nowhere: its tokens end with the process.
func Memory(now time.Time) *Keyring {
	return newMemory(rand.Reader, now)
}

func newMemory(random io.Reader, now time.Time) *Keyring {
	k := &Keyring{rand: random, fresh: true}
	first, err := k.newKey(nil, now)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	k.set.Store(newKeyset([]*key{first}))
	return k
}

// Fresh reports that this keyring began with a new key because there was none. Where a store already holds grants that
// means that the keys were lost, and with them every token.
func (k *Keyring) Fresh() bool { return k.fresh }

// Active is the id of the key that new tokens are signed with.
func (k *Keyring) Active() uint16 { return k.set.Load().active.id }

// Rotate makes a new key the active one. The one before goes on verifying; what was retired longer ago than any of its
// tokens can matter is removed. now must not be before the active key was made.
func (k *Keyring) Rotate(now time.Time) error {
	k.turn.Lock()
	defer k.turn.Unlock()
	old := k.set.Load()
	next, err := k.newKey(old, now)
	if err != nil {
		return err
	}
	keys := append(slices.Clone(old.keys), next)
	gone := 0
	for gone+1 < len(keys) && keys[gone+1].created.Add(keepRetired).Before(now) {
		gone++
	}
	if k.dir != "" {
		if err := writeKey(k.dir, next); err != nil {
			return err
		}
		if err := removeKeys(k.dir, keys[:gone]); err != nil {
			return err
		}
	}
	k.set.Store(newKeyset(keys[gone:]))
	return nil
}

// newKey makes the key that succeeds the set's, or the first. The first id is random, so that two installations seldom
// share one and a token of the other is told from an altered one; later ids count up and none is used twice.
func (k *Keyring) newKey(old *keyset, now time.Time) (*key, error) {
	var seed [34]byte
	if _, err := io.ReadFull(k.rand, seed[:]); err != nil {
		return nil, fmt.Errorf("make a token key: %w", err)
	}
	id := binary.BigEndian.Uint16(seed[32:])%0x7fff + 1
	if old != nil {
		if now.Before(old.active.created) {
			return nil, fmt.Errorf("rotate the token keys: the active key was made at %s, which is after now (%s); set the clock right",
				old.active.created.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
		}
		id = old.active.id + 1
	}
	if id == 0 {
		return nil, errors.New("rotate the token keys: all 65535 key ids have been used; begin a new keys directory")
	}
	return derive(id, now.UTC().Truncate(time.Second), [32]byte(seed[:32])), nil
}

func derive(id uint16, created time.Time, root [32]byte) *key {
	k := &key{id: id, created: created, root: root}
	for kind := range k.kinds {
		sub, err := hkdf.Key(sha256.New, root[:], nil, "candor token v1 "+prefixes[kind], len(k.kinds[kind]))
		if err != nil {
			panic(err) // only a length over 255 hashes fails
		}
		k.kinds[kind] = subkey(sub)
	}
	print, err := hkdf.Key(sha256.New, root[:], nil, "candor key print v1", 8)
	if err != nil {
		panic(err) // as above
	}
	k.print = binary.BigEndian.Uint64(print)
	return k
}

func newKeyset(keys []*key) *keyset {
	s := &keyset{active: keys[len(keys)-1], keys: keys, byID: make(map[uint16]held, len(keys))}
	for i, k := range keys {
		until := int64(math.MaxInt64)
		if i+1 < len(keys) {
			until = keys[i+1].created.Add(keepRetired).UnixNano()
		}
		s.byID[k.id] = held{k, until}
	}
	return s
}

// find is the key of that id as long as it verifies, else nil.
func (s *keyset) find(id uint16, now int64) *key {
	if id == s.active.id { // nearly always
		return s.active
	}
	if h, ok := s.byID[id]; ok && now < h.until {
		return h.key
	}
	return nil
}

func newMAC(k *subkey) hash.Hash { return hmac.New(sha256.New, k[:]) }
