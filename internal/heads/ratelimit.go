package heads

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
)

// appendRateLimit appends the RateLimit fields of the call's quotas, if it has any.
func (o Of) appendRateLimit(out []byte) []byte {
	mark := len(out)
	out = append(out, "RateLimit: "...)
	with := len(out)
	if out = o.Call.Quota.AppendRateLimit(out, o.Call.ID.Jitter()); len(out) == with {
		return out[:mark]
	}
	out = append(out, "\r\nRateLimit-Policy: "...)
	out = o.Call.Quota.AppendPolicy(out)
	return append(out, "\r\n"...)
}

// rateLimits are the fields that a forwarded answer has from the upstream or from us, never from both.
var rateLimits = set(http1.RateLimit, http1.RateLimitPolicy)

// limitsAnswer reports whether RateLimit is ours to say in a forwarded answer: only after authentication, where the route has limits; and what the upstream
// says of its own stands unless ours has less left. A limit that is only observed is nobody's business.
func (o Of) limitsAnswer(h *http1.ResponseHead) bool {
	limit, _, left := o.Call.Quota.Tightest()
	if !o.Call.Caller.Known() || limit.N == 0 || o.Call.Match.Route.Modes[route.CheckQuota] != route.Enforce {
		return false
	}
	theirs := int64(unlimited)
	for i := range h.Fields {
		if f := &h.Fields[i]; f.ID == http1.RateLimit {
			theirs = min(theirs, remaining(f.Value.Of(h.Buf)))
		}
	}
	return left < theirs
}

// unlimited is what a RateLimit field says that says nothing.
const unlimited = 1 << 60

// remaining is the least r= among the items of a RateLimit field (draft-ietf-httpapi-ratelimit-headers §4: a List of RFC 9651), unlimited where there is
// none.
func remaining(field []byte) int64 {
	least, quoted := int64(unlimited), false
	for i := 0; i < len(field); i++ {
		switch c := field[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			least = min(least, paramLeft(field[i+1:]))
		}
	}
	return least
}

// paramLeft reads a parameter r with an Integer (RFC 9651 §3.3.1: up to 15 digits).
func paramLeft(parameter []byte) int64 {
	digits, ok := bytes.CutPrefix(bytes.TrimLeft(parameter, " "), []byte("r="))
	n, i := int64(0), 0
	for ; i < len(digits) && digits[i] >= '0' && digits[i] <= '9'; i++ {
		if i == 15 {
			return unlimited
		}
		n = n*10 + int64(digits[i]-'0')
	}
	if !ok || i == 0 {
		return unlimited
	}
	return n
}
