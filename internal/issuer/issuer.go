// Package issuer judges access tokens that others have issued: JWTs by the keys that the issuer publishes, other tokens by asking it (RFC 7662). Where the issuer
// is, and what its tokens must say, comes from the configuration alone; nothing in a token leads anywhere. What was found good is remembered for a while, and
// found again without a lock and without an allocation.
package issuer

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/MicahParks/jwkset"

	"github.com/candor-gateway/candor/internal/access"
)

// Spec is an issuer as configured.
type Spec struct {
	Name          string   // ours for it, as in apis[].tokens
	Issuer        string   // what its tokens have as iss, byte for byte; discovery begins there
	Audience      Audience // one of them must be the token's
	Types         []string // of the header's typ, that are taken; a token without one is taken too. Compared without case and without application/
	Claims        Claims
	Leeway        time.Duration  // by how much its clock may differ from ours
	Qualified     bool           // upstreams are told NAME|claim
	Introspection *Introspection // nil: what is no JWT is not taken
}

// Audience is whom a token must be for.
type Audience struct {
	Claim  string // aud, or another claim for issuers without one
	Values []string
}

// Claims are the names of the claims that say who calls. Of several the first that is there counts.
type Claims struct{ App, Member, Scopes []string }

// Introspection is where the issuer is asked about a token that is no JWT.
type Introspection struct{ URL, ClientID, Secret string }

// Bounds of what is asked of an issuer, and of what it says.
const (
	maxDocument = 64 << 10
	patience    = 5 * time.Second  // for one answer
	retryEvery  = 10 * time.Second // while there are no keys yet
	keysEvery   = 10 * time.Minute
	unknownKeys = 5 * time.Minute // at most one look for a key that is not known
	maxAsked    = 32              // introspections at once
)

// MaxClaim is how long a claim may be that says who calls, in bytes.
const MaxClaim = 512

// Types are the values of typ that are taken where nothing else is said.
func Types() []string { return []string{"at+jwt", "JWT"} }

// DefaultClaims are the names that are looked for where nothing else is said.
func DefaultClaims() Claims {
	return Claims{App: []string{"client_id", "azp"}, Member: []string{"sub"}, Scopes: []string{"scope", "scp"}}
}

// DefaultLeeway is how far clocks may differ where nothing else is said.
const DefaultLeeway = time.Minute

// URLFault says what is wrong with a URL at which an issuer is asked, "" for nothing. Whoever can change what is read there decides who calls.
func URLFault(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return "is no URL; expected one as in https://login.example.com"
	case u.User != nil:
		return "holds a user; leave out what stands before the @"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "holds a query or a fragment; leave out what stands behind the path"
	case u.Scheme == "http" && !access.IsLoopback(u.Hostname()):
		return "is plain http, where everybody on the way can put keys of their own; use https (http is for this machine alone)"
	}
	return ""
}

// Issuer is one that is asked. It survives reloads that leave its Spec as it is.
type Issuer struct {
	spec   Spec
	log    *slog.Logger
	client *http.Client
	life   context.Context // of what goes on in the background
	end    context.CancelFunc

	turn  chan struct{} // held by whoever asks for keys
	keys  keys
	tried time.Time // when keys were asked for last while there were none; guarded by turn

	asking  chan struct{} // a place for each introspection under way; whoever finds none waits within its patience
	mu      sync.Mutex
	flights map[[32]byte]*flight
}

// New makes an issuer that asks nothing yet. Run keeps its keys, and ends with Close.
func New(spec Spec, log *slog.Logger) *Issuer {
	i := &Issuer{spec: spec, log: log, client: newClient(), turn: make(chan struct{}, 1), asking: make(chan struct{}, maxAsked), flights: map[[32]byte]*flight{}}
	i.keys.MemoryJWKSet = jwkset.NewMemoryStorage()
	i.life, i.end = context.WithCancel(context.Background())
	return i
}

// Spec is what it was made from.
func (i *Issuer) Spec() Spec { return i.spec }

// Run gets the keys, so that the first call need not wait for them, and returns when they are there or the issuer is closed. Later they are got again in the
// background.
func (i *Issuer) Run() {
	for told := false; ; told = true {
		err := i.connect(i.life)
		if err == nil || i.life.Err() != nil {
			return
		}
		if !told {
			i.log.Warn("the keys of an issuer cannot be read, and its tokens cannot be verified; trying again until they can", "issuer", i.spec.Name, "error", err)
		}
		select {
		case <-i.life.Done():
			return
		case <-time.After(retryEvery):
		}
	}
}

// Close ends what goes on in the background.
func (i *Issuer) Close() {
	i.end()
	i.client.CloseIdleConnections()
}

// Closed reports whether Close was called.
func (i *Issuer) Closed() bool { return i.life.Err() != nil }

// newClient asks nobody but whom it is told to ask: no redirects, and no answer longer than maxDocument.
func newClient() *http.Client {
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: patience}).DialContext,
		TLSHandshakeTimeout:    patience,
		ResponseHeaderTimeout:  patience,
		IdleConnTimeout:        time.Minute,
		MaxIdleConnsPerHost:    maxAsked,
		MaxResponseHeaderBytes: maxDocument,
		ForceAttemptHTTP2:      true,
	}
	return &http.Client{
		Transport: bounded{transport},
		Timeout:   patience,
		CheckRedirect: func(r *http.Request, _ []*http.Request) error {
			return fmt.Errorf("it redirects to %s, and redirects are not followed", place(r.URL))
		},
	}
}

// place is a URL without what may be a secret in it.
func place(u *url.URL) string { return u.Scheme + "://" + u.Host + u.EscapedPath() }
