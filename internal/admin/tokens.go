package admin

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Tokens looks after what was granted. What the caller can mend is returned as *Fault. A Client asks a running instance for it.
type Tokens interface {
	// Grants are those that live and are meant. There is no list of tokens: they are kept nowhere.
	Grants(ctx context.Context, of GrantFilter) (Grants, error)
	// RevokeGrant takes back what a member has granted to an app, with all tokens.
	RevokeGrant(ctx context.Context, of GrantFilter) (Revoked, error)
	// InspectToken tells what a token is, and why it is refused.
	InspectToken(ctx context.Context, text string) (Token, error)
	// RevokeToken takes back an access token alone, and of a refresh token its grant.
	RevokeToken(ctx context.Context, text string) (Revoked, error)
	// Keys are all keys, those of tokens first.
	Keys(ctx context.Context) ([]Key, error)
	// RotateKeys makes the next key of a kind, and returns those of the kind.
	RotateKeys(ctx context.Context, kind string) ([]Key, error)
}

var _ Tokens = (*Client)(nil)

// GrantFilter says which grants are meant. What is empty does not matter.
type GrantFilter struct {
	App    string `json:"app,omitempty"`
	Member string `json:"member,omitempty"`
}

// Grants is a list, which has an end.
type Grants struct {
	Grants []Grant `json:"grants"`
	More   bool    `json:"more"` // there are more than are listed
}

// Grant is what an app may do, for itself or for a member.
type Grant struct {
	App           string     `json:"app"`
	Member        string     `json:"member,omitempty"` // empty: the app for itself
	Scopes        []string   `json:"scopes"`
	Restricted    bool       `json:"restricted,omitempty"` // the member is
	CreatedAt     time.Time  `json:"created_at"`
	LastUsedAt    *time.Time `json:"last_used_at,omitempty"` // to a minute; nil: never
	EndsAt        time.Time  `json:"ends_at"`                // of its last token
	RefreshEndsAt *time.Time `json:"refresh_ends_at,omitempty"`
}

// Token is what a token was found to be. It is not repeated.
type Token struct {
	Kind      string     `json:"kind"`    // access_token, refresh_token, code, unknown
	Genuine   bool       `json:"genuine"` // it was made here, whatever else is wrong with it
	State     string     `json:"state"`   // good, expired, revoked, restricted, disabled, replaced, used, invalid
	Why       string     `json:"why,omitempty"`
	App       string     `json:"app,omitempty"`
	Member    string     `json:"member,omitempty"`
	Scopes    []string   `json:"scopes,omitempty"`
	IssuedAt  *time.Time `json:"issued_at,omitempty"`
	EndsAt    *time.Time `json:"ends_at,omitempty"`
	GrantedAt *time.Time `json:"granted_at,omitempty"`
}

// Revoked is what was taken back.
type Revoked struct {
	What   string   `json:"revoked"` // token, grant, nothing
	App    string   `json:"app,omitempty"`
	Member string   `json:"member,omitempty"`
	Scopes []string `json:"scopes,omitempty"`
	Why    string   `json:"why,omitempty"` // of nothing
}

// Key is what is told of a key.
type Key struct {
	Kind      string     `json:"kind"` // tokens, signing
	ID        string     `json:"id"`
	State     string     `json:"state"` // published, signs, retired, ended
	CreatedAt time.Time  `json:"created_at"`
	SignsFrom time.Time  `json:"signs_from"`
	Until     *time.Time `json:"until,omitempty"` // it proves nothing from then on; nil: nobody knows yet
}

// The kinds of keys.
const (
	KeysOfTokens  = "tokens"
	KeysOfSigning = "signing"
)

const (
	grantsPath  = "/v1/grants"
	revokePath  = "/v1/grants/revoke"
	inspectPath = "/v1/tokens/inspect"
	recallPath  = "/v1/tokens/revoke"
	keysPath    = "/v1/keys"
	rotatePath  = "/v1/keys/rotate"
)

