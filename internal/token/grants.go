package token

import (
	"iter"
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// RevokedToken is one token taken back before its end, its grant left alive.
type RevokedToken struct {
	ID   ID
	Ends int64 // unix seconds; nothing need be kept of it from then on
}

// Live is what a store tells a verifier: at the start all that can still matter, later what has changed.
type Live struct {
	Grants []*access.Grant // revoked ones too
	Tokens []RevokedToken
	Seq    int64 // the store's last change among these; ask for what came after it
}

// Load takes in what a store told. What it says of grants that are known already is added to them: a revocation and a
// restriction are noted, nothing is undone but a restriction that has been lifted.
func (v *Verifier) Load(l Live) {
	v.turn.Lock()
	defer v.turn.Unlock()
	for _, g := range l.Grants {
		restricted := g.Member != nil && g.Member.Restricted.Load()
		if known := v.put(g); known.Member != nil {
			known.Member.Restricted.Store(restricted)
		}
	}
	for _, t := range l.Tokens {
		v.revokeToken(t.ID, t.Ends)
	}
	v.changes++
	v.news.Add(1)
}

// Put makes the verifier know a grant and returns the one that it holds from now on: g, or the grant of the same id that
// it knew before. The members of all its grants are one Member each, so that a restriction holds for all of them. g
// belongs to the verifier afterwards.
func (v *Verifier) Put(g *access.Grant) *access.Grant {
	v.turn.Lock()
	defer v.turn.Unlock()
	return v.put(g)
}

// maxTexts bounds how many texts of scope sets grants share.
const maxTexts = 4096

// put notes a grant; the caller holds turn. Memory is never behind the store, whose writers tell it: so what is known
// wins, but for a revocation, which nothing undoes, and a later end of its refresh tokens.
func (v *Verifier) put(g *access.Grant) *access.Grant {
	if known, ok := v.grants.Load(uint64(g.ID)); ok {
		known.RefreshUntil(g.RefreshEnds())
		known.Use(g.LastUse())
		if g.Revoked() {
			known.Revoke(g.Reason())
			v.news.Add(1)
		}
		return known
	}
	if g.Member != nil {
		if known := v.members[g.Member.ID]; known != nil {
			g.Member = known
		}
		v.members[g.Member.ID] = g.Member
	}
	if text, known := v.texts[g.ScopeText]; known {
		g.ScopeText = text
	} else if len(v.texts) < maxTexts {
		v.texts[g.ScopeText] = g.ScopeText
	}
	v.grants.Store(uint64(g.ID), g)
	v.absent.Delete(uint64(g.ID))
	return g
}

// Revoke kills all tokens of a grant. Who revokes writes to the store first, so that what the verifier reads there while
// it does not know the grant is no older than this.
func (v *Verifier) Revoke(id access.GrantID, why access.Reason) {
	v.turn.Lock()
	defer v.turn.Unlock()
	v.changes++
	defer v.news.Add(1) // behind the change: who hears of it finds it
	if g, ok := v.grants.Load(uint64(id)); ok {
		g.Revoke(why)
	}
}

// RevokeToken kills one token. ends is its end in unix seconds, after which it is expired whatever became of it.
func (v *Verifier) RevokeToken(id ID, ends int64) {
	v.turn.Lock()
	defer v.turn.Unlock()
	v.revokeToken(id, ends)
}

func (v *Verifier) revokeToken(id ID, ends int64) {
	v.revoked.Store(id, ends)
	v.singles.Store(true)
	v.news.Add(1)
}

// Restrict marks a member as restricted, or no longer. As with Revoke, the store is written first.
func (v *Verifier) Restrict(id access.MemberID, restricted bool) {
	v.turn.Lock()
	defer v.turn.Unlock()
	v.changes++
	defer v.news.Add(1)
	if m := v.members[id]; m != nil {
		m.Restricted.Store(restricted)
	}
}

// Erase kills all that a member granted, and calls the member by name from now on, restricted. As with Revoke, the store is written first. It looks at every grant.
func (v *Verifier) Erase(id access.MemberID, name string) {
	v.turn.Lock()
	defer v.turn.Unlock()
	v.changes++
	defer v.news.Add(1)
	delete(v.members, id)
	nobody := &access.Member{ID: id, Subject: name}
	nobody.Restricted.Store(true)
	v.grants.Range(func(key uint64, g *access.Grant) bool {
		if g.MemberID() != id {
			return true
		}
		g.Revoke(access.ByOperator) // for calls that hold it
		g.Member.Restricted.Store(true)
		dead := &access.Grant{ID: g.ID, App: g.App, Member: nobody, Scopes: g.Scopes, ScopeText: g.ScopeText}
		dead.Revoke(g.Reason())
		dead.RefreshUntil(g.RefreshEnds())
		v.grants.Store(key, dead)
		v.members[id] = nobody
		return true
	})
}

// Grant is the grant of that id if it is in memory.
func (v *Verifier) Grant(id access.GrantID) (*access.Grant, bool) {
	return v.grants.Load(uint64(id))
}

// LastUse is when a grant was used last as far as it is known here or where g comes from, in unix seconds; 0 never.
func (v *Verifier) LastUse(g *access.Grant) int64 {
	if known, ok := v.grants.Load(uint64(g.ID)); ok {
		return max(known.LastUse(), g.LastUse())
	}
	return g.LastUse()
}

// Used yields the grants that were used at since or later, in unix seconds, and when that was last.
func (v *Verifier) Used(since int64) iter.Seq2[access.GrantID, int64] {
	return func(yield func(access.GrantID, int64) bool) {
		for _, g := range v.grants.All() {
			if at := g.LastUse(); at >= since && at > 0 && !yield(g.ID, at) {
				return
			}
		}
	}
}

// Sweep forgets the singly revoked tokens that have ended by now (unix ns) and tells how many. Call it every minute or so.
func (v *Verifier) Sweep(now int64) int {
	v.turn.Lock()
	defer v.turn.Unlock()
	sec := now / int64(time.Second)
	gone := v.revoked.DeleteMatching(func(_ ID, ends int64) (del, stop bool) {
		return ends <= sec, false
	})
	v.singles.Store(v.revoked.Size() > 0)
	return gone
}

// Alone does something about members while no grant is on its way from the store to here, or its member would be noted as they were before.
func (v *Verifier) Alone(do func() error) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	return do()
}

// Write lets write change what a store keeps, and notes what came of it, one write after another: a grant that is superseded before it was noted would otherwise
// be taken for alive. An error of write is returned as it is, and nothing is noted.
func (v *Verifier) Write(write func() (Exchanged, error)) (Exchanged, error) {
	v.writing.Lock()
	defer v.writing.Unlock()
	done, err := write()
	if err != nil {
		return done, err
	}
	for _, id := range done.Superseded {
		v.Revoke(id, access.ScopeChanged)
	}
	if done.Revoked != 0 {
		v.Revoke(done.Revoked, done.Reason)
	}
	for _, t := range done.Recalled {
		v.RevokeToken(t.ID, t.Ends)
	}
	if done.Grant != nil {
		done.Grant = v.Put(done.Grant)
	}
	return done, nil
}
