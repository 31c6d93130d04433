package gateway

import "github.com/candor-gateway/candor/internal/downstream"

// dropBody reads the body of a preflight that is forwarded bare, and forgets it.
func (x *exchange) dropBody() bool {
	b := x.from.Body()
	b.Limit(x.call.MaxBody())
	for !b.Ended() {
		if _, f := b.Piece(); f.Cause != downstream.OK {
			x.call.Problem = x.bodyProblem(f)
			return false
		}
	}
	return true
}

// maxNoted bounds what the log repeats of an origin.
const maxNoted = 256

// notePreflight says in the log what a denied preflight lacked.
func (x *exchange) notePreflight() {
	p := &x.call.Problem
	text := append([]byte("origin "), p.Excerpt[:min(len(p.Excerpt), maxNoted)]...)
	text = append(text, ": "...)
	x.entry.Note = string(x.voice.Catalogue.AppendDetail(text, p))
}
