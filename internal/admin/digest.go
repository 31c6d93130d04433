package admin

import (
	"context"
	"net/http"
	"net/url"
)

const digestPath = "/v1/digest"

// Digest has a running instance tell what failed since then, as in 7d or a moment; "": of the last week. It is read into what is given. What the instance refuses comes back
// as *Fault.
func (c *Client) Digest(ctx context.Context, since string, into any) error {
	path := digestPath
	if since != "" {
		path += "?" + url.Values{"since": {since}}.Encode()
	}
	return c.do(ctx, "GET", path, nil, into)
}

// digestEndpoint is what is here of digests.
func (p *panel) digestEndpoint() []endpoint {
	if p.Digest == nil {
		return nil
	}
	return []endpoint{{
		Path: digestPath, Methods: []string{"GET", "HEAD"}, What: "tells what failed since ?since=7d, by cause and app, and what to do; with the token, or over the socket", access: trusted, serve: p.digest,
	}}
}

func (p *panel) digest(w http.ResponseWriter, r *http.Request) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		refuse(w, &Fault{400, "The query cannot be read: " + err.Error(), "Percent-encode every value before it is put into a URL."})
		return
	}
	told, err := p.Digest(r.Context(), query)
	p.tell(w, 200, told, err)
}
