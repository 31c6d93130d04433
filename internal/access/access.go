// Package access says who may do what: apps, members, grants, scopes and products. It holds domain types only; it imports nothing of ours, reads no
// clock and does no I/O.
package access

import (
	"math"
	"sync/atomic"
)

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
	ByMember            // the member took access back
	ScopeChanged        // the member granted another scope set to the same app since
	ByApp               // the app gave back what it had
	ByOperator          // whoever runs this Candor took it back, or erased the member
	Reused              // a refresh token that had been replaced was used again
)

// Grant is one generation of (app, member, scope set). One flag kills all its tokens. Everything else is immutable, but for the end of its last
// refresh token, which only rises, and its last use. There may be millions: in this order, and with times of 32 bits, one takes 80 bytes.
type Grant struct {
	ID        GrantID
	Member    *Member // nil: a 2-legged grant, the app for itself
	Scopes    ScopeSet
	ScopeText string // the scopes' names joined by spaces, as the upstream is told
	App       AppID
	Created   uint32        // unix seconds, to 2106: since when it lives
	refresh   atomic.Uint32 // unix seconds
	state     atomic.Uint32 // the reason of its death, and above it the minute of its last use
}

// reasonBits are those of state that hold the reason.
const reasonBits = 4

// RefreshUntil notes that a refresh token of the grant ends then, in unix seconds; 0 is none. The latest of them stays.
func (g *Grant) RefreshUntil(ends int64) {
	until := uint32(min(max(ends, 0), math.MaxUint32))
	for known := g.refresh.Load(); until > known; known = g.refresh.Load() {
		if g.refresh.CompareAndSwap(known, until) {
			return
		}
	}
}

// RefreshEnds is the end of the grant's last refresh token, in unix seconds; 0 where it has none.
func (g *Grant) RefreshEnds() int64 { return int64(g.refresh.Load()) }

// Use notes that a token of the grant was used at now, in unix seconds. It is written once a minute at most, so that calls on several cores do not write one word
// all the time; it takes no lock and allocates nothing.
func (g *Grant) Use(now int64) {
	minute := uint32(now / 60)
	if known := g.state.Load(); minute > known>>reasonBits {
		g.state.CompareAndSwap(known, minute<<reasonBits|known&(1<<reasonBits-1)) // where it fails another call has noted the same
	}
}

// LastUse is the minute in which a token of the grant was used last, in unix seconds; 0: never, or it is not known.
func (g *Grant) LastUse() int64 { return int64(g.state.Load()>>reasonBits) * 60 }

// Revoke kills the grant; the first reason stays.
func (g *Grant) Revoke(r Reason) {
	for known := g.state.Load(); known&(1<<reasonBits-1) == 0; known = g.state.Load() {
		if g.state.CompareAndSwap(known, known|uint32(r)) {
			return
		}
	}
}

// Revoked reports whether the grant is dead.
func (g *Grant) Revoked() bool { return g.Reason() != NotRevoked }

// Reason says why the grant is dead; NotRevoked while it lives.
func (g *Grant) Reason() Reason { return Reason(g.state.Load() & (1<<reasonBits - 1)) }

// MemberID returns the member's number, 0 for a 2-legged grant.
func (g *Grant) MemberID() MemberID {
	if g.Member == nil {
		return 0
	}
	return g.Member.ID
}
