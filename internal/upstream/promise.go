package upstream

import (
	"bytes"
	"math"
	"time"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
)

// promise is how long an upstream says, in Keep-Alive, that it keeps a connection (RFC 2068 §19.7.1.1, and what has become of it: Node, Apache, nginx). The
// zero promise is none.
type promise struct {
	timeout int64 // ns; 0: nothing was said
	until   int64 // mono ns; not used after it
	brief   bool  // there is no time to be early by
	limited bool  // left counts
	max     int64 // what was said last
	left    int64 // calls that the connection may still carry
	calls   int64 // those that it has carried
}

// early is how much sooner than promised a connection is given up: the upstream counts from another moment than we do, and its close takes a while to come.
const early = int64(time.Second)

// keeps reports whether the upstream still keeps the connection at now (mono ns), by what it said.
func (p *promise) keeps(now int64) bool {
	return (p.timeout == 0 || now <= p.until) && (!p.limited || p.left > 0)
}

// hear reads what an answer says, whose head is whole now. The time counts from the head: when the end of the body left the upstream is not
// known, since a slow client may have made it wait here. A timeout holds until another is said.
func (p *promise) hear(h *http1.ResponseHead, ck *clock.Clock) {
	p.calls++
	said := h.First[http1.KeepAlive] >= 0
	if !said && p.timeout == 0 && !p.limited {
		return
	}
	timeout, limit := int64(-1), int64(-1)
	if said {
		timeout, limit = parameters(h)
	}
	p.count(limit)
	if timeout >= 0 {
		p.timeout = max(1, timeout*int64(time.Second))
		p.brief = timeout*int64(time.Second) < 2*early
	}
	if p.timeout > 0 {
		p.until = ck.Mono() + p.timeout
	}
	if p.timeout > 0 && !p.brief {
		p.until -= early
	}
}

// count reads max, which is how many calls are left with some (Apache), and how many there can be in all with others (Node): what falls is what is left.
func (p *promise) count(limit int64) {
	switch {
	case limit < 0 && p.limited:
		p.left--
	case limit < 0:
	case p.limited && limit < p.max:
		p.left = limit
	default:
		p.left = limit - p.calls
	}
	if limit >= 0 {
		p.limited, p.max = true, limit
	}
}

// parameters are the least timeout, in seconds, and the least max that the Keep-Alive fields say; -1 for none.
func parameters(h *http1.ResponseHead) (timeout, limit int64) {
	timeout, limit = -1, -1
	for i := range h.Fields {
		f := &h.Fields[i]
		if f.ID != http1.KeepAlive {
			continue
		}
		list := f.Value.Of(h.Buf)
		for element, rest, ok := http1.NextElement(list); ok; element, rest, ok = http1.NextElement(rest) {
			for part := range bytes.SplitSeq(element, semicolon) {
				timeout, limit = least(timeout, part, "timeout"), least(limit, part, "max")
			}
		}
	}
	return timeout, limit
}

var semicolon = []byte(";")

// least is the smaller of so and the number that parameter gives to name, if it does. What is no number says nothing.
func least(so int64, parameter []byte, name string) int64 {
	key, value, _ := bytes.Cut(parameter, equals)
	if !ascii.EqualFold(bytes.Trim(key, " \t"), name) {
		return so
	}
	n, ok := wholeNumber(bytes.Trim(value, " \t\""))
	if !ok || so >= 0 && so < n {
		return so
	}
	return n
}

var equals = []byte("=")

// wholeNumber reads digits, and drops a fraction behind them. What is too large to matter is cut off at 2^31-1.
func wholeNumber(b []byte) (n int64, ok bool) {
	b, _, _ = bytes.Cut(b, []byte("."))
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = min(n*10+int64(c-'0'), math.MaxInt32)
	}
	return n, len(b) > 0
}
