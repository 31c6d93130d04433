package gateway

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/http1"
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
	switch {
	case row.of == problem.ServiceUnavailable:
		p.RetryAfter = 1
	case f.Cause == upstream.Invalid:
		admission.FromAnswerFault(p, f.HTTP, f.Field)
	}
}

// limitOf is the limit that passed, in ms.
func (x *exchange) limitOf(c upstream.Cause) int64 {
	s := x.upstream().Spec()
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

// noteOf tells the operator what went wrong with an upstream: what and where, with the line in which it is.
func noteOf(f upstream.Fault) string {
	switch {
	case f.Err != nil:
		return f.Cause.String() + ": " + f.Err.Error()
	case f.Cause == upstream.Invalid:
		return string(appendInvalid(nil, &f))
	}
	return f.Cause.String()
}

// maxQuoted bounds what a note shows of a line.
const maxQuoted = 160

// appendInvalid appends what is wrong with an answer: "invalid answer: length_repeated in the field Content-Length at line 3, column 17: "Content-Length: 3"".
func appendInvalid(dst []byte, f *upstream.Fault) []byte {
	dst = append(append(dst, "invalid answer: "...), f.HTTP.Kind.String()...)
	if len(f.Field) > 0 {
		dst = http1.AppendPrintable(append(dst, " in the field "...), f.Field, maxQuoted)
	}
	dst = appendWhere(dst, f.HTTP)
	if len(f.Line) == 0 {
		return dst
	}
	dst = http1.AppendPrintable(append(dst, `: "`...), accesslog.AppendLine(nil, f.Field, f.Line), maxQuoted)
	return append(dst, '"')
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
