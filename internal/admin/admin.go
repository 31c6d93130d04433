// Package admin is the operator's listener: health, metrics, profiles, and the
// commands that the CLI sends to a running instance. It alone knows Prometheus;
// the other rooms keep plain counts and hand over how to read them.
package admin

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/candor-gateway/candor/internal/tally"
)

// Options say what the listener shows. The zero value shows what needs nobody:
// health, the runtime's metrics, and profiles over a socket.
type Options struct {
	// Token is demanded of all but /healthz and /readyz. "" demands none, and
	// then nothing is to be had over TCP that changes the instance or shows its
	// memory: any process of the machine can reach it there.
	Token   string
	Socket  string   // the path at which the same is to be had without a token, for advice; "" if nowhere
	Hosts   []string // host names by which the listener may be called without a token, beside loopback
	Version string   // of the program
	Commit  string
	Log     *slog.Logger // nil: silent

	// Ready says why the instance takes no calls now, such as "draining"; ""
	// if it does. nil: it always does.
	Ready func() string

	Calls       *tally.Calls                // nil: no calls are shown
	RouteName   func(number uint32) string  // never asked for tally.NoRoute
	ProblemName func(number uint8) string   // never asked for 0
	CheckName   func(number uint8) string   // of what is only observed
	Numbers     []Number                    // further plain counts
	Families    []Family                    // and those with labels
	Reload      func(context.Context) error // POST /reload; nil: there is none
	Mint        Mint                        // POST /v1/tokens; nil: there is none
	Apps        Apps                        // /v1/apps; nil: there is none
	Tokens      Tokens                      // /v1/grants, /v1/tokens/…, /v1/keys; nil: there is none
	Accounts    Accounts                    // /v1/members, /v1/developers, /v1/operators; nil: there are none
	// DeveloperKeys are at /v1/developers/EMAIL/keys; nil: there are none.
	DeveloperKeys DeveloperKeys
	Requests      Requests // /v1/requests; nil: there are none
	// Usage tells what an app did: GET /v1/usage; nil: there is none.
	Usage func(context.Context, url.Values) (any, error)
	// Debug makes a token with which calls are recorded whole: POST /v1/debug; nil: nobody does.
	Debug func(context.Context, DebugRequest) (DebugAnswer, error)
	// Cache tells of the cache of answers and clears it: /v1/cache; nil: there is none.
	Cache Cache
	// Digest tells what failed: GET /v1/digest; nil: there is none.
	Digest func(context.Context, url.Values) (any, error)
	// Route tells what would become of a call: POST /v1/route; nil: there is none.
	Route func(context.Context, RouteRequest) (RouteAnswer, error)
	Pages []Page // for the operator's browser
	// Extras are endpoints that another room has of its own: the sandbox.
	Extras []Extra
	// TakeOver hands the listening sockets over to the process behind the
	// connection, and closes that. Only the Unix socket can: POST /take-over;
	// nil: there is none.
	TakeOver func(*net.UnixConn)
}

// Page is something for a browser: it is read, and changes nothing. A browser sends the token as the password of HTTP Basic, since it cannot send it otherwise.
type Page struct {
	Path  string // a final / stands for all below it
	What  string
	Serve http.HandlerFunc
}

// Number is a plain count of a room, read when metrics are asked for.
type Number struct {
	Name  string // candor_connections
	Help  string // one sentence
	Total bool   // it only ever grows: the name ends in _total
	Value func() float64
}

// Mint makes an access token. What the caller can mend it returns as *Fault.
type Mint func(context.Context, MintRequest) (MintAnswer, error)

// MintRequest asks for a token.
type MintRequest struct {
	App    string   `json:"app"`
	Member string   `json:"member,omitempty"` // empty: a token of the app itself
	Scopes []string `json:"scopes"`
	Life   int64    `json:"life_seconds,omitempty"` // 0: as configured
}

// MintAnswer is the token that was made.
type MintAnswer struct {
	Token     string    `json:"access_token"`
	App       string    `json:"app"`
	Member    string    `json:"member,omitempty"`
	Scopes    []string  `json:"scopes"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Fault is an error as the listener answers it: what happened and what to do
// next, one sentence each.
type Fault struct {
	Status  int    `json:"status"`
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
}

// Error is message and fix.
func (f *Fault) Error() string {
	if f.Fix == "" {
		return f.Message
	}
	return f.Message + ". " + f.Fix
}
