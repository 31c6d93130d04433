package people

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// state is a view in one of its states.
type state struct {
	name string
	View
}

const (
	callID  = "01a2105d-5d6c-7dfd-8870-12d98d29c354"
	request = "Xo3kqv0n8d1b6f2a"
)

// states are all views, with what a text of others may be.
func states(text func(string) string) []state {
	site := Site{Name: text("Example Health"), Support: "help@example.com"}
	since := time.Date(2026, 3, 12, 9, 30, 0, 0, time.UTC)
	scopes := []Scope{{text("r_people"), text("Read the names and pictures of people you know")}, {text("w_posts"), text("Write posts in your name")}, {text("r_raw"), ""}}
	return append(append(calls(site, text), usages(site, text)...), []state{
		{"sign-in", SignIn{Site: site, Password: true}},
		{"sign-in-app", SignIn{Site: site, Password: true, Provider: Link{text("Example login"), "/sign-in/provider?request=" + request}, Email: text("ada@example.com"), Request: text(request), For: text("Photo shop"), Redirect: "https://shop.example.com/callback"}},
		{"sign-in-wrong", SignIn{Site: site, Password: true, Email: text("ada@example.com"), Problem: text("E-mail and password do not belong together."), ID: text(callID)}},
		{"sign-in-wait", SignIn{Site: site, Password: true, Email: text("ada@example.com"), Problem: text("There were too many tries."), Wait: 150, ID: text(callID)}},
		{"sign-in-provider", SignIn{Site: site, Provider: Link{text("Example login"), "/sign-in/provider"}, Request: text(request), For: text("Photo shop"), Problem: text("Example login did not say who you are."), ID: text(callID)}},
		{"sign-out", SignOut{site, text("ada@example.com"), text(request)}},
		{"signed-out", SignedOut{site}},
		{"consent", Consent{Site: site, App: text("Photo shop"), Maker: text("Shop Ltd"), AppHost: text("shop.example.com"), Redirect: "https://shop.example.com/callback", Email: text("ada@example.com"), Scopes: scopes, Request: text(request)}},
		{"consent-local", Consent{Site: site, App: text("Notes"), Redirect: "com.example.notes:/callback", Email: text("ada@example.com"), Request: text(request), Warn: true}},
		{"services", Services{Site: site, Email: text("ada@example.com"), Done: text("Notes has no access any more."), All: []Service{
			{App: text("Photo shop"), Maker: text("Shop Ltd"), Since: since, LastUse: since.AddDate(0, 5, 3), Scopes: scopes, Live: true, Grant: text("41")},
			{App: text("Calendar"), Since: since, Live: true, Grant: text("42")},
			{App: text("Notes"), Maker: text("Notes Ltd"), Scopes: scopes[:1], Grant: text("43")},
		}}},
		{"services-none", Services{Site: site, Email: text("ada@example.com")}},
		{"account", Account{Site: site, Email: text("ada@example.com"), Password: true, Rule: text("At least 12 characters.")}},
		{"account-wrong", Account{Site: site, Email: text("ada@example.com"), Password: true, Rule: text("At least 12 characters."), Problem: text("The new password is too short."), Field: FieldNew, ID: text(callID)}},
		{"account-developer", Account{Site: site, Email: text("eve@example.com"), Usage: true}},
		{"account-provider", Account{Site: site, Email: text("ada@example.com"), Done: text("All other browsers are signed out.")}},
		{"redirect-mismatch", AuthorizationProblem{
			Site: site, Title: text("Redirect_uri doesn't match"), What: text("The app Photo shop asked to be answered at an address that is not registered for it."), Field: text("redirect_uri"),
			Sent: text("https://shop.example.com/callback") + "/", Registered: []string{text("https://shop.example.com/oauth/callback"), text("https://shop.example.com/callback")},
			Fix: text("Send one of the registered addresses byte for byte, or have this one registered."), Cause: text("oauth_redirect_mismatch"), ID: text(callID), Home: Link{text("Permitted services"), ServicesPath},
		}},
		{"client-unknown", AuthorizationProblem{
			Site: site, Title: text("Client_id doesn't match"), What: text("No app has this client_id."), Field: text("client_id"), Sent: text("78abc"), Fix: text("Send the client_id that was shown when the app was made."), Cause: text("oauth_unknown_client"), ID: text(callID),
		}},
		{"authorization-operator", AuthorizationProblem{
			Site: site, What: text("What keeps the apps cannot be reached at this moment."), Who: Operator, ID: text(callID),
		}},
		{"authorization-member", AuthorizationProblem{
			Site: site, Title: text("Another account is signed in"), What: text("The app asked for another account than yours."), Field: text("id_token_hint"), Absent: true, Who: Member, Fix: text("Sign out, and begin in the app once more."), ID: text(callID),
		}},
		{"message", Message{Site: site, Title: text("Photo shop is switched off"), Text: text("Who runs this site has switched it off."), Link: Link{text("Permitted services"), ServicesPath}}},
		{"too-long", TooLong(site, text(callID))},
		{"answered", Answered(site, text(callID))},
		{"other-browser", OtherBrowser(site, text(callID))},
		{"signed-out-meanwhile", SignedOutMeanwhile(site, text(callID))},
		{"other-site", OtherSite(site, text(callID))},
		{"too-busy", TooBusy(site, 3, text(callID))},
		{"restricted", Restricted(site, text(callID))},
		{"not-a-developer", NotADeveloper(site, text(callID))},
	}...)
}

