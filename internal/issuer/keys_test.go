package issuer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/candor-gateway/candor/internal/testkit"
)

func (r *Result) is(t *testing.T, what string, state State, why Why) {
	t.Helper()
	if r.State != state || r.Why != why {
		t.Errorf("%s: got %d %d (%s), want %d %d", what, r.State, r.Why, r.Note, state, why)
	}
}

// TestKeyRotation: a token of a new key is good at once, for all who come with it together, and one of a key that is gone is not.
func TestKeyRotation(t *testing.T) {
	o := newOther(t)
	b := o.book(t)
	r := verify(t, b, o.token(nil))
	r.is(t, "before", Good, NoFault)
	o.rotate(otherRSA().Public(), "new")
	fresh := signed("RS256", otherRSA(), map[string]any{"kid": "new"}, o.claims(nil))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			one := verify(t, b, fresh)
			one.is(t, "the new key", Good, NoFault)
		})
	}
	all.Wait()
	if n := o.count("/keys"); n != 2 {
		t.Errorf("the keys were read %d times, want 2", n)
	}
	r = verify(t, b, o.token(map[string]any{"sub": "bob"}))
	r.is(t, "the key that is gone", Invalid, UnknownKey)
}

// TestFloodOfUnknownKeys: whoever makes kids up makes nobody read the keys more than once.
func TestFloodOfUnknownKeys(t *testing.T) {
	o := newOther(t)
	b := o.book(t)
	good := o.token(nil)
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			r := verify(t, b, signed("ES256", ecKey(), map[string]any{"kid": fmt.Sprint("made up ", n)}, o.claims(nil)))
			r.is(t, "made up", Invalid, UnknownKey)
			r = verify(t, b, good)
			r.is(t, "beside it", Good, NoFault)
		})
	}
	all.Wait()
	if n := o.count("/keys"); n > 2 {
		t.Errorf("the keys were read %d times", n)
	}
}

// TestIssuerDown: keys that are known go on; without them nothing is held against a token.
func TestIssuerDown(t *testing.T) {
	o := newOther(t)
	known, fresh := o.book(t), o.book(t)
	token := o.token(nil)
	r := verify(t, known, token)
	r.is(t, "while it is up", Good, NoFault)
	o.Close()
	r = verify(t, known, o.token(map[string]any{"sub": "bob"}))
	r.is(t, "a known key", Good, NoFault)
	r = verify(t, known, signed("RS256", otherRSA(), map[string]any{"kid": "new"}, o.claims(nil)))
	r.is(t, "a key that is not known", Failed, IssuerDown)
	r = verify(t, known, o.token(map[string]any{"exp": noon - 100}))
	r.is(t, "an expired one of a known key", Expired, NoFault)
	r = verify(t, fresh, token)
	r.is(t, "no keys at all", Failed, IssuerDown)
	if !strings.Contains(r.Note, "connection refused") {
		t.Errorf("the log is told %q", r.Note)
	}
}

// TestWhatAnIssuerSays: a document that is no use leaves us without keys, and says so in the log.
func TestWhatAnIssuerSays(t *testing.T) {
	t.Parallel()
	answer := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
	}
	const metadata = "/.well-known/openid-configuration"
	for name, c := range map[string]struct {
		path   string
		answer func(o *other) http.HandlerFunc
		say    string
	}{
		"metadata of another issuer": {metadata, func(o *other) http.HandlerFunc {
			return answer(`{"issuer":"https://evil.example","jwks_uri":"` + o.URL + `/keys"}`)
		}, `is of the issuer "https://evil.example", expected "http://`},
		"metadata with a slash": {metadata, func(o *other) http.HandlerFunc {
			return answer(`{"issuer":"` + o.URL + `/","jwks_uri":"` + o.URL + `/keys"}`)
		}, "(they differ by the slash at the end)"},
		"metadata without keys": {metadata, func(o *other) http.HandlerFunc { return answer(`{"issuer":"` + o.URL + `"}`) }, "has no jwks_uri"},
		"keys over plain http": {metadata, func(o *other) http.HandlerFunc {
			return answer(`{"issuer":"` + o.URL + `","jwks_uri":"http://keys.example/"}`)
		}, "is plain http"},
		"keys in a file": {metadata, func(o *other) http.HandlerFunc {
			return answer(`{"issuer":"` + o.URL + `","jwks_uri":"file:///etc/passwd"}`)
		}, "is no URL"},
		"metadata is a page":       {metadata, func(*other) http.HandlerFunc { return answer("<html>") }, "is no metadata"},
		"metadata is gone":         {metadata, func(*other) http.HandlerFunc { return http.NotFound }, "oauth-authorization-server answered 404"},
		"metadata is huge":         {metadata, func(*other) http.HandlerFunc { return answer("{" + pad(70<<10)) }, "longer than 64 KiB"},
		"metadata leads elsewhere": {metadata, func(o *other) http.HandlerFunc { return redirect(o.URL + "/evil") }, "redirects are not followed"},
		"keys are huge":            {"/keys", func(*other) http.HandlerFunc { return answer(`{"keys":[],"x":"` + pad(70<<10) + `"}`) }, "longer than 64 KiB"},
		"keys lead elsewhere":      {"/keys", func(o *other) http.HandlerFunc { return redirect(o.URL + "/evil") }, "redirects are not followed"},
		"keys fail": {"/keys", func(*other) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }
		}, "503"},
		"no keys": {"/keys", func(*other) http.HandlerFunc { return answer(`{"keys":[]}`) }, "there is no key"},
		"secret keys": {"/keys", func(*other) http.HandlerFunc {
			return answer(`{"keys":[{"kty":"oct","kid":"rsa","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"}]}`)
		}, "there is no key"},
		"short keys": {"/keys", func(*other) http.HandlerFunc {
			return answer(text(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: shortRSA().Public(), KeyID: "rsa"}}}))
		}, "there is no key"},
		"keys that encrypt": {"/keys", func(*other) http.HandlerFunc {
			return answer(text(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: rsaKey().Public(), KeyID: "rsa", Use: "enc"}}}))
		}, "there is no key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOther(t)
			o.set(c.path, c.answer(o))
			b := o.book(t)
			r := verify(t, b, o.token(nil))
			r.is(t, "then", Failed, IssuerDown)
			if !strings.Contains(r.Note, c.say) {
				t.Errorf("the log is told %q, want %q in it", r.Note, c.say)
			}
			if o.count("/evil") > 0 {
				t.Error("a redirect was followed")
			}
			before := o.count(c.path)
			r = verify(t, b, o.token(nil))
			if r.is(t, "a moment later", Failed, IssuerDown); o.count(c.path) > before {
				t.Error("it was asked again at once")
			}
			o.set(c.path, nil)
			r = b.Verify(t.Context(), []byte(o.token(nil)), 1, (noon+11)*int64(time.Second))
			r.is(t, "when it is well again", Good, NoFault)
		})
	}
}

