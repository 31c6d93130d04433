//go:build unix

package program_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/oauth2"

	"github.com/candor-gateway/candor/internal/testkit"
)

// walk is a browser and an app in one, at an instance that signs members in.
type walk struct {
	t       *testing.T
	folder  string
	www     string
	client  *http.Client
	secrets map[string]string // all that was secret, by what it was
}

const back = "https://shop.example/back"

// TestSecretsStaySecret: after sign-in, consent, tokens and many failures, what was written down holds no secret of any of them.
func TestSecretsStaySecret(t *testing.T) {
	api, www, admin := free(t), free(t), free(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	w := &walk{t: t, folder: t.TempDir(), www: "http://" + www, client: &http.Client{Jar: jar, CheckRedirect: stay, Timeout: testkit.Patience}, secrets: map[string]string{}}
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	t.Cleanup(up.Close)
	text := fmt.Sprintf(`data: data
listeners: [%q]
admin: {address: %q}
log: {access: access.log}
drain: {delay: 0s}
limits: {failed_credentials: 10000}
www: {address: %q, public_url: %q, accounts: true}
oauth: {}
upstreams: {api: %q}
scopes: {r_profile: Read, openid: Know who you are}
products: {all: {scopes: [r_profile, openid]}}
apis: [{base: /v2, name: people, upstream: api, routes: [{name: me, path: /me, methods: [GET], scopes: [r_profile]}]}]
`, api, admin, www, w.www, up.URL)
	if err := os.WriteFile(filepath.Join(w.folder, "candor.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var printed testkit.Lines
	serve := exec.Command("candor", "serve", "--log-level", "debug")
	serve.Dir, serve.Stdout, serve.Stderr = w.folder, &printed, &printed
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = serve.Process.Kill() })
	testkit.Until(t, "it serves", func() bool {
		list := exec.Command("candor", "app", "list")
		list.Dir = w.folder
		return takes(www) && takes(api) && list.Run() == nil
	})

	app := w.run("app", "create", "shop", "--owner", "maker@example.com", "--product", "all", "--redirect-uri", back, "--json")
	member := w.run("member", "create", "ada", "--email", "ada@example.com", "--json")
	w.secrets["client secret"], w.secrets["password"] = app["client_secret"].(string), member["new_password"].(string)
	w.allow(app["client_id"].(string))
	w.fails(app["client_id"].(string), "http://"+api)
	_, metrics := w.send(http.MethodGet, "http://"+admin+"/metrics", nil)

	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("it ended with %v\n%s", err, &printed)
	}
	w.search("what it printed", []byte(printed.String()))
	w.search("its metrics", []byte(metrics))
	w.searchFolder()
}

// run is what a command says.
func (w *walk) run(args ...string) (said map[string]any) {
	w.t.Helper()
	cmd := exec.Command("candor", args...)
	cmd.Dir = w.folder
	var faults bytes.Buffer
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &said)
	}
	if err != nil {
		w.t.Fatalf("candor %v: %v\n%s%s", args, err, out, &faults)
	}
	return said
}

// send sends a form, or asks, and notes the cookies that it gets. It returns where it is led to, and what it is told.
func (w *walk) send(method, at string, form url.Values, fields ...string) (to, text string) {
	w.t.Helper()
	q, err := http.NewRequestWithContext(w.t.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Origin", w.www)
	}
	for i := 0; i < len(fields); i += 2 {
		q.Header.Set(fields[i], fields[i+1])
	}
	a, err := w.client.Do(q)
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	for i, c := range a.Cookies() {
		if c.Value != "" {
			w.secrets[fmt.Sprint("cookie ", i, " after ", len(w.secrets))] = c.Value
		}
	}
	return a.Header.Get("Location"), string(body)
}

var waiting = regexp.MustCompile(`request=([A-Z2-7]+)`)

// allow signs in, allows the app what it asks, and takes its tokens.
func (w *walk) allow(id string) {
	w.t.Helper()
	w.secrets["verifier"], w.secrets["nonce"] = oauth2.GenerateVerifier(), "nonce-of-this-walk-4711"
	q := url.Values{
		"response_type": {"code"}, "client_id": {id}, "redirect_uri": {back}, "scope": {"r_profile openid"}, "state": {"s"},
		"nonce": {w.secrets["nonce"]}, "code_challenge": {oauth2.S256ChallengeFromVerifier(w.secrets["verifier"])}, "code_challenge_method": {"S256"},
	}
	to, _ := w.send(http.MethodGet, w.www+"/oauth/v2/authorization?"+q.Encode(), nil)
	request := waiting.FindStringSubmatch(to)
	if request == nil {
		w.t.Fatalf("it is led to %q", to)
	}
	w.send(http.MethodPost, w.www+"/sign-in", url.Values{"request": {request[1]}, "email": {"ada@example.com"}, "password": {"wrong " + w.secrets["password"]}})
	w.send(http.MethodPost, w.www+"/sign-in", url.Values{"request": {request[1]}, "email": {"ada@example.com"}, "password": {w.secrets["password"]}})
	to, text := w.send(http.MethodPost, w.www+"/oauth/v2/consent", url.Values{"request": {request[1]}, "for": {"ada@example.com"}, "shown": {"r_profile openid"}, "decision": {"allow"}})
	u, err := url.Parse(to)
	if err != nil || u.Query().Get("code") == "" {
		w.t.Fatalf("it is led to %q\n%s", to, text)
	}
	w.secrets["code"] = u.Query().Get("code")
	form := url.Values{"grant_type": {"authorization_code"}, "code": {w.secrets["code"]}, "redirect_uri": {back}, "code_verifier": {w.secrets["verifier"]}}
	_, text = w.send(http.MethodPost, w.www+"/oauth/v2/accessToken", form, "Authorization", basic(id, w.secrets["client secret"]))
	var tokens map[string]any
	if err := json.Unmarshal([]byte(text), &tokens); err != nil {
		w.t.Fatal(err)
	}
	for _, kind := range []string{"access_token", "refresh_token", "id_token"} {
		if w.secrets[kind], _ = tokens[kind].(string); w.secrets[kind] == "" && kind != "refresh_token" {
			w.t.Fatalf("there is no %s in %s", kind, text)
		}
	}
}

