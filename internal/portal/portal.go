// Package portal knows who sits at a browser: it keeps sessions, signs people in by password or at an OpenID provider, and tells which requests come from pages of
// our own. Handlers and pages are elsewhere.
package portal

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
)

// How long what is kept of a browser lasts.
const (
	Idle      = 12 * time.Hour      // a session that nobody uses
	Absolute  = 14 * 24 * time.Hour // a session at most, from the sign-in
	Waiting   = time.Hour           // a session before the sign-in, and a request that waits for one
	touched   = 10 * time.Minute    // so often it is noted that a session is in use
	Twice     = 10 * time.Second    // within which a second press of a button is the same answer
	knownFor  = 365 * 24 * time.Hour
	atOnce    = 8        // requests that wait in one session
	heldBytes = 24 << 10 // of all requests that wait in one session
)

// Store keeps sessions, and knows the accounts to which they belong.
type Store interface {
	Session(ctx context.Context, hash [32]byte) (account.Session, error)
	KeepSession(ctx context.Context, one account.Session) error
	DropSession(ctx context.Context, hash [32]byte) error
	Account(ctx context.Context, id account.ID) (account.Account, error)
	Member(ctx context.Context, subject string) (*access.Member, error)
}

// Options are what sessions stand on.
type Options struct {
	Store Store
	URL   *url.URL                                  // by which people reach us
	Key   [32]byte                                  // marks the browsers that are known
	Roles func(email string) (listed account.Roles) // what the configuration makes of an address; nil: nothing
	Now   func() time.Time
}

// Who is somebody who has signed in.
type Who struct {
	Account account.ID
	Name    string // to show: the e-mail address, or else how the provider knows them
	Email   string // "" if none is known to be theirs
	Member  string // the operator's own id of the member that it is; "" none
	Roles   account.Roles
	At      int64 // unix seconds: when it was proved
}

// What a handler is told where a session cannot keep what it should.
var (
	ErrTooMany  = errors.New("too many sessions were begun from this network within an hour")
	ErrTooLarge = errors.New("the request is too large to be kept until somebody has signed in")
)

// Current is who has signed in at the browser that a request came from. ctx is that of a request within Serve.
func Current(ctx context.Context) (Who, bool) {
	v := visitOf(ctx)
	if v == nil || v.who.Account == 0 {
		return Who{}, false
	}
	return v.who, true
}
