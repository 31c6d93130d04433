package testkit

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// Issuer is somebody else who issues access tokens, on a socket of loopback: metadata, keys, introspection.
type Issuer struct {
	*httptest.Server
	key  ed25519.PrivateKey
	mu   sync.Mutex
	says map[string]map[string]any
}

// NewIssuer starts one, which ends with the test.
func NewIssuer(tb testing.TB) *Issuer {
	tb.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		tb.Fatal(err)
	}
	i := &Issuer{key: key, says: map[string]map[string]any{}}
	i.Server = httptest.NewServer(i)
	tb.Cleanup(i.Close)
	return i
}

// Vouches makes it say of a token that it is active, with these claims.
func (i *Issuer) Vouches(token string, claims map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.says[token] = i.claims(claims)
	i.says[token]["active"] = true
}

// Token is a JWT for https://api.example.com that is good for an hour, of alice by the app shop, with changes; nil takes a claim away.
func (i *Issuer) Token(changes map[string]any) string {
	header, claims := `{"alg":"EdDSA","kid":"1","typ":"at+jwt"}`, i.claims(changes)
	text, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	signing := enc([]byte(header)) + "." + enc(text)
	return signing + "." + enc(ed25519.Sign(i.key, []byte(signing)))
}

func (i *Issuer) claims(changes map[string]any) map[string]any {
	claims := map[string]any{
		"iss": i.URL, "aud": "https://api.example.com", "exp": time.Now().Add(time.Hour).Unix(), "sub": "alice", "client_id": "shop", "scope": "r_profile",
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return claims
}

// ServeHTTP answers as an issuer does.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		_, _ = fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, i.URL, i.URL+"/keys")
	case "/keys":
		public, _ := i.key.Public().(ed25519.PublicKey)
		_, _ = fmt.Fprintf(w, `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","use":"sig","alg":"EdDSA","x":%q}]}`, base64.RawURLEncoding.EncodeToString(public))
	case "/introspect":
		i.mu.Lock()
		said := i.says[r.FormValue("token")]
		i.mu.Unlock()
		if said == nil {
			said = map[string]any{"active": false}
		}
		_ = json.NewEncoder(w).Encode(said)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}
