package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
)

const userInfoPath = "/oauth/v2/userinfo"

// telling is a configuration with the scopes of OpenID Connect.
func telling(profile string) []string {
	return append(authorizing("profile: "+profile), "r_ads: Ads}", "r_ads: Ads, openid: Sign in, email: Mail, profile: Profile}",
		"products: {profile: {scopes: [r_profile]}", "products: {profile: {scopes: [r_profile, openid, email, profile]}")
}

// TestUserInfo: whom a token is of, by every way in which it may be sent, and what goes wrong, in both profiles.
func TestUserInfo(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			s := newStage(t)
			i := s.start(telling(profile)...)
			create(t, i, shop)
			off := shop
			off.Name = "off"
			create(t, i, off)
			mint := func(app, member string, scopes ...string) string {
				t.Helper()
				made, err := i.Mint(t.Context(), token.Order{App: app, Member: member, Scopes: scopes, Life: time.Hour}, time.Now())
				must(t, err)
				return made.Token
			}
			ended, err := i.Mint(t.Context(), token.Order{App: "shop", Member: "ada", Scopes: []string{"openid"}, Life: time.Second}, time.Unix(1_700_000_000, 0))
			must(t, err)
			single, dead, disabled := mint("shop", "ada", "openid"), mint("shop", "bob", "openid"), mint("off", "ada", "openid")
			over := operator(s)
			_, err = over.RevokeToken(t.Context(), single)
			must(t, err)
			_, err = over.RevokeGrant(t.Context(), admin.GrantFilter{App: "shop", Member: "bob"})
			must(t, err)
			change(t, i, "off", admin.AppChange{Disabled: new(true)})
			good, mail, bare, own := mint("shop", "ada", "openid"), mint("shop", "carl", "email", "openid"), mint("shop", "dora", "r_profile"), mint("shop", "", "openid")
			noOpenID := mint("shop", "eve", "email")
			i.KnowPeople(func(_ context.Context, subject string) (oauth.Person, error) {
				if subject == "eve" || subject == "carl" {
					return oauth.Person{Email: subject + "@example.com", Verified: subject == "eve"}, nil
				}
				return oauth.Person{}, errors.New("nobody may ask for " + subject)
			})
			type row struct {
				asks      asks
				status    int
				says      string // a part of error_description; of a good answer all
				challenge string // a part of WWW-Authenticate
			}
			rows := map[string]row{
				"in the field":       {asks{"GET", userInfoPath, "", "Bearer " + good, ""}, 200, `{"sub":"ada"}`, ""},
				"in another case":    {asks{"GET", userInfoPath, "", "bearer  " + good, ""}, 200, `{"sub":"ada"}`, ""},
				"by POST":            {asks{"POST", userInfoPath, "", "Bearer " + good, ""}, 200, `{"sub":"ada"}`, ""},
				"in a form":          {asks{"POST", userInfoPath, form, "", "access_token=" + good}, 200, `{"sub":"ada"}`, ""},
				"with an address":    {asks{"GET", userInfoPath, "", "Bearer " + mail, ""}, 200, `{"email":"carl@example.com","email_verified":false,"sub":"carl"}`, ""},
				"other parameters":   {asks{"GET", userInfoPath + "?schema=openid", "", "Bearer " + good, ""}, 200, `{"sub":"ada"}`, ""},
				"no token":           {asks{"GET", userInfoPath, "", "", ""}, 401, "There is no access token", `Bearer realm="oauth"`},
				"a form without one": {asks{"POST", userInfoPath, form, "", "a=b"}, 401, "There is no access token", `Bearer realm="oauth"`},
				"in the URL":         {asks{"GET", userInfoPath + "?a=b&access%5Ftoken=" + good, "", "", ""}, 400, "came in the URL", `error="invalid_request"`},
				"in two places":      {asks{"POST", userInfoPath, form, "Bearer " + good, "access_token=" + good}, 400, "in two places", `error="invalid_request"`},
				"a secret":           {asks{"GET", userInfoPath, "", "a:b", ""}, 400, "another than Bearer", `error="invalid_request"`},
				"nothing":            {asks{"GET", userInfoPath, "", "Bearer ", ""}, 400, "nothing follows Bearer", `error="invalid_request"`},
				"a broken form":      {asks{"POST", userInfoPath, form, "", "access_token=%zz"}, 400, "cannot be read", `error="invalid_request"`},
				"a large form":       {asks{"POST", userInfoPath, form, "", strings.Repeat("a", 65<<10)}, 413, "larger than", ""},
				"PUT":                {asks{"PUT", userInfoPath, "", "Bearer " + good, ""}, 405, "PUT is not supported here", ""},
				"garbage":            {asks{"GET", userInfoPath, "", "Bearer x", ""}, 401, "This is no access token of this server: never ours", `error="invalid_token"`},
				"cut":                {asks{"GET", userInfoPath, "", "Bearer " + good[:50], ""}, 401, "truncated", `error="invalid_token"`},
				"ended":              {asks{"GET", userInfoPath, "", "Bearer " + ended.Token, ""}, 401, "The access token ended at 2023-11-14T22:13:21Z", `error="invalid_token"`},
				"taken back":         {asks{"GET", userInfoPath, "", "Bearer " + single, ""}, 401, "was revoked: it was taken back", `error="invalid_token"`},
				"of a dead grant":    {asks{"GET", userInfoPath, "", "Bearer " + dead, ""}, 401, "was revoked: whoever runs the API took the access back", `error="invalid_token"`},
				"of a disabled app":  {asks{"GET", userInfoPath, "", "Bearer " + disabled, ""}, 401, "is disabled", `error="invalid_token"`},
				"of an app":          {asks{"GET", userInfoPath, "", "Bearer " + own, ""}, 403, "of no member", `error="insufficient_scope"`},
				"without the scope":  {asks{"GET", userInfoPath, "", "Bearer " + bare, ""}, 403, "the scope that is needed: openid", `scope="openid"`},
				"the address alone":  {asks{"GET", userInfoPath, "", "Bearer " + noOpenID, ""}, 403, "the scope that is needed: openid", `scope="openid"`},
			}
			if profile == "linkedin" {
				rows["the address alone"] = row{asks{"GET", userInfoPath, "", "Bearer " + noOpenID, ""}, 200, `{"email":"eve@example.com","email_verified":true,"sub":"eve"}`, ""}
			}
			for name, c := range rows {
				got := i.asks(t, c.asks)
				says, _ := got.Body["error_description"].(string)
				if c.status == 200 {
					text, err := json.Marshal(got.Body)
					must(t, err)
					says = string(text)
				}
				challenge := got.Head.Get("WWW-Authenticate")
				if got.Status != c.status || !strings.Contains(says, c.says) || !strings.Contains(challenge, c.challenge) || (challenge == "") != (c.challenge == "") {
					t.Errorf("%s: %d %q, challenge %q; want %+v", name, got.Status, says, challenge, c)
				}
				if got.Head.Get("Access-Control-Allow-Origin") != "*" || got.Status == 405 && got.Head.Get("Allow") != "GET, HEAD, POST, OPTIONS" {
					t.Errorf("%s: fields %v", name, got.Head)
				}
				if c.challenge == `Bearer realm="oauth"` && challenge != c.challenge { // RFC 6750 §3.1
					t.Errorf("%s: challenge %q", name, challenge)
				}
			}
			testkit.Until(t, "the lines", func() bool {
				return strings.Contains(s.out.String(), `"problem":"oauth_token_scope"`) && strings.Contains(s.out.String(), `"route":"www/userinfo"`)
			})
			if strings.Contains(s.out.String()+s.log.String(), "cdr_at_") {
				t.Error("a token is in the log")
			}
		})
	}
}

