// Package access says who may do what: apps, members, grants, scopes and products. It holds domain types only; it imports nothing of ours, reads no
// clock and does no I/O.
package access

import "sync/atomic"

// AppID is an app's number. It is given once and never used again, even when the app is gone.
type AppID uint32

// MemberID is a member's number inside Candor; the operator's own id for them is Member.Subject.
type MemberID uint64

// GrantID numbers a grant: one generation of (app, member, scope set).
type GrantID uint64

// Apps is indexed by AppID; a nil entry is no app.
type Apps []*App

// Get returns the app with that number, or nil.
func (a Apps) Get(id AppID) *App {
	if int(id) >= len(a) {
		return nil
	}
	return a[id]
}

// Named returns the app of that name, disabled or not, or nil.
func (a Apps) Named(name string) *App {
	for _, app := range a {
		if app != nil && app.Name == name {
			return app
		}
	}
	return nil
}

// Member is a person whose data the API serves. Restricted changes while calls read it.
type Member struct {
	ID         MemberID
	Subject    string // the operator's own id: visible ASCII, at most 128 bytes
	Restricted atomic.Bool
}

// Reason says why a grant is dead.
type Reason uint8

// Why a grant no longer lives.
const (
	NotRevoked   Reason = iota
	ByMember            // the member took access back, or the operator did for them
	ScopeChanged        // the member granted another scope set to the same app since
	ByApp               // the app gave back what it had
	Reused              // a refresh token that had been replaced was used again
)

// Grant is one generation of (app, member, scope set). One flag kills all its tokens. Everything else is immutable, but for the end of its last
// refresh token, which only rises.
type Grant struct {
	ID        GrantID
	App       AppID
	Member    *Member // nil: a 2-legged grant, the app for itself
	Scopes    ScopeSet
	ScopeText string // the scopes' names joined by spaces, as the upstream is told
	Created   int64  // unix seconds: since when it lives
	refresh   atomic.Int64
	used      atomic.Int64
	reason    atomic.Uint32
}

// RefreshUntil notes that a refresh token of the grant ends then, in unix seconds; 0 is none. The latest of them stays.
func (g *Grant) RefreshUntil(ends int64) {
	for known := g.refresh.Load(); ends > known; known = g.refresh.Load() {
		if g.refresh.CompareAndSwap(known, ends) {
			return
		}
	}
}

// RefreshEnds is the end of the grant's last refresh token, in unix seconds; 0 where it has none.
func (g *Grant) RefreshEnds() int64 { return g.refresh.Load() }

// useEvery is how exactly it is known when a grant was used last, in seconds: calls on several cores do not write one word all the time.
const useEvery = 60

// Use notes that a token of the grant was used at now, in unix seconds. It takes no lock and allocates nothing.
func (g *Grant) Use(now int64) {
	if known := g.used.Load(); now-known >= useEvery {
		g.used.CompareAndSwap(known, now)
	}
}

// LastUse is when a token of the grant was used last, in unix seconds, to a minute; 0: never, or it is not known.
func (g *Grant) LastUse() int64 { return g.used.Load() }

// Revoke kills the grant; the first reason stays.
func (g *Grant) Revoke(r Reason) { g.reason.CompareAndSwap(uint32(NotRevoked), uint32(r)) }

// Revoked reports whether the grant is dead.
func (g *Grant) Revoked() bool { return g.reason.Load() != uint32(NotRevoked) }

// Reason says why the grant is dead; NotRevoked while it lives.
func (g *Grant) Reason() Reason { return Reason(g.reason.Load()) }

// MemberID returns the member's number, 0 for a 2-legged grant.
func (g *Grant) MemberID() MemberID {
	if g.Member == nil {
		return 0
	}
	return g.Member.ID
}