// tokenRequest names a token. It is never part of a URL.
type tokenRequest struct {
	Token string `json:"token"`
}

type keysRequest struct {
	Kind string `json:"kind"`
}

// Grants lists grants. It and what follows is Tokens'.
func (c *Client) Grants(ctx context.Context, of GrantFilter) (is Grants, err error) {
	query := url.Values{"app": {of.App}, "member": {of.Member}}
	err = c.do(ctx, "GET", grantsPath+"?"+query.Encode(), nil, &is)
	return is, err
}

// RevokeGrant takes a grant back.
func (c *Client) RevokeGrant(ctx context.Context, of GrantFilter) (done Revoked, err error) {
	err = c.post(ctx, revokePath, of, &done)
	return done, err
}

// InspectToken tells what a token is.
func (c *Client) InspectToken(ctx context.Context, text string) (is Token, err error) {
	err = c.post(ctx, inspectPath, tokenRequest{text}, &is)
	return is, err
}

// RevokeToken takes a token back.
func (c *Client) RevokeToken(ctx context.Context, text string) (done Revoked, err error) {
	err = c.post(ctx, recallPath, tokenRequest{text}, &done)
	return done, err
}

// Keys lists keys.
func (c *Client) Keys(ctx context.Context) (all []Key, err error) {
	err = c.do(ctx, "GET", keysPath, nil, &all)
	return all, err
}

// RotateKeys makes the next key.
func (c *Client) RotateKeys(ctx context.Context, kind string) (all []Key, err error) {
	err = c.post(ctx, rotatePath, keysRequest{kind}, &all)
	return all, err
}

// tokenEndpoints are what is served of Tokens.
func (p *panel) tokenEndpoints() []endpoint {
	if p.Tokens == nil {
		return nil
	}
	const how = "; with the token, or over the socket"
	get, post, t := []string{"GET", "HEAD"}, []string{"POST"}, p.Tokens
	list := func(r *http.Request) (any, error) {
		query := r.URL.Query()
		return t.Grants(r.Context(), GrantFilter{query.Get("app"), query.Get("member")})
	}
	keys := func(r *http.Request) (any, error) { return t.Keys(r.Context()) }
	return []endpoint{
		{Path: grantsPath, Methods: get, What: "lists grants that live, of an app and of a member" + how, access: trusted, serve: p.told(list)},
		{Path: revokePath, Methods: post, What: "takes back what a member has granted to an app" + how, access: trusted, serve: command(p, t.RevokeGrant)},
		{Path: inspectPath, Methods: post, What: "tells what a token is" + how, access: trusted, serve: command(p, func(ctx context.Context, asked tokenRequest) (Token, error) {
			return t.InspectToken(ctx, asked.Token)
		})},
		{Path: recallPath, Methods: post, What: "takes a token back" + how, access: trusted, serve: command(p, func(ctx context.Context, asked tokenRequest) (Revoked, error) {
			return t.RevokeToken(ctx, asked.Token)
		})},
		{Path: keysPath, Methods: get, What: "lists the keys of tokens and of id_tokens" + how, access: trusted, serve: p.told(keys)},
		{Path: rotatePath, Methods: post, What: "makes the next key" + how, access: trusted, serve: command(p, func(ctx context.Context, asked keysRequest) ([]Key, error) {
			return t.RotateKeys(ctx, asked.Kind)
		})},
	}
}

// told answers what is found out.
func (p *panel) told(find func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		found, err := find(r)
		if err != nil {
			p.fail(w, err)
			return
		}
		answer(w, 200, found)
	}
}

// command does what a body asks for.
func command[Asked, Told any](p *panel, do func(context.Context, Asked) (Told, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked Asked
		if f := read(w, r, &asked); f != nil {
			refuse(w, f)
			return
		}
		done, err := do(r.Context(), asked)
		if err != nil {
			p.fail(w, err)
			return
		}
		answer(w, 200, done)
	}
}
