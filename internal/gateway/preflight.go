package gateway

import (
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/problem"
)

// dropBody reads the body of a preflight that is forwarded bare, and forgets it.
func (x *exchange) dropBody() bool {
	b := x.from.Body()
	for !b.Ended() {
		if _, f := b.Piece(); !x.hasBody(f) {
			return false
		}
	}
	return true
}

// maxNoted bounds what the log repeats of an origin.
const maxNoted = 256

// notePreflight is what a denied preflight lacked, as the log says it.
func notePreflight(v *heads.Voice, p *problem.Problem) string {
	text := append([]byte("origin "), p.Excerpt[:min(len(p.Excerpt), maxNoted)]...)
	text = append(text, ": "...)
	return string(v.Catalogue.AppendDetail(text, p))
}
