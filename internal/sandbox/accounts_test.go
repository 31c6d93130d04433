package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/problem"
)

// The hashes that were made beforehand are those of the passwords that sandbox.json tells.
func TestPasswords(t *testing.T) {
	all, h := accounts(), account.NewHasher(2, account.Ours)
	var told []string
	for _, m := range Members() {
		told = append(told, m.Password)
	}
	for _, d := range Developers() {
		told = append(told, d.Password)
	}
	if len(all) != len(told) || len(hashes) != len(told) {
		t.Fatalf("%d accounts and %d hashes for %d passwords", len(all), len(hashes), len(told))
	}
	for i, a := range all {
		if good, err := h.Verify(t.Context(), a.Password, told[i]); !good {
			t.Errorf("%s: the password is another: %v", a.Email, err)
		}
		if err := account.CheckPassword(told[i], a.Email); err != nil {
			t.Errorf("%s: %v", a.Email, err)
		}
	}
}

// Members and developers sign in; a restricted member does not.
func TestSignIn(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	for _, of := range []struct{ name, email, password, leads string }{
		{"a member", b.Members[0].Email, b.Members[0].Password, "/services"},
		{"a developer", b.Developers[0].Email, b.Developers[0].Password, "/services"},
		{"a wrong password", b.Members[1].Email, b.Members[0].Password, "/sign-in"},
		{"a restricted member", b.Members[restrictedMember].Email, b.Members[restrictedMember].Password, "/sign-in"},
	} {
		t.Run(of.name, func(t *testing.T) {
			m := newMember(t, of.email, of.password)
			m.open(b.WWW + "/sign-in")
			m.press("/sign-in", "email", of.email, "password", of.password)
			if m.at != b.WWW+of.leads {
				t.Errorf("led to %s, want %s: %d\n%s", m.at, of.leads, m.status, m.page)
			}
			m.client.CloseIdleConnections()
		})
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

// What www tells of a member the API tells as well, with what it knows beside.
func TestUserInfoAgrees(t *testing.T) {
	b := runBox(t, Options{Profile: problem.Standard})
	claims := func(url string) (said map[string]any) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+b.Tokens.Good)
		res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err = json.NewDecoder(res.Body).Decode(&said); err != nil {
			t.Fatal(err)
		}
		return said
	}
	www, api := claims(b.WWW+"/oauth/v2/userinfo"), claims(b.API+"/v2/userinfo")
	if len(www) < 2 {
		t.Errorf("www tells %v", www)
	}
	for name, value := range www {
		if name == "email_verified" { // nobody has verified it, which the API of an invented member need not mind
			continue
		}
		if d := cmp.Diff(value, api[name]); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

// The endpoints of the authorization server fail as they are asked to.
func TestOAuthFaults(t *testing.T) {
	for _, of := range []struct {
		value string
		want  string
	}{
		{"", ""}, {"oauth_unavailable", "oauth_unavailable"}, {"oauth_code_used", "oauth_code_used"}, {"access_denied", "oauth_parameter"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://www.example/", strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		if of.value != "" {
			r.Header.Set(FaultHeader, of.value)
		}
		var got string
		head := http.Header{}
		note, p := (&stage{}).oauthFault(head, r)
		if p != nil {
			got = p.Cause.Name()
		}
		if (note == stagedNote+of.value) != (of.value != "" && of.want == of.value) {
			t.Errorf("%q: the log says %q", of.value, note)
		}
		if named := head.Get(FaultHeader); got != of.want || (named == of.value) != (of.want == of.value) {
			t.Errorf("%q: %q, want %q, and named %q", of.value, got, of.want, named)
		}
	}
}

// Codes go to the demo over http, which stays on this machine.
func TestDemoIsHere(t *testing.T) {
	for url, here := range map[string]bool{"http://127.0.0.1:8083": true, "http://[::1]:8083": true, "http://192.0.2.1:8083": false, "http://[2001:db8::1]:8083": false} {
		if err := checkDemo(url); (err == nil) != here {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// Each failure that is staged reads as a sentence: what tells no value of a parameter has a fact of its own.
func TestOAuthExamplesRead(t *testing.T) {
	for _, cause := range problem.OAuthCauses() {
		for _, profile := range []problem.Profile{problem.LinkedIn, problem.Standard} {
			row := oauthExample(cause).Row(profile)
			for _, odd := range []string{"at what was", "by what was", ": what was", "code_challenge what was"} {
				if strings.Contains(row.Description, odd) {
					t.Errorf("%s: %s", cause.Name(), row.Description)
				}
			}
		}
	}
}
