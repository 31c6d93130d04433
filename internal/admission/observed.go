package admission

import (
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// Observation is what a check would have refused, had it been enforced.
type Observation struct {
	Check  route.Check
	Type   problem.Type
	Detail problem.Detail
}

// MaxObserved bounds what is noted of one call: each check has one verdict at most, and a preflight is judged by few.
const MaxObserved = 8

// Would is what the checks that are only observed would have refused, in their order. It is lent until the call is over.
func (c *Call) Would() []Observation { return c.Observed[:c.observed] }

// observes reports whether a refusal by this check is only noted, or not even that; then the call goes on as if the problem were not.
func (c *Call) observes(check route.Check) bool {
	if check == always {
		return false
	}
	switch c.mode(check) {
	case route.Enforce:
		return false
	case route.Observe:
		if !c.judged {
			c.note(check)
		}
	case route.Off:
	}
	c.Problem = problem.Problem{}
	if check == route.CheckCredential { // what was found of a caller does not hold
		c.Caller, c.InQuery, c.products = Caller{}, Span{}, 0
	}
	return true
}

// mode is that of a check for this call.
func (c *Call) mode(check route.Check) route.Mode { return c.Match.Mode(check, c.products) }

// note keeps the problem that is set as an observation: of the first one all that is known.
func (c *Call) note(check route.Check) {
	if c.observed == 0 {
		c.First = c.Problem
	}
	if c.observed < MaxObserved {
		c.Observed[c.observed] = Observation{check, c.Problem.Type, c.Problem.Detail}
		c.observed++
	}
}
