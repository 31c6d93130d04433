package upstream

import (
	"bytes"
	"math/bits"
	"strings"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
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

// letPass notes and counts what of the answer was let pass.
func letPass(c *Conn, what Lenient) {
	if what &^= c.let; what == 0 {
		return
	}
	c.let |= what
	for i := range what.All() {
		c.up.stats.Lenient[i].Add(1)
	}
}

// FirstLet yields what of the answer so far was let pass, each kind the first time in the life of its upstream, with the line in which it was as long as the head
// is there: nil for what was not in the head. It may hold secrets.
func FirstLet(c *Conn) func(yield func(kind string, line []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for i, kind := range c.let.All() {
			bit := uint32(kind)
			if c.up.warned.Or(bit)&bit == 0 && !yield(lenientWords[i], c.Head.MendedLine(http1.Lenient(kind))) {
				return
			}
		}
	}
}

// Leniency is what would let an answer pass that f refuses; 0 if nothing would.
func (f Fault) Leniency() Lenient {
	if f.Cause != Invalid {
		return 0
	}
	switch f.HTTP.Kind {
	case http1.BareLF:
		return BareLF
	case http1.LengthWithCoding:
		return ContentLengthWithChunked
	case http1.ObsFold:
		if len(f.Field) > 0 && !http1.Frames(f.Field) {
			return ObsFold
		}
	case http1.SpaceInName:
		name, _, _ := bytes.Cut(f.Line, []byte(":"))
		if len(name) < len(f.Line) && ascii.IsToken(bytes.TrimRight(name, " \t")) {
			return SpaceBeforeColon
		}
	default:
	}
	return 0
}
