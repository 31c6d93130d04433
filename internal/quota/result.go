package quota

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/access"
)

// Result is what Take or Peek found. It is filled again each time; the zero
// value is that of a call without limits.
type Result struct {
	limits  *limits
	app     access.AppID
	member  access.MemberID
	at      int64 // Unix ns
	n       int   // of held are in use
	refused int   // index of the limit that is full, plus 1
	taken   bool  // there is something to give back
	held    [maxLimits]held
}

// Reset makes r the Result of a call without limits. What is held of limits is
// not read again, and is not cleared: it is large, and this is done for every
// call.
func (r *Result) Reset() { r.begin(nil, 0, 0, 0) }

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

// lookAgain reads what is left of the first n limits after they were given back.
func (r *Result) lookAgain(n int) {
	for i := range n {
		if h := &r.held[i]; h.counter != nil {
			h.counter.look(&r.limits.rows[i], r.at, h)
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

// before reports whether limit i is told of before limit j: the one that was
// refused, then those with least left, the later reset first among equals, and
// last those that do not apply.
func (r *Result) before(i, j int) bool {
	if refused := r.refused - 1; i == refused || j == refused {
		return i == refused
	}
	a, b := &r.held[i], &r.held[j]
	if (a.counter == nil) != (b.counter == nil) {
		return b.counter == nil
	}
	return a.left < b.left || a.left == b.left && a.resets > b.resets
}

// order fills into with the limits as they are told of.
func (r *Result) order(into *[maxLimits]uint8) []uint8 {
	for i := range r.n {
		at := i
		for ; at > 0 && r.before(i, int(into[at-1])); at-- {
			into[at] = into[at-1]
		}
		into[at] = uint8(i)
	}
	return into[:r.n]
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

// AppendPolicy appends the value of RateLimit-Policy, a List (RFC 9651 §3.1) of
// all limits of the resource for this app, in the order of RateLimit; nothing
// if there are none.
func (r *Result) AppendPolicy(dst []byte) []byte {
	var into [maxLimits]uint8
	for n, i := range r.order(&into) {
		if n > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, r.limits.rows[i].policy...)
	}
	return dst
}

// AppendRateLimit appends the value of RateLimit (draft-ietf-httpapi-ratelimit-
// headers §4), a List of all limits that apply: first the one that was refused,
// with a t that equals RetryAfter with the same jitter, then those with least
// left. Nothing if no limit applies.
func (r *Result) AppendRateLimit(dst []byte, jitter int) []byte {
	var into [maxLimits]uint8
	for n, i := range r.order(&into) {
		h := &r.held[i]
		if h.counter == nil {
			break // the rest do not apply either
		}
		if n > 0 {
			dst = append(dst, ", "...)
		}
		t := r.wait(int(i), jitter)
		if int(i) == r.refused-1 {
			t = r.RetryAfter(jitter)
		}
		dst = appendName(dst, r.limits.rows[i].name)
		dst = strconv.AppendInt(append(dst, ";r="...), h.left, 10)
		dst = strconv.AppendInt(append(dst, ";t="...), int64(t), 10)
	}
	return dst
}