// TestUserInfoForPages: a browser may ask whether it may send a token, from any origin.
func TestUserInfoForPages(t *testing.T) {
	i := newStage(t).start(telling("standard")...)
	got, _ := i.visits(t, http.MethodOptions, userInfoPath, http.Header{
		"Origin": {"https://app.example"}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Headers": {"authorization"},
	})
	want := map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "Authorization, Content-Type", "Access-Control-Max-Age": "3600"}
	for name, value := range want {
		if got.head.Get(name) != value {
			t.Errorf("%s: %q, want %q", name, got.head.Get(name), value)
		}
	}
	if got.status != 204 || got.head.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%+v", got)
	}
}

// TestGuessedTokens: an address that shows too many that are none is told to wait, and a good one still works.
func TestGuessedTokens(t *testing.T) {
	s := newStage(t)
	began := time.Now().Truncate(time.Minute)
	o := s.options()
	o.Now = func() time.Time { return began.Add(20 * time.Second) }
	i := s.startBy(s.config(append(telling("standard"), "drain:", "limits: {failed_credentials: 3}\ndrain:")...), o)
	create(t, i, shop)
	made, err := i.Mint(t.Context(), token.Order{App: "shop", Member: "ada", Scopes: []string{"openid"}, Life: time.Hour}, o.Now())
	must(t, err)
	statuses := []int{}
	for _, bearer := range []string{"x", made.Token + "A", "x", "x", "x", made.Token} { // what begins as a token of ours and bears its MAC is nobody's guess
		statuses = append(statuses, i.asks(t, asks{"GET", userInfoPath, "", "Bearer " + bearer, ""}).Status)
	}
	if diff := cmp.Diff([]int{401, 401, 401, 401, 429, 200}, statuses); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestPeopleAreDown: what is known of members cannot be had.
func TestPeopleAreDown(t *testing.T) {
	s := newStage(t)
	i := s.start(telling("standard")...)
	create(t, i, shop)
	made, err := i.Mint(t.Context(), token.Order{App: "shop", Member: "ada", Scopes: []string{"openid", "email"}, Life: time.Hour}, time.Now())
	must(t, err)
	i.KnowPeople(func(context.Context, string) (oauth.Person, error) {
		return oauth.Person{}, errors.New("the disk is full")
	})
	got := i.asks(t, asks{"GET", userInfoPath, "", "Bearer " + made.Token, ""})
	if got.Status != 503 || got.Body["error"] != "temporarily_unavailable" || got.Head.Get("Retry-After") == "" || got.Head.Get("WWW-Authenticate") != "" {
		t.Errorf("%+v", got)
	}
}
