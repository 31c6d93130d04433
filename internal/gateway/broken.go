package gateway

import (
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// causes says which problem each failure of an upstream is, and which limit passed where one did.
var causes = [...]struct {
	of     problem.Type
	detail problem.Detail
	limit  string
}{
	upstream.DNSFailed:        {problem.UpstreamUnreachable, problem.DetailDNS, ""},
	upstream.Refused:          {problem.UpstreamUnreachable, problem.DetailRefused, ""},
	upstream.TLSFailed:        {problem.UpstreamUnreachable, problem.DetailTLS, ""},
	upstream.ConnectTimeout:   {problem.GatewayTimeout, problem.DetailConnectTime, "connect"},
	upstream.TLSTimeout:       {problem.GatewayTimeout, problem.DetailTLSTime, "tls"},
	upstream.Broke:            {problem.UpstreamBroke, problem.DetailReset, ""},
	upstream.Ended:            {problem.UpstreamBroke, problem.DetailEndedEarly, ""},
	upstream.WriteStalled:     {problem.GatewayTimeout, problem.DetailWriteStall, "write_stall"},
	upstream.FirstByteTimeout: {problem.GatewayTimeout, problem.DetailFirstByteTime, "first_byte"},
	upstream.GapTimeout:       {problem.GatewayTimeout, problem.DetailGapTime, "gap"},
	upstream.CallTimeout:      {problem.GatewayTimeout, problem.DetailCallTime, "call"},
	upstream.Invalid:          {problem.UpstreamInvalid, problem.NoDetail, ""},
	upstream.UnaskedSwitch:    {problem.UpstreamInvalid, problem.DetailUnaskedSwitch, ""},
	upstream.TooManyInterims:  {problem.UpstreamInvalid, problem.DetailTooManyInterims, ""},
	upstream.Cancelled:        {problem.ClientGone, problem.NoDetail, ""},
}

// fromFault writes the problem that f is. What exactly was wrong with an invalid answer goes to the log, not to the caller.
func (x *exchange) fromFault(p *problem.Problem, f upstream.Fault) {
	row := &causes[f.Cause]
	*p = problem.Problem{Type: row.of, Detail: row.detail, Name: row.limit, Limit: x.limitOf(f.Cause)}
	if row.of == problem.ServiceUnavailable {
		p.RetryAfter = 1
	}
}

// limitOf is the limit that passed, in ms.
func (x *exchange) limitOf(c upstream.Cause) int64 {
	s := x.policy.Upstreams[x.call.Match.Route.Upstream].Spec()
	switch c {
	case upstream.ConnectTimeout:
		return s.Connect.Milliseconds()
	case upstream.TLSTimeout:
		return s.TLS.Milliseconds()
	case upstream.FirstByteTimeout:
		return s.FirstByte.Milliseconds()
	case upstream.GapTimeout:
		return s.Gap.Milliseconds()
	case upstream.WriteStalled:
		return x.policy.Times.WriteStall.Milliseconds()
	case upstream.CallTimeout:
		return x.callLimit().Milliseconds()
	default:
		return 0
	}
}

// noteOf tells the operator what went wrong with an upstream: what and where.
func noteOf(f upstream.Fault) string {
	switch {
	case f.Err != nil:
		return f.Cause.String() + ": " + f.Err.Error()
	case f.Cause == upstream.Invalid:
		return f.Cause.String() + ": " + f.HTTP.Kind.String() + at(f.HTTP.Line, f.HTTP.At)
	}
	return f.Cause.String()
}

func at(line, byteAt int) string {
	return " at line " + itoa(line) + ", byte " + itoa(byteAt)
}
