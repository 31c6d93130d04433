package admin

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// Requests tells what became of calls, and forgets it. What the caller can mend is returned as *Fault. A Client asks a running instance for it.
type Requests interface {
	// Request is the record of an id, in any spelling.
	Request(ctx context.Context, id string) (*requestlog.Record, error)
	// Requests are those that a query of /v1/requests asks for, the latest first.
	Requests(ctx context.Context, query url.Values) (RequestPage, error)
	// Explanation is what the failure of an id means, as JSON has it.
	Explanation(ctx context.Context, id string) (any, error)
	// JudgeRequest puts the call of an id before the policy that holds now.
	JudgeRequest(ctx context.Context, id string) (Judgement, error)
	// ForgetRequests removes what is kept of a member, or of an app.
	ForgetRequests(ctx context.Context, of ForgetRequests) (ForgottenRequests, error)
}

var _ Requests = (*Client)(nil)

// RequestPage is a page of records.
type RequestPage struct {
	Requests []*requestlog.Record `json:"requests"`
	Next     string               `json:"next,omitempty"` // the cursor of the page behind it; "": there is none
}

// ForgetRequests says of whom: one of the two.
type ForgetRequests struct {
	Member string `json:"member,omitempty"`
	App    string `json:"app,omitempty"`
}

// ForgottenRequests is how much went.
type ForgottenRequests struct {
	ForgetRequests
	Gone int `json:"gone"` // records
}

const (
	requestsPath = "/v1/requests"
	forgetPath   = requestsPath + "/forget"
	explanation  = "/explanation"
)

// Request shows one. It and what follows is Requests'.
func (c *Client) Request(ctx context.Context, id string) (*requestlog.Record, error) {
	is := &requestlog.Record{}
	if err := c.do(ctx, "GET", requestsPath+"?"+url.Values{"id": {id}}.Encode(), nil, is); err != nil {
		return nil, err
	}
	return is, nil
}

// Requests lists them.
func (c *Client) Requests(ctx context.Context, query url.Values) (page RequestPage, err error) {
	err = c.do(ctx, "GET", requestsPath+"?"+query.Encode(), nil, &page)
	return page, err
}

// Explanation explains one; it is a json.RawMessage.
func (c *Client) Explanation(ctx context.Context, id string) (any, error) {
	var told json.RawMessage
	err := c.do(ctx, "GET", requestsPath+"/"+url.PathEscape(id)+explanation, nil, &told)
	return told, err
}

// ForgetRequests forgets those of a member or of an app.
func (c *Client) ForgetRequests(ctx context.Context, of ForgetRequests) (gone ForgottenRequests, err error) {
	err = c.post(ctx, forgetPath, of, &gone)
	return gone, err
}

// requestEndpoints are what is here of calls.
func (p *panel) requestEndpoints() []endpoint {
	if p.Requests == nil {
		return nil
	}
	const how = "; with the token, or over the socket"
	get := []string{"GET", "HEAD"}
	return []endpoint{
		{Path: requestsPath, Methods: get, What: "lists calls that failed, or shows the one of ?id=" + how, access: trusted, serve: p.told(p.requests)},
		{Path: forgetPath, Methods: []string{"POST"}, What: "forgets the calls of a member or of an app" + how, access: trusted, serve: command(p, p.Requests.ForgetRequests)},
		{Path: requestsPath + "/", Methods: get, What: "shows a call, explains it at ID/explanation, and judges it again at ID/judge" + how, access: trusted, serve: p.told(p.request)},
	}
}

func (p *panel) requests(r *http.Request) (any, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &Fault{400, "The query cannot be read: " + err.Error(), "Percent-encode every value before it is put into a URL."}
	}
	maps.DeleteFunc(query, func(_ string, values []string) bool { return len(values) == 1 && values[0] == "" }) // as a form sends what was not filled in
	if id := query.Get("id"); id != "" && len(query) == 1 && len(query["id"]) == 1 {
		return p.Requests.Request(r.Context(), id)
	}
	return p.Requests.Requests(r.Context(), query)
}

func (p *panel) request(r *http.Request) (any, error) {
	id := strings.TrimPrefix(r.URL.Path, requestsPath+"/")
	if of, explain := strings.CutSuffix(id, explanation); explain {
		return p.Requests.Explanation(r.Context(), of)
	}
	if of, judge := strings.CutSuffix(id, judged); judge {
		return p.Requests.JudgeRequest(r.Context(), of)
	}
	return p.Requests.Request(r.Context(), id)
}
