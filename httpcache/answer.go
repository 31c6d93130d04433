package httpcache

// Answer is what the head of an answer says to caches. ETag and Modified are lent by the fields that they were read from.
type Answer struct {
	Control
	Status int

	Asked, Came int64 // Unix ns: when the request was sent, and when the head of the answer was here

	Date    int64 // Unix s; the time at which it came, where it does not say one that can be read
	Expires int64 // Unix s; it counts if Dated
	Dated   bool  // it has an Expires; one that cannot be read is past (RFC 9111 §5.3)
	Aged    int64 // s: the Age that it came with

	ETag       []byte // a good entity-tag, weak or strong; nil: none
	Modified   []byte // a good Last-Modified as it came; nil: none
	ModifiedAt int64  // Unix s: the same

	SetsCookie bool
	VariesBy   Variance
}

// Variance is how answers to the same target differ.
type Variance uint8

// The variances.
const (
	Nothing  Variance = iota
	Fields            // by the fields that VaryNames lists
	Anything          // "Vary: *", or more than can be looked at
)

// ReadAnswer reads the head of a final answer. asked and came are Unix ns.
func ReadAnswer(h Header, status int, asked, came int64) Answer {
	a := Answer{Control: ReadControl(h), Status: status, Asked: asked, Came: came, Date: came / 1e9}
	now := came / 1e9
	if t, ok := ReadDate(h.Line("date", 0), now); ok && h.Line("date", 1) == nil {
		a.Date = t
	}
	if expires := h.Line("expires", 0); expires != nil {
		a.Dated = true
		if t, ok := ReadDate(expires, now); ok && h.Line("expires", 1) == nil {
			a.Expires = t
		}
	}
	a.Aged = readAge(h)
	if tag := h.Line("etag", 0); isTag(tag) && h.Line("etag", 1) == nil {
		a.ETag = tag
	}
	if modified := h.Line("last-modified", 0); modified != nil && h.Line("last-modified", 1) == nil {
		if t, ok := ReadDate(modified, now); ok {
			a.Modified, a.ModifiedAt = modified, t
		}
	}
	a.SetsCookie = h.Line("set-cookie", 0) != nil
	if h.Line("vary", 0) != nil {
		a.VariesBy = variance(h)
	}
	return a
}

// readAge reads Age. RFC 9111 §5.1 lets one that is no number be ignored, and takes the first of a list; but whoever writes one so may have written anything, and
// to take an old answer for new is worse than to ask once too often. So what is not one number in one line is as old as can be, as cache-tests.fyi has it
// (age-parse). It has the first of a list count all the same where they differ.
func readAge(h Header) int64 {
	line := h.Line("age", 0)
	if line == nil {
		return 0
	}
	first, rest, _ := cutElement(line)
	n, ok := seconds(first)
	switch {
	case !ok, h.Line("age", 1) != nil:
		return Forever
	case rest != nil && equal(rest, first):
		return Forever
	}
	return n
}

// equal reports whether the next element of a list is this one.
func equal(list, element []byte) bool {
	next, _, _ := cutElement(list)
	return string(next) == string(element)
}

// Lifetime is for how long an answer is fresh from Date on, in seconds (RFC 9111 §4.2.1), and whether it says that at all. shared is whether the cache is.
func (a *Answer) Lifetime(shared bool) (s int64, says bool) {
	switch {
	case shared && a.Has(SMaxAge):
		return a.SMaxAge, true
	case a.Has(MaxAge):
		return a.MaxAge, true
	case a.Dated:
		return min(max(0, a.Expires-a.Date), Forever), true
	}
	return 0, false
}

// Age is how old an answer is at now (Unix ns), in seconds (RFC 9111 §4.2.3). Where the clock has gone back by more than a minute since it came, nobody knows,
// and it is as old as can be.
func (a *Answer) Age(now int64) int64 {
	if a.Came-now > 60e9 {
		return Forever
	}
	apparent := max(0, a.Came/1e9-a.Date)
	corrected := a.Aged + max(0, a.Came-a.Asked)/1e9
	return min(max(apparent, corrected)+max(0, now-a.Came)/1e9, Forever)
}

// Validates reports whether the answer has what the origin can be asked about.
func (a *Answer) Validates() bool { return a.ETag != nil || a.Modified != nil }

// Shareable reports whether an answer to a call with credentials may be used for others all the same (RFC 9111 §3.5).
func (a *Answer) Shareable() bool {
	return a.Said&(Public|SMaxAge|MustRevalidate) != 0 && !a.Has(Private)
}

// NeverStale reports whether it may not be used once it is not fresh, whatever its origin or a caller allows (RFC 9111 §4.2.4, §5.2.2.10).
func (a *Answer) NeverStale(shared bool) bool {
	return a.Said&(NoCache|MustRevalidate) != 0 || shared && a.Said&(ProxyRevalidate|SMaxAge) != 0
}
