package server_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
)

const (
	adasPassword = "correct horse battery"
	shopBack     = "https://shop.example/back?of=candor"
	phoneBack    = "http://127.0.0.1/back"
	verifier     = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

// realm is an instance at which members sign in and give apps access: shop, which keeps a secret and gets refresh tokens, other, phone, which is public, and members
// ada and bob.
type realm struct {
	*instance
	s           *stage
	profile     string
	shop, other admin.AppAnswer
	phone       admin.AppAnswer
	ahead       *atomic.Int64 // of the real time
}

// realmConfig is the configuration of a realm.
func realmConfig(profile string) []string {
	return append(noApps,
		"log: {access", "www: {address: \"127.0.0.1:0\", public_url: \"http://www.example\", accounts: true}\nlimits: {failed_credentials: 10000}\noauth: {profile: "+profile+"}\nlog: {access",
		"scopes: {r_profile: Read, r_ads: Ads}", "scopes: {r_profile: Read your profile, r_ads: Ads, openid: Know who you are, email: Know your e-mail address, r_other: Other}",
		"products: {profile: {scopes: [r_profile]}", "products: {profile: {scopes: [r_profile, openid, email]}, other: {scopes: [r_other]}",
		"app: 100/day", "app: 1000000/day",
	)
}

func newRealm(t *testing.T, profile string) *realm {
	t.Helper()
	s := newStage(t)
	r := &realm{s: s, profile: profile, ahead: &atomic.Int64{}}
	r.wait(time.Minute) // whose clock is the machine's at the start goes by that alone
	r.open()
	r.shop = create(t, r, admin.AppRequest{Name: "shop", Owners: []string{"maker@example.com"}, Products: []string{"profile", "ads"}, RedirectURIs: []string{shopBack}, AppRights: admin.AppRights{RefreshTokens: new(true)}})
	r.other = create(t, r, admin.AppRequest{Name: "other", Owners: []string{"maker@example.com"}, Products: []string{"profile"}, RedirectURIs: []string{shopBack}, AppRights: admin.AppRights{RefreshTokens: new(true)}})
	r.phone = create(t, r, admin.AppRequest{Name: "phone", Owners: []string{"maker@example.com"}, Products: []string{"profile", "ads"}, RedirectURIs: []string{phoneBack, "https://spa.example/back"}, Public: true, AppRights: admin.AppRights{RefreshTokens: new(true)}})
	for _, who := range []string{"ada", "bob"} {
		createMember(t, r.Accounts(), admin.AccountRequest{Member: who, Email: who + "@example.com", Password: adasPassword})
	}
	return r
}

// open starts the instance, or one after it with what it has kept.
func (r *realm) open() {
	o := r.s.options()
	o.Now = func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }
	r.instance = r.s.startBy(r.s.config(realmConfig(r.profile)...), o)
}

func (r *realm) wait(d time.Duration) { r.ahead.Add(int64(d)) }

// now is unix seconds in the realm.
func (r *realm) now() int64 { return time.Now().Add(time.Duration(r.ahead.Load())).Unix() }

// browser is one that follows no redirects by itself, and calls the site www.example.
type browser struct {
	t      *testing.T
	client *http.Client
	last   seen
}

// seen is what a browser got.
type seen struct {
	status int
	head   http.Header
	body   string
}

// to is where it is led to.
func (s seen) to(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse(s.head.Get("Location"))
	if err != nil || s.status != 303 {
		t.Fatalf("it is not led on: %d %v %.2000s", s.status, s.head, s.body)
	}
	return u
}

func (r *realm) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "www.example:80" {
			address = r.WWWAddr()
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t: t, client: &http.Client{Jar: jar, Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, CheckRedirect: stay, Timeout: testkit.Patience}}
}

func (b *browser) do(method, path string, form url.Values, fields ...string) seen {
	b.t.Helper()
	if form == nil {
		return b.send(method, path, "", fields...)
	}
	own := []string{"Content-Type", "application/x-www-form-urlencoded", "Origin", "http://www.example", "Sec-Fetch-Site", "same-origin"}
	return b.send(method, path, form.Encode(), append(own, fields...)...)
}

// send sends a body with these fields; of one name the last counts, and an empty one is not sent.
func (b *browser) send(method, path, body string, fields ...string) seen {
	b.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = "http://www.example" + path
	}
	q, err := http.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		if q.Header.Del(fields[i]); fields[i+1] != "" {
			q.Header.Set(fields[i], fields[i+1])
		}
	}
	q.Host = q.Header.Get("Host")
	a, err := b.client.Do(q)
	if err != nil {
		b.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.last = seen{a.StatusCode, a.Header, string(text)}
	return b.last
}

