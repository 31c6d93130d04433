package httpcache

// Question is what a request says to caches.
type Question struct {
	Control
	// Credentials: it came with some, in Authorization, in a Cookie or as only its reader knows, who sets it where ReadQuestion does not.
	Credentials bool
	// Part: it asks for a part of the answer (Range).
	Part bool
	// Conditional: If-None-Match or If-Modified-Since came.
	Conditional bool
	// Guarded: a condition came that only the origin can answer (If-Match, If-Unmodified-Since).
	Guarded bool
}

// ReadQuestion reads the head of a request. Pragma counts only without Cache-Control (RFC 9111 §5.4).
func ReadQuestion(h Header) Question {
	q := Question{Control: ReadControl(h)}
	if h.Line("cache-control", 0) == nil && saysNoCache(h) {
		q.Said |= NoCache
	}
	q.Credentials = h.Line("authorization", 0) != nil || h.Line("cookie", 0) != nil
	q.Part = h.Line("range", 0) != nil
	q.Conditional = h.Line("if-none-match", 0) != nil || h.Line("if-modified-since", 0) != nil
	q.Guarded = h.Line("if-match", 0) != nil || h.Line("if-unmodified-since", 0) != nil
	return q
}

func saysNoCache(h Header) bool {
	for n := range maxLines {
		line := h.Line("pragma", n)
		if line == nil {
			return false
		}
		for len(line) > 0 {
			var element []byte
			if element, line, _ = cutElement(line); equalFold(element, "no-cache") {
				return true
			}
		}
	}
	return false
}
