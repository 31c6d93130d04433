package gateway

import (
	"strconv"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// causes says which problem each failure of an upstream is, and which limit of ours passed where one did.
var causes = [...]struct {
	of     problem.Type
	detail problem.Detail
	limit  *timeLimit
}{
	upstream.DNSFailed:        {problem.UpstreamUnreachable, problem.DetailDNS, nil},
	upstream.Refused:          {problem.UpstreamUnreachable, problem.DetailRefused, nil},
	upstream.TLSFailed:        {problem.UpstreamUnreachable, problem.DetailTLS, nil},
	upstream.ConnectTimeout:   {problem.GatewayTimeout, problem.DetailConnectTime, &connectLimit},
	upstream.TLSTimeout:       {problem.GatewayTimeout, problem.DetailTLSTime, &tlsLimit},
	upstream.Broke:            {problem.UpstreamBroke, problem.DetailReset, nil},
	upstream.Ended:            {problem.UpstreamBroke, problem.DetailEndedEarly, nil},
	upstream.WriteStalled:     {problem.GatewayTimeout, problem.DetailWriteStall, &stallLimit},
	upstream.FirstByteTimeout: {problem.GatewayTimeout, problem.DetailFirstByteTime, &firstByteLimit},
	upstream.GapTimeout:       {problem.GatewayTimeout, problem.DetailGapTime, &gapLimit},
	upstream.CallTimeout:      {problem.GatewayTimeout, problem.DetailCallTime, &callLimit},
	upstream.Invalid:          {problem.UpstreamInvalid, problem.NoDetail, nil},
	upstream.UnaskedSwitch:    {problem.UpstreamInvalid, problem.DetailUnaskedSwitch, nil},
	upstream.TooManyInterims:  {problem.UpstreamInvalid, problem.DetailTooManyInterims, nil},
	upstream.PastLimit:        {problem.UpstreamInvalid, problem.NoDetail, nil}, // see sizes
	upstream.Full:             {problem.InfrastructureProtection, problem.DetailUpstreamInFlight, nil},
	upstream.Resting:          {problem.ServiceUnavailable, problem.DetailBreaker, nil},
	upstream.TooLate:          {problem.GatewayTimeout, problem.NoDetail, nil},
	upstream.Cancelled:        {problem.ClientGone, problem.NoDetail, nil},
}

// timeLimit is a limit of ours that can pass before an upstream is done.
type timeLimit struct {
	key   string // in the configuration
	value func(passed) time.Duration
	own   func(*route.Route) *time.Duration // what a route has of its own; nil where none can have
	ofOwn string                            // the key of that
}

// passed is where the value of a limit stands.
type passed struct {
	fault upstream.Fault
	up    *upstream.Upstream
	route *route.Route
	stall time.Duration // of the policy
}

var (
	connectLimit   = timeLimit{key: "upstreams.*.timeouts.connect", value: func(p passed) time.Duration { return p.up.Spec().Connect }}
	tlsLimit       = timeLimit{key: "upstreams.*.timeouts.tls", value: func(p passed) time.Duration { return p.up.Spec().TLS }}
	stallLimit     = timeLimit{key: "timeouts.write_stall", value: func(p passed) time.Duration { return p.stall }}
	callLimit      = timeLimit{key: "timeouts.call", value: func(p passed) time.Duration { return p.route.CallTimeout }}
	firstByteLimit = timeLimit{
		key: "upstreams.*.timeouts.first_byte", value: inForce,
		own: func(r *route.Route) *time.Duration { return r.FirstByte }, ofOwn: "apis.*.routes.*.timeouts.first_byte",
	}
	gapLimit = timeLimit{
		key: "upstreams.*.timeouts.gap", value: inForce,
		own: func(r *route.Route) *time.Duration { return r.Gap }, ofOwn: "apis.*.routes.*.timeouts.gap",
	}
)

// inForce is the limit that the upstream's side held, be it its own or the route's.
func inForce(p passed) time.Duration { return p.fault.Limit }

// says notes the limit that passed, in ms, and whose it is.
func (l *timeLimit) says(p *problem.Problem, at passed) {
	p.Name, p.Limit = l.key, l.value(at).Milliseconds()
	if l.own != nil && l.own(at.route) != nil {
		p.Name = l.ofOwn
	}
}

// sizes are the limits of ours that an answer can be past, whatever the API thinks of it.
var sizes = map[http1.Kind]struct {
	detail problem.Detail
	limit  string
	value  func(*http1.Limits) int
}{
	http1.HeadTooLarge:     {problem.DetailUpstreamHeadTooLarge, "limits.upstream_head", func(l *http1.Limits) int { return l.Head }},
	http1.TooManyFields:    {problem.DetailUpstreamFields, "limits.upstream_fields", func(l *http1.Limits) int { return l.Fields }},
	http1.ChunkLineTooLong: {problem.DetailUpstreamChunkLine, "limits.chunk_line", func(l *http1.Limits) int { return l.ChunkLine }},
	http1.TrailersTooLarge: {problem.DetailUpstreamTrailers, "limits.trailers", func(l *http1.Limits) int { return l.Trailers }},
}

// fromFault writes the problem that f is. What exactly was wrong with an invalid answer goes to the log, not to the caller.
func (x *exchange) fromFault(p *problem.Problem, f upstream.Fault) {
	row, u := &causes[f.Cause], x.upstream()
	*p = problem.Problem{Type: row.of, Detail: row.detail}
	x.proxy = proxyError(f, x.entry.UpstreamStatus > 0)
	switch {
	case row.limit != nil:
		row.limit.says(p, passed{f, u, x.call.Match.Route, x.policy.Times.WriteStall})
	case f.Cause == upstream.PastLimit:
		size := sizes[f.HTTP.Kind]
		p.Detail, p.Name, p.Limit = size.detail, size.limit, int64(size.value(u.Limits()))
	case f.Cause == upstream.TooManyInterims:
		p.Limit = upstream.MaxInterims
	case f.Cause == upstream.Full:
		p.Name, p.Limit, p.RetryAfter = "upstreams.*.in_flight", int64(u.Spec().InFlight), 1
	case f.Cause == upstream.Resting:
		fromRest(x, p, f)
	case f.Cause == upstream.Invalid:
		admission.FromAnswerFault(p, f.HTTP, f.Field)
	}
}

// fromRest says since when an upstream is given a rest, in whole seconds, and by what; how long it will be is rounded up.
func fromRest(x *exchange, p *problem.Problem, f upstream.Fault) {
	const second = int64(time.Second)
	p.Excerpt = f.Rest.Why
	p.Limit = (x.g.o.Clock.Mono() - f.Rest.Since) / second * 1000
	p.RetryAfter = int(max(1, (int64(f.Limit)+second-1)/second))
}

// isOurs reports whether a limit of ours ended an answer, and no fault of the upstream.
func isOurs(f upstream.Fault) bool {
	return causes[f.Cause].limit != nil || f.Cause == upstream.PastLimit || f.Cause == upstream.TooManyInterims
}

// noteOf tells the operator what went wrong with an upstream: what and where, with the line in which it is.
func noteOf(f upstream.Fault) string {
	switch {
	case f.Err != nil:
		return f.Cause.String() + ": " + f.Err.Error()
	case f.Cause == upstream.Invalid, f.Cause == upstream.PastLimit:
		return string(appendInvalid(nil, &f))
	}
	return f.Cause.String()
}

// maxQuoted bounds what a note shows of a line.
const maxQuoted = 160

// appendInvalid appends what is wrong with an answer, or too much: "invalid answer: length_repeated in the field Content-Length at line 3, column 17: "Content-Length: 3"".
func appendInvalid(dst []byte, f *upstream.Fault) []byte {
	dst = append(append(append(dst, f.Cause.String()...), ": "...), f.HTTP.Kind.String()...)
	if len(f.Field) > 0 {
		dst = http1.AppendPrintable(append(dst, " in the field "...), f.Field, maxQuoted)
	}
	dst = appendWhere(dst, f.HTTP)
	if len(f.Line) > 0 {
		dst = http1.AppendPrintable(append(dst, `: "`...), accesslog.AppendLine(nil, f.Field, f.Line), maxQuoted)
		dst = append(dst, '"')
	}
	if by := f.Leniency(); by != 0 {
		dst = append(append(append(dst, "; lenient: ["...), by.String()...), "] of this upstream would let it pass"...)
	}
	return dst
}

// appendWhere says where a fault is, counted from 1.
func appendWhere(dst []byte, f http1.Fault) []byte {
	what, behind := " at line ", ""
	switch f.In {
	case http1.InChunk:
		what = " in chunk "
	case http1.InTrailers:
		behind = " of the trailers"
	case http1.InHead:
	}
	dst = strconv.AppendInt(append(dst, what...), int64(f.Line), 10)
	if f.Column > 0 {
		dst = strconv.AppendInt(append(dst, ", column "...), int64(f.Column), 10)
	}
	return append(dst, behind...)
}

// clientCauses says which problem each failure of a client is, and which limit passed where one did.
var clientCauses = [...]struct {
	of     problem.Type
	detail problem.Detail
	limit  string
}{
	downstream.HeadTime:   {problem.RequestTimeout, problem.DetailHeadTime, "head"},
	downstream.PlainOnTLS: {problem.MalformedRequest, problem.DetailPlainOnTLS, ""},
	downstream.NoRoom:     {problem.ServiceUnavailable, problem.DetailConnections, ""},
	downstream.NoMemory:   {problem.ServiceUnavailable, problem.DetailMemory, ""},
	downstream.TooLarge:   {problem.PayloadTooLarge, problem.NoDetail, ""},
	downstream.BodyGap:    {problem.RequestTimeout, problem.DetailBodyGap, "body_gap"},
	downstream.BodyRate:   {problem.RequestTimeout, problem.DetailBodyRate, ""},
	downstream.Gone:       {problem.ClientGone, problem.NoDetail, ""},
	downstream.Stopped:    {problem.ClientGone, problem.NoDetail, ""},
}

// clientProblem is the problem that f is; b is what the places of its HTTP point into.
func clientProblem(f downstream.Fault, b []byte, lim *http1.Limits) (p problem.Problem) {
	if f.Cause == downstream.Invalid {
		admission.FromFault(&p, f.HTTP, b, lim)
		return p
	}
	row := &clientCauses[f.Cause]
	p = problem.Problem{Type: row.of, Detail: row.detail, Name: row.limit, Limit: f.Limit, Line: f.HTTP.Line}
	if row.of == problem.ServiceUnavailable {
		p.RetryAfter = 1
	}
	return p
}
