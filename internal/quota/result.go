package quota

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/access"
)

// Result is what Take or Peek found. It is filled anew each time; the zero
// value is that of a call without limits.
type Result struct {
	limits  *limits
	app     access.AppID
	member  access.MemberID
	at      int64 // Unix ns
	n       int   // of held are in use
	refused int   // index of the limit that is full, plus 1
	taken   bool  // there is something to give back
	held    [MaxLimits]held
}

func (r *Result) begin(of *limits, app access.AppID, member access.MemberID, now int64) {
	r.limits, r.app, r.member, r.at = of, app, member, now
	r.n, r.refused, r.taken = 0, 0, false
	if of != nil {
		r.n = len(of.rows)
	}
}

// full notes that limit i is exhausted. Of several the one with the latest
// reset counts, or a caller would wait for one only to meet the next.
func (r *Result) full(i int) {
	if r.refused == 0 || r.held[i].resets > r.held[r.refused-1].resets {
		r.refused = i + 1
	}
}

// giveBack undoes the first n takes.
func (r *Result) giveBack(n int) {
	for i := range n {
		if h := &r.held[i]; h.counter != nil {
			h.counter.giveBack(&r.limits.rows[i], r.at, h)
		}
	}
}

// Refused is the limit that was full, the Unix second at which it allows a
// call again, and what is left of it: 0. If none was, all are zero.
func (r *Result) Refused() (limit Limit, resetsAt, left int64) {
	return r.tell(r.refused - 1)
}

// Tightest is the limit with least left, the Unix second at which it is whole
// again (or, with nothing left, allows the next call), and what is left. If no
// limit applies, all are zero.
func (r *Result) Tightest() (limit Limit, resetsAt, left int64) {
	return r.tell(r.tightest())
}

func (r *Result) tell(i int) (limit Limit, resetsAt, left int64) {
	if i < 0 {
		return Limit{}, 0, 0
	}
	return r.limits.rows[i].Limit, seconds(r.held[i].resets), r.held[i].left
}

// tightest is the index of the limit with least left, the later reset first
// among equals; -1 if no limit applies.
func (r *Result) tightest() int {
	best := -1
	for i := range r.n {
		h := &r.held[i]
		if h.counter == nil {
			continue
		}
		if best < 0 || h.left < r.held[best].left || h.left == r.held[best].left && h.resets > r.held[best].resets {
			best = i
		}
	}
	return best
}

// speaks is the index of the limit that RateLimit and Retry-After tell of.
func (r *Result) speaks() int {
	if r.refused > 0 {
		return r.refused - 1
	}
	return r.tightest()
}

// RetryAfter is the whole seconds until the refused limit allows a call, at
// least 1; 0 if none was refused. A day's limit adds jitter (0 to 60), lest
// everybody comes back in the first second of the day.
func (r *Result) RetryAfter(jitter int) int {
	if r.refused == 0 {
		return 0
	}
	return max(1, r.wait(r.refused-1, jitter))
}

func (r *Result) wait(i, jitter int) int {
	t := max(0, int(seconds(r.held[i].resets-r.at)))
	if r.limits.rows[i].Window == Day {
		t += jitter
	}
	return t
}

// AppendPolicy appends the value of RateLimit-Policy, which lists all limits of
// the resource for this app; nothing if there are none.
func (r *Result) AppendPolicy(dst []byte) []byte {
	if r.limits == nil {
		return dst
	}
	return append(dst, r.limits.policy...)
}

// AppendRateLimit appends the value of RateLimit (draft-ietf-httpapi-ratelimit-
// headers §4): the limit that was refused, else the one with least left; t
// equals RetryAfter with the same jitter. Nothing if no limit applies.
func (r *Result) AppendRateLimit(dst []byte, jitter int) []byte {
	i := r.speaks()
	if i < 0 {
		return dst
	}
	t := r.wait(i, jitter)
	if r.refused > 0 {
		t = r.RetryAfter(jitter)
	}
	dst = appendName(dst, r.limits.rows[i].name)
	dst = strconv.AppendInt(append(dst, ";r="...), r.held[i].left, 10)
	return strconv.AppendInt(append(dst, ";t="...), int64(t), 10)
}
