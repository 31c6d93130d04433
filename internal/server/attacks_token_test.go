package server_test

import (
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
)

const (
	introspectPath = "/oauth/v2/introspectToken"
	revokePath     = "/oauth/v2/revoke"
)

// tokenAttacks are those on access tokens, refresh tokens and what apps show to get them.
var tokenAttacks = []attack{
	{
		name: "a public app's refresh token is used again by a thief: the grant ends for both",
		does: func(s *scene) {
			first := s.phoneRedeems(s.t, s.code(s.ada, "ada", s.phoneLink()))
			next := s.refreshes(s.t, &s.phone, first.text("refresh_token"))
			s.token = s.refreshes(s.t, &s.phone, next.text("refresh_token")).text("access_token")
			s.wait(62 * time.Second)
			s.got(answers(s.refreshes(s.t, &s.phone, first.text("refresh_token"))))
			s.got(answers(s.refreshes(s.t, &s.phone, next.text("refresh_token"))))
		},
		gets:     "400 invalid_grant refresh_reused",
		linkedin: []string{"400 invalid_request refresh_reused"},
		still:    func(s *scene) string { return s.calls(s.token) },
		works:    "Unauthorized revoked_access_token",
	},
	{
		name: "fifty refreshes of a public app at once: all of one generation, and equal",
		does: func(s *scene) {
			first := s.phoneRedeems(s.t, s.code(s.ada, "ada", s.phoneLink()))
			for _, a := range s.atOnce(50, func(t *testing.T) said { return s.refreshes(t, &s.phone, first.text("refresh_token")) }) {
				if s.stolen == "" {
					s.stolen = a.text("refresh_token")
				}
				s.got(fmt.Sprint(answers(a), " ", a.text("refresh_token") == s.stolen, " ", s.calls(a.text("access_token"))))
			}
		},
		gets:  "200 true OK",
		still: func(s *scene) string { return answers(s.refreshes(s.t, &s.phone, s.stolen)) },
		works: "200",
	},
	{
		name: "fifty refreshes of an app with a secret at once: all are good",
		does: func(s *scene) {
			for _, a := range s.atOnce(50, func(t *testing.T) said { return s.refreshes(t, &s.shop, s.refreshToken) }) {
				s.got(fmt.Sprint(answers(a), " ", a.text("refresh_token") == s.refreshToken, " ", s.calls(a.text("access_token"))))
			}
		},
		gets: "200 true OK",
	},
	{
		name: "a refresh asks for more scopes than were allowed",
		does: func(s *scene) {
			for _, scope := range []string{"r_profile r_ads", "r_ads", "openid", "r_other", "*", " ", "R_PROFILE"} {
				s.got(answers(s.refreshes(s.t, &s.shop, s.refreshToken, "scope", scope)))
			}
		},
		gets: "400 invalid_scope",
	},
	{
		name: "the exchange of a code asks for more scopes than were allowed",
		does: func(s *scene) {
			a := s.redeems(s.t, s.adasCode(), "scope", "r_profile r_ads openid")
			s.got(answers(a) + " " + a.text("scope"))
		},
		gets: "200 r_profile",
	},
	{
		name: "an app asks members for scopes that are not its own",
		does: func(s *scene) {
			for _, scope := range []string{"r_profile r_other", "r_other", "r_profile,r_other", "r_nobody", "R_PROFILE", "r_profile\x00"} {
				s.got(shown(s.ada.get(s.link("scope", scope))))
			}
		},
		gets:     "303 https://shop.example/back invalid_scope",
		linkedin: []string{"303 https://shop.example/back unauthorized_scope_error"},
	},
	{
		name: "an app looks into tokens of others, and into what is none: one answer for all",
		does: func(s *scene) {
			for _, text := range []string{s.token, s.refreshToken, s.token[:len(s.token)-1] + "x", "cdr_at_guessed", "x", s.adasCode()} {
				a := s.posts(s.t, introspectPath, s.other.ClientID+":"+s.other.Secret, "token="+text)
				body, err := json.Marshal(a.Body)
				if err != nil {
					s.t.Fatal(err)
				}
				s.got(fmt.Sprint(a.Status, " ", string(body)))
			}
		},
		gets: `200 {"active":false}`,
	},
	{
		name: "a public app, and nobody, look into tokens",
		does: func(s *scene) {
			s.got(answers(s.posts(s.t, introspectPath, "", "client_id="+s.phone.ClientID+"&token="+s.token)))
			s.got(answers(s.posts(s.t, introspectPath, "", "token="+s.token)))
			s.got(answers(s.posts(s.t, introspectPath, s.shop.ClientID+":", "token="+s.token)))
			s.got(answers(s.posts(s.t, introspectPath, "Bearer "+s.token, "token="+s.token)))
		},
		gets:     "401 invalid_client",
		linkedin: []string{"400 invalid_request", "401 invalid_client"},
	},
	{
		name: "others take tokens back: 200 for all, and nothing is done",
		does: func(s *scene) {
			for _, text := range []string{s.token, s.refreshToken, s.token + "x", "cdr_rt_guessed", "x"} {
				for _, hint := range []string{"", "&token_type_hint=refresh_token", "&token_type_hint=access_token", "&token_type_hint=x"} {
					a := s.posts(s.t, revokePath, s.other.ClientID+":"+s.other.Secret, "token="+text+hint)
					b := s.posts(s.t, revokePath, "", "client_id="+s.phone.ClientID+"&token="+text+hint)
					s.got(fmt.Sprint(a.Status, b.Status, len(a.Body), len(b.Body)))
				}
			}
		},
		gets: "200 200 0 0",
	},
	{
		name: "others refresh with a stolen refresh token",
		does: func(s *scene) {
			for range 6 {
				s.got(answers(s.refreshes(s.t, &s.other, s.refreshToken)))
				s.got(answers(s.refreshes(s.t, &s.phone, s.refreshToken)))
			}
		},
		gets:     "400 invalid_grant",
		linkedin: []string{"400 invalid_request"},
	},
	{
		name: "what is no refresh token is refreshed: an access token, a code, JWTs, one that was altered",
		does: func(s *scene) {
			for _, text := range []string{
				s.token, s.adasCode(), s.identity(), forged(s, "none"), s.refreshToken + "A", s.refreshToken[1:], strings.Replace(s.refreshToken, "_rt_", "_at_", 1),
				strings.Replace(s.token, "_at_", "_rt_", 1), "' OR ''='", strings.Repeat("cdr_rt_", 1000),
			} {
				s.got(answers(s.refreshes(s.t, &s.shop, text)))
			}
		},
		gets:     "400 invalid_grant",
		linkedin: []string{"400 invalid_request"},
	},
	{
		name: "what is no access token is shown to the API: a refresh token, an id_token, JWTs, one that was altered",
		does: func(s *scene) {
			for _, text := range []string{
				s.refreshToken, s.identity(), forged(s, "none"), forged(s, "HS256"), s.token + "A", s.token[:len(s.token)-1], strings.Replace(s.refreshToken, "_rt_", "_at_", 1),
				strings.ToUpper(s.token), "cdr_at_" + strings.Repeat("A", 60), strings.Repeat("A", 900),
			} {
				s.got(s.calls(text))
			}
		},
		gets: "Unauthorized invalid_access_token",
	},
	{
		name: "what is no access token is shown to userinfo",
		does: func(s *scene) {
			for _, text := range []string{s.refreshToken, s.identity(), forged(s, "none"), forged(s, "HS256"), s.adasCode(), s.token + "A", "x"} {
				s.got(answers(s.asks(s.t, asks{"GET", userInfoPath, "", "Bearer " + text, ""})))
			}
		},
		gets: "401 invalid_token",
	},
	{
		name: "forged id_tokens are hints",
		does: func(s *scene) {
			for _, text := range []string{forged(s, "none"), forged(s, "HS256"), s.token, "x", "..", strings.Repeat("A", 2000)} {
				s.got(shown(s.ada.get(s.link("prompt", "none", "id_token_hint", text))))
			}
		},
		gets: "303 https://shop.example/back invalid_request",
	},
	{
		name: "a secret that was rotated away is used", alone: true,
		does: func(s *scene) {
			old := s.shop
			s.shop.Secret = change(s.t, s, "shop", admin.AppChange{RotateSecret: true, Keep: 3600}).Secret
			if a := s.refreshes(s.t, &old, s.refreshToken); a.Status != 200 {
				s.t.Errorf("within its hour: %s", answers(a))
			}
			s.wait(time.Hour)
			s.got(answers(s.refreshes(s.t, &old, s.refreshToken)))
			s.got(answers(s.posts(s.t, revokePath, old.ClientID+":"+old.Secret, "token="+s.refreshToken)))
			s.got(answers(s.posts(s.t, introspectPath, old.ClientID+":"+old.Secret, "token="+s.token)))
		},
		gets: "401 invalid_client",
	},
	{
		name: "an app that was disabled goes on", alone: true,
		does: func(s *scene) {
			s.stolen = s.adasCode()
			change(s.t, s, "shop", admin.AppChange{Disabled: new(true)})
			s.got(answers(s.redeems(s.t, s.stolen)))
			s.got(answers(s.refreshes(s.t, &s.shop, s.refreshToken)))
			s.got(answers(s.exchange(s.t, &s.shop, "grant_type", "client_credentials")))
			s.got(answers(s.posts(s.t, introspectPath, s.shop.ClientID+":"+s.shop.Secret, "token="+s.token)))
		},
		gets:     "400 unauthorized_client",
		linkedin: []string{"401 access_denied"},
		still: func(s *scene) string {
			at, _, _ := strings.Cut(s.ada.get(s.link()).head.Get("Location"), "&error=")
			before := s.calls(s.token) + ", " + at
			change(s.t, s, "shop", admin.AppChange{Disabled: new(false)})
			return before + ", then " + codeWorks(s) + " and " + lives(s)
		},
		works: "Forbidden app_disabled, https://shop.example/back?of=candor, then 200 and all",
	},
	{
		name: "an app goes on for a member who was restricted", alone: true,
		does: func(s *scene) {
			s.stolen = s.adasCode()
			changeMember(s.t, s.Accounts(), "ada", admin.MemberChange{Restricted: new(true)})
			s.got(answers(s.redeems(s.t, s.stolen)))
			s.got(answers(s.refreshes(s.t, &s.shop, s.refreshToken)))
		},
		gets:     "400 invalid_grant member_restricted",
		linkedin: []string{"400 invalid_redirect_uri member_restricted", "400 invalid_request member_restricted"},
		still: func(s *scene) string {
			before := s.calls(s.token)
			changeMember(s.t, s.Accounts(), "ada", admin.MemberChange{Restricted: new(false)})
			return before + ", then " + codeWorks(s) + " " + s.calls(s.token)
		},
		works: "Unauthorized restricted_member, then 200 OK",
	},
	{
		name: "an app goes on for a member who was erased", alone: true,
		does: func(s *scene) {
			s.stolen = s.adasCode()
			if _, err := s.Accounts().EraseMember(s.t.Context(), "ada"); err != nil {
				s.t.Fatal(err)
			}
			for _, a := range []said{s.redeems(s.t, s.stolen), s.refreshes(s.t, &s.shop, s.refreshToken)} {
				s.got(fmt.Sprint(a.Status, " ", a.text("error")))
			}
		},
		gets:     "400 invalid_grant",
		linkedin: []string{"401 invalid_request", "400 invalid_request", "400 invalid_redirect_uri"},
		still:    func(s *scene) string { return s.calls(s.token) + ", " + shown(s.ada.get("/services")) },
		works:    "Unauthorized revoked_access_token, 303 /sign-in",
	},
}

// forged is an id_token for ada that nobody has signed, or with the published key as if it were a secret that both know (RFC 8725 §2.1).
func forged(s *scene, algorithm string) string {
	s.t.Helper()
	var keys struct {
		Keys []struct{ Kid, N string }
	}
	if err := json.Unmarshal([]byte(s.mallory.get("/oauth/v2/jwks").body), &keys); err != nil || len(keys.Keys) != 1 {
		s.t.Fatalf("the keys: %+v %v", keys, err)
	}
	modulus, err := base64.RawURLEncoding.DecodeString(keys.Keys[0].N)
	if err != nil {
		s.t.Fatal(err)
	}
	public := x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537})
	part := func(v map[string]any) string {
		text, err := json.Marshal(v)
		if err != nil {
			s.t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	text := part(map[string]any{"alg": algorithm, "typ": "JWT", "kid": keys.Keys[0].Kid}) + "." +
		part(map[string]any{"iss": "http://www.example/oauth", "sub": "ada", "aud": s.shop.ClientID, "iat": s.now(), "exp": s.now() + 3600})
	if algorithm == "none" {
		return text + "."
	}
	mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: public}))
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
