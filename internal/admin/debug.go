package admin

import (
	"context"
	"time"
)

// DebugRequest asks for a token that has calls recorded whole.
type DebugRequest struct {
	For string `json:"for,omitempty"` // how long it is good, as in 15m; empty: 15m
}

// DebugAnswer is the token. It is told this once.
type DebugAnswer struct {
	Field  string    `json:"field"` // in which calls bring it
	Token  string    `json:"token"`
	EndsAt time.Time `json:"ends_at"`
}

const debugPath = "/v1/debug"

// Debug has the running instance make a token for Candor-Debug. What the instance refuses comes back as *Fault.
func (c *Client) Debug(ctx context.Context, asked DebugRequest) (made DebugAnswer, err error) {
	err = c.post(ctx, debugPath, asked, &made)
	return made, err
}

// debugEndpoint is where tokens for Candor-Debug are made.
func (p *panel) debugEndpoint() []endpoint {
	if p.Debug == nil {
		return nil
	}
	return []endpoint{{
		Path: debugPath, Methods: []string{"POST"}, What: "makes a token with which calls are recorded whole; with the token, or over the socket", access: trusted, serve: command(p, p.Debug),
	}}
}
