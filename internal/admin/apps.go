package admin

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// Apps keeps apps. What the caller can mend is returned as *Fault. A Client asks
// a running instance for it.
type Apps interface {
	// Apps are all that there are or were, by name.
	Apps(ctx context.Context) ([]App, error)
	// CreateApp makes one. Its answer is the only one that tells the secret.
	CreateApp(ctx context.Context, asked AppRequest) (AppAnswer, error)
	// ChangeApp changes one that was created, all of it or nothing.
	ChangeApp(ctx context.Context, name string, asked AppChange) (AppAnswer, error)
}

var _ Apps = (*Client)(nil)

// App is an app as the operator is told of it.
type App struct {
	Name              string      `json:"name"`
	ClientID          string      `json:"client_id"`
	Origin            string      `json:"origin"` // configuration, created
	Disabled          bool        `json:"disabled"`
	Gone              bool        `json:"gone,omitempty"` // it was configured and is no longer
	External          string      `json:"external,omitempty"`
	Public            bool        `json:"public"`
	Products          []string    `json:"products"`
	UndefinedProducts []string    `json:"undefined_products,omitempty"` // those of them that the configuration does not define
	Scopes            []string    `json:"scopes"`
	RedirectURIs      []string    `json:"redirect_uris"`
	ApplicationTokens bool        `json:"application_tokens"`
	RefreshTokens     bool        `json:"refresh_tokens"`
	Profile           string      `json:"profile,omitempty"` // of its own; "": that of all
	Introspect        []string    `json:"introspect,omitempty"`
	Owners            []string    `json:"owners"`
	Secrets           []AppSecret `json:"secrets"`              // those that are good, the latest last
	CreatedAt         *time.Time  `json:"created_at,omitempty"` // of a created one
	ScopeUses         []ScopeUse  `json:"scope_uses,omitzero"`  // of the last 24 h; nil where an app was changed
}

// ScopeUse is what became of a scope that an app asked for.
type ScopeUse struct {
	Scope   string `json:"scope"`             // "" if unknown
	Unknown bool   `json:"unknown,omitempty"` // all those together that there are not
	Asked   int64  `json:"asked"`
	Granted int64  `json:"granted"`
	Refused int64  `json:"refused"`
}

// AppSecret is what is told of a secret.
type AppSecret struct {
	CreatedAt *time.Time `json:"created_at,omitempty"` // nil: it is configured
	EndsAt    *time.Time `json:"ends_at,omitempty"`    // nil: it does not end
}

// AppRequest asks for a new app.
type AppRequest struct {
	Name         string   `json:"name"`
	Owners       []string `json:"owners"`
	Products     []string `json:"products,omitempty"`
	RedirectURIs []string `json:"redirect_uris,omitempty"`
	Public       bool     `json:"public,omitempty"`
	AppRights
	Introspect []string `json:"introspect,omitempty"` // APIs whose tokens it may look into, beside its own
}

// AppRights is what an app may ask for of tokens. What is nil is as usual of a new one, and stays of another.
type AppRights struct {
	ApplicationTokens *bool `json:"application_tokens,omitempty"`
	RefreshTokens     *bool `json:"refresh_tokens,omitempty"`
	// Profile is in whose words the authorization server speaks to it: linkedin or standard; "" of a change: as to all.
	Profile *string `json:"profile,omitempty"`
}

// AppChange asks for a change of one. What is nil or empty stays.
type AppChange struct {
	Disabled     *bool     `json:"disabled,omitempty"`
	AddOwners    []string  `json:"add_owners,omitempty"`
	RemoveOwners []string  `json:"remove_owners,omitempty"`
	Products     *[]string `json:"products,omitempty"`
	RedirectURIs *[]string `json:"redirect_uris,omitempty"`
	AppRights
	Introspect   *[]string `json:"introspect,omitempty"`
	RotateSecret bool      `json:"rotate_secret,omitempty"`
	Keep         int64     `json:"keep_seconds,omitempty"` // how long the secret before stays good
}

// AppAnswer is an app after it was created or changed.
type AppAnswer struct {
	App
	Secret string `json:"client_secret,omitempty"` // the new one, told once
	Note   string `json:"note,omitempty"`          // what the operator should know of it
}

const appsPath = "/v1/apps"

// Apps lists all. It and what follows is Apps'.
func (c *Client) Apps(ctx context.Context) (all []App, err error) {
	err = c.do(ctx, "GET", appsPath, nil, &all)
	return all, err
}

// CreateApp makes an app. What the instance refuses comes back as *Fault.
func (c *Client) CreateApp(ctx context.Context, asked AppRequest) (AppAnswer, error) {
	var made AppAnswer
	err := c.post(ctx, appsPath, asked, &made)
	return made, err
}

// ChangeApp changes an app. What the instance refuses comes back as *Fault.
func (c *Client) ChangeApp(ctx context.Context, name string, asked AppChange) (AppAnswer, error) {
	var is AppAnswer
	err := c.post(ctx, appsPath+"/"+name, asked, &is)
	return is, err
}

func (p *panel) apps(w http.ResponseWriter, r *http.Request) {
	if r.Method == "POST" {
		p.createApp(w, r)
		return
	}
	all, err := p.Apps.Apps(r.Context())
	if err != nil {
		p.fail(w, err)
		return
	}
	if all == nil {
		all = []App{}
	}
	answer(w, 200, all)
}

func (p *panel) createApp(w http.ResponseWriter, r *http.Request) {
	var asked AppRequest
	if f := read(w, r, &asked); f != nil {
		refuse(w, f)
		return
	}
	made, err := p.Apps.CreateApp(r.Context(), asked)
	if err != nil {
		p.fail(w, err)
		return
	}
	w.Header().Set("Location", appsPath+"/"+made.Name)
	answer(w, 201, made)
}

func (p *panel) app(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, appsPath+"/")
	if r.Method == "POST" {
		p.changeApp(w, r, name)
		return
	}
	all, err := p.Apps.Apps(r.Context())
	if err != nil {
		p.fail(w, err)
		return
	}
	for i := range all {
		if all[i].Name == name {
			answer(w, 200, all[i])
			return
		}
	}
	refuse(w, &Fault{404, "There is no app of this name", "GET " + appsPath + " lists all."})
}

func (p *panel) changeApp(w http.ResponseWriter, r *http.Request, name string) {
	var asked AppChange
	if f := read(w, r, &asked); f != nil {
		refuse(w, f)
		return
	}
	is, err := p.Apps.ChangeApp(r.Context(), name, asked)
	if err != nil {
		p.fail(w, err)
		return
	}
	answer(w, 200, is)
}
