package issuer

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/access"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when tokens are judged, unix seconds: 2026-03-01T12:00:00Z.
const noon = 1772366400

// The keys are made once: those of RSA take a while.
var (
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	otherRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	shortRSA = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 1024)) })
	ecKey    = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	edKey    = sync.OnceValue(func() ed25519.PrivateKey {
		_, k, err := ed25519.GenerateKey(rand.Reader)
		return must(k, err)
	})
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// other is an issuer at work on a socket of its own.
type other struct {
	*httptest.Server
	mu       sync.Mutex
	keys     []jose.JSONWebKey
	asked    map[string]int
	answer   map[string]http.HandlerFunc // instead of what it answers
	says     map[string]map[string]any   // of tokens that it is asked about
	metadata string                      // the path of its metadata
}

func newOther(t *testing.T) *other {
	o := &other{asked: map[string]int{}, answer: map[string]http.HandlerFunc{}, says: map[string]map[string]any{}, metadata: "/.well-known/openid-configuration"}
	o.publish(rsaKey().Public(), "rsa", "RS256")
	o.publish(ecKey().Public(), "ec", "ES256")
	o.publish(edKey().Public(), "ed", "")
	o.Server = httptest.NewServer(o)
	t.Cleanup(o.Close)
	return o
}

func (o *other) publish(key crypto.PublicKey, id, alg string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keys = append(o.keys, jose.JSONWebKey{Key: key, KeyID: id, Algorithm: alg, Use: "sig"})
}

func (o *other) rotate(key crypto.PublicKey, id string) {
	o.mu.Lock()
	o.keys = nil
	o.mu.Unlock()
	o.publish(key, id, "")
}

func (o *other) set(path string, h http.HandlerFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answer[path] = h
}

func (o *other) count(path string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked[path]
}

func (o *other) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	o.asked[r.URL.Path]++
	own, keys := o.answer[r.URL.Path], o.keys
	o.mu.Unlock()
	switch {
	case own != nil:
		own(w, r)
	case r.URL.Path == o.metadata:
		fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, o.URL, o.URL+"/keys")
	case r.URL.Path == "/keys":
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: keys})
	case r.URL.Path == "/introspect":
		id, secret, _ := r.BasicAuth()
		if r.Method != http.MethodPost || id != "candor" || secret != "s3cr%2Bt" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		said := map[string]any{"active": false}
		o.mu.Lock()
		if of := o.says[r.FormValue("token")]; of != nil {
			said = of
		}
		o.mu.Unlock()
		_ = json.NewEncoder(w).Encode(said)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// book has the one issuer.
func (o *other) book(t *testing.T, changes ...func(*Spec)) *Book {
	t.Helper()
	spec := Spec{
		Name: "theirs", Issuer: o.URL, Audience: Audience{Claim: "aud", Values: []string{"https://api.example.com"}},
		Types: Types(), Claims: DefaultClaims(), Leeway: DefaultLeeway,
	}
	for _, change := range changes {
		change(&spec)
	}
	i := New(spec, slog.New(slog.DiscardHandler))
	t.Cleanup(i.Close)
	names := access.NewNames([]string{"read", "write"}, nil)
	listed := &access.App{ID: 7, Name: "shop", External: "theirs|listed", Products: 1}
	var mu sync.Mutex
	numbers := map[string]access.AppID{}
	return NewBook([]*Issuer{i}, Apps{Names: names, Listed: []*access.App{listed}, Number: func(_ context.Context, key string) (access.AppID, error) {
		mu.Lock()
		defer mu.Unlock()
		if _, ok := numbers[key]; !ok {
			numbers[key] = access.AppID(1000 + len(numbers))
		}
		return numbers[key], nil
	}}, &Table{})
}

// verify judges a token at noon.
func verify(t *testing.T, b *Book, cred string) Result {
	t.Helper()
	return b.Verify(t.Context(), []byte(cred), 1, noon*int64(time.Second))
}

// claims are those of a good token, with changes; nil takes one away.
func (o *other) claims(changes map[string]any) map[string]any {
	c := map[string]any{
		"iss": o.URL, "aud": "https://api.example.com", "exp": noon + 3600, "iat": noon - 10, "sub": "alice", "client_id": "app", "scope": "read other",
	}
	maps.Copy(c, changes)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// signed is a JWT as the issuer would make it.
func signed(alg string, key any, header, claims map[string]any) string {
	h := map[jose.HeaderKey]any{}
	for name, v := range header {
		h[jose.HeaderKey(name)] = v
	}
	s := must(jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key}, &jose.SignerOptions{ExtraHeaders: h}))
	return must(must(s.Sign(must(json.Marshal(claims)))).CompactSerialize())
}

// token is a good one, with changes of its claims.
func (o *other) token(changes map[string]any) string {
	return signed("RS256", rsaKey(), map[string]any{"kid": "rsa", "typ": "at+jwt"}, o.claims(changes))
}

// raw signs any bytes with RS256, as no library would let us.
func raw(header, claims string) string {
	enc := base64.RawURLEncoding.EncodeToString
	signing := enc([]byte(header)) + "." + enc([]byte(claims))
	h := crypto.SHA256.New()
	h.Write([]byte(signing))
	return signing + "." + enc(must(rsa.SignPKCS1v15(rand.Reader, rsaKey(), crypto.SHA256, h.Sum(nil))))
}

func text(v any) string { return string(must(json.Marshal(v))) }

func pad(n int) string { return strings.Repeat("x", n) }
