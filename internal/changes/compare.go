package changes

import (
	"cmp"
	"slices"
)

// found is a difference before it is told.
type found struct {
	Difference
	hash uint64 // of the name or value
}

// compare puts what differs between the failing call at hand and the good ones of its entry into out.
func (m *Memory) compare(e *entry, causes set, problem uint64, f *Facts, at uint32, out *Finding) {
	m.met = append(m.met[:0], make([]bool, len(e.traits))...)
	var all []found
	for i := range m.seen {
		s := &m.seen[i]
		if t := e.find(s.hash); t >= 0 {
			m.met[t] = true
			continue
		}
		if e.stable(s.feature) {
			all = append(all, m.fresh(e, s))
		}
	}
	for i := range e.traits {
		if t := &e.traits[i]; !m.met[i] && m.shows.has(t.feature) && t.always(at) {
			all = append(all, found{Difference{Feature: t.feature, Kind: Gone, Name: m.texts[t.hash].text}, t.hash})
		}
	}
	for i, n := range f.numbers() {
		if g := firstNumber + Feature(i); causes.has(g) && e.exceeds(g, n, f) {
			all = append(all, found{Difference{Feature: g, Kind: Above, Most: e.most[i].value, Has: n}, 0})
		}
	}
	if len(all) > 0 {
		e.tell(all, causes, problem, f, at, out)
	}
}

// stable reports whether there were enough good calls to say that what none of them had is new: not for a feature that varies.
func (e *entry) stable(f Feature) bool {
	s := &e.states[f]
	if f.isSet() || rows[f].grows {
		return s.goods >= Enough && s.settled()
	}
	var calls uint64 // with one of the last two values: those with earlier ones do not count
	for i := range e.traits {
		if e.traits[i].feature == f {
			calls += uint64(e.traits[i].count)
		}
	}
	return calls >= Enough && s.settled()
}

// always reports whether each good call of late had this name.
func (t *trait) always(at uint32) bool {
	return t.feature.isSet() && t.count >= Enough && (t.missed == 0 || older(t.missed, at, keep))
}

// fresh is the difference that a name or value makes which no good call had.
func (m *Memory) fresh(e *entry, s *sighting) found {
	d := Difference{Feature: s.feature, Kind: Added, Name: s.shown()}
	if s.feature.isSet() {
		return found{d, s.hash}
	}
	return found{Difference{Feature: s.feature, Kind: Changed, Was: m.latest(e, s.feature), Is: s.value()}, s.hash}
}

// latest is the value of the last good call as far as it is kept, and the other one where calls of the same day had that: "202504 or 202505".
func (m *Memory) latest(e *entry, f Feature) string {
	var last, other *trait
	for i := range e.traits {
		t := &e.traits[i]
		switch {
		case t.feature != f:
		case last == nil || t.last >= last.last:
			last, other = t, last
		default:
			other = t
		}
	}
	if last == nil {
		return ""
	}
	text := m.told(last)
	if other == nil || rows[f].grows || text == "" || older(other.last, last.last, day) || m.told(other) == "" {
		return text
	}
	return m.told(other) + " or " + text
}

// told is the value of a trait, as far as it is kept.
func (m *Memory) told(t *trait) string {
	if t.hash == m.hash(t.feature, "") {
		return None
	}
	return m.texts[t.hash].text
}

// exceeds reports whether n is above what any good call had, in a way that can matter.
func (e *entry) exceeds(g Feature, n int64, f *Facts) bool {
	most := e.most[g-firstNumber].value
	switch {
	case e.calls() < Enough || n <= most:
		return false
	case g == Age && f.Life > 0:
		return n >= f.Life // a token grows older by itself: only past its life is that a difference
	case g == Age || g == Skew:
		return n-most > most/4 && n-most > 60 // seconds
	}
	return true
}

// calls is how many good calls are known: each shows its fields.
func (e *entry) calls() uint32 { return e.states[Field].goods }

// folds are the features that say the same as another one, less precisely: they are no second cause.
var folds = []struct {
	when, also Feature
}{
	{Upstream, Revision}, // the reload that changed the target
	{TokenPlace, Token},
	{TokenPlace, TokenKind},
	{TokenKind, Token},
	{TokenKind, Life},
	{Scope, Token}, // it was asked for again, with other scopes
	{Agent, AgentVersion},
}

// tell parts what can be the cause from what is also different, in the order of the features: what is gone, then what is new.
func (e *entry) tell(all []found, causes set, problem uint64, f *Facts, at uint32, out *Finding) {
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	var differ set
	for _, d := range all {
		differ |= of(d.Feature)
	}
	causes = folded(causes, differ)
	for _, d := range all {
		if d.Kind == Above && !causes.has(d.Feature) {
			continue // numbers differ in each call: beside a cause they say nothing
		}
		list := &out.Also
		if causes.has(d.Feature) && (d.Feature != Field || !harmless[d.Name]) {
			list = &out.Changed
		}
		if len(*list) < MaxDifferences {
			d.Since = e.since(d, problem, f, differ.has(Revision), at)
			*list = append(*list, d.Difference)
		}
	}
}

// folded is causes without those that another one says better.
func folded(causes, differ set) set {
	for _, fold := range folds {
		if causes.has(fold.when) && differ.has(fold.when) {
			causes &^= of(fold.also)
		}
	}
	return causes
}

// since is when a difference began: the configuration says so of its own; of others it is the first failure that had it.
func (e *entry) since(d found, problem uint64, f *Facts, reloaded bool, at uint32) int64 {
	met := e.meet(problem^d.hash+uint64(d.Feature)<<8+uint64(d.Kind), at)
	if d.Inside() && reloaded && f.RevisionAt > 0 {
		return f.RevisionAt
	}
	return met
}
