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

const digits = "0123456789abcdef"

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
	var text [uuidLen]byte
	at := 0
	for i, b := range id {
		switch i {
		case 4, 6, 8, 10:
			text[at] = '-'
			at++
		}
		text[at], text[at+1] = digits[b>>4], digits[b&15]
		at += 2
	}
	return append(dst, text[:]...)
}

// AppendHex appends 32 lower-case hex digits.
func (id ID) AppendHex(dst []byte) []byte {
	var text [hexLen]byte
	for i, b := range id {
		text[2*i], text[2*i+1] = digits[b>>4], digits[b&15]
	}
	return append(dst, text[:]...)
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
