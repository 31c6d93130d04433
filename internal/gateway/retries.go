package gateway

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/retry"
)

// faulty are what the faults of an attempt are to a route's retry.
var faulty = [...]retry.Set{
	upstream.DNSFailed: retry.Connect, upstream.Refused: retry.Connect, upstream.TLSFailed: retry.Connect, upstream.ConnectTimeout: retry.Connect, upstream.TLSTimeout: retry.Connect,
	upstream.Broke: retry.Reset, upstream.Ended: retry.Reset,
	upstream.FirstByteTimeout: retry.Timeout, upstream.GapTimeout: retry.Timeout,
	upstream.Full: 0, upstream.Resting: 0, // no refusal of ours
	upstream.Cancelled: 0,
}

// unretried is what is counted of a call that could be sent again and is not.
var unretried = [...]upstream.Retried{retry.MayHaveRun: upstream.Unsafe, retry.TooLate: upstream.NotInTime, retry.OverBudget: upstream.OverBudget}

// sendAgain reports whether the call, whose attempt has ended with f, is to be sent once more: over another connection, where one that had been kept was dead; or since its
// route has such failures tried again, and the wait before that is over. Until then nothing of the answer, if there is one, is written or let go of: it is passed on where nothing
// comes of it. Where the client has left meanwhile f says so.
func sendAgain(x *exchange, u *upstream.Upstream, f *upstream.Fault) bool {
	a := &x.attempt
	if f.Cause != upstream.OK && a.again(*f, repeatsAs(x.call.Head)) {
		return true
	}
	if x.call.Match.Route.Retry == nil {
		return false
	}
	failed := failedBy(x, *f)
	if failed.Of == 0 {
		return false
	}
	if !x.debug && a.retries == 0 { // else it has been noted
		noteTry(x, a.up, *f, a.begun)
	}
	end, how := endOfTry(a.up, *f), *f
	if !decide(x, u, failed, f) {
		return false
	}
	x.entry.Retried = append(x.entry.Retried, end)
	a.drop(x, how)
	a.retries++
	return true
}

// failedBy is what an attempt that has ended with f is to the route's retry; Of is 0 where it is nothing.
func failedBy(x *exchange, f upstream.Fault) (failed retry.Failed) {
	a, to := &x.attempt, x.call.Match.Route.Retry
	failed.Of = faulty[f.Cause]
	if f.Cause == upstream.OK {
		failed.Of = retry.OfStatus(a.up.Head.Status)
	}
	if x.call.Switch != nil { // what has been answered to a handshake is for its client to judge
		failed.Of &= retry.Connect
	}
	if failed.Of&to.On == 0 {
		return retry.Failed{}
	}
	if f.Cause == upstream.OK {
		failed.After = retryAfter(&a.up.Head, x.call.At)
	}
	if !a.applied {
		failed.Effect = retry.Unapplied
	}
	failed.Safe = to.Idempotent.May(repeatsAs(x.call.Head), to.Idempotent == retry.WithKey && hasKey(a.call.Bytes))
	return failed
}

// decide reports whether the call is to be sent again, once it has waited for that. A body of which a part has been taken from the client, and not kept, cannot be.
func decide(x *exchange, u *upstream.Upstream, failed retry.Failed, f *upstream.Fault) bool {
	a, now := &x.attempt, x.g.o.Clock.Mono()
	wait, why := x.call.Match.Route.Retry.Judge(failed, a.retries+1, time.Duration(now-a.first), x.g.random())
	switch {
	case why != retry.Again:
	case a.upload != nil:
		notRetried(x, u, upstream.BodyGone)
		return false
	case a.call.Until > 0 && now+int64(wait) >= a.call.Until:
		why = retry.TooLate
	case !u.Budget().Take(now):
		why = retry.OverBudget
	default:
		return pause(x, u, wait, f)
	}
	if why != retry.Spent && why != retry.NotAsked {
		notRetried(x, u, unretried[why])
	}
	return false
}

// notRetried counts and notes why a call is not sent again that could be.
func notRetried(x *exchange, u *upstream.Upstream, why upstream.Retried) {
	u.Stats().Retried[why].Add(1)
	x.entry.NotRetried = upstream.RetriedWords()[why]
}