// TestOddKeys: of a set with a key that cannot be read, or that nobody here knows, the others are as good.
func TestOddKeys(t *testing.T) {
	t.Parallel()
	for name, odd := range map[string]string{
		"RSA without n": `{"kty":"RSA","kid":"odd"}`, "n that is no base64url": `{"kty":"RSA","kid":"odd","n":"!!!","e":"AQAB"}`,
		"a point that is none": `{"kty":"EC","crv":"P-256","kid":"odd","x":"AQ","y":"AQ"}`, "a kid that is a number": `{"kty":"RSA","kid":5,"n":"AQ","e":"AQAB"}`,
		"a short X25519": `{"kty":"OKP","crv":"X25519","kid":"odd","x":"AQID"}`, "a kty of the future": `{"kty":"AKP","alg":"ML-DSA-44","kid":"odd","pub":"AQ"}`,
		"no object": `7`, "null": `null`, "a certificate that is none": `{"kty":"RSA","kid":"odd","n":"AQ","e":"AQAB","x5c":["no"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOther(t)
			good := text(jose.JSONWebKey{Key: rsaKey().Public(), KeyID: "rsa"})
			o.set("/keys", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"keys":[`+odd+`,`+good+`]}`) })
			r := verify(t, o.book(t), o.token(nil))
			r.is(t, "the good key", Good, NoFault)
		})
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
}

// TestMetadataOfRFC8414: where there is no OpenID Connect, the path goes in before the issuer's own.
func TestMetadataOfRFC8414(t *testing.T) {
	o := newOther(t)
	at := o.URL + "/tenant"
	o.set("/.well-known/oauth-authorization-server/tenant", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, at, o.URL+"/keys")
	})
	r := verify(t, o.book(t, func(s *Spec) { s.Issuer = at }), o.token(map[string]any{"iss": at}))
	r.is(t, "then", Good, NoFault)
}

// TestSlowIssuer: a call waits no longer than its caller does, and the next one is not held up by it.
func TestSlowIssuer(t *testing.T) {
	o := newOther(t)
	release := make(chan struct{})
	o.set(o.metadata, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	left := errors.New("the caller left")
	ctx, leave := context.WithCancelCause(t.Context())
	asked := make(chan Result, 1)
	b := o.book(t)
	go func() { asked <- b.Verify(ctx, []byte(o.token(nil)), 1, noon*int64(time.Second)) }()
	testkit.Until(t, "the issuer is asked", func() bool { return o.count(o.metadata) > 0 })
	leave(left)
	r := <-asked
	r.is(t, "a caller that left", Failed, IssuerDown)
	o.set(o.metadata, nil)
	r = verify(t, b, o.token(nil))
	r.is(t, "the next one", Good, NoFault)
}

// TestKeysStayWhenTheSetBreaks: what cannot be read again takes nothing away.
func TestKeysStayWhenTheSetBreaks(t *testing.T) {
	o := newOther(t)
	b := o.book(t)
	r := verify(t, b, o.token(nil))
	r.is(t, "before", Good, NoFault)
	o.set("/keys", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"keys":[]}`) })
	r = verify(t, b, signed("RS256", otherRSA(), map[string]any{"kid": "new"}, o.claims(nil)))
	r.is(t, "a key that is not known", Failed, IssuerDown)
	r = verify(t, b, o.token(map[string]any{"sub": "bob"}))
	r.is(t, "a known one", Good, NoFault)
}

// TestRun gets the keys before anybody asks.
func TestRun(t *testing.T) {
	o := newOther(t)
	b := o.book(t)
	b.Issuers()[0].Run()
	if n := o.count("/keys"); n != 1 {
		t.Fatalf("the keys were read %d times", n)
	}
	r := verify(t, b, o.token(nil))
	r.is(t, "then", Good, NoFault)
	if n := o.count("/keys"); n != 1 {
		t.Errorf("the keys were read %d times", n)
	}
	closed := o.book(t)
	closed.Close()
	closed.Issuers()[0].Run() // returns
	if !closed.Issuers()[0].Closed() {
		t.Error("not closed")
	}
}
