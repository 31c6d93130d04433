package upstream

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
)

// streamed are the types of answers that are sent as things happen: silence is no sign that something is wrong with them.
var streamed = [...]string{
	"text/event-stream",
	"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/json-seq",
	"application/stream+json", "application/x-json-stream",
	"multipart/x-mixed-replace",
	"application/grpc", "application/grpc-web", "application/grpc-web-text",
}

// sequence is how a type says that it is one of texts (RFC 8091).
const sequence = "+json-seq"

// findGap finds the gap of the answer before more of its body is read, which takes the memory of the head.
func (c *Conn) findGap() {
	if c.body.gapped {
		return
	}
	c.body.gapped, c.body.gap = true, c.waits.Gap
	if c.streams() {
		c.body.gap = c.waits.StreamGap
	}
}

// streams reports whether the answer's type is one of those that are sent as things happen (RFC 9110 §8.3: without case; parameters and +json and the like do
// not count), or says so of itself, as a watch of Kubernetes does. It is asked before the body is read.
func (c *Conn) streams() bool {
	kind, parameters, _ := bytes.Cut(c.Head.Get(http1.ContentType), semicolon)
	kind = bytes.TrimRight(kind, " \t")
	for _, s := range streamed {
		if ascii.EqualFold(kind, s) || isSuffixed(kind, s) {
			return true
		}
	}
	if n := len(kind) - len(sequence); n > 0 && ascii.EqualFold(kind[n:], sequence) {
		return true
	}
	return ascii.EqualFold(bytes.TrimSpace(parameters), "stream=watch")
}

// isSuffixed reports whether kind is base with a structured syntax suffix: application/grpc+proto.
func isSuffixed(kind []byte, base string) bool {
	return len(kind) > len(base) && kind[len(base)] == '+' && ascii.EqualFold(kind[:len(base)], base)
}