// pause waits before the next attempt, and reports whether there is to be one: not where the client leaves, and not where the gateway is to end.
func pause(x *exchange, u *upstream.Upstream, d time.Duration, f *upstream.Fault) bool {
	upstream.LeavePlace(x.attempt.up)
	p, wait := pausing(make(chan struct{})), x.from.Wait()
	wait.On(p, x.g.o.Clock.Mono())
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-p:
	case <-x.g.resting.ends():
	}
	switch {
	case !wait.Over():
		notRetried(x, u, upstream.LeftWaiting)
		*f = upstream.Fault{Cause: upstream.Cancelled}
		return false
	case x.g.Phase() == downstream.Finished:
		notRetried(x, u, upstream.Drained)
		return false
	}
	return true
}

// pausing is a wait before an attempt.
type pausing chan struct{}

// Cancel ends it.
func (p pausing) Cancel() { close(p) }

// countRetry counts how it went that a call was sent again: not that a kept connection was dead, over which it does not end.
func countRetry(x *exchange, u *upstream.Upstream, f upstream.Fault) {
	if x.attempt.retries == 0 || f.Cause != upstream.OK && x.attempt.again(f, repeatsAs(x.call.Head)) {
		return
	}
	as := upstream.Healed
	if f.Cause != upstream.OK || retry.OfStatus(x.attempt.up.Head.Status)&x.call.Match.Route.Retry.On != 0 {
		as = upstream.FailedAgain
	}
	u.Stats().Retried[as].Add(1)
}

// drop lets go of what the last attempt has left, and makes the next one. A connection whose answer is here whole lives on.
func (a *attempt) drop(x *exchange, f upstream.Fault) {
	now := x.g.o.Clock.Mono()
	a.call.Now = now
	up := a.up
	if up == nil {
		return
	}
	a.up = nil
	x.g.warnLet(x.upstream(), up)
	a.call.Fresh = f.Cause != upstream.OK
	if f.Cause == upstream.OK && a.call.Whole && endsInHand(up) {
		up.Release(now, true, x.from.Peer().Number)
		return
	}
	up.Abort()
}

// endsInHand drops what is in hand of an answer, and reports whether that was all of it.
func endsInHand(up *upstream.Conn) bool {
	for !up.Ended() {
		if data, f := up.InHand(); f.Cause != upstream.OK || len(data) == 0 && !up.Ended() {
			return false
		}
	}
	return true
}

// endOfTry is how an attempt ended, in a word or two: its fault, or the status of its answer.
func endOfTry(up *upstream.Conn, f upstream.Fault) string {
	if f.Cause == upstream.OK {
		return strconv.Itoa(up.Head.Status)
	}
	return f.Cause.String()
}

// repeatsAs is the method by which it is judged whether a call may be sent again. Some APIs take that of a field for it, whatever stands in the line.
func repeatsAs(h *http1.Head) string {
	for i := range h.Fields {
		f := &h.Fields[i]
		if f.Like != http1.XHTTPMethodOverride && f.Like != http1.XHTTPMethod && f.Like != http1.XMethodOverride {
			continue
		}
		if said := strings.ToUpper(string(f.Value.Of(h.Buf))); said != "" && !retry.Idempotent(said) {
			return said
		}
	}
	return methodOf(h)
}

// retryAfter is what an answer asks for that came at about now (unix ns), counted from its own Date if it has one; of several the longest.
func retryAfter(h *http1.ResponseHead, now int64) (longest time.Duration) {
	if h.Get(http1.RetryAfter) == nil {
		return 0
	}
	from, ok := retry.ParseDate(string(h.Get(http1.Date)))
	if !ok {
		from = time.Unix(0, now)
	}
	for i := range h.Fields {
		if f := &h.Fields[i]; f.ID == http1.RetryAfter {
			after, _ := retry.ParseAfter(string(f.Value.Of(h.Buf)), from)
			longest = max(longest, after)
		}
	}
	return longest
}

// hasKey reports whether the upstream gets an Idempotency-Key with a call: one that is dropped on the way protects nothing.
func hasKey(call []byte) bool {
	head, _, _ := bytes.Cut(call, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, value, _ := bytes.Cut(line, []byte{':'})
		if ascii.EqualFold(name, "idempotency-key") && len(bytes.TrimSpace(value)) > 0 {
			return true
		}
	}
	return false
}
