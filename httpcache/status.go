package httpcache

import "strconv"

// Forward is why a request went to the origin (RFC 9211 §2.2). The zero Forward is that it did not.
type Forward uint8

// The reasons.
const (
	NotForwarded Forward = iota
	Bypass               // caches have no part in requests like it
	OtherMethod          // its method is not one that is stored
	URIMiss              // nothing is stored of its target
	VaryMiss             // something is, of other variants
	Miss                 // what is stored may not be used for this caller
	CallersWish          // what is stored is fresh, and the caller wants the origin asked
	StaleStored          // what is stored is stale
	forwardsCount
)

func (f Forward) String() string {
	return [forwardsCount]string{"", "bypass", "method", "uri-miss", "vary-miss", "miss", "request", "stale"}[f]
}

// Status is how a cache has handled one request (RFC 9211).
type Status struct {
	Forward   Forward
	Got       int    // status of the origin's answer, where that is not the one that is passed on; 0: it is, or there was none
	Left      int64  // s for which what is stored is still fresh, negative for how long it has been stale; it counts if Lasts
	Lasts     bool   // Left is known
	Stored    bool   // the answer is stored
	Collapsed bool   // it waited for another request's answer
	Detail    string // a token; "" none
}

// Append appends one member of a Cache-Status field; cache names who speaks, and is a token.
func (s *Status) Append(dst []byte, cache string) []byte {
	dst = append(dst, cache...)
	if s.Forward == NotForwarded {
		dst = append(dst, "; hit"...)
	} else {
		dst = append(append(dst, "; fwd="...), s.Forward.String()...)
	}
	if s.Got > 0 && s.Forward != NotForwarded {
		dst = strconv.AppendInt(append(dst, "; fwd-status="...), int64(s.Got), 10)
	}
	if s.Lasts {
		dst = strconv.AppendInt(append(dst, "; ttl="...), s.Left, 10)
	}
	if s.Stored {
		dst = append(dst, "; stored"...)
	}
	if s.Collapsed {
		dst = append(dst, "; collapsed"...)
	}
	if s.Detail != "" {
		dst = append(append(dst, "; detail="...), s.Detail...)
	}
	return dst
}
