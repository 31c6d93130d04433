package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/problem"
)

// pageOfCause is what a browser is shown, in what matters here.
func pageOfCause(names ...string) string {
	var links strings.Builder
	for _, name := range names {
		links.WriteString(`<p>More about it: <a href="/errors/oauth#` + name + `"><code>` + name + "</code></a> in the error reference.</p>\n")
	}
	return "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>Problem: verysecret – Example</title>\n</head>\n<body>\n" + links.String() +
		"<p>Whoever helps you will ask for this id: <code>" + callID1 + "</code></p>\n</body>\n</html>\n"
}

// TestOAuthPage: a page for whoever sits at the browser is explained by its cause, with its head and without.
func TestOAuthPage(t *testing.T) {
	for _, cause := range problem.OAuthCauses() {
		page := pageOfCause(cause.Name())
		head := "HTTP/1.1 418 X\r\nContent-Type: text/html; charset=utf-8\r\nX-Request-Id: " + callID1 + "\r\n\r\n"
		for what, text := range map[string]string{"with its head": head + page, "alone": page} {
			e, ok := Explain([]byte(text))
			if !ok || len(e.Meanings) != 1 || e.Meanings[0].Problem != cause.Name() || e.Answer.By != "authorization" || e.Answer.RequestID != callID1 {
				t.Fatalf("%s %s: %+v", cause.Name(), what, e)
			}
			if told := e.Meanings[0].Status == "418"; told != (what == "with its head") || strings.Contains(e.Text(), "verysecret") {
				t.Errorf("%s %s: %s", cause.Name(), what, e.Text())
			}
		}
	}
}

// TestNoOAuthPage: a page that only has such links is not taken for one.
func TestNoOAuthPage(t *testing.T) {
	used := problem.OAuthCodeUsed.Name()
	for what, text := range map[string]string{
		"no cause":      pageOfCause("oauth_made_up"),
		"the reference": pageOfCause(used, problem.OAuthCodeExpired.Name()),
		"a success":     "HTTP/1.1 200 OK\nContent-Type: text/html\n\n" + pageOfCause(used),
		"in a text":     "HTTP/1.1 404 Not Found\n\nsee " + pageOfCause(used),
	} {
		if e, _ := Explain([]byte(text)); e.Answer != nil && e.Answer.By == "authorization" {
			t.Errorf("%s: %+v", what, e)
		}
	}
}

// TestCallbackWithOurCode: an authorization code of Candor's gives its writer away, and is told to nobody.
func TestCallbackWithOurCode(t *testing.T) {
	for _, text := range []string{
		"https://shop.example/back?code=cdr_ac_verysecret&state=verysecret",
		"https://shop.example/back?code=cdr_ac_verysecret",
		"HTTP/1.1 303 See Other\nLocation: https://shop.example/back?code=cdr_ac_verysecret&state=verysecret\n\n",
	} {
		e, ok := Explain([]byte(text))
		if !ok || len(e.Meanings) != 1 || e.Meanings[0].Title != cameWithCode.Title || e.Answer.By != "authorization" || e.Answer.Location != "https://shop.example/back" {
			t.Errorf("%s: %+v", text, e)
		}
		if strings.Contains(fmt.Sprintf("%+v", e)+e.Text(), "verysecret") {
			t.Errorf("%s: %s", text, e.Text())
		}
	}
	if e, ok := Explain([]byte("https://shop.example/back?code=another&state=verysecret")); !ok || e.Answer.By != "other" {
		t.Errorf("the code of another server: %+v", e)
	}
}
