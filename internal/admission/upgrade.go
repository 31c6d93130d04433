package admission

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// OpensWebSocket reports whether a call asks for its connection to be switched to WebSocket (RFC 6455 §4.1, RFC 9110 §7.8). Where it only half does, as in
// HTTP/1.0, by another method than GET or without Connection: upgrade, Upgrade means nothing.
func OpensWebSocket(h *http1.Head) bool {
	if !h.Upgrade || h.Minor == 0 || string(h.Method.Of(h.Buf)) != "GET" {
		return false
	}
	for i := range h.Fields {
		if h.Fields[i].ID == http1.Upgrade && names(h.Fields[i].Value.Of(h.Buf), route.WebSocket) {
			return true
		}
	}
	return false
}

// names reports whether a list has this element, whatever its case.
func names(list []byte, name string) bool {
	for element := range bytes.SplitSeq(list, comma) {
		if ascii.EqualFold(bytes.Trim(element, " \t"), name) {
			return true
		}
	}
	return false
}

// upgrade finds out whether the connection is to be switched, and refuses what could not be: whoever asks for a WebSocket can do nothing with another answer.
func (c *Call) upgrade() Verdict {
	h := c.Head
	if !h.Upgrade || !OpensWebSocket(h) {
		return Forwards
	}
	switch c.Switch = c.Match.Route.Upgrade; {
	case c.Switch == nil:
		c.Problem = problem.Problem{Type: problem.NotImplemented, Detail: problem.DetailUpgrade}
	case h.Body == http1.ChunkedBody, h.Body == http1.LengthBody && h.Length > 0: // where the body ends and the frames begin two readers may see differently
		c.Problem = problem.Problem{Type: problem.NotImplemented, Detail: problem.DetailUpgradeBody}
	default:
		return Forwards
	}
	return Refuses
}

// origin refuses a WebSocket that a page of an origin opens which the API does not list. No browser asks before, and all of them send the cookies that belong to
// the API: nothing else would keep any page from speaking in the name of whoever visits it (RFC 6455 §10.2).
func (c *Call) origin() Verdict {
	listed := c.CORS
	if api := c.Match.API; listed == nil && api != nil {
		listed = api.CORS // it was left to the API what scripts may read, which says nothing of who may open a WebSocket
	}
	if c.Switch == nil || listed == nil {
		return Forwards
	}
	h := c.Head
	for i := range h.Fields {
		if h.Fields[i].ID != http1.Origin {
			continue
		}
		origin := h.Fields[i].Value.Of(h.Buf)
		if allowed, _ := listed.Origin(origin); len(allowed) == 0 {
			c.Problem = problem.Problem{Type: problem.PreflightDenied, Detail: problem.DetailUpgradeOrigin, Excerpt: origin, Name: "WebSocket"}
			return Refuses
		}
	}
	return Forwards
}

// Standing is what a connection rests on that has been switched: the token that it was opened with. The zero one rests on nothing, and stands.
type Standing struct {
	Ends   int64 // unix ns from which the token is not good any more; 0: never
	tokens Verifier
	grant  *access.Grant
	token  token.ID
}

// Standing is what the call rests on, for longer than itself: nothing, where its credential is only observed.
func (c *Call) Standing() Standing {
	if c.mode(route.CheckCredential) != route.Enforce {
		return Standing{}
	}
	if c.Caller.Grant == nil {
		return Standing{Ends: c.Caller.Ends * 1e9}
	}
	return Standing{Ends: c.token.ExpiredAt * 1e9, tokens: c.Policy.Tokens, grant: c.Caller.Grant, token: c.token.Token}
}

// Stands reports whether nothing of it was taken back. It takes no lock.
func (s *Standing) Stands() bool {
	return s.tokens == nil || s.tokens.Still(s.grant, s.token) == token.Good
}

// News changes whenever Stands may have become false.
func (s *Standing) News() uint64 {
	if s.tokens == nil {
		return 0
	}
	return s.tokens.News()
}
