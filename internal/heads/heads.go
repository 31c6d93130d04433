// Package heads writes every head that Candor sends: that of a call for its upstream, that of an answer that is passed on, and those of our own. Its functions
// are pure: they append bytes to what they are given.
package heads

import "github.com/candor-gateway/candor/internal/admission"

// Of is the call whose heads are written, and how its API speaks.
type Of struct {
	Call  *admission.Call
	Voice *Voice
	Dates *Dates
}
