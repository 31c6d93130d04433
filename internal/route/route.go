package route

import (
	"bytes"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/problem"
	"github.com/candor-gateway/candor/retry"
)

// API is a block of routes ready for calls; immutable.
type API struct {
	Index       int // in the configuration
	Name, Base  string
	Profile     problem.Profile
	Credentials Credentials // of a call that finds no route in it: public only if all its routes are
	// TokenInQuery holds for calls that find no route.
	TokenInQuery bool
	CORS         *CORS // nil: off
	Preflight    PreflightRule
	Unguarded    bool   // see Table.Stricter
	Untouched    bool   // see APISpec
	Accept       Accept // of a call that finds no route in it
	Headers      HeaderNames
	Errors       *problem.Envelope
	Upstream     int // -1: every route names its own
	Version      *Versions
	Modes        Modes // of calls that find no route in it

	takers   takers
	rewrites []*Rewrite // of its routes, the more specific at the upstream first
}

// Route is what a call is for; immutable.
type Route struct {
	Number   uint32 // from Deps.Numbers: the same after a reload
	Name     string // api/route, as it is shown everywhere
	Resource string // what its quota counts
	Pattern  string // the whole path: base and path
	Display  string // what the 403 message shows: the path, without base in the linkedin profile
	Entity   string // the literal words of the path by '.': what the message of a versioned route shows ("me", "posts")
	API      *API

	Scopes       []access.ScopeSet // any of; none: any good token
	RequiredText []string          // a line each: the names of Scopes, those needed together by spaces
	Products     access.ProductSet // any of
	ProductNames []string

	Restricted, Hidden, ForwardCredential, TokenInQuery, Tunnel bool
	RecordBody, ServerTiming                                    bool     // the request log keeps how bodies of calls that failed begin; answers tell the times of the call
	Upgrade                                                     *Upgrade // nil: none
	Cache                                                       *Cache   // nil: none of its answers is kept

	Options     bool // OPTIONS is among its methods by name
	PathIsFinal bool // fields by which a framework takes another path than the call's are not forwarded: its upstream has routes that look at credentials

	Credentials Credentials
	Accept      Accept
	Version     *Versions // nil: off
	Body        Body
	Quota       *quota.Set // nil: none
	QuotaName   string     // as configured
	Rewrite     *Rewrite   // nil: the path goes on as it came
	// MapLocation and MapCookies put hosts and paths of the upstream in the caller's words, where those differ.
	MapLocation, MapCookies bool
	// ToUpstream and ToCaller are what becomes of the fields of a request and of an answer that is passed on; nil: nothing.
	ToUpstream, ToCaller *Edit

	Upstream    int
	Site        int           // the first upstream that leads to the same place
	CallTimeout time.Duration // 0 none
	// FirstByte and Gap hold in the place of the upstream's; nil: the upstream's, 0 none.
	FirstByte, Gap *time.Duration
	Retry          *retry.Policy // nil: what failed is not sent again
	Example        string
	Docs           string
	Modes          Modes

	door   int   // the same for routes of one pattern
	wild   bool  // what the upstream gets depends on more than the pattern's literals
	hosted *node // where its calls are looked up again, if the upstream gets a Host of its own; nil: by the caller's
	// Unlisted: it stands for the paths of its API that no route has, where those are not refused.
	Unlisted bool
	// Together are the routes of one path that must all allow a call, since none of them takes its method; empty: this one alone.
	Together []*Route

	Pending Pending // what is wrong with a call that comes here
	Listed  bool    // its methods are listed
}

// OpenTo reports whether an app with these products may use the route: one of the route's products is enough, none is asked for where it has none.
func (r *Route) OpenTo(products access.ProductSet) bool {
	return r.Products == 0 || r.Products.Intersects(products)
}

// Visible reports whether the route is there at all for an app with these products.
func Visible(r *Route, products access.ProductSet) bool { return !r.Hidden || r.OpenTo(products) }

// Body says what a request body must be.
type Body struct {
	Types          []string // none: any
	TypesText      string   // by ", "
	CheckJSON      bool
	Max            int64 // bytes
	LengthRequired bool
}

func newBody(s *BodySpec) Body {
	return Body{
		Types: s.Types, TypesText: strings.Join(s.Types, ", "),
		CheckJSON: s.CheckJSON, Max: s.Max, LengthRequired: s.LengthRequired,
	}
}

// Takes reports whether a body of this Content-Type is taken. Parameters do not count, nor does case (RFC 9110 §8.3.1).
func (b *Body) Takes(contentType []byte) bool {
	sent, _, _ := bytes.Cut(contentType, []byte(";"))
	sent = bytes.TrimRight(sent, " \t")
	for _, t := range b.Types {
		if takes(t, sent) {
			return true
		}
	}
	return len(b.Types) == 0
}

// takes compares a type with one that may be type/* or */*.
func takes(known string, sent []byte) bool {
	if family, any := strings.CutSuffix(known, "*"); any {
		if family == "*/" {
			return true
		}
		return len(sent) > len(family) && ascii.EqualFold(family, sent[:len(family)])
	}
	return ascii.EqualFold(known, sent)
}
