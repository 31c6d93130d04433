package testkit

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// The client that a Provider knows.
const (
	ProviderClient = "candor"
	ProviderSecret = "the-secret-of-candor"
)

// Provider is an OpenID provider on a socket of loopback, at which one person signs in by only coming there.
type Provider struct {
	*httptest.Server
	key     ed25519.PrivateKey
	mu      sync.Mutex
	claims  map[string]any // of the ID token
	meta    map[string]any // more of its metadata
	back    url.Values     // instead of a code
	instead map[string]http.HandlerFunc
	codes   map[string]url.Values // the authorization request of each
}

// NewProvider starts one, which ends with the test. Who signs in there is ada@example.com, with sub ada.
func NewProvider(tb testing.TB) *Provider {
	tb.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Provider{
		key: key, claims: map[string]any{"sub": "ada", "email": "ada@example.com", "email_verified": true}, meta: map[string]any{},
		instead: map[string]http.HandlerFunc{}, codes: map[string]url.Values{},
	}
	p.Server = httptest.NewServer(p)
	tb.Cleanup(p.Close)
	return p
}

// Claim changes claims of its ID tokens; nil takes one away.
func (p *Provider) Claim(changes map[string]any) { p.change(func() { maps.Copy(p.claims, changes) }) }

// Tell changes its metadata.
func (p *Provider) Tell(changes map[string]any) { p.change(func() { maps.Copy(p.meta, changes) }) }

// SendBack lets browsers come back with these parameters beside state, and without a code if there is an error among them.
func (p *Provider) SendBack(with url.Values) { p.change(func() { p.back = with }) }

// Instead lets a handler answer a path; nil takes that back.
func (p *Provider) Instead(path string, answer http.HandlerFunc) {
	p.change(func() { p.instead[path] = answer })
}

func (p *Provider) change(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// ServeHTTP answers as a provider does.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if instead := p.instead[r.URL.Path]; instead != nil {
		instead(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		p.tell(w)
	case "/authorize":
		p.authorize(w, r)
	case "/token":
		p.token(w, r)
	case "/keys":
		public, _ := p.key.Public().(ed25519.PublicKey)
		_, _ = fmt.Fprintf(w, `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","use":"sig","alg":"EdDSA","x":%q}]}`, base64.RawURLEncoding.EncodeToString(public))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (p *Provider) tell(w http.ResponseWriter) {
	meta := map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"EdDSA"},
	}
	maps.Copy(meta, p.meta)
	_ = json.NewEncoder(w).Encode(meta)
}

// authorize sends the browser back at once, with a code.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	to, err := url.Parse(asked.Get("redirect_uri"))
	if err != nil || asked.Get("client_id") != ProviderClient || asked.Get("response_type") != "code" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	back := url.Values{"state": asked["state"]}
	maps.Copy(back, p.back)
	if !back.Has("error") {
		code := rand.Text()
		p.codes[code] = asked
		back.Set("code", code)
	}
	to.RawQuery = back.Encode()
	http.Redirect(w, r, to.String(), http.StatusFound) //nolint:gosec // as the test says
}

// token takes each code once, of the client that asked for it, with its redirect URI and verifier.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	asked := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	id, secret, _ := r.BasicAuth()
	hash := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	challenge := base64.RawURLEncoding.EncodeToString(hash[:])
	switch {
	case id != ProviderClient || secret != ProviderSecret:
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprint(w, `{"error":"invalid_client"}`)
	case asked == nil || asked.Get("code_challenge") != challenge || asked.Get("code_challenge_method") != "S256" || asked.Get("redirect_uri") != r.PostFormValue("redirect_uri"):
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":"invalid_grant","error_description":"the code is not good"}`)
	default:
		_, _ = fmt.Fprintf(w, `{"access_token":"opaque","token_type":"Bearer","expires_in":60,"id_token":%q}`, p.idToken(asked.Get("nonce")))
	}
}

func (p *Provider) idToken(nonce string) string {
	now := time.Now()
	claims := map[string]any{"iss": p.URL, "aud": ProviderClient, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "nonce": nonce}
	maps.Copy(claims, p.claims)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	text, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	signing := enc([]byte(`{"alg":"EdDSA","kid":"1","typ":"JWT"}`)) + "." + enc(text)
	return signing + "." + enc(ed25519.Sign(p.key, []byte(signing)))
}
