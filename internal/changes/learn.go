package changes

import "slices"

// learn takes what the good call at hand showed into its entry.
func (m *Memory) learn(e *entry, at uint32) {
	m.forget(e, at)
	m.met = append(m.met[:0], make([]bool, len(e.traits))...)
	var came set // new names of these came
	for i := range m.seen {
		s := &m.seen[i]
		if t := e.find(s.hash); t >= 0 {
			m.confirm(&e.traits[t], s, at)
			m.met[t] = true
			continue
		}
		came |= of(s.feature)
		m.arrive(e, s, at)
	}
	for i := range e.traits {
		if t := &e.traits[i]; !m.met[i] && t.feature.isSet() && m.shows.has(t.feature) {
			t.missed = max(at, t.missed)
		}
	}
	for i := range e.states {
		if m.shows.has(Feature(i)) {
			e.states[i].note(Feature(i).isSet() && came.has(Feature(i)), at)
		}
	}
}

// confirm notes that a good call had the trait. Its text is kept from the second time on, if it is plain.
func (m *Memory) confirm(t *trait, s *sighting, at uint32) {
	t.count = up(t.count)
	t.last = max(t.last, at)
	if !t.named && s.keeps() {
		t.named = true
		m.hold(t.hash, s.text)
	}
}

// arrive takes a name or value that no good call had into e.
func (m *Memory) arrive(e *entry, s *sighting, at uint32) {
	if !s.feature.isSet() {
		m.replace(e, s.feature, at)
	}
	if len(e.traits) >= maxTraits || s.feature.isSet() && len(e.traits) >= maxTraits-2*singles {
		e.states[s.feature].variable = at // what is not kept cannot be told from what is new
		return
	}
	t := trait{hash: s.hash, feature: s.feature, first: at, last: at, count: 1}
	if s.feature.isSet() {
		t.missed = e.states[s.feature].last
	}
	if rows[s.feature].inside && s.keeps() { // no caller can make it up
		t.named = true
		m.hold(t.hash, s.text)
	}
	e.traits = append(e.traits, t)
	m.met = append(m.met, true)
}

// replace makes room for a third value of a feature: the one that was seen longest ago goes. If that was within a day, the feature is variable.
func (m *Memory) replace(e *entry, f Feature, at uint32) {
	first, second := -1, -1
	for i := range e.traits {
		if e.traits[i].feature == f {
			first, second = second, i
		}
	}
	if first < 0 {
		return
	}
	out := first
	if e.traits[second].last < e.traits[first].last {
		out = second
	}
	if !rows[f].grows && !older(e.traits[out].last, at, day) {
		e.states[f].variable = at
	}
	m.drop(&e.traits[out])
	e.traits = slices.Delete(e.traits, out, out+1)
	m.met = slices.Delete(m.met, out, out+1)
}

// forget drops what no good call had for so long that it does not count any more.
func (m *Memory) forget(e *entry, at uint32) {
	e.traits = slices.DeleteFunc(e.traits, func(t trait) bool {
		if !older(t.last, at, keep) {
			return false
		}
		m.drop(&t)
		return true
	})
}

// note counts a good call that showed the feature. Names that come one call after another are noise: only what comes once is a change.
func (s *state) note(came bool, at uint32) {
	if came && s.goods > 0 {
		if s.arrivals == 0 || older(s.arrived, at, day) {
			s.arrivals, s.arrived = 0, at
		}
		s.arrivals++
	}
	if s.arrivals >= busy {
		s.arrivals, s.variable = 0, at
	}
	s.goods = up(s.goods)
	s.last = max(s.last, at)
}
