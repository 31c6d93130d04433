package admission

import (
	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// Credential is what a call brought to tell who calls, and what was found of it; the zero one is none. It borrows from the call's head.
type Credential struct {
	Kind    string // access token, external token, unknown
	Place   string // header, query
	Name    string // of the parameter of the query
	Value   []byte // the secret itself; nil where nothing could be taken out of what came
	Genuine bool   // its issuer vouches for it, whatever else is wrong
	Issued  int64  // unix seconds, as far as it is known
	Ends    int64
	Grant   *access.Grant // of a genuine one of ours, where it is in memory
	GrantID access.GrantID
	TokenID token.ID
}

// Credential is the one of the call, once it was looked for; of a call that was not asked for one it is what came all the same.
func (c *Call) Credential() (found Credential) {
	s := &c.sent
	switch {
	case !c.looked && c.Head.Count(http1.Authorization) > 0:
		return Credential{Kind: unknownKind, Place: inHeader}
	case !c.looked || s.fields+s.tokens == 0:
		return Credential{}
	}
	found = Credential{Kind: unknownKind, Place: inHeader, Value: s.cred}
	if s.fields == 0 {
		found.Place, found.Name = inQuery, s.name
	}
	switch {
	case s.foreign:
		r := &c.external
		found.Kind, found.Ends = "external token", max(c.Caller.Ends, r.ExpiredAt)
		found.Genuine = r.Genuine || c.Caller.Kind == access.ExternalToken
	case s.cred != nil:
		t := &c.token
		found.Genuine, found.Issued, found.Ends, found.Grant, found.GrantID, found.TokenID = t.Genuine, t.Issued, t.ExpiredAt, t.Grant, t.ID, t.Token
		if t.Genuine || token.Ours(s.cred) {
			found.Kind = "access token"
		}
	}
	return found
}

const unknownKind, inHeader, inQuery = "unknown", "header", "query"

// Owner is whose a call is; nil: it is not known.
type Owner struct {
	App    *access.App
	Member *access.Member
}

// Owner is whose credential the call brought, where it is genuine: also if it was refused, or is only observed.
func (c *Call) Owner(by *Credential) Owner {
	switch {
	case c.Caller.Known():
		return Owner{c.Caller.App, c.Caller.Member}
	case by.Grant != nil:
		return Owner{c.Policy.Apps.Get(by.Grant.App), by.Grant.Member}
	}
	return Owner{}
}

// CallsToday is how many calls of its app a call has found counted today, with itself; 0: nobody counts them by the day.
func (c *Call) CallsToday() int64 {
	if limit, _, left := c.Quota.Refused(); limit.Window == quota.Day && limit.N > 0 {
		return limit.N - left + 1
	}
	if limit, _, left := c.Quota.Tightest(); limit.Window == quota.Day && limit.N > 0 {
		return limit.N - left
	}
	return 0
}

// HiddenFrom reports whether the call's route is one that its owner may not know of.
func (c *Call) HiddenFrom(o Owner) bool {
	products := access.ProductSet(0)
	if o.App != nil {
		products = o.App.Products
	}
	return c.Match.Route != nil && !route.Visible(c.Match.Route, products)
}

// AppendPassed appends the checks that have looked at something of the call and let it pass, in their order.
func (c *Call) AppendPassed(dst []string) []string {
	if c.Preflight || c.Broken {
		return dst
	}
	for i := range steps[:c.step] {
		if s := &steps[i]; s.name == "" && c.hasPassed(s.check) {
			dst = append(dst, s.check.String())
		}
	}
	return dst
}

func (c *Call) hasPassed(check route.Check) bool {
	for _, o := range c.Would() {
		if o.Check == check {
			return false
		}
	}
	if c.Match.Route == nil {
		return check == route.CheckCredential && c.Caller.Known()
	}
	found, _ := c.asked(check, true)
	return found == Passes && c.mode(check) != route.Off
}

// RefusedBy is the check that has refused the call, also what it has refused of its body since; "": none has.
func (c *Call) RefusedBy() string {
	switch {
	case c.refused && steps[c.step].name != "":
		return steps[c.step].name
	case c.refused:
		return steps[c.step].check.String()
	case c.step < len(steps):
	case c.Problem.Type == problem.InvalidBody:
		return route.CheckBody.String()
	case c.Problem.Type == problem.PayloadTooLarge:
		return route.CheckLength.String()
	}
	return ""
}

// MayKnowRoute reports whether the call has come past the check of its path: whoever calls may know of its route.
func (c *Call) MayKnowRoute() bool {
	for i := range steps[:c.step] {
		if steps[i].check == route.CheckPath {
			return true
		}
	}
	return false
}
