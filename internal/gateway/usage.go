package gateway

import (
	"github.com/candor-gateway/candor/internal/usage"
	"github.com/candor-gateway/candor/problem"
)

// countUsage counts a call that is over by its app, its resource and how it ended.
func countUsage(x *exchange) {
	to, c := x.g.o.Usage, &x.call
	if to == nil || c.Preflight {
		return
	}
	u := usage.Call{At: c.At, Repeated: hasRepeated(x)}
	if x.entry.Problem != "" || x.entry.Status >= 400 {
		_, u.Problem = failureOf(x)
	}
	app, member, r := c.Caller.App, c.Caller.Member, c.Match.Route
	if u.Problem != problem.None {
		by := c.Credential()
		owner := c.Owner(&by)
		app, member = owner.App, owner.Member
		if c.HiddenFrom(owner) { // what nobody may know of is not counted where its app sees it
			r = nil
		}
	}
	if app != nil {
		u.App, u.AppID = app.Name, uint32(app.ID)
	}
	if member != nil {
		u.Member = member.Subject
	}
	if r != nil {
		u.Resource = r.Resource
	}
	to.Count(&u)
}

// leastRepeated is how many calls have to have been repeated before a caller is told to keep answers: one or two are what people do by hand.
const leastRepeated = 3

// tellRepeats adds to a call that a limit refuses how many of the day's calls only repeated an earlier one.
func tellRepeats(x *exchange) {
	c := &x.call
	if x.g.o.Usage == nil || c.Problem.Type != problem.Throttled || c.Caller.App == nil {
		return
	}
	calls, repeated := x.g.o.Usage.Today(c.Caller.App.Name, c.Match.Route.Resource, c.At)
	if repeated >= leastRepeated && repeated*10 >= calls { // fewer are no advice
		c.Problem.Calls, c.Problem.Repeated = calls, repeated
	}
}
