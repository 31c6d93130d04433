package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// fromElsewhere are what a browser says of a form that a page of another site sends.
var fromElsewhere = [][]string{
	{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"},
	{"Origin", "http://evil.www.example", "Sec-Fetch-Site", "same-site"},
	{"Origin", "null", "Sec-Fetch-Site", "cross-site"},
	{"Origin", "https://evil.example", "Sec-Fetch-Site", ""},
	{"Origin", "http://www.example:81", "Sec-Fetch-Site", ""},
	{"Origin", "http://www.example.evil.example", "Sec-Fetch-Site", ""},
	{"Origin", "null", "Sec-Fetch-Site", "", "Referer", "http://www.example/"},
	{"Origin", "http://www.example@evil.example", "Sec-Fetch-Site", ""},
}

var requestField = regexp.MustCompile(`name="request" value="([^"]*)"`)

// asked lets ada be asked whether shop may have more, and is the id of the request that waits.
func (s *scene) asked() string {
	s.t.Helper()
	s.ada.get(s.link("scope", "r_profile r_ads"))
	s.ada.follow()
	m := requestField.FindStringSubmatch(s.ada.last.body)
	if m == nil || !strings.Contains(s.ada.last.body, `value="allow"`) {
		s.t.Fatalf("she is not asked: %s", shown(s.ada.last))
	}
	return m[1]
}

// shops is the form by which ada takes back what shop has.
func (s *scene) shops() url.Values {
	s.t.Helper()
	page := s.ada.get("/services").body
	_, page, _ = strings.Cut(page, "shop")
	for _, m := range hidden.FindAllStringSubmatch(page, 1) {
		return url.Values{m[1]: {m[2]}}
	}
	s.t.Fatal("shop is not among the services")
	return nil
}

// plant puts the cookies of one browser into another.
func (s *scene) plant(from, into *browser) {
	at := &url.URL{Scheme: "http", Host: "www.example", Path: "/"}
	into.client.Jar.SetCookies(at, from.client.Jar.Cookies(at))
}

// browserAttacks are those on the browser of somebody who is signed in, or about to be.
var browserAttacks = []attack{
	{
		name: "CSRF: a page elsewhere allows an app something",
		does: func(s *scene) {
			id := s.asked()
			for _, fields := range fromElsewhere {
				s.got(shown(s.ada.do("POST", "/oauth/v2/consent", url.Values{"request": {id}, "for": {"ada@example.com"}, "decision": {"allow"}}, fields...)))
			}
		},
		gets: "403 This came from another site",
	},
	{
		name: "CSRF: a page elsewhere takes back what an app has",
		does: func(s *scene) {
			form := s.shops()
			for _, fields := range fromElsewhere {
				s.got(shown(s.ada.do("POST", "/services", form, fields...)))
			}
		},
		gets: "403 This came from another site",
	},
	{
		name: "CSRF: a page elsewhere changes a password or signs out everywhere",
		does: func(s *scene) {
			for _, fields := range fromElsewhere {
				s.got(shown(s.ada.do("POST", "/account", url.Values{"do": {"sign-out-everywhere"}}, fields...)))
				s.got(shown(s.ada.do("POST", "/account", url.Values{"do": {"change-password"}, "password": {adasPassword}, "new": {"a password of mallory"}, "again": {"a password of mallory"}}, fields...)))
			}
		},
		gets: "403 This came from another site",
	},
	{
		name: "CSRF: a page elsewhere signs somebody out",
		does: func(s *scene) {
			for _, fields := range fromElsewhere {
				s.got(shown(s.ada.do("POST", "/sign-out", url.Values{}, fields...)))
			}
		},
		gets: "403 This came from another site",
	},
	{
		name: "login CSRF: a page elsewhere signs a browser in as mallory's account",
		does: func(s *scene) {
			for _, fields := range fromElsewhere {
				for _, b := range []*browser{s.ada, s.browser(s.t)} {
					p := b.do("POST", "/sign-in", url.Values{"email": {"bob@example.com"}, "password": {adasPassword}}, fields...)
					s.got(shown(p) + p.head.Get("Set-Cookie"))
				}
			}
		},
		gets: "403 This came from another site",
	},
	{
		name: "images and links that would sign out, take back or allow",
		does: func(s *scene) {
			id, form := s.asked(), s.shops()
			for _, path := range []string{"/sign-out", "/sign-out?request=x", "/services?" + form.Encode(), "/account?do=sign-out-everywhere", "/oauth/v2/consent?for=ada@example.com&decision=allow&request=" + id} {
				p := s.ada.get(path)
				s.got(fmt.Sprint(p.status, p.head["Location"]))
			}
		},
		gets: "200 []",
	},
	{
		name: "session fixation: mallory's session is put into ada's browser before she signs in",
		does: func(s *scene) {
			for _, path := range []string{s.link(), "/sign-in"} {
				s.mallory.get(s.link())
				waiting := s.mallory.follow()
				victim := s.browser(s.t)
				s.plant(s.mallory, victim)
				victim.get(path)
				victim.last = waiting
				victim.signsIn("ada")
				if p := victim.get("/services"); !strings.Contains(p.body, "ada@example.com") {
					s.t.Errorf("she has not signed in: %s", shown(p))
				}
				s.got(shown(s.mallory.get("/services")))
			}
		},
		gets: "303 /sign-in",
	},
	{
		name: "a stolen session is used after ada has signed out, or has signed in anew",
		does: func(s *scene) {
			s.plant(s.ada, s.mallory)
			s.ada.get("/sign-out")
			s.ada.submit("/sign-out")
			s.got(shown(s.mallory.get("/services")))
			s.ada.get("/sign-in")
			s.ada.signsIn("ada")
			s.plant(s.ada, s.mallory)
			s.ada.get(s.link("prompt", "login"))
			s.ada.follow()
			s.ada.signsIn("ada")
			s.got(shown(s.mallory.get("/services")))
			thief := s.browser(s.t)
			s.plant(s.ada, thief)
			s.ada.do("POST", "/account", url.Values{"do": {"sign-out-everywhere"}})
			s.got(shown(thief.get("/services")))
			s.ada.get("/sign-in")
			s.ada.signsIn("ada")
		},
		gets: "303 /sign-in",
	},
	{
		name: "the request that waits in ada's browser is used in mallory's",
		does: func(s *scene) {
			id := s.asked()
			s.mallory.get("/sign-in")
			s.mallory.signsIn("bob")
			s.got(shown(s.mallory.get("/oauth/v2/consent?request=" + id)))
			s.got(shown(s.mallory.get("/sign-in?request=" + id)))
			s.got(shown(s.mallory.do("POST", "/oauth/v2/consent", url.Values{"request": {id}, "for": {"bob@example.com"}, "decision": {"allow"}})))
			s.got(shown(s.mallory.do("POST", "/oauth/v2/consent", url.Values{"request": {id}, "decision": {"cancel"}})))
			s.mallory.do("POST", "/sign-in", url.Values{"request": {id}, "decision": {"cancel"}})
			s.got(shown(s.mallory.follow()))
		},
		gets: "400 This page has been open too long",
		still: func(s *scene) string {
			s.asked()
			return shown(s.ada.submit("/oauth/v2/consent", "decision", "allow"))
		},
		works: "303 https://shop.example/back",
	},
	{
		name: "a request that waits elsewhere is used in a browser without cookies",
		does: func(s *scene) {
			id := s.asked()
			s.got(shown(s.mallory.get("/oauth/v2/consent?request=" + id)))
			for _, fields := range [][]string{nil, {"Origin", "", "Sec-Fetch-Site", ""}} {
				s.got(shown(s.mallory.do("POST", "/oauth/v2/consent", url.Values{"request": {id}, "for": {"ada@example.com"}, "decision": {"allow"}}, fields...)))
			}
		},
		gets: "400 This request belongs to another browser",
	},
	{
		name: "ada was asked, somebody else signs in in another tab, and the question is answered",
		does: func(s *scene) {
			s.asked()
			asked := s.ada.last
			s.ada.get("/sign-out")
			s.ada.submit("/sign-out", "request", requestField.FindStringSubmatch(asked.body)[1])
			s.ada.follow()
			s.ada.signsIn("bob")
			s.ada.last = asked
			s.got(shown(s.ada.submit("/oauth/v2/consent", "decision", "allow")))
			s.ada.last = asked
			p := s.ada.submit("/oauth/v2/consent", "decision", "allow", "for", "")
			s.got(shown(p))
			if !strings.Contains(p.body, "bob@example.com") || strings.Contains(p.body, "ada@example.com") {
				s.t.Errorf("asked again, but whom: %s", p.body)
			}
		},
		gets:  "200 Allow shop?",
		still: func(s *scene) string { return s.calls(s.token) },
		works: "OK",
	},
	{
		name: "a question is answered before anybody has signed in, and twice",
		does: func(s *scene) {
			s.mallory.get(s.link())
			s.mallory.follow()
			id := requestField.FindStringSubmatch(s.mallory.last.body)[1]
			for _, decision := range []string{"allow", "", "ALLOW", "x"} {
				s.got(shown(s.mallory.do("POST", "/oauth/v2/consent", url.Values{"request": {id}, "decision": {decision}})))
			}
		},
		gets: "303 /sign-in",
	},
	{
		name: "an answer is sent again, for a second code",
		does: func(s *scene) {
			s.asked()
			asked := s.ada.last
			s.ada.submit("/oauth/v2/consent", "decision", "allow")
			s.ada.last = asked
			s.got(shown(s.ada.submit("/oauth/v2/consent", "decision", "cancel"))) // another answer
			s.wait(11 * time.Second)
			for _, decision := range []string{"allow", "cancel"} {
				s.ada.last = asked
				s.got(shown(s.ada.submit("/oauth/v2/consent", "decision", decision)))
			}
		},
		gets: "400 You have answered this already",
	},
	{
		name: "mallory takes back what ada has allowed",
		does: func(s *scene) {
			form := s.shops()
			s.mallory.get("/sign-in")
			s.mallory.signsIn("bob")
			s.got(shown(s.mallory.do("POST", "/services", form)))
			for _, grant := range []string{"", "0", "1", "-1", "ffffffffffffffff", "x"} {
				s.got(shown(s.mallory.do("POST", "/services", url.Values{"grant": {grant}})))
			}
		},
		gets: "303 /services",
	},
	{
		name: "a frame elsewhere asks without pages whether somebody is signed in",
		does: func(s *scene) {
			// A frame of another site sends no cookie of ours (SameSite=Lax), so that it is as if nobody were: for an app that was allowed and for one that was not.
			for _, link := range []string{s.link(), s.link("scope", "r_ads"), s.link("login_hint", "ada@example.com"), s.link("login_hint", "nobody@example.com"), s.link("max_age", "0"), s.link("client_id", s.other.ClientID)} {
				p := s.browser(s.t).do("GET", link+"&prompt=none", nil, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "iframe")
				s.got(fmt.Sprint(shown(p), " ", p.head.Get("X-Frame-Options"), " ", len(p.body), p.head["Set-Cookie"]))
			}
		},
		gets: "303 https://shop.example/back login_required DENY 0 []",
		still: func(s *scene) string {
			for _, c := range s.ada.do("POST", "/sign-in", url.Values{"email": {"ada@example.com"}, "password": {adasPassword}}).head["Set-Cookie"] {
				if !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "HttpOnly") {
					return c
				}
			}
			return s.calls(s.token)
		},
		works: "OK",
	},
	{
		name: "cookies that somebody has tossed in: large, many, odd, beside the real one",
		does: func(s *scene) {
			for _, cookie := range []string{
				"candor_80=" + strings.Repeat("A", 8000), "candor_80=" + strings.Repeat("A", 43), "candor_80=", "candor_80=x; candor_80=y", "candor_80=' OR 1=1 --", "candor_80=\"", "candor_80=../../etc/passwd", "__Host-candor=" + strings.Repeat("A", 43),
				"candor_browser_80=" + strings.Repeat("A", 43), strings.Repeat("a=b; ", 2000) + "candor_80=x", ";;;=;",
			} {
				s.got(shown(s.mallory.do("GET", "/services", nil, "Cookie", cookie)))
			}
		},
		gets: "303 /sign-in",
	},
	{
		name: "cookies beyond all bounds",
		does: func(s *scene) {
			for _, path := range []string{"/services", "/sign-in", s.link(), tokenPath} {
				s.got(shown(s.mallory.do("GET", path, nil, "Cookie", "a="+strings.Repeat("x", 40<<10))))
			}
		},
		gets: "431 headers_too_large",
	},
	{
		name: "a name of mallory's leads to the site (DNS rebinding)",
		does: func(s *scene) {
			for _, path := range []string{"/sign-in", "/services", "/account", "/sign-out", "/oauth/v2/consent", s.link(), "/errors", "/oauth/v2/jwks", "/.well-known/oauth-authorization-server/oauth"} {
				for _, host := range []string{"evil.example", "www.example.evil.example", "evil.example:80"} {
					s.got(shown(s.ada.send("GET", path, "", "Host", host)))
				}
			}
		},
		gets: "421 misdirected_request",
	},
	{
		name: "clickjacking: pages are framed",
		does: func(s *scene) {
			s.asked()
			question := s.ada.last
			pages := []seen{question, s.mallory.get("/oauth/v2/consent?request=x"), s.mallory.get(s.link("client_id", "x")), s.mallory.get("/sign-in?request=x")}
			for _, path := range []string{"/sign-in", "/sign-out", "/services", "/account", "/errors", "/errors/oauth", "/nowhere", "/", s.link()} {
				pages = append(pages, s.ada.get(path), s.mallory.get(path))
			}
			for _, p := range pages {
				policy := p.head.Get("Content-Security-Policy")
				s.got(fmt.Sprint(strings.Contains(policy, "frame-ancestors 'none'"), strings.Contains(policy, "default-src 'none'"), strings.Contains(policy, "base-uri 'none'"), strings.Contains(policy, "unsafe"), " ",
					p.head.Get("X-Frame-Options"), " ", p.head.Get("X-Content-Type-Options"), " ", p.head.Get("Cross-Origin-Opener-Policy")))
			}
		},
		gets: "true true true false DENY nosniff same-origin",
	},
	{
		name: "answers are found in a cache",
		does: func(s *scene) {
			s.asked()
			all := []seen{s.ada.last, s.ada.get(s.link()), s.ada.get(s.link("client_id", "x"))}
			for _, path := range []string{"/sign-in", "/sign-out", "/services", "/account", "/oauth/v2/consent", tokenPath, revokePath, introspectPath, userInfoPath, "/oauth/v2/nowhere"} {
				all = append(all, s.ada.get(path), s.mallory.get(path), s.mallory.do("POST", path, url.Values{"a": {"b"}}))
			}
			for _, p := range all {
				s.got(p.head.Get("Cache-Control") + p.head.Get("Etag") + p.head.Get("Last-Modified"))
			}
		},
		gets: "no-store",
	},
	{
		name: "pages of other origins read answers",
		does: func(s *scene) {
			for _, origin := range []string{"https://evil.example", "null", "https://shop.example", "https://spa.example.evil.example", "http://spa.example", "https://spa.example:8443", "https://SPA.example", "http://127.0.0.1.evil.example", "file://"} {
				for _, path := range []string{tokenPath, revokePath, introspectPath, s.link(), "/oauth/v2/consent", "/services", "/sign-in", "/account"} {
					for _, method := range []string{http.MethodOptions, http.MethodGet, http.MethodPost} {
						h := s.ada.send(method, path, "", "Origin", origin, "Access-Control-Request-Method", "POST", "Content-Type", form).head
						s.got(fmt.Sprint(h["Access-Control-Allow-Origin"], h["Access-Control-Allow-Credentials"], h["Access-Control-Allow-Methods"], h["Access-Control-Allow-Headers"]))
					}
				}
			}
		},
		gets: "[] [] [] []",
	},
	{
		name: "pages of other origins use the cookies of who is signed in",
		does: func(s *scene) {
			for _, path := range []string{userInfoPath, "/oauth/v2/jwks", "/.well-known/oauth-authorization-server/oauth", "/oauth/.well-known/openid-configuration", tokenPath, s.link()} {
				for _, origin := range []string{"https://evil.example", "https://spa.example", "http://www.example"} {
					p := s.ada.do("GET", path, nil, "Origin", origin)
					s.got(fmt.Sprint(p.head["Access-Control-Allow-Credentials"], strings.Contains(p.body, "ada")))
				}
			}
		},
		gets: "[] false",
	},
}
