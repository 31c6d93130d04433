// Package demo is an app like any other: it knows addresses, client ids and secrets, and nothing of what is behind them. It walks through sign-in, consent and
// tokens, makes each mistake that clients make, and shows every request and answer.
package demo

import (
	"errors"
	"html/template"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The paths of OAuth, below Options.WWW.
const (
	authorizationPath = "/oauth/v2/authorization"
	tokenPath         = "/oauth/v2/accessToken" //nolint:gosec // a path
	introspectPath    = "/oauth/v2/introspectToken"
	revokePath        = "/oauth/v2/revoke"
	userInfoPath      = "/oauth/v2/userinfo"
	callbackPath      = "/callback"
)

// Client is one registration of the app. Without a secret it is public.
type Client struct {
	Name, ID, Secret string
	Scopes           []string
}

// Public reports whether it keeps no secret.
func (c *Client) Public() bool { return c.Secret == "" }

// Person is somebody who can sign in.
type Person struct{ Email, Password string }

// Options are all that the demo knows. URLs have no final slash.
type Options struct {
	URL      string // its own
	API, WWW string
	Standard bool // the standard profile: what failures are to look like

	Confidential, Public Client // to walk through with
	Other                Client // another app
	Narrow               Client // one without tokens of its own, and without refresh tokens
	Keeper               Client // whose refresh tokens are among Given
	Disabled             Client

	Member, Stranger, Restricted Person // one to sign in with, one whose account is no member's, and one who is restricted
	Given                        Given

	Client *http.Client // that keeps no cookies and follows no redirects
	Rand   io.Reader
}

// Given are tokens and codes in states that the demo cannot bring about itself.
type Given struct {
	Expired, Revoked, Restricted, Application, OtherApp string // access tokens
	ExpiredCode, RestrictedCode                         string
	ExpiredRefresh, RestrictedRefresh                   string
}

// App is the demo.
type App struct {
	o        Options
	host     string
	browsers browsers
	failures map[string]*Failure
	pages    func() (*template.Template, error) // read when one is first asked for: a sandbox is there at once
	mux      *http.ServeMux
	guard    *http.CrossOriginProtection
}

// answerLimit bounds the wait for an answer: the slowest that the demo provokes takes 10 seconds.
const answerLimit = 20 * time.Second

// NewClient makes what Options.Client asks for.
func NewClient() *http.Client {
	return &http.Client{
		Timeout:       answerLimit,
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: nil},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// New makes the app.
func New(o Options) (*App, error) {
	if o.Client == nil || o.Rand == nil || o.URL == "" {
		return nil, errors.New("the demo lacks its client, its randomness or its own address")
	}
	d := &App{o: o, host: strings.TrimPrefix(o.URL, "http://"), failures: map[string]*Failure{}, pages: sync.OnceValues(parse), mux: http.NewServeMux(), guard: http.NewCrossOriginProtection()}
	for i := range failures {
		d.failures[failures[i].ID] = &failures[i]
	}
	d.mux.HandleFunc("GET /{$}", d.showStart)
	d.mux.HandleFunc("GET /demo.css", showStyle)
	d.mux.HandleFunc("POST /walk", d.begin)
	d.mux.HandleFunc("GET /walk", d.showWalk)
	d.mux.HandleFunc("POST /walk/{action}", d.act)
	d.mux.HandleFunc("GET "+callbackPath, d.callback)
	d.mux.HandleFunc("GET /failures", d.showFailures)
	d.mux.HandleFunc("GET /failures/{id}", d.showFailure)
	d.mux.HandleFunc("POST /failures/{id}", d.provoke)
	return d, nil
}

// ServeHTTP answers one request of a browser.
func (d *App) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // a code stands in the address of the callback
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if !d.isOurName(r.Host) {
		http.Error(w, "This demo is not "+r.Host+"; it is "+d.host+".", http.StatusMisdirectedRequest)
		return
	}
	if err := d.guard.Check(r); err != nil {
		http.Error(w, "This came from a page elsewhere; go to "+d.o.URL+" and press the button there.", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	d.mux.ServeHTTP(w, r)
}

// isOurName tells our own names from those of a page elsewhere that has its name resolve to us (DNS rebinding): it is to read no tokens.
func (d *App) isOurName(host string) bool {
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	}
	return host == d.host || name == "localhost" || net.ParseIP(strings.Trim(name, "[]")) != nil
}

// issuer is who signs the answers that come back to the callback (RFC 9207).
func (d *App) issuer() string { return d.o.WWW + "/oauth" }

// redirectURI is where the browser comes back to.
func (d *App) redirectURI() string { return d.o.URL + callbackPath }