func same(s string) string { return s }

// hostile is what somebody may write who wants to be more than text.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>' onfocus='alert(1)' autofocus ` + "`" + `{{.}} ${7*7} javascript:alert(1) --> ]]> </title></style></textarea>'; DROP TABLE accounts; -- &lt;b&gt; ` +
	"\u202egpj.elbisivni\u202c \u2066x\u2069 \u200b\x00\x07\x1b[31m\x7f \xff\xfe \r\nSet-Cookie: a=b "

// angry makes any text hostile.
func angry(s string) string { return s + hostile }

// long makes any text longer than anybody needs.
func long(s string) string { return s + strings.Repeat("<b>W", 1000) }

func page(t *testing.T, v View) string {
	t.Helper()
	text, err := v.HTML()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestGolden(t *testing.T) {
	for _, s := range states(same) {
		golden(t, s.name+".html", page(t, s.View))
	}
	for _, s := range states(angry) {
		switch s.name {
		case "sign-in-app", "sign-in-wrong", "consent", "services", "account-wrong", "redirect-mismatch", "message", "call", "no-call", "usage":
			golden(t, s.name+"-hostile.html", page(t, s.View))
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); read it, and `go test ./internal/pages/people -update` writes it:\n%s", name, diff)
	}
}

// TestOthersWordsStayText: whatever a text is, a page has the same elements with the same attributes in the same order.
func TestOthersWordsStayText(t *testing.T) {
	for name, text := range map[string]func(string) string{"hostile": angry, "long": long} {
		evil := states(text)
		for i, s := range states(same) {
			got := page(t, evil[i].View)
			if diff := cmp.Diff(skeleton(t, page(t, s.View)), skeleton(t, got)); diff != "" {
				t.Errorf("%s, %s: the elements differ:\n%s", s.name, name, diff)
			}
			if at := strings.IndexFunc(strings.ReplaceAll(got, "\n", " "), hidden); at >= 0 || !utf8.ValidString(got) {
				t.Errorf("%s, %s: holds what is not seen: %q", s.name, name, got[max(0, at-20):])
			}
		}
	}
}

// skeleton are the elements of a page with the names of their attributes. What marks where texts differ is theirs.
func skeleton(t *testing.T, text string) (all []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local == "mark" || len(e.Attr) > 0 && e.Attr[0].Value == "code-point" {
			continue
		}
		say := e.Name.Local
		for _, a := range e.Attr {
			say += " " + a.Name.Local
		}
		all = append(all, say)
	}
}

func TestSend(t *testing.T) {
	w := httptest.NewRecorder()
	if err := Send(w, 401, SignIn{Password: true, Redirect: "https://shop.example.com/callback?x=1"}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Content-Type":            "text/html; charset=utf-8",
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https://shop.example.com",
		"X-Frame-Options":         "DENY",
		"X-Content-Type-Options":  "nosniff",
		"Referrer-Policy":         "same-origin",
		"Cache-Control":           "no-store",
	}
	for name, value := range want {
		if got := w.Header().Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	if w.Code != 401 || !strings.HasPrefix(w.Body.String(), "<!doctype html>") {
		t.Errorf("%d %.40s", w.Code, w.Body)
	}
}

// TestZeroValues: a view of which nothing was said is a page all the same, whose title says where one is.
func TestZeroValues(t *testing.T) {
	for _, v := range []View{SignIn{}, SignOut{}, SignedOut{}, Consent{}, Services{}, Account{}, AuthorizationProblem{}, AuthorizationProblem{Who: 99}, Message{}, Call{}, NoCall{}, Usage{}} {
		if text := page(t, v); !strings.HasSuffix(text, "</html>\n") || strings.Contains(text, "<title></title>") || strings.Contains(text, "<h1></h1>") {
			t.Errorf("%T: %s", v, text)
		}
	}
}
