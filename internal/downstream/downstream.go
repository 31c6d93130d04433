// Package downstream is the client's side of calls: connections, their time limits, what was read and is not yet used, bodies, answers on the wire, and the
// close behind them. docs/connection.md is its contract. It words nothing: what was wrong with a call is a Fault, and whoever serves the calls answers it.
package downstream

import (
	"context"
	"crypto/x509"
	"net/netip"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
)

// Side is what all connections share. Its fields are set before the first connection and not changed after.
type Side struct {
	Clock   *clock.Clock
	Buffers *buffer.Lender
	// Portable uses the plain loop where a faster one exists, too: both pass the same tests.
	Portable bool

	calls sync.Pool // of *call
	crew  crew
	sweep sweep
}

// Close ends the goroutines that wait for connections to serve.
func (s *Side) Close() { s.crew.close() }

// Handler is what connections need of their user. All methods are safe for concurrent use.
type Handler interface {
	// Times and Limits are those in force now.
	Times() *Times
	Limits(secure bool) *http1.Limits
	Phase() Phase
	// Hold takes n bytes for a call of p that holds own already, and reports whether there is room for them. Release gives them back.
	Hold(p *Peer, n, own int64) bool
	Release(p *Peer, n int64)
	// Serve carries out one call whose head is whole, or was refused by f, and answers it. over is when that was done, in mono ns.
	Serve(ctx context.Context, c Call, f Fault) (then After, over int64)
	// Greeting is how a connection has to begin. Ungreeted is told of one that did not, and is closed.
	Greeting() Greeting
	Ungreeted(p *Peer, f ProxyFault)
	// Gone is told once of each connection that was started, when it is closed.
	Gone(c *Conn)
}

// Times are the time limits towards clients; 0 is none.
type Times struct {
	Handshake, FirstByte, Head, Idle, BodyGap, WriteStall time.Duration
	// AnyPace lets a body come as slowly as it likes, gap or not.
	AnyPace bool
}

// Phase is how far the user's life has come.
type Phase uint8

// The phases.
const (
	Serving  Phase = iota
	Leaving        // calls are served, with Connection: close
	Finished       // idle connections close; calls whose head comes only now are still handed on
)

// After is what becomes of a connection when a call is over.
type After uint8

// What may become of it.
const (
	Keep   After = iota // as the answer said: another call may come, or it closes in order
	Close               // nobody reads an answer, and none was begun
	Reset               // a plain close would make a cut answer look whole
	Tunnel              // the call has switched it to another protocol, and its Carrier carries that
)

// Greeting is how a connection begins.
type Greeting uint8

// The greetings.
const (
	Ungreeting Greeting = iota // with a call, or with TLS
	Proxy                      // with a PROXY header before that
)

// Peer is whom a connection leads to.
type Peer struct {
	Addr netip.Addr // of the socket's other end
	// From is who speaks, as far as the connection tells: whom its PROXY header names, else Addr.
	From  netip.Addr
	Named Named
	TLS   bool
	// Secure says that TLS has carried what came here, as far as is known: to us, or to the balancer that speaks for From.
	Secure bool
	Name   string // that the TLS client asked for (SNI); "" none
	// Certificate is the client's, where one was asked for and verified; nil: none.
	Certificate *x509.Certificate
	Number      uint32 // of the connection: for what is shared out among connections
	Lines       []byte // the user's: what it says of the peer in each call, made once
}

// Named is whether a PROXY header came, and named a client.
type Named uint8

// What it may have done.
const (
	NoProxy   Named = iota // none came
	Nobody                 // it named none: the balancer speaks for itself, or does not know
	ByAddress              // it named From
)

// Call is one call of a client, until Serve returns. Its methods are called by one goroutine, but that another may use the Body (Body says which methods)
// beside Begin, Piece, Flush and End.
type Call interface {
	Peer() *Peer
	Head() *http1.Head // lent until the call's end
	Began() int64      // mono ns of the head's first byte, 0 if it came together with what was before it
	Body() Body
	Wait() *Wait
	Counts() (in, out int64) // bytes read and written for this call

	// Interim writes the head of an interim answer, whole.
	Interim(head []byte) bool
	// Answer writes an answer of our own: the lines of its head, without Connection and the empty line, and its body, which is left out for HEAD.
	Answer(head, body []byte) bool

	// Begin begins an answer that is passed on, with the lines of its head without framing (but for Content-Length), Connection and the empty line. Pieces of
	// its body follow, and its end. Nothing is written before Flush or End, so that head and first pieces leave together; another Begin or an Answer takes
	// its place until then. whole says that the call went on to its last byte.
	Begin(head []byte, as Framing, whole bool)
	Piece(b []byte) // lent until Flush or End
	Flush() bool
	End(trailers []byte) bool

	// Switch answers with the lines of a head that switches the connection to another protocol (101), without Connection and the empty line; Serve then returns
	// Tunnel, and to gets the connection. From there on a write fails once the client has taken nothing for stall; 0: it waits.
	Switch(head []byte, to Carrier, stall time.Duration) bool

	Written() bool // a byte of the answer may have been written
	Err() error    // of a write that failed
}

// Framing is how the end of an answer's body is told.
type Framing uint8

// The framings.
const (
	None    Framing = iota // it has no body
	Length                 // by its Content-Length
	Unknown                // its length is not known before its end
)

// Body is the content of a call. All but Stop and Forget are for one goroutine at a time.
type Body interface {
	Framing() http1.Framing
	// Limit bounds the decoded bytes, whatever Content-Length says; 0: no bound.
	Limit(most int64)
	// InHand returns the next decoded piece of what is here already, lent until the next one; none if more must be read, or at the end.
	InHand() ([]byte, Fault)
	// Piece waits for the next piece; none at the end.
	Piece() ([]byte, Fault)
	Ended() bool
	Taken() int64     // decoded bytes so far
	Trailers() []byte // after the end of a chunked body: whole lines
	// Ask asks for the body where the client waits for that (RFC 9110 §10.1.1), once. It reports false where the client is gone.
	Ask() bool
	// Stop ends a Piece that another goroutine waits in: Stopped. It waits until that one has closed done.
	Stop(done <-chan struct{})
	// Forget says that the end of the body cannot be found any more, or that what follows it may be another protocol's: it is read as no call.
	Forget()
}

// Cause is why a call cannot be carried out; the zero Cause is that it can.
type Cause uint8

// The causes.
const (
	OK         Cause = iota
	Invalid          // not HTTP, by its head or its chunks: HTTP says what and where
	HeadTime         // the head was not whole in time
	PlainOnTLS       // plain HTTP on a port for TLS
	NoRoom           // one connection too many
	NoMemory         // the head needs more memory than it may have
	TooLarge         // the body is past its limit
	BodyGap          // nothing of the body came for so long
	BodyRate         // it came too slowly
	Gone             // the client ended the connection within the body
	Stopped          // by Stop
)

// Fault is what is wrong with a call: a value, made where the fact is known.
type Fault struct {
	Cause Cause
	HTTP  http1.Fault // of Invalid, and of HeadTime: how far it came
	Line  []byte      // what the places of HTTP point into, where they do not point into the head
	Limit int64       // that passed: bytes, or ms
}
