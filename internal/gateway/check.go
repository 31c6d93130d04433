package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// checkBody reads a body whole and checks its syntax, where the route asks for that. It says false where the body cannot be had or is not JSON:
// body.problems says why.
func (x *exchange) checkBody() bool {
	r := x.call.Match.Route
	if !r.Body.CheckJSON || x.call.Preflight || x.call.Tunnelled || x.body.framing == http1.NoBody && !x.bringsBody() {
		return true
	}
	if !x.readWhole() {
		return false
	}
	if f := checkJSON(x.checked); f != nil {
		x.body.problems = *f
		return false
	}
	return true
}

// bringsBody says whether the method is one whose content the route checks, even where none came.
func (x *exchange) bringsBody() bool {
	switch string(x.call.Head.Method.Of(x.call.Head.Buf)) {
	case "POST", "PUT", "PATCH":
		return true
	}
	return false
}

// readWhole reads the body whole into x.checked, within the bound of bytes that all calls may hold.
func (x *exchange) readWhole() bool {
	x.checked = []byte{}
	for {
		data, ok := x.piece()
		if !ok {
			return false
		}
		x.heldBytes += len(data)
		if limit := x.policy.Bodies; x.g.held.Add(int64(len(data))) > limit && limit > 0 {
			x.body.problems = problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailMemory, RetryAfter: 1}
			return false
		}
		x.checked = append(x.checked, data...)
		if x.body.ended {
			return true
		}
	}
}

// releaseHeld gives back the share of what all calls may hold.
func (x *exchange) releaseHeld() {
	if x.heldBytes == 0 {
		return
	}
	x.g.held.Add(-int64(x.heldBytes))
	x.heldBytes = 0
}

// checkJSON says where a body stops being JSON (RFC 8259), with line and column; nil if it is JSON.
func checkJSON(body []byte) *problem.Problem {
	d := json.NewDecoder(bytes.NewReader(body))
	var whole json.RawMessage
	err := d.Decode(&whole)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return afterJSON(body, int(d.InputOffset()))
	case errors.As(err, &syntax) && int(syntax.Offset) <= len(body) && syntax.Offset > 0 && !errors.Is(err, io.ErrUnexpectedEOF):
		return badJSON(body, int(syntax.Offset)-1, problem.DetailUnexpectedByte)
	}
	return badJSON(body, len(body), problem.DetailUnexpectedEnd)
}

// afterJSON finds what follows the one value that a body may hold.
func afterJSON(body []byte, from int) *problem.Problem {
	for i := from; i < len(body); i++ {
		switch body[i] {
		case ' ', '\t', '\r', '\n':
		default:
			return badJSON(body, i, problem.DetailBodyAfterEnd)
		}
	}
	return nil
}

func badJSON(body []byte, off int, d problem.Detail) *problem.Problem {
	line := 1 + bytes.Count(body[:off], []byte("\n"))
	column := off - bytes.LastIndexByte(body[:off], '\n')
	p := &problem.Problem{Type: problem.InvalidBody, Detail: d, Part: "JSON body", Line: line, At: column}
	if off < len(body) {
		p.Excerpt = body[off : off+1]
	}
	return p
}
