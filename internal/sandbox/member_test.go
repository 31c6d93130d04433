package sandbox

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// member sits at a browser of a test: it follows what leads on, and fills in the forms that it meets.
type member struct {
	t      *testing.T
	client *http.Client
	person Person
	at     string // the page that is open
	page   string
	status int
}

// Person is who signs in.
type Person struct{ email, password string }

func newMember(t *testing.T, email, password string) *member {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &member{t: t, client: &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}, person: Person{email, password}}
}

func (m *member) keep(res *http.Response, err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		m.t.Fatal(err)
	}
	m.at, m.page, m.status = res.Request.URL.String(), string(body), res.StatusCode
}

func (m *member) open(at string) {
	m.t.Helper()
	res, err := m.client.Get(at)
	m.keep(res, err)
}

// press sends the form to a path that is on the page, with what is hidden in it and what is typed.
func (m *member) press(path string, typed ...string) {
	m.t.Helper()
	form := regexp.MustCompile(`(?s)<form method="post" action="` + regexp.QuoteMeta(path) + `".*?</form>`).FindString(m.page)
	if form == "" {
		m.t.Fatalf("there is no form to %s at %s:\n%s", path, m.at, m.page)
	}
	v := url.Values{}
	for _, hidden := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
		v.Set(hidden[1], html.UnescapeString(hidden[2]))
	}
	for i := 0; i < len(typed); i += 2 {
		v.Set(typed[i], typed[i+1])
	}
	to, err := url.Parse(m.at)
	if err != nil {
		m.t.Fatal(err)
	}
	to.Path, to.RawQuery = path, ""
	res, err := m.client.PostForm(to.String(), v)
	m.keep(res, err)
}

// follow opens the link that the demo shows as the next step.
func (m *member) follow() {
	m.t.Helper()
	next := regexp.MustCompile(`<a class="button" href="([^"]+)">`).FindStringSubmatch(m.page)
	if next == nil {
		m.t.Fatalf("nothing leads on at %s:\n%s", m.at, m.page)
	}
	m.open(html.UnescapeString(next[1]))
}

// decide signs in and answers the questions that are asked until the app is reached again.
func (m *member) decide(login, consent string) {
	m.t.Helper()
	for range 4 {
		switch {
		case strings.Contains(m.page, `action="/sign-in"`) && login == "cancel":
			m.press("/sign-in", "decision", "cancel")
		case strings.Contains(m.page, `action="/sign-in"`):
			m.press("/sign-in", "email", m.person.email, "password", m.person.password)
		case strings.Contains(m.page, `action="/oauth/v2/consent"`):
			m.press("/oauth/v2/consent", "decision", consent)
		default:
			return
		}
	}
}
