package server_test

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/candor-gateway/candor/internal/admin"
)

// meanwhileAttacks are those with a question that was shown before something changed: what was right when it was asked is not any more.
var meanwhileAttacks = []attack{
	{
		name: "the question is answered by who was erased meanwhile", alone: true,
		does: func(s *scene) {
			s.asked()
			if _, err := s.Accounts().EraseMember(s.t.Context(), "ada"); err != nil {
				s.t.Fatal(err)
			}
			s.got(shown(s.ada.submit("/oauth/v2/consent", "decision", "allow")))
		},
		gets: "400 This page has been open too long",
		still: func(s *scene) string { // nobody has come back by that
			all, err := s.Accounts().Members(s.t.Context())
			return fmt.Sprint(slices.ContainsFunc(all, func(a admin.Account) bool { return a.Member == "ada" }), err)
		},
		works: "false <nil>",
	},
	{
		name: "the question is answered by who was restricted meanwhile", alone: true,
		does: func(s *scene) {
			s.asked()
			changeMember(s.t, s.Accounts(), "ada", admin.MemberChange{Restricted: new(true)})
			s.got(shown(s.ada.submit("/oauth/v2/consent", "decision", "allow")))
		},
		gets: "400 This page has been open too long",
		still: func(s *scene) string {
			is := s.calls(s.token) + ", " + shown(s.guess("ada@example.com", adasPassword))
			changeMember(s.t, s.Accounts(), "ada", admin.MemberChange{Restricted: new(false)})
			return is + ", " + s.calls(s.token)
		},
		works: "Unauthorized restricted_member, 403 This account is restricted, OK",
	},
	{
		name: "the question is answered where the operator has set another password meanwhile", alone: true,
		does: func(s *scene) {
			s.asked()
			changeMember(s.t, s.Accounts(), "ada", admin.MemberChange{SetPassword: true, Password: "another long password"})
			s.got(shown(s.ada.submit("/oauth/v2/consent", "decision", "allow")))
		},
		gets: "400 This page has been open too long",
		still: func(s *scene) string {
			return shown(s.guess("ada@example.com", adasPassword)) + ", " + shown(s.guess("ada@example.com", "another long password"))
		},
		works: "403 Sign in, 303 /services",
	},
	{
		name: "the question is answered by who has signed out in another tab",
		does: func(s *scene) {
			id := s.asked()
			asked := s.ada.last
			s.ada.do("POST", "/sign-out", url.Values{"request": {id}})
			s.ada.last = asked
			s.got(shown(s.ada.submit("/oauth/v2/consent", "decision", "allow")))
			s.ada.follow()
			s.ada.signsIn("ada")
		},
		gets: "303 /sign-in",
	},
	{
		name: "the question is about an app that was disabled meanwhile", alone: true,
		does: func(s *scene) {
			s.asked()
			change(s.t, s, "shop", admin.AppChange{Disabled: new(true)})
			q := s.ada.submit("/oauth/v2/consent", "decision", "allow").to(s.t).Query()
			s.got(fmt.Sprint(q.Get("error"), q["code"]))
		},
		gets: "unauthorized_client[]", linkedin: []string{"access_denied[]"},
		still: func(s *scene) string {
			change(s.t, s, "shop", admin.AppChange{Disabled: new(false)})
			return lives(s)
		},
		works: "all",
	},
	{
		name: "the question is about a redirect URI that is not registered any more", alone: true,
		does: func(s *scene) {
			for _, decision := range []string{"allow", "cancel"} {
				s.asked()
				change(s.t, s, "shop", admin.AppChange{RedirectURIs: &[]string{"https://shop.example/new"}})
				p := s.ada.submit("/oauth/v2/consent", "decision", decision)
				s.got(fmt.Sprint(p.status == 400 || p.status == 401, p.head["Location"]))
				change(s.t, s, "shop", admin.AppChange{RedirectURIs: &[]string{shopBack}})
			}
		},
		gets: "true []",
	},
	{
		name: "the question is about a scope that the app has lost meanwhile", alone: true,
		does: func(s *scene) {
			s.asked()
			change(s.t, s, "shop", admin.AppChange{Products: &[]string{"profile"}})
			q := s.ada.submit("/oauth/v2/consent", "decision", "allow").to(s.t).Query()
			s.got(fmt.Sprint(q.Get("error"), q["code"]))
		},
		gets: "invalid_scope[]", linkedin: []string{"unauthorized_scope_error[]"},
	},
	{
		name: "the question is answered after an hour",
		does: func(s *scene) {
			s.asked()
			s.wait(61 * 60e9)
			s.got(shown(s.ada.submit("/oauth/v2/consent", "decision", "allow")))
		},
		gets:  "400 This page has been open too long",
		still: func(s *scene) string { return shown(s.ada.get(s.link())) },
		works: "303 https://shop.example/back",
	},
}
