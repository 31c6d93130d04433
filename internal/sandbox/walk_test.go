package sandbox

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/problem"
)

var (
	stepTitles = regexp.MustCompile(`<section class="step"[^>]*>\s*<h2>([^<]*)</h2>`)
	lastAnswer = regexp.MustCompile(`(?s)<h3>Answer</h3><pre[^>]*><code>([^<]*)</code>`)
	valueOf    = regexp.MustCompile(`<input id="(access|refresh)" readonly value="([^"]*)"`)
)

// answered is the last answer that the demo shows.
func (m *member) answered() string {
	all := lastAnswer.FindAllStringSubmatch(m.page, -1)
	if len(all) == 0 {
		return ""
	}
	return strings.ReplaceAll(all[len(all)-1][1], "&#34;", `"`)
}

// A member walks through the demo as both apps: sign-in, consent, callback, a call, a refresh, revocations.
func TestWalk(t *testing.T) {
	for _, p := range []problem.Profile{problem.LinkedIn, problem.Standard} {
		t.Run(p.String(), func(t *testing.T) {
			b := runBox(t, Options{Profile: p})
			who := b.Members[0]
			if b.Apps[0].RedirectURIs[0] != b.Demo+"/callback" {
				t.Errorf("the first redirect URI is %s, the demo is at %s", b.Apps[0].RedirectURIs[0], b.Demo)
			}
			m := newMember(t, who.Email, who.Password)
			for _, app := range []string{"confidential", "public"} {
				t.Run(app, func(t *testing.T) {
					m.t = t
					walk(m, b, app)
				})
			}
			m.t = t
			m.client.CloseIdleConnections()
			if err := b.stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

func walk(m *member, b *box, app string) {
	t := m.t
	t.Helper()
	m.open(b.Demo + "/")
	m.press("/walk", "app", app)
	m.follow()
	m.decide("", "allow")
	if !strings.HasPrefix(m.at, b.Demo+"/walk") {
		t.Fatalf("the app was not reached again: %s %s", m.at, m.page)
	}
	takes := func(step, want string) {
		t.Helper()
		if m.press("/walk/" + step); !strings.Contains(m.answered(), want) {
			t.Errorf("%s lacks %s:\n%s", step, want, m.answered())
		}
	}
	takes("exchange", `"access_token": "cdr_at_`)
	if want := `"token_type": "Bearer"`; strings.Contains(m.answered(), want) != strings.Contains(b.printed, "standard profile") {
		t.Errorf("of token_type: %s", m.answered())
	}
	takes("call", `"id": "`+b.Members[0].ID)
	takes("userinfo", `"sub": "`+b.Members[0].ID)
	if app == "confidential" {
		takes("introspect", `"active": true`)
	}
	before := m.values()
	takes("refresh", `"refresh_token": "cdr_rt_`)
	after := m.values()
	if before["access"] == after["access"] || (before["refresh"] == after["refresh"]) != (app == "confidential") {
		t.Errorf("a refresh gave %v for %v", after, before)
	}
	takes("call", "200 OK")
	takes("revoke", "200 OK")
	takes("call", "Candor-Problem: revoked_access_token")
	takes("refresh", `"access_token": "cdr_at_`)
	takes("revoke-all", "200 OK")
	takes("refresh", "/errors/oauth#oauth_refresh_revoked")
	titles := stepTitles.FindAllStringSubmatch(m.page, -1)
	if d := cmp.Diff([]string{"Request for authorization, which the browser makes", "The browser has come back", "Exchange the code for tokens"}, []string{titles[0][1], titles[1][1], titles[2][1]}); d != "" {
		t.Error(d)
	}
	if strings.Contains(m.page, b.Apps[0].ClientSecret) {
		t.Error("the page shows the secret")
	}
}

// values are the tokens that the page shows whole.
func (m *member) values() map[string]string {
	v := map[string]string{}
	for _, found := range valueOf.FindAllStringSubmatch(m.page, -1) {
		v[found[1]] = found[2]
	}
	return v
}
