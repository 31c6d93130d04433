package httpcache

// Reason is why an answer is not stored. The zero Reason is that it may be.
type Reason uint8

// The reasons.
const (
	Stores          Reason = iota
	NotGET                 // answers to other methods are not stored
	NotFinal               // an interim answer, a part of one, or a 304
	NotWanted              // the request said no-store
	Forbidden              // the answer said no-store, or could not be understood where it said must-understand
	OfOneUser              // the answer said private
	WithCredentials        // the request came with credentials, and the answer does not say that it is for others too
	SetsCookie             // the answer sets a cookie
	VariesByAll            // "Vary: *", or by more than can be looked at
	NoLifetime             // nothing says for how long it is fresh, and it has nothing by which the origin could be asked

	reasonCount
)

// String is a word for it, as Cache-Status tells it in detail.
func (r Reason) String() string {
	return [reasonCount]string{
		"stored", "method", "not-final", "request-no-store", "no-store", "private", "credentials", "set-cookie", "vary", "no-lifetime",
	}[min(r, reasonCount-1)]
}

// Storable decides whether an answer may be stored (RFC 9111 §3, §3.5), and of those that may, whether they are of any use.
func Storable(method string, q *Question, a *Answer, r Rules) Reason {
	shared := !r.Private
	switch {
	case method != "GET":
		return NotGET
	case a.Status < 200 || a.Status == 206 || a.Status == 304:
		return NotFinal
	case q.Has(NoStore):
		return NotWanted
	case !a.mayBeKept():
		return Forbidden
	case shared && a.Has(Private):
		return OfOneUser
	case shared && q.Credentials && !r.Own && !a.Shareable():
		return WithCredentials
	case shared && a.SetsCookie && !r.SetCookie:
		return SetsCookie
	case a.VariesBy == Anything:
		return VariesByAll
	case !a.useful(shared):
		return NoLifetime
	}
	return Stores
}

// mayBeKept: must-understand outweighs a no-store beside it, for those who know the status (RFC 9111 §5.2.2.3).
func (a *Answer) mayBeKept() bool {
	if a.Has(MustUnderstand) {
		return understood(a.Status)
	}
	return !a.Has(NoStore)
}

// understood reports whether what a status means to caches is known here.
func understood(status int) bool {
	switch status {
	case 302, 303, 307, 400, 401, 403, 500, 502, 503, 504:
		return true
	}
	return anyhow(status)
}

// anyhow reports whether an answer of this status may be stored though nothing says for how long it is fresh (RFC 9110 §15.1).
func anyhow(status int) bool {
	switch status {
	case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}

// useful reports whether an answer can ever be used from the store.
func (a *Answer) useful(shared bool) bool {
	s, says := a.Lifetime(shared)
	switch {
	case !says && !a.Has(Public) && !anyhow(a.Status):
		return false
	case a.Validates():
		return true
	case a.Has(NoCache):
		return false
	}
	return s > a.Age(a.Came) || !a.NeverStale(shared) && (a.Has(StaleIfError) && a.StaleIfError > 0 || a.Has(StaleWhileRevalidate) && a.StaleWhileRevalidate > 0)
}
