// Package callid is the one id of a call: how it is made, the three ways it is
// spelled, and how each of them is recognised again.
//
// An id is a UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then 74
// random bits around the fixed version and variant. It is 16 bytes in memory
// and sorts by time.
package callid

import (
	"encoding/base64"
	"encoding/binary"
)

// ID is a call's id. The zero value is the nil UUID, which no call has.
type ID [16]byte

const (
	uuidLen   = 36
	hexLen    = 32
	base64Len = 24
)

// The places of '-' in the 36-character form.
const (
	dash1 = 8
	dash2 = 13
	dash3 = 18
	dash4 = 23
)

// New makes an id from the time in Unix milliseconds (its low 48 bits) and 74
// random bits: the low 12 of hi and the low 62 of lo. The caller owns clock
// and randomness, so that a test can ask for exact ids.
func New(unixMilli int64, hi, lo uint64) ID {
	var id ID
	const version, variant = 0x7000, 1 << 63 // RFC 9562 §4.2, §4.1
	binary.BigEndian.PutUint64(id[:8], uint64(unixMilli)<<16|version|hi&0x0fff)
	binary.BigEndian.PutUint64(id[8:], variant|lo&(1<<62-1))
	return id
}

// Jitter is a number from 0 to 60 drawn from the id's low bits: the seconds by
// which answers to many callers are spread.
func (id ID) Jitter() int {
	return int(binary.BigEndian.Uint32(id[12:]) % 61)
}

// AppendUUID appends the 36-character form: lower-case hex in groups of 8, 4,
// 4, 4 and 12.
func (id ID) AppendUUID(dst []byte) []byte {
	at := len(dst)
	dst = append(dst, blankUUID...)
	text, big := dst[at:at+uuidLen], binary.BigEndian
	a, b, c, d := id.hex()
	big.PutUint64(text, a)
	big.PutUint32(text[dash1+1:], uint32(b>>32))
	big.PutUint32(text[dash2+1:], uint32(b))
	big.PutUint32(text[dash3+1:], uint32(c>>32))
	big.PutUint32(text[dash4+1:], uint32(c))
	big.PutUint64(text[dash4+1+4:], d)
	return dst
}

// blankUUID has what is the same in all.
const blankUUID = "00000000-0000-0000-0000-000000000000"

// AppendHex appends 32 lower-case hex digits.
func (id ID) AppendHex(dst []byte) []byte {
	a, b, c, d := id.hex()
	big := binary.BigEndian
	return big.AppendUint64(big.AppendUint64(big.AppendUint64(big.AppendUint64(dst, a), b), c), d)
}

// hex is the digits of the id, eight in each number: every call spells its id several times.
func (id ID) hex() (a, b, c, d uint64) {
	big := binary.BigEndian
	return hexOf(big.Uint32(id[:])), hexOf(big.Uint32(id[4:])), hexOf(big.Uint32(id[8:])), hexOf(big.Uint32(id[12:]))
}

// hexOf is the eight digits of v, the first one in the highest byte, all made at once.
func hexOf(v uint32) uint64 {
	const each = 0x0101010101010101 // times n: n in each byte
	x := uint64(v)
	x = x&0xffff0000<<16 | x&0xffff // halves apart, then bytes, then half bytes
	x = x&0x0000ff000000ff00<<8 | x&0x000000ff000000ff
	x = x&0x00f000f000f000f0<<4 | x&0x000f000f000f000f
	letters := (x + 6*each) >> 4 & each // 1 where the digit is a letter
	return x + '0'*each + letters*('a'-10-'0')
}

// AppendBase64 appends the standard alphabet's base64 with padding, 24
// characters.
func (id ID) AppendBase64(dst []byte) []byte {
	var text [base64Len]byte
	base64.StdEncoding.Encode(text[:], id[:])
	return append(dst, text[:]...)
}

// String is the 36-character form.
func (id ID) String() string {
	return string(id.AppendUUID(make([]byte, 0, uuidLen)))
}
