package admin

import (
	"context"
	"net/http"
	"net/url"
)

const usagePath = "/v1/usage"

// Usage has a running instance tell what an app did. It is read into what is given. What the instance refuses comes back as *Fault.
func (c *Client) Usage(ctx context.Context, app string, into any) error {
	return c.do(ctx, "GET", usagePath+"?"+url.Values{"app": {app}}.Encode(), nil, into)
}

// usageEndpoint is what is here of usage.
func (p *panel) usageEndpoint() []endpoint {
	if p.Usage == nil {
		return nil
	}
	return []endpoint{{
		Path: usagePath, Methods: []string{"GET", "HEAD"}, What: "tells what the app of ?app= did today, what is left of its limits and what it may do; with the token, or over the socket", access: trusted, serve: p.told(p.usage),
	}}
}

func (p *panel) usage(r *http.Request) (any, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &Fault{400, "The query cannot be read: " + err.Error(), "Percent-encode every value before it is put into a URL."}
	}
	return p.Usage(r.Context(), query)
}
