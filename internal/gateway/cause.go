package gateway

import (
	"strings"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/problem"
)

// noteCause notes what the id of an answer leads to: the call's problem, with what the configuration calls the quota and the upstream.
func (x *exchange) noteCause() {
	p, r, why := &x.call.Problem, x.call.Match.Route, &x.entry.Cause
	setCause(why, p)
	if why.Detail == "" { // the answer had begun: the problem is the log's alone
		why.Detail = problem.RowCause(typeOf(&x.entry, p))
	}
	if r == nil {
		return
	}
	if p.Type == problem.Throttled {
		why.Quota = r.QuotaName
	}
	if key, ok := strings.CutPrefix(why.Limit, "upstreams.*."); ok {
		why.Limit = "upstreams." + x.upstream().Spec().Name + "." + key
	}
}

// setCause sets what a problem says of its cause in why, which is the zero one.
func setCause(why *accesslog.Cause, p *problem.Problem) {
	why.Detail, why.Part, why.Line, why.At, why.Field, why.Excerpt = p.Cause(), p.Part, p.Line, p.At, p.Field, p.Excerpt
	why.Limit, why.Window, why.Value, why.Sent = limitName(p), p.Window, p.Limit, p.Sent
	if p.Part == problem.PartChunk {
		why.Line, why.Chunk = 0, p.Line
	}
	if p.Limit > 0 || p.Sent > 0 {
		why.Unit = unitOf(p)
	}
	switch {
	case len(p.Word) > 0:
		why.Excerpt = p.Word
	case len(p.Version) > 0:
		why.Excerpt = p.Version
	}
}

// limitName is the key of the limit that a problem is about, or whose quota it is.
func limitName(p *problem.Problem) string {
	switch {
	case p.Quota != "":
		return p.Quota
	case p.Type == problem.PayloadTooLarge:
		return "body"
	case p.Limit > 0:
		return p.Name
	}
	return ""
}

// units are those of a row's limits; the others count bytes.
var units = map[problem.Type]string{
	problem.RequestTimeout:           "ms",
	problem.GatewayTimeout:           "ms",
	problem.Throttled:                "calls",
	problem.InfrastructureProtection: "calls",
	problem.LoopDetected:             "hops",
	problem.InvalidAccessToken:       "characters",
}

// detailUnits are those of causes that count something else than their row.
var detailUnits = map[problem.Detail]string{
	problem.DetailUpgrades:        "connections",
	problem.DetailBreaker:         "ms",
	problem.DetailTooManyFields:   "fields",
	problem.DetailTooManyTrailers: "fields",
	problem.DetailUpstreamFields:  "fields",
	problem.DetailTooManyInterims: "answers",
}

func unitOf(p *problem.Problem) string {
	if unit, ok := detailUnits[p.Detail]; ok {
		return unit
	}
	if unit, ok := units[p.Type]; ok {
		return unit
	}
	return "bytes"
}
