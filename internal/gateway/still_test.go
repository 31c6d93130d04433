package gateway

import (
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
)

// still is a call whose bytes are all here, and whose answer goes nowhere.
type still struct {
	downstream.Call
	peer   downstream.Peer
	head   http1.Head
	limits *http1.Limits
	wait   downstream.Wait
	raw    []byte // what follows the head
	body   stillBody
}

// stillBody is the content of a still call.
type stillBody struct {
	downstream.Body
	of     *still
	in     []byte
	left   int64
	chunks http1.Chunked
	ended  bool
}

// newStill reads raw; nil where its head is not whole and right.
func newStill(raw string, peer downstream.Peer, limits *http1.Limits) *still {
	s := &still{peer: peer, limits: limits}
	if f := http1.ParseRequest([]byte(raw), limits, &s.head); f.Kind != http1.OK {
		return nil
	}
	s.raw = []byte(raw)[s.head.Len:]
	s.body = stillBody{of: s, in: s.raw, left: s.head.Length, ended: s.head.Body == http1.NoBody || s.head.Body == http1.LengthBody && s.head.Length == 0}
	return s
}

func (s *still) Peer() *downstream.Peer { return &s.peer }

func (s *still) Head() *http1.Head { return &s.head }

func (s *still) Body() downstream.Body { return &s.body }

func (s *still) Wait() *downstream.Wait { return &s.wait }

func (b *stillBody) Framing() http1.Framing { return b.of.head.Body }

func (b *stillBody) Limit(int64) {}

func (b *stillBody) Ended() bool { return b.ended }

func (b *stillBody) Trailers() []byte { return b.chunks.Trailers() }

func (b *stillBody) InHand() ([]byte, downstream.Fault) {
	for !b.ended {
		if b.of.head.Body == http1.LengthBody {
			data := b.in[:min(int64(len(b.in)), b.left)]
			b.in, b.left = b.in[len(data):], b.left-int64(len(data))
			b.ended = b.left == 0
			return data, downstream.Fault{}
		}
		n, span, done, f := b.chunks.Next(b.in, b.of.limits)
		if f.Kind != http1.OK {
			return nil, downstream.Fault{Cause: downstream.Invalid, HTTP: f, Line: b.chunks.Line()}
		}
		data := span.Of(b.in)
		b.in, b.ended = b.in[n:], done
		if len(data) > 0 || n == 0 {
			return data, downstream.Fault{}
		}
	}
	return nil, downstream.Fault{}
}
