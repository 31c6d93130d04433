package changes

import (
	"fmt"
	"iter"
	"maps"
)

// Saved is what a caller keeps of one key.
type Saved struct {
	Key  Key
	Used int64  // Unix seconds: bring what was used longest ago back first
	Text []byte // what Import takes; nil if the key was pushed out, so that what is kept of it can go too. Lent until the next one comes
}

// Export yields what is new since the last Settled. Where that is not called (the disk was full) the next Export yields it again. What was used last more
// than five weeks ago says nothing any more, and can go from where it is kept.
func (m *Memory) Export() iter.Seq[Saved] {
	return func(yield func(Saved) bool) {
		m.offered = m.saved // until all of it was taken
		for k := range m.gone {
			if !yield(Saved{Key: k}) {
				return
			}
		}
		var buf []byte
		for k, e := range m.entries {
			if e.change <= m.saved {
				continue
			}
			e.exported = true
			buf = m.encode(buf[:0], e)
			if !yield(Saved{Key: k, Used: int64(e.used), Text: buf}) {
				return
			}
		}
		m.offered = m.change
	}
}

// Settled says that what the last Export yielded is kept, if that went to its end. What changed meanwhile is in the next one.
func (m *Memory) Settled() {
	m.saved = m.offered
	for k, at := range m.gone {
		if at <= m.saved {
			delete(m.gone, k)
			m.bytes -= goneSize
		}
	}
}

// Unsettle says that what was kept is lost: the next Export yields all that is known.
func (m *Memory) Unsettle() {
	m.change++
	for _, e := range m.entries {
		e.change = m.change
	}
}

// Import takes back what Export gave, the one used longest ago first. A key of which more is known already stays as it is. What is damaged, of another
// version or of another salt is an error, and nothing of it is taken.
func (m *Memory) Import(k Key, text []byte) error {
	e, names, err := m.decode(k, text)
	if err != nil {
		return fmt.Errorf("read what is known of good calls: %w", err)
	}
	if m.entries[k] != nil {
		return nil
	}
	m.entries[k] = e
	m.enrol(e)
	e.exported = true
	for i := range e.traits {
		if t := &e.traits[i]; t.named {
			m.hold(t.hash, names[i])
		}
	}
	m.settle(e)
	return nil
}

// Forget drops the keys for which drop says so: those whose Who is that of an app that is no more, or of a
// network that is to be forgotten.
func (m *Memory) Forget(drop func(Key) bool) {
	for k := range maps.Keys(m.entries) {
		if drop(k) {
			m.evict(m.entries[k])
		}
	}
}
