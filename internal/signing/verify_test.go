package signing

import (
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// forged signs what we would, in other ways.
func forged(t *testing.T, key any, alg jose.SignatureAlgorithm, head map[jose.HeaderKey]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, &jose.SignerOptions{ExtraHeaders: head})
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(`{"sub":"mallory"}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestVerifyRefuses(t *testing.T) {
	k := quick(Memory())
	good := sign(t, k, noon)
	id, ours, theirs := kid(t, good), made()[0], made()[1]
	typ := map[jose.HeaderKey]any{"typ": "JWT", "kid": id}
	head, rest, _ := strings.Cut(good, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT","kid":"` + id + `"}`))
	public, err := jose.JSONWebKey{Key: ours.Public()}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, token, why string }{
		{"nothing", "", "no JWT"},
		{"words", "an id_token", "no JWT"},
		{"an access token", "cdr_at_AAAA", "no JWT"},
		{"too long", strings.Repeat("a", maxToken+1), "longer than"},
		{"another key under our id", forged(t, theirs, jose.RS256, typ), "does not hold"},
		{"another key and id", forged(t, theirs, jose.RS256, map[jose.HeaderKey]any{"typ": "JWT", "kid": "k"}), "not signed by a key"},
		{"no id", forged(t, ours, jose.RS256, map[jose.HeaderKey]any{"typ": "JWT"}), "not signed by a key"},
		{"a key that it brings", forged(t, theirs, jose.RS256, map[jose.HeaderKey]any{"typ": "JWT", "jwk": jose.JSONWebKey{Key: theirs.Public()}}), "not signed by a key"},
		{"another RSA algorithm", forged(t, ours, jose.RS512, typ), "no JWT"},
		{"PSS", forged(t, ours, jose.PS256, typ), "no JWT"},
		{"HMAC by the public key", forged(t, public, jose.HS256, typ), "no JWT"},
		{"none", none + "." + payload + ".", "no JWT"},
		{"none with a signature", none + "." + payload + "." + signature, "no JWT"},
		{"another typ", forged(t, ours, jose.RS256, map[jose.HeaderKey]any{"typ": "at+jwt", "kid": id}), "typ"},
		{"no typ", forged(t, ours, jose.RS256, map[jose.HeaderKey]any{"kid": id}), "typ"},
		{"a critical extension", forged(t, ours, jose.RS256, map[jose.HeaderKey]any{"typ": "JWT", "kid": id, "crit": []string{"x"}, "x": 1}), "does not hold"},
		{"other claims", head + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"mallory"}`)) + "." + signature, "does not hold"},
		{"no signature", head + "." + payload + ".", "does not hold"},
	} {
		t.Run(c.name, func(t *testing.T) {
			claims, err := k.Verify(c.token, noon)
			if err == nil || !strings.Contains(err.Error(), c.why) || claims != nil {
				t.Errorf("%s, %v; want %q", claims, err, c.why)
			}
		})
	}
}

func TestVerifyWithoutKeys(t *testing.T) {
	good := sign(t, quick(Memory()), noon)
	k := Memory()
	k.generate = func() (*rsa.PrivateKey, error) { t.Error("a key was made to look at a token"); return nil, errClosed }
	if _, err := k.Verify(good, noon.Add(time.Hour)); err == nil {
		t.Error("proven without a key")
	}
}
