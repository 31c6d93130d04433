package changes

import (
	"encoding/binary"
)

// The encoding, which is docs enough for itself: the version, the check of the salt, then whole numbers as varints, times as the distance to the latest one.
//
//	version check used good
//	n × (feature goods last variable arrived arrivals)    states that are not zero
//	n × (feature value at)                                peaks that are not zero
//	n × (feature flags hash first last [missed] count [length text])
//	n × (hash count since last)                           failures
//	n × (hash since last)                                 sights
const version = 1

// flags of a trait
const (
	flagNamed = 1 << iota
	flagMissed
)

// encode appends an entry.
func (m *Memory) encode(b []byte, e *entry) []byte {
	b = append(b, version)
	b = binary.BigEndian.AppendUint32(b, m.check)
	b = binary.AppendUvarint(b, uint64(e.used))
	w := writer{b, e.used}
	w.time(e.good)
	w.states(e.states[:])
	w.peaks(e.most[:])
	w.count(len(e.traits))
	for i := range e.traits {
		t := &e.traits[i]
		w.trait(t, m.texts[t.hash].text)
	}
	w.count(len(e.failures))
	for _, f := range e.failures {
		w.hash(f.problem)
		w.number(int64(f.count))
		w.time(f.since)
		w.time(f.last)
	}
	w.count(len(e.sights))
	for _, s := range e.sights {
		w.hash(s.id)
		w.time(s.since)
		w.time(s.last)
	}
	return w.b
}

// writer appends the parts of an entry.
type writer struct {
	b    []byte
	used uint32
}

func (w *writer) count(n int)    { w.b = binary.AppendUvarint(w.b, uint64(n)) }
func (w *writer) number(n int64) { w.b = binary.AppendVarint(w.b, n) }
func (w *writer) hash(h uint64)  { w.b = binary.BigEndian.AppendUint64(w.b, h) }

// time is how long before the latest one, so that it takes few bytes.
func (w *writer) time(at uint32) { w.number(int64(w.used) - int64(at)) }

func (w *writer) states(list []state) {
	n := 0
	for _, s := range list {
		if s != (state{}) {
			n++
		}
	}
	w.count(n)
	for i, s := range list {
		if s == (state{}) {
			continue
		}
		w.b = append(w.b, byte(i))
		w.number(int64(s.goods))
		w.time(s.last)
		w.time(s.variable)
		w.time(s.arrived)
		w.number(int64(s.arrivals))
	}
}

func (w *writer) peaks(list []peak) {
	n := 0
	for _, p := range list {
		if p != (peak{}) {
			n++
		}
	}
	w.count(n)
	for i, p := range list {
		if p == (peak{}) {
			continue
		}
		w.b = append(w.b, byte(i))
		w.number(p.value)
		w.time(p.at)
	}
}

func (w *writer) trait(t *trait, text string) {
	flags := byte(0)
	if t.named {
		flags |= flagNamed
	}
	if t.missed != 0 {
		flags |= flagMissed
	}
	w.b = append(w.b, byte(t.feature), flags)
	w.hash(t.hash)
	w.time(t.first)
	w.time(t.last)
	if t.missed != 0 {
		w.time(t.missed)
	}
	w.number(int64(t.count))
	if t.named {
		w.count(len(text))
		w.b = append(w.b, text...)
	}
}
