// Package heads writes every head that Candor sends: that of a call for its upstream, that of an answer that is passed on, and those of our own. Its functions
// are pure: they append bytes to what they are given.
package heads

import "github.com/candor-gateway/candor/internal/admission"

// Of is the call whose heads are written, and how its API speaks.
type Of struct {
	Call  *admission.Call
	Voice *Voice
	Dates *Dates
	Back  *Back // nil: answers are passed on in the upstream's words
}

// untouched reports whether the call is for an API that gets and gives everything as it came.
func (o Of) untouched() bool { return o.Call.Match.API != nil && o.Call.Match.API.Untouched }
