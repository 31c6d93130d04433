package accesslog

// Seen is what was seen of a call beside what its line says, for whoever looks on while it happens. It is borrowed as the Entry is, no log is told of it, and
// it may hold secrets.
type Seen struct {
	Connection    uint32 // number of the client's
	Authorization []byte // the first; nil: none came
	Cookie        bool   // one came
	Host          []byte // whom the call named
	WebSocket     bool   // the call asked for one
	ContentType   []byte // of the call's body
	Head, Fields  int    // of the call: bytes, and how many
	Sent          int64  // bytes of the body without its framing: as its head says, or as many as have come in chunks
	Answer        Answer
	What, Fix     []byte // of a problem: what happened and what to do, as the answer says it, or would say it
	// WouldWhat and WouldFix are the same of the first that a check would have refused that is only observed.
	WouldWhat, WouldFix []byte
	// Odd is the cause for which candor serve would refuse the URL, whatever it tolerates; "" where it would not. OddWhat and OddFix are what it would say.
	Odd             string
	OddWhat, OddFix []byte
	Gap             int64 // the longest that a piece of the answer was waited for behind the one before, in microseconds
}

// Answer is what an upstream said. Body is there of an error, and of a success in JSON, which may hold one.
type Answer struct {
	Type, Encoding, Challenge, Allow, RetryAfter []byte

	Location, ContentLocation, Refresh []byte

	GRPCStatus, GRPCMessage []byte // of an answer of gRPC-web, of its head or of the trailers in its body, of which the first 4 KiB are read

	Head, Fields int // bytes, and how many

	Body  []byte // its first bytes as they were sent, at most 4 KiB
	Whole bool   // that is all of it
}
