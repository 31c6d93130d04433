package gateway

import (
	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/tally"
	"github.com/candor-gateway/candor/problem"
)

// would is memory for what observed checks would have refused.
type would struct {
	all   [admission.MaxObserved]accesslog.Would
	first accesslog.Cause
}

// noteWould notes for the log what observed checks would have refused.
func noteWould(x *exchange) {
	c, e, to := &x.call, &x.entry, &x.scratch.would
	seen := c.Would()
	if len(seen) == 0 {
		return
	}
	for i, o := range seen {
		to.all[i] = accesslog.Would{Check: o.Check.String(), Problem: o.Type.Name(), Detail: causeName(o)}
	}
	to.first = accesslog.Cause{}
	setCause(&to.first, &c.First)
	if r := c.Match.Route; r != nil && c.First.Type == problem.Throttled {
		to.first.Quota = r.QuotaName
	}
	e.Would, e.First, e.UserAgent = to.all[:len(seen)], &to.first, c.Head.Get(http1.UserAgent)
}

// causeName is what the log calls the cause of an observation.
func causeName(o admission.Observation) string {
	p := problem.Problem{Type: o.Type, Detail: o.Detail}
	return p.Cause()
}

// countWould counts what observed checks would have refused.
func countWould(to *tally.Calls, shard uint32, c *admission.Call) {
	seen := c.Would()
	if len(seen) == 0 {
		return
	}
	number := tally.NoRoute
	if r := c.Match.Route; r != nil {
		number = r.Number
	}
	for _, o := range seen {
		to.CountWould(number, shard, uint8(o.Check), uint8(o.Type))
	}
}
