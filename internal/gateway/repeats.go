package gateway

import (
	"encoding/binary"
	"hash/maphash"

	"github.com/candor-gateway/candor/internal/http1"
)

// repeat is whether a call asks what was asked before, and gets what was told before. Its hash is in scratch.
type repeat struct {
	asked uint64 // 0: it is not looked at
	size  int    // of the answer's body so far
}

// mostHashed is how much of a body is hashed: one that is larger is not known to repeat another.
const mostHashed = 1 << 20

// beginRepeat looks at a call that could repeat an earlier one: a plain GET of an app, answered with 200.
func beginRepeat(x *exchange, status int) {
	c, h := &x.call, x.call.Head
	if x.g.o.Usage == nil || status != 200 || c.Caller.App == nil || c.Tunnelled || methodOf(h) != "GET" || h.Body != http1.NoBody && h.Length != 0 {
		return
	}
	x.scratch.answer.SetSeed(x.g.o.Usage.Repeats.Seed())
	x.repeat = repeat{asked: asked(x) | 1}
}

// asked is a hash of all by which an answer may differ.
func asked(x *exchange) uint64 {
	c, h := &x.call, x.call.Head
	seed := x.g.o.Usage.Repeats.Seed()
	sum := uint64(c.Caller.App.ID)
	if m := c.Caller.Member; m != nil {
		sum = combine(sum, uint64(m.ID))
	} else { // of whom there is no number the credential tells who asks
		sum = combine(sum, maphash.Bytes(seed, h.Get(http1.Authorization)))
	}
	sum = combine(sum, maphash.Bytes(seed, h.Authority.Of(h.Buf)))
	sum = combine(sum, maphash.Bytes(seed, h.Target.Of(h.Buf)))
	for i := range h.Fields {
		if f := &h.Fields[i]; f.ID == http1.Accept || f.ID == http1.AcceptEncoding || f.ID == http1.AcceptLanguage || f.ID == http1.Range {
			sum = combine(combine(sum, uint64(f.ID)), maphash.Bytes(seed, f.Value.Of(h.Buf)))
		}
	}
	if v := c.Match.Route.Version; v != nil {
		sum = combine(sum, maphash.Bytes(seed, h.Find(v.Header)))
	}
	var key [8]byte
	binary.LittleEndian.PutUint64(key[:], sum)
	return maphash.Bytes(seed, key[:])
}

// combine takes one more value into a sum, in its order.
func combine(sum, value uint64) uint64 {
	sum = (sum ^ value) * 0x9e3779b97f4a7c15
	return sum ^ sum>>29
}

// piece passes a piece of the answer's body on.
func piece(x *exchange, data []byte) {
	x.from.Piece(data)
	if x.cached != nil {
		x.cached.piece(x, data)
	}
	if x.repeat.asked == 0 {
		return
	}
	if x.repeat.size += len(data); x.repeat.size > mostHashed {
		x.repeat = repeat{}
		return
	}
	_, _ = x.scratch.answer.Write(data) // it never fails
}

// hasRepeated reports whether a call that is over repeated an earlier one, whose answer had not changed. It is asked once.
func hasRepeated(x *exchange) bool {
	if x.repeat.asked == 0 || x.entry.Problem != "" {
		return false
	}
	return x.g.o.Usage.Repeats.Seen(x.repeat.asked, x.scratch.answer.Sum64(), x.call.At)
}
