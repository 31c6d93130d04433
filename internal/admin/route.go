package admin

import (
	"context"
	"net/http"
)

// RouteRequest asks what would become of a call.
type RouteRequest struct {
	Method  string   `json:"method"`
	URL     string   `json:"url"` // whole, or its path
	Token   string   `json:"token,omitempty"`
	From    string   `json:"from,omitempty"`    // the caller's address; empty: this machine's
	Headers []string `json:"headers,omitempty"` // "Name: value"
}

// RouteAnswer is what would become of it. It repeats no token.
type RouteAnswer struct {
	Asked    string       `json:"asked"` // instance, or configuration where none runs
	API      string       `json:"api,omitempty"`
	Route    string       `json:"route,omitempty"`
	Path     string       `json:"path,omitempty"` // the route's pattern
	Upstream string       `json:"upstream,omitempty"`
	App      string       `json:"app,omitempty"`
	Member   string       `json:"member,omitempty"`
	Checks   []RouteCheck `json:"checks"`
	Outcome  string       `json:"outcome"` // forwarded, refused, answered
	Status   int          `json:"status,omitempty"`
	Problem  string       `json:"problem,omitempty"`
}

// RouteCheck is what one check says.
type RouteCheck struct {
	Check   string `json:"check"`
	Mode    string `json:"mode,omitempty"`
	Verdict string `json:"verdict"`
	Status  int    `json:"status,omitempty"`
	Problem string `json:"problem,omitempty"`
	Detail  string `json:"detail,omitempty"`
	Message string `json:"message,omitempty"`
	Fix     string `json:"fix,omitempty"`
	Why     string `json:"why,omitempty"`
}

// Route asks what would become of a call. What the instance refuses comes back as *Fault.
func (c *Client) Route(ctx context.Context, asked RouteRequest) (RouteAnswer, error) {
	var told RouteAnswer
	err := c.post(ctx, routePath, asked, &told)
	return told, err
}

const routePath = "/v1/route"

func (p *panel) route(w http.ResponseWriter, r *http.Request) {
	var asked RouteRequest
	if f := read(w, r, &asked); f != nil {
		refuse(w, f)
		return
	}
	told, err := p.Route(r.Context(), asked)
	if err != nil {
		p.fail(w, err)
		return
	}
	answer(w, 200, told)
}
