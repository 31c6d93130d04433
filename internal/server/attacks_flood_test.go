package server_test

import (
	"fmt"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
)

// guess is one try at the sign-in, from a browser that nobody knows.
func (s *scene) guess(email, password string) seen {
	s.t.Helper()
	return s.browser(s.t).do("POST", "/sign-in", url.Values{"email": {email}, "password": {password}})
}

// hashes is how many passwords are hashed by what is done.
func (s *scene) hashes(do func()) int64 {
	before := s.Hasher().Done()
	do()
	return s.Hasher().Done() - before
}

var ownOfPage = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[a-z.]+@example\.com`)

// floodAttacks are those by number, size and time.
var floodAttacks = []attack{
	{
		name: "accounts are told by time: each try costs one hash, whoever it is for",
		does: func(s *scene) {
			createMember(s.t, s.Accounts(), admin.AccountRequest{Member: "carl", Email: "carl@example.com", Password: adasPassword})
			changeMember(s.t, s.Accounts(), "carl", admin.MemberChange{Restricted: new(true)})
			for _, try := range [][2]string{
				{"ada@example.com", "wrong"},
				{"nobody@example.com", "wrong"},
				{"no address", "wrong"},
				{"", ""},
				{"ADA@example.com", "wrong"},
				{"carl@example.com", "wrong"},
				{"ada@example.com", strings.Repeat("x", 5000)},
				{"nobody@example.com", strings.Repeat("x", 5000)},
				{"ada@example.com' --", adasPassword},
			} {
				n := s.hashes(func() { s.guess(try[0], try[1]) })
				s.got(fmt.Sprint(n))
			}
		},
		gets: "1",
	},
	{
		name: "accounts are told by words: one page for all", alone: true,
		does: func(s *scene) {
			first := ""
			for _, email := range []string{"ada@example.com", "nobody@example.com", "maker@example.com"} {
				p := s.guess(email, "wrong")
				text := ownOfPage.ReplaceAllString(p.body, "…")
				if first == "" {
					first = text
				}
				s.got(fmt.Sprint(p.status, " ", text == first, " ", p.head["Set-Cookie"]))
			}
		},
		gets: "403 true []",
	},
	{
		name: "clients are told by words: one answer for an unknown one and for a wrong secret",
		does: func(s *scene) {
			first := ""
			for _, id := range []string{s.shop.ClientID, "nobody", s.shop.ClientID + "x", strings.Repeat("n", 3000), "' OR 1=1 --"} {
				for _, path := range []string{tokenPath, revokePath, introspectPath} {
					a := s.posts(s.t, path, id+":wrong", "grant_type=client_credentials&token=x")
					s.got(fmt.Sprint(answers(a), " ", a.text("error_description"), " ", a.text("error_uri")))
					challenge := a.Head.Get("WWW-Authenticate")
					if first == "" {
						first = challenge
					}
					if challenge != first {
						s.t.Errorf("%s, %.20s: the challenge %s, at first %s", path, id, challenge, first)
					}
				}
			}
		},
		gets: "401 invalid_client Client authentication failed http://www.example/errors/oauth#oauth_wrong_secret",
	},
	{
		name: "clients are told by time: no secret of theirs is hashed as a password",
		does: func(s *scene) {
			for _, id := range []string{s.shop.ClientID, "nobody"} {
				s.got(fmt.Sprint(s.hashes(func() { s.posts(s.t, tokenPath, id+":wrong", "grant_type=client_credentials") })))
			}
		},
		gets: "0",
	},
	{
		name: "passwords of one account are guessed: after five tries none is looked at", alone: true,
		does: func(s *scene) {
			for range 5 {
				s.guess("ada@example.com", "wrong")
			}
			for _, password := range []string{"wrong", adasPassword, "wrong"} {
				var p seen
				n := s.hashes(func() { p = s.guess("ada@example.com", password) })
				s.got(fmt.Sprint(p.status, " ", p.head.Get("Retry-After") != "", " ", n))
			}
		},
		gets: "429 true 0",
		still: func(s *scene) string { // her browser has tries of its own, and later everybody has
			s.ada.do("POST", "/sign-out", url.Values{})
			s.ada.get("/sign-in")
			known := shown(s.ada.signsIn("ada"))
			s.wait(16 * time.Minute)
			return known + ", " + shown(s.guess("ada@example.com", adasPassword)) + ", " + lives(s)
		},
		works: "200 Permitted services, 303 /services, all",
	},
	{
		name: "one password is tried at many accounts", alone: true,
		does: func(s *scene) {
			for i := range 100 {
				s.guess(fmt.Sprintf("member%d@example.com", i), "Spring2026Spring")
			}
			for _, email := range []string{"member100@example.com", "bob@example.com"} {
				var p seen
				n := s.hashes(func() { p = s.guess(email, "Spring2026Spring") })
				s.got(fmt.Sprint(p.status, " ", n))
			}
		},
		gets: "429 0",
		still: func(s *scene) string {
			s.ada.do("POST", "/sign-out", url.Values{})
			s.ada.get("/sign-in")
			s.ada.signsIn("ada")
			return lives(s)
		},
		works: "all",
	},
	{
		name: "the password that one has is guessed where it is changed", alone: true,
		does: func(s *scene) {
			change := url.Values{"do": {"change-password"}, "password": {"wrong"}, "new": {"another long password"}, "again": {"another long password"}}
			for range 5 {
				s.ada.do("POST", "/account", change)
			}
			change.Set("password", adasPassword)
			var p seen
			n := s.hashes(func() { p = s.ada.do("POST", "/account", change) })
			s.got(fmt.Sprint(p.status, " ", n))
		},
		gets: "429 0",
	},
	{
		name: "argon2 as a weapon: so many sign in at once that no password is hashed for others", alone: true,
		does: func(s *scene) {
			var flood sync.WaitGroup
			stop := make(chan struct{})
			// What an account of an instance costs, where nobody makes it less for tests.
			hashed, err := account.NewHasher(1, account.Ours).Hash(s.t.Context(), adasPassword, [account.SaltBytes]byte{})
			if err != nil {
				s.t.Fatal(err)
			}
			defer flood.Wait()
			defer close(stop)
			for range 8 * runtime.GOMAXPROCS(0) { // each takes the next place in the line as soon as it has left one
				flood.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							_, _ = s.Hasher().Verify(s.t.Context(), hashed, "wrong") // most are refused at once
							runtime.Gosched()
						}
					}
				})
			}
			refused := 0
			for i := 0; refused < 3 && i < 200; i++ {
				if p := s.guess("bob@example.com", adasPassword); p.status != 303 {
					refused++
					s.got(fmt.Sprint(shown(p), " ", p.head.Get("Retry-After")))
				}
			}
			if is := lives(s); is != "all" {
				s.t.Errorf("during the flood: %s", is)
			}
		},
		gets:  "429 Too many people sign in at this moment 2",
		still: func(s *scene) string { return shown(s.guess("bob@example.com", adasPassword)) },
		works: "303 /services",
	},
	{
		name: "forms beyond all bounds",
		does: func(s *scene) {
			large := "a=" + strings.Repeat("x", 65<<10)
			for _, path := range []string{"/sign-in", "/sign-out", "/account", "/services", "/oauth/v2/consent", "/oauth/v2/authorization", tokenPath, revokePath, introspectPath, userInfoPath} {
				// On a connection that goes on: one that is to end might do so while the form is still written.
				c := dialTo(s.t, s.WWWAddr()).say(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: www.example\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", path, form, len(large), large))
				s.got(fmt.Sprint(c.answer().Status))
			}
		},
		gets: "413",
	},
	{
		name: "chunks beyond all bounds, of which no length was told",
		does: func(s *scene) {
			for _, path := range []string{"/sign-in", "/oauth/v2/authorization", tokenPath, revokePath, introspectPath, userInfoPath} {
				chunk := fmt.Sprintf("%x\r\na=%s\r\n", 65<<10+2, strings.Repeat("x", 65<<10))
				c := dialTo(s.t, s.WWWAddr()).say("POST " + path + " HTTP/1.1\r\nHost: www.example\r\nContent-Type: " + form + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
				s.got(fmt.Sprint(c.answer().Status))
			}
		},
		gets: "413",
	},
	{
		name: "heads and URLs beyond all bounds",
		does: func(s *scene) {
			for _, path := range []string{"/sign-in", s.link(), "/oauth/v2/consent", tokenPath} {
				at := path + "?"
				if strings.Contains(path, "?") {
					at = path + "&"
				}
				s.got(fmt.Sprint(s.ada.get(at + "x=" + strings.Repeat("x", 16<<10)).status))
				s.got(fmt.Sprint(s.ada.do("GET", path, nil, "X-Large", strings.Repeat("x", 33<<10)).status + 414 - 431))
			}
		},
		gets: "414",
	},
	{
		name: "long values are told back: pages and answers stay short",
		does: func(s *scene) {
			long := strings.Repeat("<", 4000)
			for _, name := range authorizationFields {
				if p := s.mallory.get(s.link(name, long)); name != "state" { // which comes back whole
					s.got(fmt.Sprint(len(p.body) < 32<<10, len(p.head.Get("Location")) < 2<<10))
				}
			}
			for path, fields := range tokenFields {
				for _, name := range fields {
					body := url.Values{"grant_type": {"authorization_code"}, "client_id": {s.shop.ClientID}, "client_secret": {s.shop.Secret}, "code": {"x"}, "redirect_uri": {"x"}, "token": {"x"}}
					body.Set(name, long)
					p := s.mallory.do("POST", path, body)
					s.got(fmt.Sprint(len(p.body) < 2<<10, true))
				}
			}
		},
		gets: "true true",
	},
	{
		name: "one session is filled with requests that wait",
		does: func(s *scene) {
			s.mallory.get(s.link())
			for range 60 {
				s.mallory.get(s.link("state", strings.Repeat("x", 8000)))
			}
			s.got(shown(s.mallory.follow()))
		},
		gets: "200 Sign in",
	},
	{
		name: "so many sign-ins are begun that others would be pushed out", alone: true,
		does: func(s *scene) {
			refused := 0
			for i := 0; refused == 0 && i < 300; i++ {
				if p := s.browser(s.t).get(s.link()); p.status != 303 {
					refused++
					s.got(fmt.Sprint(shown(p), " ", p.head["Location"]))
				}
			}
		},
		gets: "429 Too many sign-ins were begun from your network []",
		still: func(s *scene) string {
			return lives(s) + ", " + shown(s.guess("bob@example.com", adasPassword)) + ", " + shown(s.ada.get(s.link()))
		},
		works: "all, 303 /services, 303 https://shop.example/back",
	},
	{
		name: "client secrets are guessed, more than an address may",
		does: func(s *scene) {
			for range 20 {
				s.got(answers(s.posts(s.t, tokenPath, s.shop.ClientID+":"+strings.Repeat("A", 43), "grant_type=client_credentials")))
			}
		},
		gets:     "401 invalid_client",
		linkedin: []string{"401 invalid_client_id"},
	},
}
