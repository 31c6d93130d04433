package route

import (
	"math/bits"
	"strings"
)

// Accept is what a route tolerates of a request beside what it takes anyway, a bit for each: a set. What is tolerated is forwarded byte for byte, and counted.
// The zero Accept tolerates nothing.
type Accept uint16

// The tolerances.
const (
	QueryRaw         Accept = 1 << iota // any byte in the query but control bytes and the blank, and a percent sign without two hex digits
	PathRaw                             // bytes above 0x7f in the path
	PathEscape                          // escapes in the path that are none, that stand for control bytes, or that spell a character longer than need be
	Backslash                           // '\' in the path, also as %5C
	DoubleSlash                         // empty segments inside the path
	EncodedSlash                        // %2F in the path: a byte of its segment
	DotSegments                         // segments "." and ".." in the path, however they are spelled
	AnyMethod                           // every method but CONNECT, where a route has no list: TRACE, too
	Expect                              // an Expect field with anything but 100-continue
	TwoAuthorization                    // several credentials in one call: only where none is enforced
	OverrideHeaders                     // fields that tell a framework to take another method: only where none is enforced

	acceptEnd
)

// AcceptAll is every tolerance.
const AcceptAll = acceptEnd - 1

// AcceptAnywhere is what any route may tolerate, whatever it enforces.
const AcceptAnywhere = AcceptAll &^ (TwoAuthorization | OverrideHeaders)

// inPath are those of paths.
const inPath = PathRaw | PathEscape | Backslash | DoubleSlash | EncodedSlash | DotSegments

// AcceptCount is how many tolerances there are.
const AcceptCount = 11

// acceptWords are the tolerances as the configuration, the access log and the metrics call them, by the number of their bit.
var acceptWords = [AcceptCount]string{
	"query_raw", "path_raw", "path_escape", "backslash", "double_slash", "encoded_slash", "dot_segments", "any_method", "expect", "two_authorization",
	"override_headers",
}

// AcceptWords are the words of all tolerances: that of 1<<i at i.
func AcceptWords() [AcceptCount]string { return acceptWords }

// Has reports whether all tolerances of o are in a.
func (a Accept) Has(o Accept) bool { return a&o == o }

// All yields the tolerances of a one by one, each with the number of its bit.
func (a Accept) All() func(yield func(int, Accept) bool) {
	return func(yield func(int, Accept) bool) {
		for ; a != 0; a &= a - 1 {
			i := bits.TrailingZeros16(uint16(a))
			if !yield(i, 1<<i) {
				return
			}
		}
	}
}

// MayAccept is what a route may tolerate. Where a credential is enforced we would verify one and the API could read the other; where a method or a credential is, the
// call would be allowed as one method and done as another.
func (r *Route) MayAccept() Accept {
	may := AcceptAll
	judged := r.Credentials.Need != Public && r.Modes[CheckCredential] == Enforce
	if judged {
		may &^= TwoAuthorization
	}
	if judged || r.Modes[CheckMethod] == Enforce {
		may &^= OverrideHeaders
	}
	return may
}

// String is the words of a by ", ".
func (a Accept) String() string {
	var words []string
	for i := range a.All() {
		words = append(words, acceptWords[i])
	}
	return strings.Join(words, ", ")
}
