// Package httpcache decides what a cache of HTTP answers may do: what may be stored, for how long it is fresh, when it is used without asking, and what a
// validation changes (RFC 9111, RFC 5861), and how that is told (RFC 9211). Its rules are pure: they read no clock, keep nothing, and import nothing of ours.
// They are those of a shared cache; Rules.Private makes them those of one that belongs to a single user.
//
// Nothing is taken for fresh that its origin has not called so: a lifetime is never guessed (RFC 9111 §4.2.2 allows that, and asks for nothing).
package httpcache

// Header is the fields of a message. Line returns the value of the n-th field line (from 0) with this name, which is given in lower case, without the blanks
// around it; nil: there are no more. An empty value is not nil.
type Header interface {
	Line(name string, n int) []byte
}

// Rules are what a cache is, beyond the standard. The zero Rules are those of a shared cache.
type Rules struct {
	// Private: all that is stored belongs to one user (RFC 9111 §3, "private cache").
	Private bool
	// Own: what is stored for this request is found by the same caller alone. An answer to a call with credentials may be stored so; one that says private is
	// not, since whoever said it was told that no shared cache keeps it.
	Own bool
	// SetCookie lets answers be stored that set cookies, and gives those to everybody who gets them from the store.
	SetCookie bool
}

// Forever is the largest number of seconds that is told apart: what is larger counts as this (RFC 9111 §1.2.2).
const Forever = 1 << 31

// maxLines bounds how many lines of one field are read: what comes behind them is not trusted to be harmless, so the answer is not stored.
const maxLines = 64
