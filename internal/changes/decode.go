package changes

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// What is wrong with what Import was given.
var (
	ErrVersion = errors.New("it was written by another version")
	ErrSalt    = errors.New("it was written with another salt")
	ErrDamaged = errors.New("it is damaged")
)

// decode reads an entry, and the texts of its traits.
func (m *Memory) decode(k Key, b []byte) (*entry, []string, error) {
	if len(b) < 5 {
		return nil, nil, fmt.Errorf("%w: %d bytes are no head", ErrDamaged, len(b))
	}
	if b[0] != version {
		return nil, nil, fmt.Errorf("%w: it is %d, and %d is read here", ErrVersion, b[0], version)
	}
	if binary.BigEndian.Uint32(b[1:]) != m.check {
		return nil, nil, ErrSalt
	}
	r := reader{whole: len(b), b: b[5:]}
	e := &entry{key: k}
	names := r.entry(e)
	if len(r.b) > 0 {
		r.fail()
	}
	if r.at > 0 {
		return nil, nil, fmt.Errorf("%w at byte %d", ErrDamaged, r.at)
	}
	for i := range e.traits {
		if t := &e.traits[i]; t.named && (!plain(t.feature, names[i]) || m.hash(t.feature, names[i]) != t.hash) {
			return nil, nil, fmt.Errorf("%w: a name does not fit its hash", ErrDamaged)
		}
	}
	return e, names, nil
}

// reader takes the parts of an entry. After a fault it yields zeros, and at is where that was.
type reader struct {
	b     []byte
	whole int
	used  uint32
	at    int
}

func (r *reader) fail() {
	if r.at == 0 {
		r.at = r.whole - len(r.b)
	}
	r.b = nil
}

// entry reads all after the head.
func (r *reader) entry(e *entry) []string {
	r.used = r.first()
	e.used, e.good = r.used, r.time()
	e.proven = e.good != 0
	for range r.count(len(e.states)) {
		e.states[r.byte(len(e.states)-1)] = state{goods: r.uint32(), last: r.time(), variable: r.time(), arrived: r.time(), arrivals: r.uint32()}
	}
	for range r.count(len(e.most)) {
		e.most[r.byte(len(e.most)-1)] = peak{value: r.varint(), at: r.time()}
	}
	n := r.count(maxTraits)
	e.traits = make([]trait, n)
	names := make([]string, n)
	for i := range e.traits {
		e.traits[i], names[i] = r.trait()
	}
	e.failures = make([]failure, r.count(maxFailures))
	for i := range e.failures {
		e.failures[i] = failure{problem: r.hash(), count: r.uint32(), since: r.time(), last: r.time()}
	}
	e.sights = make([]sight, r.count(maxSights))
	for i := range e.sights {
		e.sights[i] = sight{id: r.hash(), since: r.time(), last: r.time()}
	}
	return names
}

// trait reads one trait and its text.
func (r *reader) trait() (trait, string) {
	t := trait{feature: Feature(r.byte(int(firstNumber) - 1))}
	flags := r.byte(flagNamed | flagMissed)
	t.hash, t.first, t.last = r.hash(), r.time(), r.time()
	if flags&flagMissed != 0 {
		t.missed = r.time()
	}
	t.count = r.uint32()
	if t.named = flags&flagNamed != 0; !t.named {
		return t, ""
	}
	n := r.count(min(maxLonger, len(r.b)))
	if n > len(r.b) {
		r.fail()
		return t, ""
	}
	text := string(r.b[:n])
	r.b = r.b[n:]
	return t, text
}

// byte takes one byte that is at most the given.
func (r *reader) byte(most int) int {
	if len(r.b) == 0 || int(r.b[0]) > most {
		r.fail()
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return int(c)
}

// hash takes eight bytes.
func (r *reader) hash() uint64 {
	if len(r.b) < 8 {
		r.fail()
		return 0
	}
	h := binary.BigEndian.Uint64(r.b)
	r.b = r.b[8:]
	return h
}

// first takes the time to which all others are a distance.
func (r *reader) first() uint32 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > math.MaxUint32 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return uint32(n)
}

// count takes how many follow, at most so many.
func (r *reader) count(most int) int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > uint64(most) {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

func (r *reader) varint() int64 {
	n, size := binary.Varint(r.b)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) uint32() uint32 {
	n := r.varint()
	if n < 0 || n > math.MaxUint32 {
		r.fail()
		return 0
	}
	return uint32(n)
}

func (r *reader) time() uint32 {
	n := r.varint()
	if n < int64(r.used)-math.MaxUint32 || n > int64(r.used) {
		r.fail()
		return 0
	}
	return uint32(int64(r.used) - n)
}
