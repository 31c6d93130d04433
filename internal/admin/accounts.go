package admin

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Accounts keeps the accounts of people who sign in, and says who of the members may have what they granted. What the caller can mend is returned as *Fault. A Client asks
// a running instance for it.
type Accounts interface {
	// Members are those who have an account or are restricted.
	Members(ctx context.Context) ([]Account, error)
	// Member is one, by the operator's own id, with an account or without.
	Member(ctx context.Context, id string) (Account, error)
	// CreateMember makes a member's account, or a member of an account that there is.
	CreateMember(ctx context.Context, asked AccountRequest) (AccountAnswer, error)
	// ChangeMember changes one, all of it or nothing. To set a password it takes an account's e-mail address for the id as well.
	ChangeMember(ctx context.Context, id string, asked MemberChange) (AccountAnswer, error)
	// EraseMember forgets who a member is, and ends all that it granted.
	EraseMember(ctx context.Context, id string) (Erased, error)
	// Staff are the accounts with a role, Developer or Operator.
	Staff(ctx context.Context, role string) ([]Account, error)
	// CreateStaff makes an account with a role, or gives the role to the one that there is.
	CreateStaff(ctx context.Context, role string, asked AccountRequest) (AccountAnswer, error)
}

var _ Accounts = (*Client)(nil)

// The roles of Staff.
const (
	Developer = "developer"
	Operator  = "operator"
)

// Account is what the operator is told of somebody.
type Account struct {
	Member     string     `json:"member,omitempty"` // the operator's own id
	Email      string     `json:"email,omitempty"`  // "" where a member has no account
	Roles      []string   `json:"roles"`
	Restricted bool       `json:"restricted"` // of a member: what it granted is suspended
	Password   bool       `json:"password"`   // it has one
	Issuer     string     `json:"issuer,omitempty"`
	Subject    string     `json:"subject,omitempty"`
	Apps       []string   `json:"apps"`                 // those that it owns
	CreatedAt  *time.Time `json:"created_at,omitempty"` // of the account
}

// AccountRequest asks for a new account.
type AccountRequest struct {
	Member   string `json:"member,omitempty"` // of a member alone, and then a must
	Email    string `json:"email"`
	Password string `json:"password,omitempty"` // "": one is made, where the account has none and signs in nowhere else
}

// MemberChange asks for a change of one. What is nil or false stays.
type MemberChange struct {
	Restricted  *bool  `json:"restricted,omitempty"`
	SetPassword bool   `json:"set_password,omitempty"` // its sessions end with it
	Password    string `json:"password,omitempty"`     // of SetPassword; "": one is made
}

// AccountAnswer is an account after it was created or changed.
type AccountAnswer struct {
	Account
	NewPassword string `json:"new_password,omitempty"` // one that was made, told once
	Note        string `json:"note,omitempty"`         // what the operator should know of it
}

// Erased is what went with a member.
type Erased struct {
	Member  string `json:"member"`
	Account bool   `json:"account"` // there was one
	Grants  int    `json:"grants"`  // that were alive
}

const membersPath = "/v1/members"

// staffPaths are by role.
var staffPaths = map[string]string{Developer: "/v1/developers", Operator: "/v1/operators"}

// Members lists them. It and what follows is Accounts'.
func (c *Client) Members(ctx context.Context) (all []Account, err error) {
	err = c.do(ctx, "GET", membersPath, nil, &all)
	return all, err
}

// Member shows one. What the instance refuses comes back as *Fault.
func (c *Client) Member(ctx context.Context, id string) (is Account, err error) {
	err = c.do(ctx, "GET", memberPath(id), nil, &is)
	return is, err
}

// CreateMember makes an account. What the instance refuses comes back as *Fault.
func (c *Client) CreateMember(ctx context.Context, asked AccountRequest) (made AccountAnswer, err error) {
	err = c.post(ctx, membersPath, asked, &made)
	return made, err
}

