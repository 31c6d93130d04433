package access

// UnknownScope stands for all scopes that have no number: whoever makes them up makes no more of them.
const UnknownScope Scope = MaxScopes

// ScopeKept is how many seconds it is known what became of the scopes that apps asked for.
const ScopeKept = 48 * 60 * 60

// ScopeUse is how often an app asked for a scope within an hour, and what became of that.
type ScopeUse struct {
	App   AppID
	Scope Scope // UnknownScope for those without a number
	Hour  int64 // its beginning, in unix seconds
	ScopeCounts
}

// ScopeCounts are the counts of a ScopeUse.
type ScopeCounts struct {
	Asked   int64 // requests of members' authorization, and of tokens of the app's own
	Granted int64 // of those, how many ended in tokens
	Refused int64 // by the server, as the scope is not the app's or the member's, or by the member
}

// Add returns the sum.
func (c ScopeCounts) Add(o ScopeCounts) ScopeCounts {
	return ScopeCounts{c.Asked + o.Asked, c.Granted + o.Granted, c.Refused + o.Refused}
}
