package changes

// crowd is entries by when they were used. Those with a good call stand apart from those that have only failures: a flood of made-up credentials must not push
// out what is known.
type crowd struct{ proven, hopeful list }

func newCrowd(by int) *crowd { return &crowd{list{by: by}, list{by: by}} }

// of is the list that e is in.
func (c *crowd) of(e *entry) *list {
	if e.proven {
		return &c.proven
	}
	return &c.hopeful
}

// eldest is who goes next: of those that only failed, if there are too many, and of the others if not.
func (c *crowd) eldest(tooMany bool) *entry {
	if c.hopeful.last != nil && (tooMany || c.proven.last == nil) {
		return c.hopeful.last
	}
	return c.proven.last
}

func (c *crowd) length() int { return c.proven.length + c.hopeful.length }

// The chains that an entry is in.
const (
	byUse   = iota // all of Memory.all
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
