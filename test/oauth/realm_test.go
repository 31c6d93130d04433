// Package oauth signs members in to apps that are written with OAuth libraries of others. They are used as their makers say, and know of Candor the address alone:
// each goes through the whole flow, and what its developer sees when something goes wrong is kept in testdata/seen.txt.
package oauth

import (
	"crypto/x509"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	email    = "ada@example.com"
	password = "correct horse battery"
)

const configuration = `
version: 1
data: {{data}}
profile: {{profile}}
listeners: [{address: "127.0.0.1:0", tls: {certificates: [{cert: "{{cert}}", key: "{{key}}"}]}}]
admin: off
log: {access: off}
drain: {delay: 0s, finish: 5s}
limits: {failed_credentials: 10000}
www:
  address: {{www}}
  public_url: "https://{{www}}"
  accounts: true
  tls: {certificates: [{cert: "{{cert}}", key: "{{key}}"}]}
oauth: {}
upstreams: {members: "{{upstream}}"}
scopes: {openid: Know who you are, email: Know your e-mail address, r_liteprofile: Read your profile, r_emailaddress: Read your e-mail address}
products: {sign-in: [openid, email], members: [r_liteprofile, r_emailaddress]}
apis:
  - base: /v2
    upstream: members
    routes:
      - {path: /me, methods: [GET], scopes: [r_liteprofile]}
      - {path: /emailAddress, methods: [GET], scopes: [r_emailaddress]}
`

// realm is an instance at which a member, ada, gives apps access to an API. www and the API speak TLS, as the libraries expect.
type realm struct {
	*server.Server
	t       *testing.T
	profile string
	www     string // public_url
	api     string
	ca      string // the file of the certificate that apps and browsers trust
	trust   *x509.CertPool
	ahead   atomic.Int64 // of the real time
}

func newRealm(t *testing.T, profile string) *realm {
	t.Helper()
	address, err := testkit.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	issued := testkit.SelfSigned(t, "localhost", []string{"localhost", "127.0.0.1"})
	r := &realm{t: t, profile: profile, www: "https://" + address, trust: x509.NewCertPool()}
	r.trust.AddCert(issued.Cert)
	cert, key := issued.Files(t)
	r.ca = cert
	dir := t.TempDir()
	text := strings.NewReplacer(
		"{{data}}", filepath.Join(dir, "data"), "{{cert}}", cert, "{{key}}", key, "{{www}}", address, "{{profile}}", profile, "{{upstream}}", members(t),
	).Replace(configuration)
	cfg, err := config.Parse(filepath.Join(dir, "candor.yaml"), []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	r.Server, err = server.Start(t.Context(), cfg, server.Options{
		Passwords: account.Least,
		Now:       func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})), Stdout: io.Discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Shutdown(t.Context()); err != nil {
			t.Errorf("shut down: %v", err)
		}
	})
	r.api = "https://" + r.APIAddrs()[0]
	if _, err := r.Accounts().CreateMember(t.Context(), admin.AccountRequest{Member: "ada", Email: email, Password: password}); err != nil {
		t.Fatal(err)
	}
	return r
}

// register makes an app.
func (r *realm) register(t *testing.T, name, redirect string, public bool) admin.AppAnswer {
	t.Helper()
	made, err := r.CreateApp(t.Context(), admin.AppRequest{
		Name: name, Owners: []string{"maker@example.com"}, Products: []string{"sign-in", "members"}, RedirectURIs: []string{redirect}, Public: public,
		AppRights: admin.AppRights{RefreshTokens: new(true)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// calls is what the API answers to a token: the status, and the problem.
func (r *realm) calls(t *testing.T, token string) string {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.api+"/v2/me", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	client := r.client()
	defer client.CloseIdleConnections()
	a, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	return strings.TrimSpace(fmt.Sprint(a.StatusCode, " ", a.Header.Get("Candor-Problem")))
}

// members is an upstream with what LinkedIn tells of a member, in its form.
func members(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	tell := func(path, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, text)
		})
	}
	tell("/v2/me", `{"id":"ada","firstName":{"localized":{"en_US":"Ada"},"preferredLocale":{"country":"US","language":"en"}},"lastName":{"localized":{"en_US":"Lovelace"},"preferredLocale":{"country":"US","language":"en"}}}`)
	tell("/v2/emailAddress", `{"elements":[{"handle":"urn:li:emailAddress:1","handle~":{"emailAddress":"ada@example.com"}}]}`)
	up := httptest.NewServer(mux)
	t.Cleanup(up.Close)
	return up.URL
}
