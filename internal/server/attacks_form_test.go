package server_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/testkit"
)

// hostile is what somebody might write into any field: it must be nothing but text, in the pages and in the store.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>' OR '1'='1'; DROP TABLE accounts; DROP TABLE grants; -- ${7*7} {{.}} ` + "\x00\u202e\r\nSet-Cookie: evil=1\r\n\r\n"

// formFields are the fields of the forms of people, and of the queries of their pages.
var formFields = map[string][]string{
	"/sign-in": {"email", "password", "request", "next", "decision", "login_hint"}, "/sign-out": {"request"}, "/account": {"do", "password", "new", "again", "done"}, "/services": {"grant", "done"},
	"/oauth/v2/consent": {"request", "for", "decision"}, "/errors/oauth": {"x"}, "/nowhere": {"x"},
}

// tokenFields are those of the endpoints for programs.
var tokenFields = map[string][]string{
	tokenPath: {"grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id", "client_secret"}, revokePath: {"token", "token_type_hint", "client_id", "client_secret"},
	introspectPath: {"token", "token_type_hint", "client_id", "client_secret"}, userInfoPath: {"access_token"},
}

// authorizationFields are those of the authorization endpoint.
var authorizationFields = []string{
	"client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "prompt", "max_age", "login_hint", "id_token_hint", "code_challenge", "code_challenge_method", "request", "request_uri", "ui_locales", hostile,
}

// harmless says what of a hostile value is more than text in an answer.
func harmless(p seen) string {
	var is []string
	for what, there := range map[string]bool{
		"a tag":    (strings.Contains(p.body, "<script>") || strings.Contains(p.body, "<img src=x")) && !strings.HasPrefix(p.head.Get("Content-Type"), "application/json"),
		"a cookie": strings.Contains(fmt.Sprint(p.head["Set-Cookie"]), "evil"),
		"49":       strings.Contains(p.body, "; -- 49"),
		"a fault":  p.status >= 500,
	} {
		if there {
			is = append(is, what)
		}
	}
	slices.Sort(is)
	return fmt.Sprint(is)
}

