package upstream

import (
	"bytes"
	"time"

	"github.com/candor-gateway/candor/internal/http1"
)

// Cause says how an exchange with an upstream failed; the zero Cause is that it did not.
type Cause uint8

// The causes, by the problem that they become.
const (
	OK Cause = iota

	// upstream_unreachable, nothing was written
	DNSFailed
	Refused
	TLSFailed

	// gateway_timeout, nothing was written
	ConnectTimeout
	TLSTimeout

	// upstream_broke
	Broke // reset, or the write failed
	Ended // EOF before the whole answer

	// gateway_timeout, the call may have been applied
	WriteStalled
	FirstByteTimeout
	GapTimeout
	CallTimeout

	// upstream_invalid
	Invalid         // not HTTP; Fault.HTTP says what and where
	UnaskedSwitch   // 101 that nobody asked for
	TooManyInterims // more than eight 1xx
	PastLimit       // past one of our limits; Fault.HTTP says which and where

	// refused by us, nothing was written
	Full    // infrastructure_protection: as many calls are in flight as there may be
	Resting // service_unavailable: the breaker is open; Fault.Rest says why, Fault.Limit how long it will be at least

	TooLate   // no limit of the call: whoever asked for a piece waits for it no longer
	Cancelled // by Cancel: the client is gone, or the whole call took too long
)

var causes = [...]string{
	OK: "ok", DNSFailed: "name not resolved", Refused: "connection refused", TLSFailed: "TLS failed",
	ConnectTimeout: "connect timed out", TLSTimeout: "TLS timed out", Broke: "connection broke", Ended: "ended early",
	WriteStalled: "write stalled", FirstByteTimeout: "first byte timed out", GapTimeout: "gap in the answer timed out", CallTimeout: "whole call timed out",
	Invalid: "invalid answer", UnaskedSwitch: "unasked 101", TooManyInterims: "too many interim answers", PastLimit: "past a limit of ours", Cancelled: "cancelled",
	TooLate: "too late", Full: "too many calls in flight", Resting: "given a rest",
}

// String is the cause as the access log names it.
func (c Cause) String() string { return causes[c] }

// Fault is a failed exchange: a value, made where the fact is known.
type Fault struct {
	Cause Cause
	HTTP  http1.Fault   // of Invalid and PastLimit
	Field []byte        // of the same two: the field in which it is, if it is in one
	Line  []byte        // of the same: the line in which it is, as it came. It may hold secrets
	Limit time.Duration // of FirstByteTimeout and GapTimeout: the one that passed; of Resting: what is left of it
	Rest  *Rest         // of Resting
	Err   error         // of a connection that failed; for the operator's log only

	// Of Upstream.Send alone.
	Applied   bool // a byte of the call was written, or may have been
	MayRepeat bool // a pooled connection proved dead, and the call is here in whole: it may be sent again as far as its method allows
}

// invalid is the fault of an answer whose line is wrong, or too much for us alone, which is no fault of the answer's; b is what f's Field is a range of. The buffers are given back before the log is written.
func invalid(f http1.Fault, b, line []byte) Fault {
	cause := Invalid
	switch f.Kind {
	case http1.HeadTooLarge, http1.TooManyFields, http1.ChunkLineTooLong, http1.TrailersTooLarge:
		cause = PastLimit
	default:
	}
	return Fault{Cause: cause, HTTP: f, Field: bytes.Clone(f.Field.Of(b)), Line: bytes.Clone(line)}
}
