package oauth

import (
	"crypto/tls"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// client is one that trusts the realm, and keeps to no proxy.
func (r *realm) client() *http.Client {
	return &http.Client{Timeout: testkit.Patience, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: r.trust, MinVersion: tls.VersionTLS12}}}
}

// decision is what a member does on the way.
type decision string

const (
	allows        decision = "allows"
	cancelsLogin  decision = "cancels the login"
	cancelsAccess decision = "cancels at the question"
)

// browser is that of a member: it fills in forms, keeps cookies, and goes where it is led.
type browser struct {
	t      *testing.T
	r      *realm
	client *http.Client
}

func (r *realm) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, r: r, client: r.client()}
	b.client.Jar = jar
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(b.client.CloseIdleConnections)
	return b
}

// page is what was answered to a browser, and what it was asked.
type page struct {
	at     *url.URL
	status int
	to     string // where it leads; "" nowhere
	body   string
}

func (b *browser) do(method, at string, form url.Values) page {
	b.t.Helper()
	q, err := http.NewRequestWithContext(b.t.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Origin", b.r.www)
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	a, err := b.client.Do(q)
	if err != nil {
		b.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	p := page{at: q.URL, status: a.StatusCode, body: string(text)}
	if to, err := a.Location(); err == nil {
		p.to = to.String()
	}
	return p
}

func (b *browser) get(at string) page { b.t.Helper(); return b.do(http.MethodGet, at, nil) }

// answers goes to a link of an app, does what the pages ask for, and returns where it is led back to, which it does not ask for.
func (b *browser) answers(link, redirect string, does decision) string {
	b.t.Helper()
	p := b.get(link)
	for range 10 {
		switch {
		case strings.HasPrefix(p.to, redirect+"?"):
			return p.to
		case p.to != "":
			p = b.get(p.to)
		case strings.Contains(p.body, `type="password"`) && does == cancelsLogin:
			p = b.submit(p, "decision", "cancel")
		case strings.Contains(p.body, `type="password"`):
			p = b.submit(p, "email", email, "password", password)
		case strings.Contains(p.body, `value="allow"`) && does == cancelsAccess:
			p = b.submit(p, "decision", "cancel")
		case strings.Contains(p.body, `value="allow"`):
			p = b.submit(p, "decision", "allow")
		default:
			b.t.Fatalf("%s leads nowhere: %d %.2000s", p.at, p.status, p.body)
		}
	}
	b.t.Fatalf("%s leads in a circle", link)
	return ""
}

var (
	action = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

// submit sends the first form of a page, with these fields beside the hidden ones.
func (b *browser) submit(p page, pairs ...string) page {
	b.t.Helper()
	text, _, _ := strings.Cut(p.body, "</form>")
	to := action.FindStringSubmatch(text)
	if to == nil {
		b.t.Fatalf("%s has no form: %.2000s", p.at, p.body)
	}
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(text, -1) {
		form.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.do(http.MethodPost, b.r.www+html.UnescapeString(to[1]), form)
}

// takesBack has the member take back all that apps were given.
func (r *realm) takesBack(t *testing.T) {
	t.Helper()
	b := r.browser(t)
	p := b.get(r.www + "/services")
	for range 20 {
		switch {
		case p.to != "":
			p = b.get(p.to)
		case strings.Contains(p.body, `type="password"`):
			p = b.submit(p, "email", email, "password", password)
		case strings.Contains(p.body, `action="/services"`):
			p = b.submit(p)
		default:
			return
		}
	}
	t.Fatalf("access cannot be taken back: %d %.2000s", p.status, p.body)
}
