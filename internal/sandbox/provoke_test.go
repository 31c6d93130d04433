package sandbox

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/problem"
)

var (
	failureLink = regexp.MustCompile(`<li><a href="/failures/([a-z0-9-]+)">`)
	judgedStep  = regexp.MustCompile(`(?s)<section class="step" data-expected="(true|false)">.*?</section>`)
	causeNamed  = regexp.MustCompile(`oauth_[a-z_]+`)
	tag         = regexp.MustCompile(`<[^>]*>`)
)

// Each button of the demo brings about what it says, as the contract has it, in both profiles; and every cause of the authorization server has a button.
func TestFailures(t *testing.T) {
	t.Parallel() // one of the failures takes its time
	for _, p := range []problem.Profile{problem.LinkedIn, problem.Standard} {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			b := runBox(t, Options{Profile: p})
			m := newMember(t, b.Members[0].Email, b.Members[0].Password)
			m.open(b.Demo + "/failures")
			all := failureLink.FindAllStringSubmatch(m.page, -1)
			named := causeNamed.FindAllString(m.page, -1)
			for _, cause := range problem.OAuthCauses() {
				name := cause.Name()
				if name == "oauth_unknown_client" && p == problem.Standard { // told as a wrong secret
					continue
				}
				if !slices.Contains(named, name) && !slices.Contains(pagesOnly, name) {
					t.Errorf("the demo has no word of %s", name)
				}
			}
			for _, f := range all {
				t.Run(f[1], func(t *testing.T) {
					at := m
					if slices.Contains(anew, f[1]) {
						at = newMember(t, m.person.email, m.person.password)
					}
					at.t = t
					provoke(at, b, f[1])
					at.client.CloseIdleConnections()
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

// pagesOnly are causes that people are told on a page.
var pagesOnly = []string{"oauth_authorize_missing", "oauth_authorize_client", "oauth_authorize_redirect"}

// anew are those that want a browser in which nobody has signed in a moment ago.
var anew = []string{"cancelled-login", "no-member"}

// otherwise is what is done at the browser where it is not to sign in and to allow.
var otherwise = map[string]struct{ login, consent string }{"cancelled-login": {"cancel", ""}, "cancelled-authorize": {"", "cancel"}}

// answers are what else is told, by profile, where status and error say little.
var answers = map[string][]string{
	"introspect-foreign": {"linkedin: \n\n{\n  \"active\": false\n}<", "standard: \n\n{\n  \"active\": false\n}<"},
	"introspect-ended":   {`linkedin: "status": "expired"`, `linkedin: "status": "revoked"`, "standard: \n\n{\n  \"active\": false\n}<"},
	"unknown-client":     {`linkedin: The passed in client_id is invalid \"86nobody00000\"`, "standard: Client authentication failed"},
	"no-code":            {`linkedin: A required parameter \"code\" is missing`, "standard: A required parameter 'code' is missing"},
	"authorize-client":   {"linkedin: Client_id doesn't match"},
	"authorize-redirect": {"linkedin: Redirect_uri doesn't match"},
	"authorize-scope":    {`linkedin: Scope "r_ads" is not authorized for your application`},
	"code-replay":        {`linkedin: "cause": "code_used"`, `standard: "cause": "code_used"`, `linkedin: "serviceErrorCode": 65601`},
	"scope-change-token": {`linkedin: "serviceErrorCode": 65601`},
	"wrong-secret-basic": {"standard: Www-Authenticate: Basic", "linkedin: Www-Authenticate: Basic"},
	"method":             {"linkedin: Allow: POST", "standard: Allow: POST"},
	"too-many":           {"linkedin: Retry-After: 60", "standard: Retry-After: 60"},
}

func provoke(m *member, b *box, id string) {
	t := m.t
	t.Helper()
	m.person = Person{b.Members[0].Email, b.Members[0].Password}
	if id == "no-member" {
		m.person = Person{b.Developers[0].Email, b.Developers[0].Password}
	}
	m.open(b.Demo + "/failures/" + id)
	m.press("/failures/" + id)
	for range 2 {
		if !strings.Contains(m.page, ">Go to the authorization server") {
			break
		}
		m.follow()
		does := otherwise[id]
		if does.consent == "" {
			does.consent = "allow"
		}
		m.decide(does.login, does.consent)
		if !strings.HasPrefix(m.at, b.Demo+"/failures/") {
			t.Fatalf("the app was not reached again: %s\n%s", m.at, m.page)
		}
	}
	for _, words := range answers[id] {
		if profile, text, _ := strings.Cut(words, ": "); strings.Contains(b.printed, profile+" profile") && !strings.Contains(html.UnescapeString(m.page), text) {
			t.Errorf("the page lacks %s:\n%s", text, html.UnescapeString(tag.ReplaceAllString(m.page, "")))
		}
	}
	steps := judgedStep.FindAllStringSubmatch(m.page, -1)
	if len(steps) == 0 {
		t.Errorf("nothing was held against the contract:\n%s", m.page)
	}
	for _, s := range steps {
		if s[1] != "true" {
			t.Error(html.UnescapeString(tag.ReplaceAllString(s[0], "")))
		}
	}
}
