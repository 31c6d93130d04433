package admin

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DeveloperKeys keeps the keys with which developers look up calls, by the e-mail address of their account. What the caller can mend is returned as *Fault. A Client asks
// a running instance for it.
type DeveloperKeys interface {
	// DeveloperKeys are those of an account, and the last of those that were revoked.
	DeveloperKeys(ctx context.Context, email string) ([]DeveloperKey, error)
	// CreateDeveloperKey makes one. Its answer is the only one that tells it.
	CreateDeveloperKey(ctx context.Context, email string, asked DeveloperKeyRequest) (DeveloperKeyAnswer, error)
	// RevokeDeveloperKey ends the good one of a name, at once.
	RevokeDeveloperKey(ctx context.Context, email, name string) (DeveloperKey, error)
}

var _ DeveloperKeys = (*Client)(nil)

// DeveloperKey is what is told of a key.
type DeveloperKey struct {
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"` // to a minute; nil: never
	RevokedAt  *time.Time `json:"revoked_at,omitempty"`   // nil: it is good
}

// DeveloperKeyRequest asks for a new key.
type DeveloperKeyRequest struct {
	Name string `json:"name"`
}

// DeveloperKeyAnswer is a new key.
type DeveloperKeyAnswer struct {
	DeveloperKey
	Email string `json:"email"`
	Key   string `json:"key"`            // told once
	Note  string `json:"note,omitempty"` // what the operator should know of it
}

// developersPath begins the paths of developers' keys: /v1/developers/EMAIL/keys and /v1/developers/EMAIL/keys/NAME.
const developersPath = "/v1/developers/"

func developerKeysPath(email string) string {
	return developersPath + url.PathEscape(email) + "/keys"
}

// DeveloperKeys lists them. It and what follows is DeveloperKeys'.
func (c *Client) DeveloperKeys(ctx context.Context, email string) (all []DeveloperKey, err error) {
	err = c.do(ctx, "GET", developerKeysPath(email), nil, &all)
	return all, err
}

// CreateDeveloperKey makes a key. What the instance refuses comes back as *Fault.
func (c *Client) CreateDeveloperKey(ctx context.Context, email string, asked DeveloperKeyRequest) (made DeveloperKeyAnswer, err error) {
	err = c.post(ctx, developerKeysPath(email), asked, &made)
	return made, err
}

// RevokeDeveloperKey ends a key. What the instance refuses comes back as *Fault.
func (c *Client) RevokeDeveloperKey(ctx context.Context, email, name string) (is DeveloperKey, err error) {
	err = c.do(ctx, "DELETE", developerKeysPath(email)+"/"+url.PathEscape(name), nil, &is)
	return is, err
}

// developerKeyEndpoints are what is here of developers' keys.
func (p *panel) developerKeyEndpoints() []endpoint {
	if p.DeveloperKeys == nil {
		return nil
	}
	return []endpoint{{
		Path: developersPath, Methods: []string{"GET", "HEAD", "POST", "DELETE"}, What: "lists, makes and revokes the keys of a developer, at EMAIL/keys and EMAIL/keys/NAME; with the token, or over the socket",
		access: trusted, serve: p.developerKeys,
	}}
}

func (p *panel) developerKeys(w http.ResponseWriter, r *http.Request) {
	at := strings.TrimPrefix(r.URL.Path, developersPath)
	email, list := strings.CutSuffix(at, "/keys")
	i := strings.LastIndex(at, "/keys/")
	switch {
	case list && r.Method == "POST":
		p.createDeveloperKey(w, r, email)
	case list && r.Method != "DELETE":
		all, err := p.DeveloperKeys.DeveloperKeys(r.Context(), email)
		if all == nil {
			all = []DeveloperKey{}
		}
		p.tell(w, 200, all, err)
	case !list && i > 0 && r.Method == "DELETE":
		is, err := p.DeveloperKeys.RevokeDeveloperKey(r.Context(), at[:i], at[i+len("/keys/"):])
		p.tell(w, 200, is, err)
	default:
		refuse(w, &Fault{404, "Nothing is at " + r.URL.Path + " for " + r.Method, "GET or POST /v1/developers/EMAIL/keys lists and makes keys, DELETE /v1/developers/EMAIL/keys/NAME revokes one."})
	}
}

func (p *panel) createDeveloperKey(w http.ResponseWriter, r *http.Request, email string) {
	var asked DeveloperKeyRequest
	if f := read(w, r, &asked); f != nil {
		refuse(w, f)
		return
	}
	made, err := p.DeveloperKeys.CreateDeveloperKey(r.Context(), email, asked)
	p.tell(w, 201, made, err)
}