func basic(id, secret string) string {
	q := http.Request{Header: http.Header{}}
	q.SetBasicAuth(id, secret)
	return q.Header.Get("Authorization")
}

// fails does what goes wrong, each with something secret in it.
func (w *walk) fails(id, api string) {
	w.t.Helper()
	token, whole := w.www+"/oauth/v2/accessToken", maps.Clone(w.secrets)
	right := basic(id, w.secrets["client secret"])
	for _, secret := range whole {
		if secret == "" {
			continue
		}
		w.send(http.MethodPost, token, url.Values{"grant_type": {"authorization_code"}, "code": {secret}, "redirect_uri": {back}, "code_verifier": {secret}}, "Authorization", right)
		w.send(http.MethodPost, token, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {secret}}, "Authorization", right)
		w.send(http.MethodPost, token, url.Values{"grant_type": {secret}, "client_id": {id}, "client_secret": {secret}})
		w.send(http.MethodPost, token, url.Values{"grant_type": {"client_credentials"}, "client_id": {secret}}, "Authorization", basic(secret, secret))
		w.send(http.MethodPost, token+"?client_secret="+url.QueryEscape(secret)+"&code="+url.QueryEscape(secret), url.Values{})
		w.send(http.MethodPost, w.www+"/oauth/v2/introspectToken", url.Values{"token": {secret}, "client_id": {id}, "client_secret": {secret}})
		w.send(http.MethodPost, w.www+"/oauth/v2/revoke", url.Values{"token": {secret}}, "Authorization", basic(id, secret))
		w.send(http.MethodGet, w.www+"/oauth/v2/userinfo", nil, "Authorization", "Bearer "+secret)
		w.send(http.MethodGet, w.www+"/oauth/v2/userinfo?access_token="+url.QueryEscape(secret), nil)
		w.send(http.MethodGet, w.www+"/oauth/v2/authorization?client_id="+id+"&id_token_hint="+url.QueryEscape(secret)+"&redirect_uri="+url.QueryEscape(back), nil)
		w.send(http.MethodPost, w.www+"/account", url.Values{"do": {"change-password"}, "password": {secret + "x"}, "new": {secret}, "again": {secret + "y"}})
		w.send(http.MethodGet, api+"/v2/me", nil, "Authorization", "Bearer "+secret)
		w.send(http.MethodGet, api+"/v2/me", nil, "Authorization", "Basic "+secret)
		w.send(http.MethodGet, api+"/v2/me?access_token="+url.QueryEscape(secret), nil)
	}
}

var ofOurs = regexp.MustCompile(`cdr_[a-z]{2}_[A-Za-z0-9_-]{9,}`) // more than REDACTED has

// search fails where a secret is in what was written.
func (w *walk) search(where string, text []byte) {
	w.t.Helper()
	if len(text) == 0 {
		w.t.Errorf("there is nothing in %s", where)
	}
	for what, secret := range w.secrets {
		if what == "nonce" && strings.Contains(where, "state.db") { // a code keeps it for its id_token, and URLs have it
			continue
		}
		if secret != "" && bytes.Contains(text, []byte(secret)) {
			at := bytes.Index(text, []byte(secret))
			w.t.Errorf("the %s is in %s: %q", what, where, text[max(0, at-200):at+len(secret)])
		}
	}
	if found := ofOurs.Find(text); found != nil {
		w.t.Errorf("%s has %q", where, found)
	}
}

// searchFolder searches every file but the configuration and the keys, by which tokens are made.
func (w *walk) searchFolder() {
	w.t.Helper()
	n := 0
	err := filepath.WalkDir(w.folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || strings.HasSuffix(path, ".key") || strings.HasSuffix(path, ".signing") || e.Name() == "candor.yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		if n++; len(text) > 0 {
			w.search(strings.TrimPrefix(path, w.folder), text)
		}
		return err
	})
	const least = 2 // the store and the access log
	if err != nil || n < least {
		w.t.Errorf("%d files were searched: %v", n, err)
	}
}
