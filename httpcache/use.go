package httpcache

// Verdict is what becomes of a request for which there is a stored answer.
type Verdict uint8

// The verdicts.
const (
	// Ask: the stored answer is not used unless the origin says that it still holds. The zero Verdict.
	Ask Verdict = iota
	// Fresh: it is the answer. It may be stale where the caller takes that (max-stale).
	Fresh
	// Meanwhile: it is the answer though it is stale, and the origin is asked beside that (RFC 5861 §3).
	Meanwhile
	// Unavailable: the caller wants no other answer than a stored one (only-if-cached), and this one may not be used: 504 (RFC 9111 §5.2.1.7).
	Unavailable
	// Another: it may not be used for this caller, whatever the origin says; the request goes as if nothing was stored.
	Another
)

// Use is what may be done with a stored answer.
type Use struct {
	Verdict Verdict
	Age     int64 // s
	Left    int64 // s for which it is still fresh; negative: it has been stale for so long
	// OnError: it is an answer if the origin cannot be asked, or fails (RFC 5861 §4).
	OnError bool
	// Refused: it is fresh, and the caller wants the origin asked all the same.
	Refused bool
}

// Look decides how a stored answer may be used for a request at now (Unix ns), where method, target and the fields of Vary are the same (RFC 9111 §4).
func Look(q *Question, a *Answer, now int64, r Rules) Use {
	shared := !r.Private
	life, _ := a.Lifetime(shared)
	u := Use{Age: a.Age(now)}
	u.Left = life - u.Age
	if shared && q.Credentials && !r.Own && !a.Shareable() {
		u.Verdict = Another
		return u
	}
	u.Verdict = look(q, a, &u, shared)
	u.Refused = u.Verdict == Ask && u.Left > 0 && !a.Has(NoCache)
	u.OnError = u.Verdict == Ask && onError(q, a, &u, shared)
	if u.Verdict == Ask && q.Has(OnlyIfCached) {
		u.Verdict = Unavailable
	}
	return u
}

func look(q *Question, a *Answer, u *Use, shared bool) Verdict {
	stale := -u.Left
	switch {
	case a.Has(NoCache), q.Has(NoCache):
		return Ask
	case q.Has(MaxAge) && u.Age > q.MaxAge && (!q.Has(MaxStale) || u.Age-q.MaxAge > q.MaxStale):
		return Ask
	case q.Has(MinFresh) && u.Left < q.MinFresh:
		return Ask
	case u.Left > 0:
		return Fresh
	case a.NeverStale(shared):
		return Ask
	case q.Has(MaxStale) && stale <= q.MaxStale:
		return Fresh
	case a.Has(StaleWhileRevalidate) && stale < a.StaleWhileRevalidate && !q.Has(MaxAge):
		return Meanwhile
	}
	return Ask
}

// onError: how stale it may be is the caller's to say, else the answer's.
func onError(q *Question, a *Answer, u *Use, shared bool) bool {
	if q.Has(NoCache) || a.NeverStale(shared) {
		return false
	}
	window, says := a.StaleIfError, a.Has(StaleIfError)
	if q.Has(StaleIfError) {
		window, says = q.StaleIfError, true
	}
	return u.Left > 0 || says && -u.Left <= window
}

// IsError reports whether an answer of this status is an error for which a stale one may stand (RFC 5861 §4).
func IsError(status int) bool {
	switch status {
	case 500, 502, 503, 504:
		return true
	}
	return false
}
