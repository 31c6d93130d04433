package server_test

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/candor-gateway/candor/internal/admin"
)

// leads finds in a page what would lead to evil.example.
var leads = regexp.MustCompile(`(href|action|src|formaction|http-equiv)="[^"]*evil`)

// redirectAttacks are those by which somebody would be led where an answer is not meant for.
var redirectAttacks = []attack{
	{
		name: "a redirect URI that is nearly shop's",
		does: func(s *scene) {
			for _, to := range []string{
				"https://shop.example@evil.example/back?of=candor", "https://shop.example:443/back?of=candor", "https://user@shop.example/back?of=candor", `https://shop.example\@evil.example/back?of=candor`,
				`https://evil.example\.shop.example/back?of=candor`, "https://shop.example./back?of=candor", "https://SHOP.example/back?of=candor", "HTTPS://shop.example/back?of=candor",
				"https://shop.example/Back?of=candor", "https://shop.example/back?of=candor#", "https://shop.example/back?of=candor#x", "https://shop.example/back/?of=candor",
				"https://shop.example/back/../evil?of=candor", "https://shop.example/./back?of=candor", "https://shop.example//back?of=candor", "https://shop.example/b%61ck?of=candor",
				"https://shop.example%2fback?of=candor", "https://shop.example/back%3fof=candor", "https://shop.example/back?of=candor&x=y", "https://shop.example/back?of=candor ", " https://shop.example/back?of=candor",
				"https://shop.example/back?of=candor\x00", "https://shop.example/back?of=candor\r\n", "https://shop.example/back?", "https://shop.example/back", "http://shop.example/back?of=candor",
				"//shop.example/back?of=candor", "https:shop.example/back?of=candor", "https:///shop.example/back?of=candor", "https://shop.example.evil.example/back?of=candor", "https://evil.example/back?of=candor",
				"https://ѕhop.example/back?of=candor", "https://shop%E3%80%82example/back?of=candor", "javascript:alert(1)", "data:text/html,x", "x", "/back?of=candor", shopBack + strings.Repeat("x", 7000),
			} {
				s.got(shown(s.ada.get(s.link("redirect_uri", to))))
			}
		},
		gets:     "400 The app's request cannot be taken",
		linkedin: []string{"401 Redirect_uri doesn't match"},
	},
	{
		name: "a redirect URI that is nearly the public app's on this machine",
		does: func(s *scene) {
			for _, to := range []string{
				"http://localhost/back", "http://127.0.0.2/back", "http://[::1]/back", "http://127.1/back", "http://2130706433/back", "http://0x7f.0.0.1/back", "http://127.0.0.1:8080/back/x", "http://127.0.0.1:8080/", "http://127.0.0.1:/back",
				"http://127.0.0.1:8080@evil.example/back", "http://evil.example:8080/back", "http://127.0.0.1.evil.example:8080/back", "https://127.0.0.1:8080/back", "http://127.0.0.1:8080/back?x", "http://127.0.0.1:8080/back#x",
				"http://user@127.0.0.1:8080/back", `http://127.0.0.1:8080\@evil.example/back`, "http://127.0.0.1:99999/back", "http://127.0.0.1:0/back", "http://127.0.0.1:x/back", "HTTP://127.0.0.1:8080/back", "http://127.0.0.1:8080/%62ack",
				"http://0.0.0.0/back", "http://[::ffff:127.0.0.1]:8080/back", "https://spa.example:8443/back",
			} {
				s.got(shown(s.ada.get(s.phoneLink("redirect_uri", to))))
			}
		},
		gets:     "400 The app's request cannot be taken",
		linkedin: []string{"401 Redirect_uri doesn't match"},
	},
	{
		name: "another port of this machine for an app with a secret", alone: true,
		does: func(s *scene) {
			change(s.t, s, "other", admin.AppChange{RedirectURIs: &[]string{"http://127.0.0.1:9000/back"}})
			s.got(shown(s.ada.get(s.link("client_id", s.other.ClientID, "redirect_uri", "http://127.0.0.1:9001/back"))))
		},
		gets:     "400 The app's request cannot be taken",
		linkedin: []string{"401 Redirect_uri doesn't match"},
	},
	{
		name: "the code of a public app goes to one port of this machine, and another redeems it",
		does: func(s *scene) {
			s.stolen = s.code(s.ada, "ada", s.phoneLink("redirect_uri", "http://127.0.0.1:8080/back"))
			s.got(answers(s.phoneRedeems(s.t, s.stolen, "redirect_uri", "http://127.0.0.1:8081/back")))
		},
		gets:     "400 invalid_grant redirect_mismatch",
		linkedin: []string{"400 invalid_redirect_uri redirect_mismatch"},
		still: func(s *scene) string {
			return answers(s.phoneRedeems(s.t, s.stolen, "redirect_uri", "http://127.0.0.1:8080/back"))
		},
		works: "200",
	},
	{
		name: "dangerous redirect URIs are registered",
		does: func(s *scene) {
			for _, to := range []string{
				"javascript:alert(1)", "JavaScript://x%0aalert(1)", "data:text/html,x", "file:///etc/passwd", "blob:https://x/y", "vbscript:x", "view-source:https://x", "about:blank", "filesystem:https://x/y",
				"http://shop.example/back", "https://user:pw@shop.example/", "https://shop.example/#x", "https://*.shop.example/back", "https://shop.example/*", `https://shop.example\@evil.example/`, "https:///x", "https:shop.example",
				"shop://back", "urn:ietf:wg:oauth:2.0:oob", "//shop.example/", "/back", "", " https://shop.example/", "https://shop.example/\r\nX: y", "https://shop.example/\x00", "https://shop.example:99999/", "http://localhost.evil.example/", "http://127.0.0.1@evil.example/",
			} {
				_, err := s.CreateApp(s.t.Context(), admin.AppRequest{Name: "evil", Owners: []string{"eve@example.com"}, Products: []string{"profile"}, RedirectURIs: []string{to}})
				fault, is := errors.AsType[*admin.Fault](err)
				s.got(fmt.Sprint(is, " ", fault.Status))
			}
		},
		gets: "true 400",
	},
	{
		name: "links to the sign-in lead elsewhere",
		does: func(s *scene) {
			for _, next := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "/services@evil.example", "javascript:alert(1)", "/oauth/v2/authorization?x", "/services/../evil", "///evil.example", "\t//evil.example"} {
				s.got(shown(s.ada.get("/sign-in?next=" + url.QueryEscape(next))))
				s.mallory.get("/sign-in?next=" + url.QueryEscape(next))
				s.got(shown(s.mallory.submit("/sign-in", "email", "bob@example.com", "password", adasPassword)))
				s.mallory = s.browser(s.t)
			}
		},
		gets: "303 /services",
	},
	{
		name: "links to the other pages lead elsewhere",
		does: func(s *scene) {
			for _, path := range []string{"/sign-out", "/account", "/services"} {
				for _, name := range []string{"next", "request", "redirect_uri", "post_logout_redirect_uri", "return_to", "done"} {
					p := s.ada.get(path + "?" + name + "=" + url.QueryEscape("https://evil.example/"))
					s.got(fmt.Sprint(p.status, " ", p.head.Get("Location"), p.head.Get("Refresh"), leads.MatchString(p.body)))
				}
			}
		},
		gets: "200 false",
	},
	{
		name: "line feeds in state, redirect URI and hint would add fields to an answer",
		does: func(s *scene) {
			const feed = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>"
			for _, link := range []string{s.link("state", feed), s.link("login_hint", feed), s.link("prompt", "none", "state", feed), s.link("prompt", feed), s.link("redirect_uri", feed), s.link("client_id", feed), s.link("nonce", feed), s.link("response_type", feed)} {
				for _, b := range []*browser{s.ada, s.browser(s.t)} {
					b.get(link)
					p := b.last
					s.got(fmt.Sprint(strings.Contains(fmt.Sprint(p.head["Set-Cookie"]), "evil"), strings.ContainsAny(p.head.Get("Location"), "\r\n"), strings.Contains(p.body, "<script>")))
				}
			}
		},
		gets: "false false false",
	},
	{
		name: "a state of 4 kB with all signs: it comes back byte for byte, with a code and with an error",
		does: func(s *scene) {
			var all strings.Builder
			for all.Len() < 4<<10 {
				for c := range 256 {
					all.WriteByte(byte(c))
				}
			}
			for _, link := range []string{s.link("state", all.String()), s.link("state", all.String(), "scope", "r_nobody"), s.link("state", all.String(), "response_type", "token")} {
				s.got(fmt.Sprint(s.ada.get(link).to(s.t).Query().Get("state") == all.String()))
			}
		},
		gets: "true",
	},
	{
		name: "mix-up: each answer names its issuer, errors too",
		does: func(s *scene) {
			links := []string{s.link(), s.link("prompt", "none", "scope", "r_ads"), s.link("response_type", "token"), s.link("request", "x"), s.link("request_uri", "x"), s.link("scope", "r_nobody"), s.link("max_age", "x"), s.link() + "&state=x", s.phoneLink("code_challenge_method", "plain"), s.link("iss", "https://evil.example/oauth")}
			for _, link := range links {
				q := s.ada.get(link).to(s.t).Query()
				s.got(strings.Join(q["iss"], " "))
			}
			s.mallory.get(s.link())
			s.mallory.follow()
			s.mallory.submit("/sign-in", "decision", "cancel")
			s.got(s.mallory.follow().to(s.t).Query().Get("iss"))
		},
		gets: "http://www.example/oauth",
	},
	{
		name: "an answer is asked for in other ways: in the fragment, by a form, as a token",
		does: func(s *scene) {
			for _, pairs := range [][]string{{"response_mode", "fragment"}, {"response_mode", "form_post"}, {"response_mode", "web_message"}, {"response_mode", "query.jwt"}} {
				s.got(shown(s.ada.get(s.link(pairs...))))
			}
		},
		gets: "303 https://shop.example/back invalid_request",
	},
	{
		name: "an answer is asked for that holds tokens",
		does: func(s *scene) {
			for _, kind := range []string{"token", "id_token", "code token", "code id_token", "none", "CODE", "code code"} {
				s.got(shown(s.ada.get(s.link("response_type", kind))))
			}
		},
		gets: "303 https://shop.example/back unsupported_response_type",
	},
}
