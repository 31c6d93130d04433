package requestlog

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync/atomic"
	"time"
)

// DebugPrefix begins what a call brings in Candor-Debug to be recorded whole.
const DebugPrefix = "cdr_dbg_"

// MostDebug is how long such a token is good at most.
const MostDebug = 24 * time.Hour

// The parts of a token: its end in unix seconds, and a MAC of 128 bits over that.
const (
	debugEnds   = 8
	debugRaw    = debugEnds + 16
	debugLength = len(DebugPrefix) + debugRaw/3*4
)

// Debug makes and knows the tokens of Candor-Debug. They say themselves when they end and are kept nowhere: with the process, and its key, all of them end. All methods are
// safe for concurrent use.
type Debug struct {
	key  [32]byte
	last atomic.Int64 // unix seconds: the end of the last one
}

// NewDebug makes tokens by a random key.
func NewDebug(random [32]byte) *Debug { return &Debug{key: random} }

// Mint makes a token that is good until then.
func (d *Debug) Mint(until time.Time) string {
	ends := until.Unix()
	for was := d.last.Load(); ends > was && !d.last.CompareAndSwap(was, ends); was = d.last.Load() {
	}
	raw := binary.BigEndian.AppendUint64(make([]byte, 0, debugRaw), uint64(ends))
	return DebugPrefix + base64.RawURLEncoding.EncodeToString(append(raw, d.mac(raw)...))
}

func (d *Debug) mac(ends []byte) []byte {
	h := hmac.New(sha256.New, d.key[:])
	h.Write([]byte(DebugPrefix))
	h.Write(ends)
	return h.Sum(nil)[:debugRaw-debugEnds]
}

// Waits reports whether a token can be good at unix ns. It costs a load: nearly always none can.
func (d *Debug) Waits(at int64) bool { return at < d.last.Load()*int64(time.Second) }

// Good reports whether text is a token of ours that has not ended at unix ns. How long it takes tells nothing of the MAC.
func (d *Debug) Good(text []byte, at int64) bool {
	if len(text) != debugLength || string(text[:len(DebugPrefix)]) != DebugPrefix {
		return false
	}
	var raw [debugRaw]byte
	if _, err := base64.RawURLEncoding.Strict().Decode(raw[:], text[len(DebugPrefix):]); err != nil {
		return false
	}
	ends := raw[:debugEnds]
	return hmac.Equal(d.mac(ends), raw[debugEnds:]) && at < int64(binary.BigEndian.Uint64(ends))*int64(time.Second)
}
