package oauth

import (
	"crypto/sha256"
	"encoding/base64"
)

// Where the endpoints of OpenID Connect stand on a site.
const (
	KeysPath      = "/oauth/v2/jwks"
	UserInfoPath  = "/oauth/v2/userinfo"
	DiscoveryPath = issuerPath + "/.well-known/openid-configuration" // OpenID Connect Discovery 1.0 §4, of the issuer {site}/oauth
)

// The scopes that OpenID Connect has words for (Core 1.0 §5.4). An app has them by a product, as any other.
const (
	ScopeOpenID  = "openid"
	ScopeProfile = "profile"
	ScopeEmail   = "email"
)

// claims are what an id_token and userinfo may say.
var claims = []string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "email", "email_verified"}

// Person is what is known of a member beside the id.
type Person struct {
	Email    string
	Verified bool // they have shown that it is theirs
}

// IDToken are the claims of an id_token (OpenID Connect Core 1.0 §2). Its times are unix seconds.
type IDToken struct {
	Issuer        string `json:"iss"`
	Subject       string `json:"sub"`
	Audience      string `json:"aud"` // the client id
	Ends          int64  `json:"exp"`
	Issued        int64  `json:"iat"`
	Authenticated int64  `json:"auth_time,omitempty"`
	Nonce         string `json:"nonce,omitempty"`
	TokenHash     string `json:"at_hash,omitempty"` // AtHash of the access token that comes with it
	Email         string `json:"email,omitempty"`
	EmailVerified *bool  `json:"email_verified,omitempty"`
}

// About adds what is known of the member, where the app may know it.
func (t *IDToken) About(p Person) {
	if p.Email != "" {
		t.Email, t.EmailVerified = p.Email, &p.Verified
	}
}

// AtHash binds an id_token to the access token beside it (OpenID Connect Core 1.0 §3.1.3.6): the left half of the hash that RS256 has.
func AtHash(accessToken string) string {
	sum := sha256.Sum256([]byte(accessToken))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
