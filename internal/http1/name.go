package http1

import (
	"bytes"
	"encoding/binary"
)

// Lookup returns the well-known name that name spells, in any case; Other if none.
func Lookup(name []byte) Name {
	if len(name) == 0 || len(name) > maxName {
		return Other
	}
	var padded [maxName]byte
	n := copy(padded[:], name)
	return find(padded[:], 0, n)
}

// LookupLike is Lookup with '_' read as '-': CGI and its heirs do not tell them apart, so nobody may spoof us by it.
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
	return find(padded[:], 0, n)
}

// find looks up the n bytes at b[i:]. Where b ends within the last word of 8 bytes it must be asked through Lookup.
//
// The slot of a name is made from its length, first byte and the byte at three quarters; no two well-known names
// share one (a test holds it). The one candidate is then compared whole, 8 bytes at a time.
func find(b []byte, i, n int) Name {
	key := uint32(b[i]|0x20) | uint32(b[i+3*n/4]|0x20)<<8 | uint32(n)<<16
	id := nameSlots[key*slotFactor>>(32-slotBits)]
	want := &nameWords[id]
	if want.size != n {
		return Other
	}
	w := 0
	for ; n > 8; n, i, w = n-8, i+8, w+1 {
		if binary.LittleEndian.Uint64(b[i:])|want.letters[w] != want.text[w] {
			return Other
		}
	}
	last := binary.LittleEndian.Uint64(b[i:]) << (64 - 8*uint(n)) >> (64 - 8*uint(n))
	if last|want.letters[w] != want.text[w] {
		return Other
	}
	return id
}

const (
	maxName    = 32
	slotBits   = 9
	slotFactor = 0x1c9e5f0d
)

// words is a name as numbers: letters has 0x20 where text has a letter, so that a|letters == text compares exactly,
// without the case of letters and with every other byte as it is.
type words struct {
	size          int
	text, letters [maxName / 8]uint64
}

var nameWords, nameSlots = func() (all [NameCount]words, slots [1 << slotBits]Name) {
	for id := Other + 1; id < NameCount; id++ {
		name := nameRows[id].text
		n := len(name)
		all[id].size = n
		for i := range n {
			shift := 8 * uint(i%8)
			all[id].text[i/8] |= uint64(name[i]) << shift
			if 'a' <= name[i] && name[i] <= 'z' {
				all[id].letters[i/8] |= 0x20 << shift
			}
		}
		key := uint32(name[0]|0x20) | uint32(name[3*n/4]|0x20)<<8 | uint32(n)<<16
		slots[key*slotFactor>>(32-slotBits)] = id
	}
	return all, slots
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

// EqualFold compares without the case of ASCII letters.
func EqualFold(a []byte, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		if lower[c] != lower[b[i]] {
			return false
		}
	}
	return true
}

// isProtected reports whether name is one that Connection may not name (want endToEnd) or a trailer may not have (want
// noTrailer), spelled with '-' or '_'.
func isProtected(name []byte, want uint8, lim *Limits) bool {
	if id := LookupLike(name); id != Other && nameRows[id].flags&want != 0 {
		return true
	} else if id == ContentDigest && want == noTrailer {
		return false // RFC 9530 §2: made for it
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
	drop = nameRows[id].flags&hop != 0 || id == ContentLength
	if !drop && len(name) > len(proxyPrefix) && name[0]|0x20 == 'p' {
		drop = SameName(name[:len(proxyPrefix)], proxyPrefix)
	}
	return id, drop
}

const proxyPrefix = "proxy-"