// formAttacks are those by what is written into requests.
var formAttacks = []attack{
	{
		name: "SQL and HTML in each field of each form and query of people's pages",
		does: func(s *scene) {
			for path, fields := range formFields {
				for _, name := range fields {
					for _, b := range []*browser{s.ada, s.mallory} {
						s.got(harmless(b.get(path + "?" + url.Values{name: {hostile}}.Encode())))
						if path == "/sign-out" && b == s.ada {
							continue // it does what it says
						}
						form := url.Values{"email": {"mallory@example.com"}, "password": {"x"}}
						form.Set(name, hostile)
						s.got(harmless(b.do("POST", path, form)))
					}
				}
			}
		},
		gets: "[]",
	},
	{
		name: "SQL and HTML in each field of a request for authorization",
		does: func(s *scene) {
			for _, name := range authorizationFields {
				for _, b := range []*browser{s.ada, s.mallory} {
					b.get(s.link(name, hostile))
					s.got(harmless(b.last))
					s.got(harmless(b.follow()))
				}
			}
		},
		gets: "[]",
	},
	{
		name: "SQL and HTML in each field for programs",
		does: func(s *scene) {
			for path, fields := range tokenFields {
				for _, name := range fields {
					for _, kind := range []string{"authorization_code", "refresh_token", "client_credentials"} {
						form := url.Values{"grant_type": {kind}, "client_id": {s.shop.ClientID}, "client_secret": {s.shop.Secret}, "code": {"x"}, "redirect_uri": {"x"}, "refresh_token": {"x"}, "token": {"x"}, "scope": {"r_profile"}}
						form.Set(name, hostile)
						s.got(harmless(s.mallory.do("POST", path, form)))
					}
				}
				s.got(harmless(s.mallory.do("GET", path, nil, "Authorization", "Bearer "+strings.ToValidUTF8(strings.NewReplacer("\x00", "", "\r", "", "\n", "").Replace(hostile), ""))))
			}
		},
		gets: "[]",
	},
	{
		name: "secrets come in URLs, for programs",
		does: func(s *scene) {
			basic := s.shop.ClientID + ":" + s.shop.Secret
			for _, path := range []string{tokenPath, revokePath, introspectPath} {
				for _, q := range []string{"client_secret=geheim0", "token=geheim0", "code=geheim0", "refresh_token=geheim0", "x", "client_id=" + s.shop.ClientID, "code_verifier=geheim0"} {
					a := s.asks(s.t, asks{"POST", path + "?" + q, form, basic, "grant_type=client_credentials&token=x"})
					s.got(answers(a))
				}
			}
			s.got(answers(s.asks(s.t, asks{"GET", userInfoPath + "?access_token=" + s.token, "", "", ""})))
		},
		gets: "400 invalid_request",
		still: func(s *scene) string {
			log := s.written()
			return fmt.Sprint(strings.Contains(log, "geheim0"), strings.Contains(log, s.token), strings.Contains(log, s.shop.Secret))
		},
		works: "false false false",
	},
	{
		name: "a token comes in the URL of the API",
		does: func(s *scene) {
			for _, name := range []string{"access_token", "oauth2_access_token"} {
				s.got(fmt.Sprint(s.get("/v2/me?"+name+"="+s.token, "").Status))
			}
		},
		gets: "401",
	},
	{
		name: "secrets in URLs of pages are in no log",
		does: func(s *scene) {
			for _, name := range []string{"password", "code", "token", "access_token", "refresh_token", "client_secret", "code_verifier", "id_token_hint"} {
				for _, path := range []string{"/sign-in", "/services", "/oauth/v2/consent", "/oauth/v2/authorization", "/sign-in/callback"} {
					s.mallory.get(path + "?" + name + "=geheim1geheim1geheim1")
				}
			}
			s.got(fmt.Sprint(strings.Contains(s.written(), "geheim1")))
		},
		gets: "false",
	},
	{
		name: "parameters come twice, for programs",
		does: func(s *scene) {
			for path, fields := range tokenFields {
				for _, name := range fields {
					body := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.shop.ClientID}, "client_secret": {s.shop.Secret}, "token": {s.token}, "access_token": {s.token}}
					body[name] = []string{"first", "second"}
					s.got(answers(s.posts(s.t, path, "", body.Encode())))
					body[name] = []string{"same", "same"}
					s.got(answers(s.posts(s.t, path, "", body.Encode())))
				}
			}
		},
		gets: "400 invalid_request",
	},
	{
		name: "parameters come twice in a request for authorization",
		does: func(s *scene) {
			for _, name := range authorizationFields {
				if name == "client_id" || name == "redirect_uri" {
					continue // those are told on a page
				}
				link := s.link(name, "x") + "&" + url.Values{name: {"x"}}.Encode()
				s.got(shown(s.ada.get(link)))
			}
		},
		gets: "303 https://shop.example/back invalid_request",
	},
	{
		name: "client id or redirect URI come twice: nobody is led anywhere",
		does: func(s *scene) {
			for _, more := range []url.Values{
				{"client_id": {s.other.ClientID}}, {"client_id": {s.shop.ClientID}}, {"client_id": {""}}, {"redirect_uri": {"https://evil.example/"}}, {"redirect_uri": {shopBack}}, {"redirect_uri": {""}},
			} {
				s.got(shown(s.ada.get(s.link() + "&" + more.Encode())))
				first, query, _ := strings.Cut(s.link(), "?")
				s.got(shown(s.ada.get(first + "?" + more.Encode() + "&" + query)))
			}
		},
		gets: "400 The app's request cannot be taken",
	},
	{
		name: "other methods at the endpoints for programs",
		does: func(s *scene) {
			for _, path := range []string{tokenPath, revokePath, introspectPath} {
				for _, method := range []string{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "post", "PROPFIND"} {
					p := s.mallory.do(method, path, nil, "X-Marker", "mirrored")
					s.got(fmt.Sprint(p.status, " ", p.head.Get("Allow"), " ", strings.Contains(p.body, "mirrored")))
				}
			}
		},
		gets: "405 POST false",
	},
	{
		name: "other methods at the pages of people",
		does: func(s *scene) {
			for _, path := range []string{"/oauth/v2/authorization", "/oauth/v2/consent", "/services", "/sign-in", "/sign-out", "/account"} {
				for _, method := range []string{"OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "get", "PROPFIND"} {
					p := s.ada.do(method, path, nil, "X-Marker", "mirrored")
					s.got(fmt.Sprint(p.status, " ", p.head.Get("Allow"), " ", strings.Contains(p.body, "mirrored")))
				}
			}
		},
		gets: "405 GET, HEAD, POST false",
	},
	{
		name: "HEAD is a GET without a body, and no more",
		does: func(s *scene) {
			id, form := s.asked(), s.shops()
			for _, path := range []string{"/oauth/v2/consent?decision=allow&request=" + id, "/services?" + form.Encode(), "/sign-out", "/account?do=sign-out-everywhere"} {
				p := s.ada.do("HEAD", path, nil)
				s.got(fmt.Sprint(p.status, " ", len(p.body)))
			}
		},
		gets: "200 0",
	},
	{
		name: "heads that are read in two ways: two hosts, another host in the target, two lengths, odd chunks",
		does: func(s *scene) {
			for _, head := range []string{
				"GET /services HTTP/1.1\r\nHost: www.example\r\nHost: evil.example\r\n", "GET /services HTTP/1.1\r\n", "GET /services HTTP/1.1\r\nHost: www.example@evil.example\r\n", "GET http://evil.example/services HTTP/1.1\r\nHost: www.example\r\n",
				"POST /oauth/v2/accessToken HTTP/1.1\r\nHost: www.example\r\nContent-Length: 5\r\nContent-Length: 6\r\n", "POST /oauth/v2/accessToken HTTP/1.1\r\nHost: www.example\r\nTransfer-Encoding: chunked, x\r\n",
				"GET /services HTTP/1.1\r\nHost : www.example\r\n", "GET /ser\x00vices HTTP/1.1\r\nHost: www.example\r\n",
			} {
				c := dialTo(s.t, s.WWWAddr()).say(head + "\r\n")
				a, err := http.ReadResponse(bufio.NewReader(c.Conn), nil)
				if err != nil {
					s.t.Fatal(head, err)
				}
				_ = a.Body.Close()
				s.got(fmt.Sprint(a.StatusCode >= 400 && a.StatusCode <= 501))
			}
		},
		gets: "true",
	},
}

// written is what is in the logs of all that was asked until now.
func (s *scene) written() string {
	s.t.Helper()
	last := s.mallory.get("/sign-in").head.Get("X-Request-Id")
	testkit.Until(s.t, "the line of the last request", func() bool { return strings.Contains(s.s.out.String(), last) })
	return s.s.log.String() + s.s.out.String()
}