// ChangeMember changes a member. What the instance refuses comes back as *Fault.
func (c *Client) ChangeMember(ctx context.Context, id string, asked MemberChange) (is AccountAnswer, err error) {
	err = c.post(ctx, memberPath(id), asked, &is)
	return is, err
}

// EraseMember erases a member. What the instance refuses comes back as *Fault.
func (c *Client) EraseMember(ctx context.Context, id string) (gone Erased, err error) {
	err = c.do(ctx, "DELETE", memberPath(id), nil, &gone)
	return gone, err
}

// Staff lists the accounts with a role.
func (c *Client) Staff(ctx context.Context, role string) (all []Account, err error) {
	err = c.do(ctx, "GET", staffPaths[role], nil, &all)
	return all, err
}

// CreateStaff makes an account with a role. What the instance refuses comes back as *Fault.
func (c *Client) CreateStaff(ctx context.Context, role string, asked AccountRequest) (made AccountAnswer, err error) {
	err = c.post(ctx, staffPaths[role], asked, &made)
	return made, err
}

// memberPath is where a member is. An id may hold whatever is visible ASCII.
func memberPath(id string) string { return membersPath + "/" + url.PathEscape(id) }

// accountEndpoints are what is here of accounts.
func (p *panel) accountEndpoints() []endpoint {
	if p.Accounts == nil {
		return nil
	}
	list := []string{"GET", "HEAD", "POST"}
	all := []endpoint{
		{Path: membersPath, Methods: list, What: "lists members, and creates a member's account; with the token, or over the socket", access: trusted, serve: p.members},
		{Path: membersPath + "/", Methods: append(list, "DELETE"), What: "shows, changes and erases a member; with the token, or over the socket", access: trusted, serve: p.member},
	}
	for _, role := range []string{Developer, Operator} {
		all = append(all, endpoint{
			Path: staffPaths[role], Methods: list, What: "lists " + role + "s, and creates a " + role + "'s account; with the token, or over the socket", access: trusted,
			serve: func(w http.ResponseWriter, r *http.Request) { p.staff(w, r, role) },
		})
	}
	return all
}

func (p *panel) members(w http.ResponseWriter, r *http.Request) {
	if r.Method != "POST" {
		all, err := p.Accounts.Members(r.Context())
		p.tell(w, 200, orNone(all), err)
		return
	}
	var asked AccountRequest
	if f := read(w, r, &asked); f != nil {
		refuse(w, f)
		return
	}
	made, err := p.Accounts.CreateMember(r.Context(), asked)
	if err == nil {
		w.Header().Set("Location", memberPath(made.Member))
	}
	p.tell(w, 201, made, err)
}

func (p *panel) member(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, membersPath+"/")
	switch r.Method {
	case "POST":
		var asked MemberChange
		if f := read(w, r, &asked); f != nil {
			refuse(w, f)
			return
		}
		is, err := p.Accounts.ChangeMember(r.Context(), id, asked)
		p.tell(w, 200, is, err)
	case "DELETE":
		gone, err := p.Accounts.EraseMember(r.Context(), id)
		p.tell(w, 200, gone, err)
	default:
		is, err := p.Accounts.Member(r.Context(), id)
		p.tell(w, 200, is, err)
	}
}

func (p *panel) staff(w http.ResponseWriter, r *http.Request, role string) {
	if r.Method != "POST" {
		all, err := p.Accounts.Staff(r.Context(), role)
		p.tell(w, 200, orNone(all), err)
		return
	}
	var asked AccountRequest
	if f := read(w, r, &asked); f != nil {
		refuse(w, f)
		return
	}
	made, err := p.Accounts.CreateStaff(r.Context(), role, asked)
	p.tell(w, 201, made, err)
}

// tell answers with v, or why there is none.
func (p *panel) tell(w http.ResponseWriter, status int, v any, err error) {
	if err != nil {
		p.fail(w, err)
		return
	}
	answer(w, status, v)
}

// orNone is never null in JSON.
func orNone(all []Account) []Account {
	if all == nil {
		return []Account{}
	}
	return all
}
