package changes

// The chains that an entry is in.
const (
	byUse   = iota // all of Memory.proven or Memory.hopeful
	byRoute        // those without an app of one route
)

// links are the neighbours in one chain.
type links struct{ before, after *entry }

// list is a chain of entries, the one used last in front.
type list struct {
	by          int
	first, last *entry
	length      int
}

// push puts e in front.
func (l *list) push(e *entry) {
	e.links[l.by] = links{after: l.first}
	if l.first != nil {
		l.first.links[l.by].before = e
	}
	l.first = e
	if l.last == nil {
		l.last = e
	}
	l.length++
}

// remove takes e out.
func (l *list) remove(e *entry) {
	n := e.links[l.by]
	if n.before == nil {
		l.first = n.after
	} else {
		n.before.links[l.by].after = n.after
	}
	if n.after == nil {
		l.last = n.before
	} else {
		n.after.links[l.by].before = n.before
	}
	e.links[l.by] = links{}
	l.length--
}
