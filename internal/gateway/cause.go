package gateway

import (
	"strings"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/problem"
)

// causeFor is what the id of an answer leads to: the call's problem, with what the configuration calls the quota and the upstream.
func causeFor(x *exchange) accesslog.Cause {
	p, r := &x.call.Problem, x.call.Match.Route
	why := causeOf(p)
	if why.Detail == "" { // the answer had begun: the problem is the log's alone
		why.Detail = problem.RowCause(typeOf(&x.entry, p))
	}
	if r == nil {
		return why
	}
	if p.Type == problem.Throttled {
		why.Quota = r.QuotaName
	}
	if key, ok := strings.CutPrefix(why.Limit, "upstreams.*."); ok {
		why.Limit = "upstreams." + x.upstream().Spec().Name + "." + key
	}
	return why
}

// causeOf is what a problem says of its cause.
func causeOf(p *problem.Problem) accesslog.Cause {
	why := accesslog.Cause{
		Detail: p.Cause(), Part: p.Part, Line: p.Line, At: p.At, Field: p.Field, Excerpt: p.Excerpt,
		Limit: limitName(p), Window: p.Window, Value: p.Limit, Sent: p.Sent,
	}
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
	return why
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
