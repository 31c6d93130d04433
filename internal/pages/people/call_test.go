package people

import (
	"strings"
	"testing"
)

// calls are the pages of calls, with what a text of others may be.
func calls(site Site, text func(string) string) []state {
	facts := func(all ...string) (f []Fact) {
		for i := 0; i < len(all); i += 2 {
			f = append(f, Fact{text(all[i]), text(all[i+1])})
		}
		return f
	}
	lines := func(all ...string) (l []string) {
		for _, s := range all {
			l = append(l, text(s))
		}
		return l
	}
	return []state{
		{"call", Call{
			Site: site, Signed: true, Failed: true, App: text("photo-shop"), Title: text("GET /v2/adAccounts → 403 access_denied"), Happened: text("The gateway answered 403 access_denied to GET /v2/adAccounts of the app photo-shop."),
			Message: text("Not enough permissions to access: GET /v2/adAccounts"), Fix: text("Ask the member for the scope r_ads again."), Recurs: text("It has failed in this way 12 times since 14:02."),
			Changed: lines("since 14:02 the token has no scope r_ads"), Also: lines("the program calls itself shop/2 and not shop/1"),
			Judge:  &Judgement{Fail: true, Text: text("Would still fail: 403 access_denied."), Different: lines("scope w_ads granted at 14:20"), Unjudged: facts("body", "it is not kept")},
			Checks: []Check{{text("route"), false}, {text("credential"), false}, {text("permission"), true}}, Observed: lines("the check version would have refused it for version_required"),
			Cause: facts("Detail", "missing_scope", "Where", "field Authorization"),
			Meanings: []Meaning{{
				Title: text("403 ACCESS_DENIED"), What: text("The token may not do this."), Who: text("you, the caller"), Repeat: text("No: the same call will fail the same way."),
				Causes: lines("The member gave fewer scopes."), How: lines("Ask for the scope.", "Have the product added."),
			}},
			Ranked: []Likely{{text("A scope is missing"), text("most likely"), text("Look at the scopes of the token."), text("Ask for it."), text("Ask who can."), text("you")}}, Ask: lines("Does it work with another member?"),
			Problem: Link{text("access_denied"), "/errors/access_denied"}, Stations: []Station{{"Head read", 0, 120, 9000}, {"Checks done", 120, 200, 9000}, {"Done", 200, 9000, 9000}},
			Sent:     Wire{Line: text("GET /v2/adAccounts?q=search HTTP/1.1"), Fields: facts("Host", "api.example.com", "User-Agent", "shop/2"), Body: text("{}"), Note: text("200 bytes in all.")},
			Answered: Wire{Line: text("HTTP/1.1 403"), Fields: facts("Content-Type", "application/json"), Body: text("{\n  \"status\": 403\n}")},
			Who:      facts("App", "photo-shop", "Scopes", "r_profile"), Upstream: facts("Name", "ads", "Address", "10.0.0.7:8080"), Tries: facts("1", "10.0.0.7:8080"), Verdicts: facts("quota", "passes"), Known: facts("Id", callID), Report: "candor report " + text(callID),
		}},
		{"call-least", Call{Site: site, Title: text("400 malformed_request"), Happened: text("The gateway answered 400 to a call without a head.")}},
		{"call-passes", Call{Site: site, Signed: true, Title: text("GET /me → 401 expired_access_token"), Judge: &Judgement{Pass: true, Text: text("Would pass now.")}}},
		{"no-call", NoCall{Site: site, Signed: true, Sent: text(callID), IsID: true}},
		{"no-call-id", NoCall{Site: site, Sent: text("4711")}},
	}
}

// TestStretches: a bar stays within its width, and is seen however short it is.
func TestStretches(t *testing.T) {
	for _, c := range []struct {
		s             Station
		start, length int64
	}{
		{Station{From: 0, To: 100, Whole: 100}, 0, 200},
		{Station{From: 50, To: 100, Whole: 100}, 100, 100},
		{Station{From: 10, To: 10, Whole: 100}, 20, 2},
		{Station{From: 100, To: 100, Whole: 100}, 198, 2},
		{Station{From: 0, To: 200, Whole: 100}, 0, 200},
		{Station{}, 0, 2},
	} {
		if start, length := c.s.Start(), c.s.Length(); start != c.start || length != c.length {
			t.Errorf("%+v: from %d, %d long, want %d and %d", c.s, start, length, c.start, c.length)
		}
	}
}

// TestWire: lines stay lines, and what is not seen is marked.
func TestWire(t *testing.T) {
	text := page(t, Call{Sent: Wire{Line: "GET /<b> HTTP/1.1", Fields: []Fact{{"User-Agent", "a\u202eb"}}, Body: "{\r\n\t\"a\": 1\n}"}})
	if want := "GET /&lt;b&gt; HTTP/1.1\nUser-Agent: a\ufffdb\n\n{\n \"a\": 1\n}"; !strings.Contains(strings.ReplaceAll(text, "&#34;", `"`), want) {
		t.Error(text)
	}
}
