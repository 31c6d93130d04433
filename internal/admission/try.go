package admission

import (
	"context"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// Finding is what a check says of a call that is only tried.
type Finding uint8

// The findings.
const (
	Passes     Finding = iota
	WouldPass          // only observed: it would be refused, and goes on
	Fails              // refused
	OffHere            // the check is off
	NotAsked           // the route asks for nothing that the check looks at
	CannotTell         // it depends on what a trial does not have
)

var findings = [...]string{Passes: "passes", WouldPass: "would refuse", Fails: "refuses", OffHere: "off", NotAsked: "nothing asked", CannotTell: "cannot tell"}

// String is the finding in words.
func (f Finding) String() string { return findings[f] }

// Tried is one check of a call that is only tried. Its problem borrows from the call's head.
type Tried struct {
	Check   string // as the configuration spells it, or what always holds: url, spelling, origin, loop
	Mode    route.Mode
	Finding Finding
	Problem problem.Problem
	Why     string // it cannot be told
}

// Try judges a call by every check, in their order, and forwards nothing: no call is counted, and no failed credential. What has no mode is told of where it
// refuses. Where a check refuses, the others say what they would find; the answer is that of the first, and its problem is left in Problem. counted reports whether
// the quotas are those of an instance that runs.
func (c *Call) Try(ctx context.Context, counted bool) (all []Tried, v Verdict) {
	c.trial = true
	answer := problem.Problem{}
	for i := range steps {
		t := c.try(ctx, i, counted)
		if t.Finding == Fails && v == Forwards {
			answer, v = t.Problem, Refuses
		}
		if quiet := t.Finding == Passes || t.Finding == OffHere; !quiet || steps[i].name == "" || t.Check == route.CheckPreflight.String() {
			all = append(all, t)
		}
		if c.answered || t.Finding == Fails && c.Match.Route == nil && t.Check != route.CheckCredential.String() {
			break
		}
	}
	if c.answered && v == Forwards {
		v = Answers
	}
	if !c.answered && c.Match.Route != nil {
		all = append(all, c.tryBody())
	}
	c.Problem = answer
	return all, v
}

// try asks one step.
func (c *Call) try(ctx context.Context, i int, counted bool) Tried {
	s, before := &steps[i], c.observed
	t := Tried{Check: s.name}
	if s.name == "" {
		t.Check = s.check.String()
	}
	v := s.judge(c)
	if v == Waits {
		_ = c.Fetch(ctx) // the call has noted what came of it
		v = s.judge(c)
	}
	t.Problem, c.Problem = c.Problem, problem.Problem{}
	if s.check != always {
		t.Mode = c.mode(s.check)
	}
	switch {
	case v == Answers:
		c.answered = true
	case c.observed > before: // the step has looked at the mode itself
		t.Mode, t.Finding, t.Problem = route.Observe, WouldPass, problem.Problem{Type: c.Observed[before].Type, Detail: c.Observed[before].Detail}
	case s.check != always && t.Mode == route.Off:
		t.Finding = OffHere
	case t.Problem.Type == problem.TokenVerificationFailed:
		t.Finding, t.Why = CannotTell, "the keys or the store could not be read"
	case t.Problem.Type == problem.LengthRequired && t.Problem.Detail == problem.NoDetail:
		t.Finding, t.Why = CannotTell, noBody
	case v == Refuses && t.Mode == route.Enforce:
		t.Finding = Fails
	case v == Refuses:
		t.Finding = WouldPass
	case s.check == always && s.name == route.CheckPreflight.String():
		t.Mode, t.Finding = c.mode(route.CheckPreflight), when(c.Preflight)
	case s.check != always:
		t.Finding, t.Why = c.asked(s.check, counted)
	}
	if s.check == route.CheckCredential && t.Finding != Passes {
		c.Caller, c.InQuery, c.products = Caller{}, Span{}, 0
	}
	if t.Finding != Fails && t.Finding != WouldPass {
		t.Problem = problem.Problem{}
	}
	return t
}

// asked tells a check that a call passes from one that looks at nothing here, or at what a trial has not.
func (c *Call) asked(check route.Check, counted bool) (Finding, string) {
	r := c.Match.Route
	if r == nil {
		return Passes, ""
	}
	asks := c.Match.Credentials.Need != route.Public
	brings := bringsBody(c.Head.Method.Of(c.Head.Buf)) && c.Head.Body == http1.NoBody
	switch check {
	case route.CheckCredential:
		return when(asks), ""
	case route.CheckVersion:
		return when(r.Version != nil), ""
	case route.CheckPermission:
		if asks && !c.Caller.Known() {
			return CannotTell, "who calls is not known"
		}
		return when(asks), ""
	case route.CheckMediaType:
		if len(r.Body.Types) > 0 && brings {
			return CannotTell, noBody
		}
		return when(len(r.Body.Types) > 0 || c.Tunnelled), ""
	case route.CheckQuota:
		switch {
		case r.QuotaName == "":
			return NotAsked, ""
		case !c.Caller.Known():
			return CannotTell, "who calls is not known"
		case !counted:
			return CannotTell, "no instance runs whose counts could be looked at"
		}
	case route.CheckPath, route.CheckMethod, route.CheckPreflight, route.CheckLength, route.CheckBody, route.CheckCount:
	}
	return Passes, ""
}

// noBody is why a trial cannot tell what a check finds of a body.
const noBody = "a trial sends no body; --header 'Content-Length: N' tells its length, and Content-Type its type"

func when(asked bool) Finding {
	if asked {
		return Passes
	}
	return NotAsked
}

// tryBody says what is looked at in a body.
func (c *Call) tryBody() Tried {
	t := Tried{Check: route.CheckBody.String(), Mode: c.mode(route.CheckBody), Finding: NotAsked}
	switch rules := c.BodyRules(); {
	case t.Mode == route.Off:
		t.Finding = OffHere
	case rules.Check, rules.Watch:
		t.Finding, t.Why = CannotTell, "a trial sends no body"
	}
	return t
}
