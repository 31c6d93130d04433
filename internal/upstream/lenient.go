package upstream

import (
	"math/bits"
	"strings"
)

// Lenient is what is let pass of an upstream's answers though it breaks HTTP, a bit for each: a set. Such an answer is framed anew, and its connection carries no
// other. The zero Lenient lets nothing pass.
type Lenient uint8

// What can be let pass.
const (
	BareLF                   Lenient = 1 << iota // lines that end in LF alone
	SpaceBeforeColon                             // blanks between the name of a field and its colon
	ObsFold                                      // a field that goes on in lines that begin with a blank
	ContentLengthWithChunked                     // both a length and a coding: the coding counts

	lenientEnd
)

// LenientAll is all that can be let pass.
const LenientAll = lenientEnd - 1

// LenientCount is how many kinds there are.
const LenientCount = 4

// lenientWords are the kinds as the configuration, the log and the metrics call them, by the number of their bit.
var lenientWords = [LenientCount]string{"bare_lf", "space_before_colon", "obs_fold", "content_length_with_chunked"}

// LenientWords are the words of all kinds: that of 1<<i at i.
func LenientWords() [LenientCount]string { return lenientWords }

// Has reports whether all kinds of o are in l.
func (l Lenient) Has(o Lenient) bool { return l&o == o }

// All yields the kinds of l one by one, each with the number of its bit.
func (l Lenient) All() func(yield func(int, Lenient) bool) {
	return func(yield func(int, Lenient) bool) {
		for ; l != 0; l &= l - 1 {
			i := bits.TrailingZeros8(uint8(l))
			if !yield(i, 1<<i) {
				return
			}
		}
	}
}

// String is the words of l by ", ".
func (l Lenient) String() string {
	var words []string
	for i := range l.All() {
		words = append(words, lenientWords[i])
	}
	return strings.Join(words, ", ")
}