func (b *browser) get(path string) seen { b.t.Helper(); return b.do("GET", path, nil) }

// follow goes to where it was led, as long as that is the site.
func (b *browser) follow() seen {
	b.t.Helper()
	for b.last.status == 303 && strings.HasPrefix(b.last.head.Get("Location"), "/") {
		b.get(b.last.head.Get("Location"))
	}
	return b.last
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// submit sends the first form of the page that it is at to a path, with these fields beside the hidden ones.
func (b *browser) submit(path string, pairs ...string) seen {
	b.t.Helper()
	form := url.Values{}
	text, _, _ := strings.Cut(b.last.body, "</form>")
	for _, m := range hidden.FindAllStringSubmatch(text, -1) {
		form.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.do("POST", path, form)
}

// signsIn fills in the form that it is at.
func (b *browser) signsIn(who string) seen {
	b.t.Helper()
	b.submit("/sign-in", "email", who+"@example.com", "password", adasPassword)
	return b.follow()
}

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// asks begins at the authorization endpoint, for shop unless pairs say otherwise; an empty value leaves a parameter out.
func (r *realm) link(pairs ...string) string {
	q := url.Values{"response_type": {"code"}, "client_id": {r.shop.ClientID}, "redirect_uri": {shopBack}, "state": {"a state"}, "scope": {"r_profile"}}
	for i := 0; i < len(pairs); i += 2 {
		if q.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return "/oauth/v2/authorization?" + q.Encode()
}

// phoneLink is link for the public app.
func (r *realm) phoneLink(pairs ...string) string {
	return r.link(append([]string{"client_id", r.phone.ClientID, "redirect_uri", phoneBack, "code_challenge", challenge(), "code_challenge_method", "S256"}, pairs...)...)
}

// allows goes through sign-in and consent where they are asked for, and returns the parameters with which it is led back.
func (b *browser) allows(who, link string) url.Values {
	b.t.Helper()
	b.get(link)
	b.follow()
	if strings.Contains(b.last.body, "type=\"password\"") {
		b.signsIn(who)
	}
	if strings.Contains(b.last.body, "value=\"allow\"") {
		b.submit("/oauth/v2/consent", "decision", "allow")
		b.follow()
	}
	return b.last.to(b.t).Query()
}

// code is a fresh code of a member for a link.
func (r *realm) code(b *browser, who, link string) string {
	b.t.Helper()
	q := b.allows(who, link)
	if q.Get("code") == "" {
		b.t.Fatalf("there is no code in %v", q)
	}
	return q.Get("code")
}

// exchange sends a form of pairs to the token endpoint as an app; an empty value leaves a parameter out.
func (r *realm) exchange(t *testing.T, app *admin.AppAnswer, pairs ...string) said {
	t.Helper()
	form := url.Values{}
	basic := app.ClientID + ":" + app.Secret
	if app.Secret == "" {
		basic = ""
		form.Set("client_id", app.ClientID)
	}
	for i := 0; i < len(pairs); i += 2 {
		if form.Set(pairs[i], pairs[i+1]); pairs[i+1] == "" {
			form.Del(pairs[i])
		}
	}
	return r.posts(t, tokenPath, basic, form.Encode())
}

// redeems exchanges a code of shop's.
func (r *realm) redeems(t *testing.T, code string, pairs ...string) said {
	t.Helper()
	return r.exchange(t, &r.shop, append([]string{"grant_type", "authorization_code", "code", code, "redirect_uri", shopBack}, pairs...)...)
}

func (r *realm) phoneRedeems(t *testing.T, code string, pairs ...string) said {
	t.Helper()
	return r.exchange(t, &r.phone, append([]string{"grant_type", "authorization_code", "code", code, "redirect_uri", phoneBack, "code_verifier", verifier}, pairs...)...)
}

func (r *realm) refreshes(t *testing.T, app *admin.AppAnswer, token string, pairs ...string) said {
	t.Helper()
	return r.exchange(t, app, append([]string{"grant_type", "refresh_token", "refresh_token", token}, pairs...)...)
}

func (s said) text(name string) string { text, _ := s.Body[name].(string); return text }

// calls is what the API answers to a token: its status and the name of the problem.
func (r *realm) calls(token string) string {
	a := r.get("/v2/me", token)
	return strings.TrimSpace(http.StatusText(a.Status) + " " + a.Problem)
}
