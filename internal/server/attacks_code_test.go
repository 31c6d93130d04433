package server_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// codeAttacks are those on authorization codes.
var codeAttacks = []attack{
	{
		name: "a code is replayed, and what it gave is dead",
		does: func(s *scene) {
			code := s.adasCode()
			s.token = s.redeems(s.t, code).text("access_token")
			s.wait(11 * time.Second)
			s.got(answers(s.redeems(s.t, code)))
		},
		gets:     "400 invalid_grant code_used",
		linkedin: []string{"400 invalid_redirect_uri code_used"},
		still:    func(s *scene) string { return s.calls(s.token) },
		works:    "Unauthorized revoked_access_token",
	},
	{
		name: "a code is submitted twice within ten seconds, and what it gave is good",
		does: func(s *scene) {
			code := s.adasCode()
			s.token = s.redeems(s.t, code).text("access_token")
			s.got(answers(s.redeems(s.t, code)))
		},
		gets:     "400 invalid_grant code_used",
		linkedin: []string{"400 invalid_redirect_uri code_used"},
	},
	{
		name: "a double submit with another redirect URI is a replay",
		does: func(s *scene) {
			code := s.adasCode()
			s.token = s.redeems(s.t, code).text("access_token")
			s.got(answers(s.redeems(s.t, code, "redirect_uri", "https://shop.example/")))
		},
		gets:     "400 invalid_grant code_used",
		linkedin: []string{"400 invalid_redirect_uri code_used"},
		still:    func(s *scene) string { return s.calls(s.token) },
		works:    "Unauthorized revoked_access_token",
	},
	{
		name: "another app redeems a stolen code, more often than it may fail",
		does: func(s *scene) {
			s.stolen = s.adasCode()
			for range 6 {
				s.got(answers(s.exchange(s.t, &s.other, "grant_type", "authorization_code", "code", s.stolen, "redirect_uri", shopBack)))
			}
		},
		gets:     "400 invalid_grant code_other_app",
		linkedin: []string{"400 invalid_redirect_uri code_other_app"},
		still:    codeWorks, works: "200",
	},
	{
		name: "another app replays a code that was used, and what it gave is good",
		does: func(s *scene) {
			code := s.adasCode()
			s.token = s.redeems(s.t, code).text("access_token")
			s.wait(11 * time.Second)
			s.got(answers(s.exchange(s.t, &s.other, "grant_type", "authorization_code", "code", code, "redirect_uri", shopBack)))
		},
		gets:     "400 invalid_grant code_other_app",
		linkedin: []string{"400 invalid_redirect_uri code_other_app"},
	},
	{
		name: "a public app's code that was used is replayed without its verifier, and what it gave is good",
		does: func(s *scene) {
			code := s.code(s.ada, "ada", s.phoneLink())
			got := s.phoneRedeems(s.t, code)
			s.token, s.refreshToken = got.text("access_token"), got.text("refresh_token")
			s.wait(11 * time.Second)
			s.got(answers(s.phoneRedeems(s.t, code, "code_verifier", "")))
			s.got(answers(s.phoneRedeems(s.t, code, "code_verifier", strings.Repeat("g", 43))))
		},
		gets:     "400 invalid_grant code_used",
		linkedin: []string{"400 invalid_redirect_uri code_used"},
		still: func(s *scene) string {
			return s.calls(s.token) + " " + answers(s.refreshes(s.t, &s.phone, s.refreshToken))
		},
		works: "OK 200",
	},
	{
		name: "a public app's code is replayed with its verifier, and what it gave is dead",
		does: func(s *scene) {
			code := s.code(s.ada, "ada", s.phoneLink())
			s.token = s.phoneRedeems(s.t, code).text("access_token")
			s.wait(11 * time.Second)
			s.got(answers(s.phoneRedeems(s.t, code)))
		},
		gets:     "400 invalid_grant code_used",
		linkedin: []string{"400 invalid_redirect_uri code_used"},
		still:    func(s *scene) string { return s.calls(s.token) },
		works:    "Unauthorized revoked_access_token",
	},
	{
		name: "somebody without shop's secret tries to burn a stolen code",
		does: func(s *scene) {
			s.stolen = s.adasCode()
			stranger := s.shop
			stranger.Secret = "guessed"
			for range 6 {
				s.got(answers(s.exchange(s.t, &stranger, "grant_type", "authorization_code", "code", s.stolen, "redirect_uri", "https://shop.example/")))
			}
		},
		gets:  "401 invalid_client",
		still: codeWorks, works: "200",
	},
	{
		name: "the public app's name is used to redeem a code of shop's",
		does: func(s *scene) {
			s.stolen = s.adasCode()
			s.got(answers(s.phoneRedeems(s.t, s.stolen)))
		},
		gets:     "400 invalid_grant code_other_app",
		linkedin: []string{"400 invalid_redirect_uri code_other_app"},
		still:    codeWorks, works: "200",
	},
	{
		name: "verifiers are guessed, five times",
		does: func(s *scene) {
			s.stolen = s.code(s.ada, "ada", s.link("code_challenge", challenge(), "code_challenge_method", "S256"))
			for range 5 {
				s.got(answers(s.redeems(s.t, s.stolen, "code_verifier", strings.Repeat("g", 43))))
			}
		},
		gets:     "400 invalid_grant verifier_mismatch",
		linkedin: []string{"400 invalid_redirect_uri verifier_mismatch"},
		still: func(s *scene) string {
			return s.redeems(s.t, s.stolen, "code_verifier", verifier).text("cause") + ", and " + lives(s)
		},
		works: "code_used, and all",
	},
	{
		name: "PKCE downgrade: the challenge is taken out of the request",
		does: func(s *scene) {
			s.stolen = s.adasCode()
			s.got(answers(s.redeems(s.t, s.stolen, "code_verifier", verifier)))
		},
		gets:     "400 invalid_grant verifier_mismatch",
		linkedin: []string{"400 invalid_redirect_uri verifier_mismatch"},
		still:    codeWorks, works: "200",
	},
	{
		name: "PKCE downgrade: the verifier is left out",
		does: func(s *scene) {
			s.stolen = s.code(s.ada, "ada", s.link("code_challenge", challenge(), "code_challenge_method", "S256"))
			s.got(answers(s.redeems(s.t, s.stolen)))
		},
		gets:     "400 invalid_grant verifier_mismatch",
		linkedin: []string{"400 invalid_redirect_uri verifier_mismatch"},
		still:    func(s *scene) string { return answers(s.redeems(s.t, s.stolen, "code_verifier", verifier)) },
		works:    "200",
	},
	{
		name: "PKCE downgrade: the challenge, which is no secret, stands for the verifier",
		does: func(s *scene) {
			s.stolen = s.code(s.ada, "ada", s.phoneLink())
			s.got(answers(s.phoneRedeems(s.t, s.stolen, "code_verifier", challenge())))
		},
		gets:     "400 invalid_grant verifier_mismatch",
		linkedin: []string{"400 invalid_redirect_uri verifier_mismatch"},
		still:    func(s *scene) string { return answers(s.phoneRedeems(s.t, s.stolen)) },
		works:    "200",
	},
	{
		name: "PKCE downgrade: plain, no method, no challenge",
		does: func(s *scene) {
			for _, link := range []string{
				s.phoneLink("code_challenge", verifier, "code_challenge_method", "plain"), s.phoneLink("code_challenge_method", ""), s.phoneLink("code_challenge", ""),
				s.phoneLink("code_challenge", "", "code_challenge_method", ""), s.phoneLink("code_challenge_method", "s256"), s.phoneLink("code_challenge_method", "none"),
			} {
				s.got(shown(s.ada.get(link)))
			}
		},
		gets: "303 http://127.0.0.1/back invalid_request",
	},
	{
		name: "a code is redeemed with another redirect URI than it was asked with",
		does: func(s *scene) {
			s.stolen = s.adasCode()
			for _, to := range []string{"https://evil.example/", shopBack + "&", strings.ToUpper(shopBack), shopBack + "#"} {
				s.got(answers(s.redeems(s.t, s.stolen, "redirect_uri", to)))
			}
		},
		gets:     "400 invalid_grant redirect_mismatch",
		linkedin: []string{"400 invalid_redirect_uri redirect_mismatch"},
		still:    codeWorks, works: "200",
	},
	{
		name: "what is no code is redeemed: JWTs, tokens of other kinds, a code that was altered",
		does: func(s *scene) {
			code, id := s.adasCode(), s.identity()
			for _, text := range []string{
				id, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.", s.token, s.refreshToken, code[:len(code)-1], code + "A", strings.ToUpper(code), "' OR 1=1 --", "%00", strings.Repeat("A", 4000),
			} {
				s.got(answers(s.redeems(s.t, text)))
			}
		},
		gets:     "400 invalid_grant",
		linkedin: []string{"401 invalid_request"},
	},
	{
		name: "a code is shown to the API, and to userinfo",
		does: func(s *scene) {
			s.stolen = s.adasCode()
			s.got(s.calls(s.stolen))
			s.got(fmt.Sprint(http.StatusText(s.asks(s.t, asks{http.MethodGet, "/oauth/v2/userinfo", "", "Bearer " + s.stolen, ""}).Status), " invalid_access_token"))
		},
		gets:  "Unauthorized invalid_access_token",
		still: codeWorks, works: "200",
	},
	{
		name: "a code comes as JSON, multipart, text, or in the URL",
		does: func(s *scene) {
			s.stolen = s.adasCode()
			fields := map[string]string{"grant_type": "authorization_code", "code": s.stolen, "redirect_uri": shopBack}
			q := url.Values{}
			var parts bytes.Buffer
			w := multipart.NewWriter(&parts)
			for name, value := range fields {
				q.Set(name, value)
				if err := w.WriteField(name, value); err != nil {
					s.t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				s.t.Fatal(err)
			}
			basic := s.shop.ClientID + ":" + s.shop.Secret
			for _, a := range []asks{
				{"POST", tokenPath, w.FormDataContentType(), basic, parts.String()},
				{"POST", tokenPath, "application/json", basic, fmt.Sprintf(`{"grant_type":"authorization_code","code":%q,"redirect_uri":%q}`, s.stolen, shopBack)},
				{"POST", tokenPath, "text/plain", basic, q.Encode()},
				{"POST", tokenPath, "", basic, q.Encode()},
				{"POST", tokenPath, form + ", text/plain", basic, q.Encode()},
				{"POST", tokenPath + "?" + q.Encode(), form, basic, ""},
				{"POST", tokenPath + "?code=" + s.stolen, form, basic, q.Encode()},
			} {
				s.got(answers(s.asks(s.t, a)))
			}
		},
		gets:  "400 invalid_request",
		still: codeWorks, works: "200",
	},
	{
		name: "one code is exchanged fifty times at once: one gets tokens, and they are good",
		does: func(s *scene) {
			code := s.adasCode()
			all := s.atOnce(50, func(t *testing.T) said { return s.redeems(t, code) })
			good := slices.IndexFunc(all, func(a said) bool { return a.Status == 200 })
			if good < 0 {
				s.t.Fatalf("none got tokens: %+v", all[0])
			}
			s.token, s.refreshToken = all[good].text("access_token"), all[good].text("refresh_token")
			for _, a := range slices.Delete(all, good, good+1) {
				s.got(answers(a))
			}
		},
		gets:     "400 invalid_grant code_used",
		linkedin: []string{"400 invalid_redirect_uri code_used"},
	},
	{
		name: "a code is used when it is past its end",
		does: func(s *scene) {
			code := s.adasCode()
			s.wait(30*time.Minute + time.Second)
			s.got(answers(s.redeems(s.t, code)))
		},
		gets:     "400 invalid_grant code_expired",
		linkedin: []string{"400 invalid_redirect_uri code_expired"},
	},
}

// adasCode is a fresh code of ada's for shop.
func (s *scene) adasCode() string { s.t.Helper(); return s.code(s.ada, "ada", s.link()) }

// codeWorks redeems the code that was attacked.
func codeWorks(s *scene) string { return answers(s.redeems(s.t, s.stolen)) }

// identity is an id_token of ada's for other, whose scopes are its own.
func (s *scene) identity() string {
	s.t.Helper()
	code := s.code(s.ada, "ada", s.link("client_id", s.other.ClientID, "scope", "openid"))
	return s.exchange(s.t, &s.other, "grant_type", "authorization_code", "code", code, "redirect_uri", shopBack).text("id_token")
}

// atOnce does the same so many times at once.
func (s *scene) atOnce(n int, do func(*testing.T) said) []said {
	all := make([]said, n)
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() { all[i] = do(s.t) })
	}
	wait.Wait()
	return all
}
