// Package route finds what a call is for: host, path and method → Route, or what is near. The tables are built once from specs, are immutable, and
// are read by every call without a lock or an allocation.
//
// # Patterns
//
// A path is compared segment by segment. A segment of a pattern is a literal (/me), a whole value ({id}), or a value between literals, as Rest.li
// writes keys (id={id}, (id:{id})); a value is never empty. Literals are compared with the percent-decoded segment of the call, by bytes, with case.
// A final slash is a segment of its own, an empty one: /me and /me/ are two paths. /** at the end takes whatever follows and also nothing: /ads/**
// matches /ads, /ads/ and /ads/x/y, so that whoever protects /ads/** has protected /ads.
//
// # What decides
//
// The API first: of those with the call's host (a name before *.name before none) the one with the longest base; it keeps the call even if it has no
// route for it. Then the most specific path in it, from left to right: literal before value between literals (the more literal bytes the sooner)
// before {value} before /**. Then the method, over the union of that path's routes: a method it lacks is 405 and never falls to a wider pattern.
package route

import (
	"time"

	"github.com/candor-gateway/candor/problem"
	"github.com/candor-gateway/candor/retry"
)

// HeaderNames are the names under which ids and identity travel; "" sends none.
type HeaderNames struct{ RequestID, App, Member, Scopes string }

// APISpec is an API as configured.
type APISpec struct {
	Name         string
	Hosts        []string // names, with or without port, or *.example.com; none: every host
	Base         string   // literal path before those of its routes, "" or as /v2
	PublicURL    string   // where clients call it; "": it is not said, and clients are not told whose tokens it takes
	Profile      problem.Profile
	Credentials  Credentials
	TokenInQuery bool
	CORS         *CORSSpec // nil: off
	Preflight    PreflightRule
	Unguarded    bool // other spellings of stricter routes' paths pass
	// Untouched passes on method, target, end-to-end fields, body and status as they came, and adds next to nothing. It is for APIs whose routes look at nothing.
	Untouched bool
	// RecordBody and ServerTiming hold for its routes that do not say, and for the paths that no route has, where those pass.
	RecordBody, ServerTiming bool
	Cache                    Cache // of routes that do not say and can have one; see Spec
	Accept                   Accept
	Upstream                 string
	Version                  *VersionSpec // nil: off
	Headers                  HeaderNames
	Errors                   *problem.Envelope // the operator's own format; nil: the profile's
	Modes                    Modes             // of calls that find no route, and of routes that say none
	Rewrite                  *RewriteSpec      // of its routes that do not say; nil: none
	Retry                    *retry.Policy     // the same
	Routes                   []Spec
}

// Shown is the name of a route wherever it is shown, and what its quota counts unless the route says otherwise: api/route. Names hold no slash, so it
// is nobody else's.
func (a *APISpec) Shown(s *Spec) string { return shown(a.Name, s.Name) }

func shown(api, route string) string { return api + "/" + route }

// Spec is a route as configured. Nil and "" take what the API says.
type Spec struct {
	Name              string     // its own within the API
	Path              string     // a pattern, under the API's base
	Methods           []string   // none: every method but TRACE and CONNECT
	Scopes            [][]string // any of; an inner list all of
	Products          []string   // any of
	Restricted        bool
	Hidden            bool // absent for apps that hold none of Products
	Credentials       *Credentials
	TokenInQuery      *bool
	Accept            *Accept
	Version           *VersionSpec
	VersionOff        bool
	Body              BodySpec
	Quota             string // a quota's name; "" none
	Resource          string // what the quota counts, alone or with other routes of the same resource; default api/route
	Upstream          string
	ForwardCredential bool
	Upgrade           *Upgrade       // nil: connections are not switched to another protocol
	Tunnel            bool           // POST with X-HTTP-Method-Override: GET is taken for GET
	RecordBody        *bool          // the request log keeps how bodies of calls that failed begin
	ServerTiming      *bool          // answers tell the times of the call
	Cache             *Cache         // what is kept of its answers for other calls; nil: what the API says
	CallTimeout       time.Duration  // 0 none
	FirstByte, Gap    *time.Duration // of the upstream's answer; nil: what the upstream says, 0 none
	Rewrite           *RewriteSpec   // nil: the API's
	Retry             *retry.Policy  // nil: what failed is not sent again
	Example, Docs     string
	Modes             *Modes
}

// RewriteSpec says what an upstream gets otherwise than the caller sent it, and the caller otherwise than the upstream did.
type RewriteSpec struct {
	Strip    string // a literal path that is cut off the path's beginning, as in /v2; "" none
	Template string // of the path, and of the query if it has a '?'; "" none
	Shown    string // what may be shown of the template, where a part of it came from a variable and may be a secret; "" all

	Request, Response EditSpec

	// KeepLocation and KeepCookies pass what the upstream says of its own host and paths as it came; else callers get what they call them.
	KeepLocation, KeepCookies bool
}

// BodySpec says what a request body must be.
type BodySpec struct {
	Types          []string // media types: application/json, text/*, */*; none: any
	CheckJSON      bool     // its syntax is checked before anything is forwarded
	Max            int64    // bytes
	LengthRequired bool     // Content-Length is demanded
}

// VersionSpec says which versions are active: Months, this UTC month and those before it; or the list Active of YYYYMM.
type VersionSpec struct {
	Header string
	Months int
	Active []string
	Status int // 0: 426
}

// CORSSpec is a block that answers preflights. "*" in Origins is every origin, in Methods and Headers whatever was asked for, in Expose every field.
type CORSSpec struct {
	Origins, Methods, Headers []string
	Expose                    []string // names of the API's own fields that scripts may read
	Credentials               bool     // scripts may send cookies and the like; Origins then are listed one by one
	MaxAge                    time.Duration
}

// PreflightRule says what becomes of a preflight of an API without cors.
type PreflightRule uint8

// The rules.
const (
	RefusePreflights PreflightRule = iota // where credentials are enforced
	PassPreflights                        // bare, so that the API answers them itself
)
