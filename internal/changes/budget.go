package changes

// What things take, in bytes: structs as the allocator rounds them, and a slot of a map as it is when a map from which much was deleted has just
// grown: a quarter full. A test measures that the heap has no more than the sum.
const (
	slotSize    = 4 * (32 + 1) // of key and value, and of control
	entrySize   = 640 + slotSize
	traitSize   = 32
	failureSize = 24
	sightSize   = 16
	textSize    = slotSize + 16 // beside the text
	routeSize   = 64 + slotSize
	goneSize    = slotSize
)

// maxGone is how many keys that were pushed out are remembered for the next export. What of others is kept outside stays there until it is too old.
const maxGone = 4096

// text is a name that is kept, and how many traits have it.
type text struct {
	text string
	refs int
}

// touch is the entry of a key, made if there was none, as the one used last.
func (m *Memory) touch(k Key, now int64, good bool) (*entry, uint32) {
	at := stamp(now)
	e := m.entries[k]
	if e == nil {
		e = &entry{key: k, proven: good}
		m.entries[k] = e
		m.enrol(e)
	} else {
		m.renew(e, good)
	}
	e.used = max(e.used, at)
	m.change++
	e.change = m.change
	return e, at
}

// renew puts an entry in front.
func (m *Memory) renew(e *entry, good bool) {
	m.all.of(e).remove(e)
	r := m.routes[e.key.Route]
	unknown := e.key.Kind != App
	if unknown {
		r.of(e).remove(e)
	}
	if good && !e.proven {
		e.proven = true
		m.waiting -= e.size
	}
	m.all.of(e).push(e)
	if unknown {
		r.of(e).push(e)
	}
}

// enrol puts a new entry on the lists, and makes room among those without an app of its route.
func (m *Memory) enrol(e *entry) {
	if _, was := m.gone[e.key]; was {
		delete(m.gone, e.key) // it is exported again
		m.bytes -= goneSize
		e.exported = true
	}
	m.all.of(e).push(e)
	if e.key.Kind == App {
		return
	}
	r := m.routes[e.key.Route]
	if r == nil {
		r = newCrowd(byRoute)
		m.routes[e.key.Route] = r
		m.bytes += routeSize
	}
	r.of(e).push(e)
	if r.length() > MaxUnknown {
		m.evict(r.eldest(r.hopeful.length > MaxUnknown/4))
	}
}

// settle counts e again after a change, and pushes out what was used longest ago until all fits.
func (m *Memory) settle(e *entry) {
	if m.entries[e.key] != e {
		return // another one of this call has pushed it out
	}
	size := entrySize + cap(e.traits)*traitSize + cap(e.failures)*failureSize + cap(e.sights)*sightSize
	m.bytes += size - e.size
	if !e.proven {
		m.waiting += size - e.size
	}
	e.size = size
	for m.bytes > m.size && len(m.entries) > 0 {
		m.evict(m.all.eldest(m.waiting > m.size/4))
	}
}

// evict forgets an entry.
func (m *Memory) evict(e *entry) {
	m.all.of(e).remove(e)
	if r := m.routes[e.key.Route]; e.key.Kind != App {
		r.of(e).remove(e)
		if r.length() == 0 {
			delete(m.routes, e.key.Route)
			m.bytes -= routeSize
		}
	}
	for i := range e.traits {
		m.drop(&e.traits[i])
	}
	m.bytes -= e.size
	if !e.proven {
		m.waiting -= e.size
	}
	delete(m.entries, e.key)
	if e.exported && len(m.gone) < maxGone {
		m.change++
		m.gone[e.key] = m.change
		m.bytes += goneSize
	}
}

// hold keeps the text of a trait.
func (m *Memory) hold(hash uint64, name string) {
	t := m.texts[hash]
	if t.refs == 0 {
		t.text = string(append([]byte(nil), name...)) // what is lent ends with the call
		m.bytes += textSize + len(name)
	}
	t.refs++
	m.texts[hash] = t
}

// drop lets go of the text of a trait that is forgotten.
func (m *Memory) drop(t *trait) {
	if !t.named {
		return
	}
	x := m.texts[t.hash]
	if x.refs--; x.refs > 0 {
		m.texts[t.hash] = x
		return
	}
	delete(m.texts, t.hash)
	m.bytes -= textSize + len(x.text)
}
