package http1

import (
	"bytes"
	"encoding/binary"

	"github.com/candor-gateway/candor/internal/ascii"
)

// lookup returns the well-known name that name spells, in any case; Other if none.
func lookup(name []byte) Name {
	if len(name) == 0 || len(name) > maxName {
		return Other
	}
	var padded [maxName]byte
	n := copy(padded[:], name)
	return find(padded[:], n)
}

// LookupLike is lookup with '_' read as '-': CGI and its heirs do not tell them apart, so nobody may spoof us by it.
func LookupLike(name []byte) Name {
	if len(name) == 0 || len(name) > maxName {
		return Other
	}
	var padded [maxName]byte
	n := copy(padded[:], name)
	for i, c := range padded[:n] {
		if c == '_' {
			padded[i] = '-'
		}
	}
	return find(padded[:], n)
}

// find looks up the first n bytes of b, which must have whole words of 8 bytes for them.
//
// The slot of a name is made from its length, first byte and the byte at three quarters; no two well-known names
// share one (a test holds it). The one candidate is then compared whole, a word at a time.
func find(b []byte, n int) Name {
	id := nameSlots[slot(b[0], b[uint(n)*3/4], n)]
	want := &nameWords[id]
	if want.size != n {
		return Other
	}
	for w := 0; ; w++ {
		x := binary.LittleEndian.Uint64(b)
		if n <= 8 {
			x &= ^uint64(0) >> ((64 - 8*uint(n)) & 63)
		}
		if x|want.word[w&3].letters != want.word[w&3].text {
			return Other
		}
		if n <= 8 {
			return id
		}
		n -= 8
		b = b[8:]
	}
}

func slot(first, threeQuarters byte, n int) uint32 {
	key := uint32(first|0x20) | uint32(threeQuarters|0x20)<<8 | uint32(n)<<16
	return key * slotFactor >> (32 - slotBits)
}

const (
	maxName    = 32
	slotBits   = 9
	slotFactor = 0x63f49e8b
)

// words is a name as numbers: letters has 0x20 where text has a letter, so that a|letters == text compares exactly,
// without the case of letters and with every other byte as it is.
type words struct {
	size int
	word [maxName / 8]struct{ text, letters uint64 }
}

var nameWords, nameSlots = func() (all [NameCount]words, slots [1 << slotBits]Name) {
	for id := Other + 1; id < NameCount; id++ {
		name := nameRows[id].text
		all[id].size = len(name)
		for i := range len(name) {
			shift := 8 * uint(i%8)
			all[id].word[i/8].text |= uint64(name[i]) << shift
			if 'a' <= name[i] && name[i] <= 'z' {
				all[id].word[i/8].letters |= 0x20 << shift
			}
		}
		slots[slot(name[0], name[3*len(name)/4], len(name))] = id
	}
	return all, slots
}()

var nameFlags = func() (flags [NameCount]uint8) {
	for id, row := range nameRows {
		flags[id] = row.flags
	}
	return flags
}()

// SameName compares two field names without case and with '_' read as '-'.
func SameName(a []byte, b string) bool { return sameName(a, b) }

func sameName[T []byte | string](a []byte, b T) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		if foldName[c] != foldName[b[i]] {
			return false
		}
	}
	return true
}

// isProtected reports whether name is one that Connection may not name (want endToEnd) or a trailer may not have (want
// noTrailer), spelled with '-' or '_'.
func isProtected(name []byte, want uint8, lim *Limits) bool {
	if id := LookupLike(name); id != Other && nameFlags[id]&want != 0 {
		return true
	} else if want == noTrailer && (id == ContentDigest || ascii.EqualFold(name, "content-md5")) {
		return false // RFC 9530 §2, RFC 2616 §14.15: made for it
	}
	for _, prefix := range protectedPrefixes {
		if len(name) > len(prefix) && SameName(name[:len(prefix)], prefix) {
			return true
		}
	}
	for _, other := range lim.Protected {
		if SameName(name, other) {
			return true
		}
	}
	return false
}

var protectedPrefixes = [...]string{"content-", "x-forwarded-", "candor-", "x-li-"}

// like is the name that an unknown name would be with '-' for '_', and whether it belongs to one hop alone.
func like(name []byte) (id Name, drop bool) {
	if bytes.IndexByte(name, '_') >= 0 {
		id = LookupLike(name)
	}
	// What a server behind us could take for framing is not for it to see.
	drop = nameFlags[id]&hop != 0 || id == ContentLength
	if !drop && len(name) > len(proxyPrefix) && name[0]|0x20 == 'p' {
		drop = SameName(name[:len(proxyPrefix)], proxyPrefix) && !ascii.EqualFold(name, proxyStatus)
	}
	return id, drop
}

const (
	proxyPrefix = "proxy-"
	proxyStatus = "proxy-status" // RFC 9209 §2: what each proxy on the way has to say passes to the caller, also as a trailer
)
