package oauth

import (
	"sync"

	"github.com/candor-gateway/candor/internal/access"
)

// Wanted are scopes as a request names them; what it names beside those that there are is told apart no further.
type Wanted struct {
	Known   access.ScopeSet
	Unknown bool
}

// Without leaves out those of a set.
func (w Wanted) Without(set access.ScopeSet) Wanted {
	return Wanted{w.Known.Without(set), w.Unknown}
}

// Wanted are the scopes of a list.
func (f *Facts) Wanted(names []string) (w Wanted) {
	for _, name := range names {
		n, known := f.Names.Scope(name)
		if !known {
			w.Unknown = true
			continue
		}
		w.Known = w.Known.With(n)
	}
	return w
}

// WantedBy are the scopes that a request for authorization asks for, and the app whose it is; nil where no app may be led back to. Who names none wants all.
func (f *Facts) WantedBy(query string) (*access.App, Wanted) {
	form, repeated, p := readQuery(query)
	if p != nil {
		return nil, Wanted{}
	}
	app, p := f.returning(form, repeated)
	if p != nil {
		return nil, Wanted{}
	}
	own := *f
	own.For(app.ClientID)
	return app, f.orAll(app, splitScopes(form["scope"], own.Profile))
}

// WantedForItself are the scopes that an app asks for without a member.
func (q *Request) WantedForItself(f *Facts) Wanted { return f.orAll(q.App, q.scopes(f)) }

func (f *Facts) orAll(app *access.App, names []string) Wanted {
	if len(names) == 0 {
		return Wanted{Known: app.Scopes}
	}
	return f.Wanted(names)
}

// mostScopeUses bounds what is counted between two times that it is written down: each app can ask for each scope.
const mostScopeUses = 1 << 16

// ScopeUses counts what becomes of the scopes that apps ask for, until it is taken to be written down. It is safe for concurrent use; calls to APIs never come here.
type ScopeUses struct {
	mu     sync.Mutex
	counts map[access.ScopeUse]access.ScopeCounts // by what a use is of: its own counts are 0
	missed int
}

// Count adds to what became of scopes of an app at a time in unix seconds.
func (u *ScopeUses) Count(app access.AppID, of Wanted, now int64, add access.ScopeCounts) {
	const hour = 60 * 60
	key := access.ScopeUse{App: app, Hour: now - now%hour}
	u.mu.Lock()
	defer u.mu.Unlock()
	for n := range access.UnknownScope {
		if key.Scope = n; of.Known.Has(n) {
			u.add(key, add)
		}
	}
	if key.Scope = access.UnknownScope; of.Unknown {
		u.add(key, add)
	}
}

// add is for who holds mu.
func (u *ScopeUses) add(key access.ScopeUse, add access.ScopeCounts) {
	counts, there := u.counts[key]
	switch {
	case u.counts == nil:
		u.counts = map[access.ScopeUse]access.ScopeCounts{}
	case !there && len(u.counts) >= mostScopeUses:
		u.missed++
		return
	}
	u.counts[key] = counts.Add(add)
}

// Take is what was counted since, and how many uses there was no place for. What cannot be written down is given back by Return.
func (u *ScopeUses) Take() (all []access.ScopeUse, missed int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for use, counts := range u.counts {
		use.ScopeCounts = counts
		all = append(all, use)
	}
	missed, u.counts, u.missed = u.missed, nil, 0
	return all, missed
}

// Return counts again what was taken.
func (u *ScopeUses) Return(all []access.ScopeUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, use := range all {
		counts := use.ScopeCounts
		use.ScopeCounts = access.ScopeCounts{}
		u.add(use, counts)
	}
}
