// Package token turns a credential into a grant: it mints the tokens that Candor issues and tells of each one that comes
// back whether it is good, and if not, which of the contract's five 401s it deserves.
//
// A token is a prefix that names its kind and 48 bytes in base64url:
//
//	cdr_at_  version 1 · key id 2 · issued 5 · life 4 · grant 8 · random 12 · MAC 16
//
// The numbers are big-endian; issued is in unix seconds, life in seconds. The MAC is HMAC-SHA-256 over the prefix and the
// 32 bytes before it, cut to 128 bits (RFC 2104 §5), under a key that HKDF (RFC 5869) derives for this kind from the root
// of that key id. So nothing has to be stored of a token: what was never issued, what is past its end and, by the grant
// it names, what was taken back are told apart without asking anybody.
package token

import (
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// Kind is what a token is for. Each has its own prefix and its own derived key, so that none passes for another.
type Kind uint8

// The kinds of token.
const (
	Access  Kind = iota // cdr_at_: sent with each call
	Refresh             // cdr_rt_: exchanged for access tokens
	Code                // cdr_ac_: an authorization code
	kinds   = iota
)

var prefixes = [kinds]string{Access: "cdr_at_", Refresh: "cdr_rt_", Code: "cdr_ac_"}

// String is the kind's prefix.
func (k Kind) String() string { return prefixes[k] }

// Where each part stands in the 48 bytes.
const (
	version = 1

	atVersion = 0
	atKey     = 1
	atIssued  = 3
	atLife    = 8
	atGrant   = 12
	atRandom  = 20
	atMAC     = 32
	rawLen    = 48

	prefixLen = 7
	// Length is the number of characters of every token. 48 bytes fill 64 characters exactly, so there is no padding and
	// no second spelling of the same bytes.
	Length = prefixLen + rawLen/3*4
)

// MaxLife is the longest that a token can be minted for.
const MaxLife = 10 * 365 * 24 * time.Hour

// lastIssued keeps the end of every token within the nanoseconds of an int64 (the year 2262).
const lastIssued = 1 << 33

// ID tells one token from all others: its 96 random bits. It is no secret, the MAC is.
type ID [12]byte

// facts are what a token says, its MAC aside.
type facts struct {
	key    uint16
	issued int64 // unix seconds
	life   int64 // seconds
	grant  access.GrantID
	id     ID
}

func (f facts) append(dst []byte) []byte {
	dst = append(dst, version)
	dst = binary.BigEndian.AppendUint16(dst, f.key)
	dst = append(dst, byte(f.issued>>32))
	dst = binary.BigEndian.AppendUint32(dst, uint32(f.issued))
	dst = binary.BigEndian.AppendUint32(dst, uint32(f.life))
	dst = binary.BigEndian.AppendUint64(dst, uint64(f.grant))
	return append(dst, f.id[:]...)
}

func parseFacts(raw *[rawLen]byte) facts {
	return facts{
		key:    binary.BigEndian.Uint16(raw[atKey:]),
		issued: int64(raw[atIssued])<<32 | int64(binary.BigEndian.Uint32(raw[atIssued+1:])),
		life:   int64(binary.BigEndian.Uint32(raw[atLife:])),
		grant:  access.GrantID(binary.BigEndian.Uint64(raw[atGrant:])),
		id:     ID(raw[atRandom:atMAC]),
	}
}

func (f facts) ends() int64 { return f.issued + f.life }

// Mint appends a token of this kind for the grant to dst, under the active key. issued is in unix seconds, life in
// seconds, 1 to MaxLife; random must be fresh for each token. It panics on a time that the format cannot hold: a life
// from outside is checked where it comes in.
func (k *Keyring) Mint(dst []byte, kind Kind, grant access.GrantID, issued, life int64, random [12]byte) []byte {
	return k.set.Load().active.mint(dst, kind, grant, issued, life, random)
}

// MintUnder is Mint under the key of that id, so that equal facts make equal tokens whatever was rotated since. ok is false where the key is there no more.
func (k *Keyring) MintUnder(dst []byte, id uint16, kind Kind, grant access.GrantID, issued, life int64, random [12]byte) (minted []byte, ok bool) {
	of, ok := k.set.Load().byID[id]
	if !ok {
		return dst, false
	}
	return of.key.mint(dst, kind, grant, issued, life, random), true
}

// mint is Mint under one key.
func (k *key) mint(dst []byte, kind Kind, grant access.GrantID, issued, life int64, random [12]byte) []byte {
	if issued < 0 || issued >= lastIssued || life < 1 || life > int64(MaxLife/time.Second) {
		panic("token: Mint with a time that a token cannot hold")
	}
	f := facts{key: k.id, issued: issued, life: life, grant: grant, id: random}
	signed := f.append(append(make([]byte, 0, prefixLen+rawLen), prefixes[kind]...))
	mac := newMAC(&k.kinds[kind])
	mac.Write(signed)
	whole := mac.Sum(signed)[:prefixLen+rawLen]
	return base64.RawURLEncoding.AppendEncode(append(dst, prefixes[kind]...), whole[prefixLen:])
}
