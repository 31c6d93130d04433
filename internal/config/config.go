// Package config reads candor.yaml into the specs of the rooms. It reports every mistake at once,
// with line and column, what was expected there, and the nearest known word. What is read says
// everything: each default is filled in, and what one key takes from another is settled.
package config

import (
	"net/netip"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// Config is one configuration, whole: nothing in it means "the default". Paths of files are
// absolute, or as given where the working folder is not known.
type Config struct {
	File   string   // where it was read from
	Digest [32]byte // SHA-256 of its bytes; zero: it was read from none

	Data      string // the folder of state.db; "" means nothing is written
	Profile   problem.Profile
	Fabric    string // x-li-fabric
	Listeners []Listener
	Admin     *Admin // nil: off
	WWW       *WWW   // nil: off
	OAuth     *OAuth // nil: off
	Log       Log
	Requests  requestlog.Settings
	Cache     Cache
	Limits    Limits
	Timeouts  Timeouts
	Drain     Drain
	Support   problem.Support
	Docs      Docs
	Upstreams []upstream.Spec
	Scopes    []Scope
	Products  []Product
	Issuers   []Issuer // at most issuer.MaxIssuers; a set of them is by their places here
	Apps      []App
	Tokens    token.Spec
	Quotas    []quota.Spec
	APIs      []route.APISpec
	Problems  []problem.Override
	Errors    *problem.Envelope // the operator's own format of errors, for listeners and APIs that say none; nil: the profile's

	// Warnings are no mistakes, but probably not what was meant.
	Warnings Mistakes

	reliances []Reliance
	root      *yaml.Node
}

// Places are, by the names of the upstreams, what paths and hosts they get.
func (c *Config) Places() map[string]route.Place {
	places := map[string]route.Place{}
	for i := range c.Upstreams {
		u := &c.Upstreams[i]
		places[u.Name] = route.Place{Prefix: u.Prefix, Host: u.SentHost()}
	}
	return places
}

// Listener is one address on which calls come in.
type Listener struct {
	Address string
	TLS     *TLS // nil: plain HTTP
	// Profile, CORS and Headers hold for calls for which no API can be found.
	Profile problem.Profile
	CORS    *route.CORSSpec // nil: off
	Headers route.HeaderNames
	Errors  *problem.Envelope // nil: the profile's own format
	Health  bool              // answer /healthz and /readyz here too
	// TrustedProxies are the balancers in front: what they say of a call's origin passes and is continued.
	TrustedProxies []netip.Prefix
	// Names are those that calls may name in Host, beside literal addresses; nil: every one.
	Names []string
	// ClientAddress is where they say for whom they call. ProxyProtocol: their connections begin with a PROXY header.
	ClientAddress forwarded.Source
	ProxyProtocol bool
}

// TLS is what a listener needs for https.
type TLS struct {
	Certificates []Certificate // chosen by the name that the client asks for; the first is for all others
}

// Certificate is a pair of PEM files: the chain, and its key.
type Certificate struct{ Cert, Key string }

// Admin is the operator's listener: health, metrics, pprof.
type Admin struct {
	Address string
	Token   Secret // empty only on loopback addresses
}

// WWW is the listener for people: the error pages, and where they sign in.
type WWW struct {
	Address        string
	TLS            *TLS           // nil: plain HTTP
	TrustedProxies []netip.Prefix // balancers in front: what X-Forwarded-For says of a call's origin is believed
	PublicURL      string         // scheme and host by which people reach it, without a slash at the end; "" is not known
	SignIn
}

// OAuth is our own authorization server, on www.
type OAuth struct {
	Profile         problem.Profile
	ApplicationLife time.Duration // of the tokens that apps get for themselves
	AccessLife      time.Duration // of those for the data of members
	RefreshLife     time.Duration // of refresh tokens
	CodeLife        time.Duration // of authorization codes
}

// GivesRefreshTokens reports whether an app of which nothing is said is given refresh tokens: in the standard profile of the authorization server, or of all where there is
// none.
func (c *Config) GivesRefreshTokens() bool {
	if c.OAuth != nil {
		return c.OAuth.Profile == problem.Standard
	}
	return c.Profile == problem.Standard
}

// ErrorPages is where the pages of the errors stand, as answers link to them: the operator's own, or else those of www; "" is nowhere.
func (c *Config) ErrorPages() string {
	if c.Docs.Errors == "" && c.WWW != nil && c.WWW.PublicURL != "" {
		return c.WWW.PublicURL + "/errors"
	}
	return c.Docs.Errors
}

// Texts is what the answers of all APIs and listeners have in common.
func (c *Config) Texts() problem.Options {
	return problem.Options{ErrorsURL: c.ErrorPages(), AuthDocs: c.Docs.Authentication, Overrides: c.Problems, Support: c.Support}
}

// Log says where the access log goes and how much Candor says of itself.
type Log struct {
	Access string // stdout, stderr, off, or a file
	Level  string // debug, info, warn, error
	Format string // json, text
}

// Cache bounds what is kept of answers for other calls, of all routes together.
type Cache struct{ Size int64 }

// Limits bound what one process and one call may take. Sizes are bytes.
type Limits struct {
	Connections       int // 0: two fifths of the files that the process may open
	PerAddress        int // connections of one client address; 0: no limit
	InFlight          int
	Upgrades          int   // connections switched to another protocol; 0: half of the connections
	Buffered          int64 // bytes of bodies held at once
	RequestLine       int
	Head              int
	Fields            int
	Body              int64
	JSONBody          int64 // a body that is checked as JSON is held whole
	ChunkLine         int
	Trailers          int
	UpstreamHead      int
	UpstreamFields    int
	FailedCredentials int // a minute and client address; 0: no limit
}

// Timeouts are the time limits towards clients; 0 means none where that is allowed.
type Timeouts struct {
	Handshake  time.Duration
	FirstByte  time.Duration
	Head       time.Duration
	Idle       time.Duration
	BodyGap    time.Duration
	WriteStall time.Duration
	Call       time.Duration
	AnyPace    bool // a body may come as slowly as it likes
}

// Drain is how Candor ends: how long it still takes calls, and how long it waits for those in flight.
type Drain struct{ Delay, Finish time.Duration }

// Docs are pages of the operator's that answers point to; "" means none.
type Docs struct {
	Authentication string
	Errors         string // before the problem's name: the reference of all errors
}

// Scope is one permission that an app can hold.
type Scope struct{ Name, Text string }

// Product is a set of scopes that an app is given as a whole.
type Product struct {
	Name   string
	Scopes []string
}

// App is one application that calls the APIs.
type App struct {
	Name     string
	ClientID string // "" means that the store makes one up and keeps it
	Products []string
	Disabled bool
	Quotas   []quota.Spec // instead of the quotas of the same name
	External string       // "NAME|client_id" of another issuer's app; "" for ours

	Secret            Secret // the client secret, or its SHA-256 as 64 hexadecimal digits; none
	Public            bool   // it keeps no secret
	RedirectURIs      []string
	ApplicationTokens bool     // it may ask for tokens of its own
	RefreshTokens     bool     // it is given refresh tokens
	Profile           string   // of the authorization server towards it; "": as towards all
	Introspect        []string // APIs whose tokens it may look into
	Owners            []string // e-mail addresses
}
