package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// TestThePageOfACall: an owner sees what became of a call of theirs, an operator what lies behind it too, and of a call of nobody's it is said what came of it.
func TestThePageOfACall(t *testing.T) {
	l := newLibrary(t)
	shops, nobodys := l.failed("shop", 60), l.failed("", 61)
	shops.Said = &requestlog.Said{Message: "You may not read members", Fix: "Ask for r_members"}
	shops.Changed = []requestlog.Difference{{Feature: "scope", Text: "since 14:02 the token has no scope r_members", Told: "since 14:02 the token has no scope r_members"}, {Feature: "upstream", Text: "the target is 10.9.8.7:80"}}
	shops.Recurs = &requestlog.Recurs{Times: 12, Since: shops.Time}
	l.keeps(shops, nobodys)
	eve, olga := l.signedIn("eve"), l.signedIn("olga")
	for name, c := range map[string]struct {
		got        page
		has, lacks []string
	}{
		"the owner": {
			eve.get("/requests/" + shops.RequestID),
			append(marksOf("shop"), "You may not read members", "Ask for r_members", "since 14:02 the token has no scope r_members", "12 times since", "permission: refused", "Would it pass now?", `href="/errors/access_denied"`, "candor report "+shops.RequestID),
			operatorsMarks("shop"),
		},
		"the owner, by hex digits": {eve.get("/requests/" + string(shops.ID.AppendHex(nil))), marksOf("shop"), operatorsMarks("shop")},
		"an operator":              {olga.get("/requests/" + shops.RequestID), append(marksOf("shop"), "note-of-shop", "body-of-shop", "upstream-of-shop", "10.9.8.7"), nil},
		"nobody's call":            {eve.get("/requests/" + nobodys.RequestID), []string{"access_denied"}, append(marksOf("nobody"), operatorsMarks("nobody")...)},
	} {
		if c.got.status != 200 || !strings.HasPrefix(c.got.head.Get("Content-Type"), "text/html") || c.got.head.Get("Cache-Control") != "no-store" || !strings.HasPrefix(c.got.head.Get("Content-Security-Policy"), "default-src 'none'; style-src 'self'") {
			t.Errorf("%s: %d %v", name, c.got.status, c.got.head)
		}
		for _, want := range c.has {
			if !strings.Contains(c.got.body, want) {
				t.Errorf("%s: %q is not said in\n%s", name, want, c.got.body)
			}
		}
		leaks(t, name, c.got.body, c.lacks)
	}
	if p := eve.ask("HEAD", "/requests/"+shops.RequestID, nil); p.status != 200 || p.body != "" {
		t.Errorf("HEAD: %d %q", p.status, p.body)
	}
	if p := eve.post("/requests/" + shops.RequestID); p.status != 405 {
		t.Errorf("POST: %d", p.status)
	}
}

// TestThePageOfAnAPIsOwnAnswer: what was answered by the API itself has a next step, too, and to the owner of the app names nothing that is behind the gateway.
func TestThePageOfAnAPIsOwnAnswer(t *testing.T) {
	l := newLibrary(t)
	shops := l.failed("shop", 60)
	shops.Status, shops.Problem, shops.By, shops.Refused, shops.Said, shops.Cause = 404, "", requestlog.ByUpstream, "", nil, nil
	l.keeps(shops)
	for who, asked := range map[string]string{"eve": "ask whoever runs the API, with the id " + shops.RequestID, "olga": "ask whoever runs the API (upstream-of-shop"} {
		p := l.signedIn(who).get("/requests/" + shops.RequestID)
		for _, want := range []string{"<strong>What to do:</strong> The gateway&#39;s checks let the call pass, so this answer is the API&#39;s own.", "but the API has nothing there, or does not show it to this member", asked} {
			if !strings.Contains(p.body, want) {
				t.Errorf("%s: %q is not said in\n%s", who, want, p.body)
			}
		}
		if who == "eve" {
			leaks(t, who, p.body, operatorsMarks("shop"))
		}
	}
}

// TestACallIsFound: by its id in any spelling, and who has not signed in comes to it once they have.
func TestACallIsFound(t *testing.T) {
	l := newLibrary(t)
	shops := l.failed("shop", 60)
	l.keeps(shops)
	eve := l.signedIn("eve")
	at := "/requests/" + shops.RequestID
	for _, id := range []string{shops.RequestID, strings.ToUpper(shops.RequestID), string(shops.ID.AppendHex(nil)), string(shops.ID.AppendBase64(nil)), "%20" + shops.RequestID + "%20"} {
		if p := eve.get("/requests?id=" + id); p.status != 303 || p.head.Get("Location") != at {
			t.Errorf("%s: %d %s", id, p.status, p.head.Get("Location"))
		}
	}
	for _, from := range []string{at, "/requests?id=" + shops.RequestID} {
		v := l.visitor()
		to := v.get(from).head.Get("Location")
		if !strings.HasPrefix(to, "/sign-in?next=%2Frequests") {
			t.Fatalf("%s leads nobody to %q", from, to)
		}
		next := strings.ReplaceAll(strings.TrimPrefix(to, "/sign-in?next="), "%2F", "/")
		next = strings.NewReplacer("%3F", "?", "%3D", "=").Replace(next)
		p := v.post("/sign-in", "email", "eve@example.com", "password", adasPassword, "next", next)
		if p.status != 303 || p.head.Get("Location") != from {
			t.Errorf("after the sign-in for %s: %d %s", from, p.status, p.head.Get("Location"))
		}
	}
	for _, next := range []string{"//evil.example/requests/" + shops.RequestID, "https://evil.example" + at, "/requests/../oauth", "/requests//evil.example", `/requests/\evil.example`} {
		if led := lookPlace(next); led != "" {
			t.Errorf("%s leads to %s", next, led)
		}
	}
	if p := l.visitor().get("/requests/%22%3E%3Cscript%3E"); p.head.Get("Location") != "/sign-in?next=" {
		t.Errorf("what is no id is repeated: %s", p.head.Get("Location"))
	}
	if p := l.signedIn("ada").get(at); p.status != 403 || !strings.Contains(p.body, "This page is for developers") {
		t.Errorf("a member: %d %s", p.status, p.body)
	}
}

// TestThePageOfAnothersCall is that of one that never was, but for the id.
func TestThePageOfAnothersCall(t *testing.T) {
	l := newLibrary(t)
	shops := l.failed("shop", 60)
	l.keeps(shops)
	bob, never := l.signedIn("bob"), callid.New(shops.Time.UnixMilli(), 0xfff, 0x1234).String()
	status, head, body := bob.get("/requests/" + shops.RequestID).but()
	wantStatus, wantHead, wantBody := bob.get("/requests/" + never).but()
	body, wantBody = strings.ReplaceAll(body, shops.RequestID, "ID"), strings.ReplaceAll(wantBody, never, "ID")
	if status != 404 || status != wantStatus || body != wantBody || fmt.Sprint(head) != fmt.Sprint(wantHead) {
		t.Errorf("%d %v %s\nof an unknown one\n%d %v %s", status, head, body, wantStatus, wantHead, wantBody)
	}
	if p := bob.get("/requests/4711"); p.status != 404 || !strings.Contains(p.body, "is no id of a call") {
		t.Errorf("what is no id: %d %s", p.status, p.body)
	}
}

// TestMarkupOfCallersIsText: what a caller has put into paths, fields and ids does nothing on the page.
func TestMarkupOfCallersIsText(t *testing.T) {
	l := newLibrary(t)
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	shops := l.failed("shop", 60)
	shops.Target, shops.Headers = "/"+evil, []requestlog.Field{{Name: "User-Agent", Value: evil}, {Name: evil, Value: "x"}}
	shops.ClientTo, shops.Member, shops.Note, shops.Method = evil, evil, evil, "GET"+evil
	shops.Answer = &requestlog.Answer{Headers: shops.Headers, Body: &requestlog.Body{Text: evil}}
	shops.Cause, shops.Said = &requestlog.Cause{Detail: evil, Field: evil, Excerpt: evil}, &requestlog.Said{Message: evil, Fix: evil}
	l.keeps(shops)
	for _, who := range []string{"eve", "olga"} {
		p := l.signedIn(who).get("/requests/" + shops.RequestID)
		if p.status != 200 || strings.Contains(p.body, "<script") || strings.Contains(p.body, "<img") || !strings.Contains(p.body, "&lt;script&gt;") {
			t.Errorf("%s: %d %s", who, p.status, p.body)
		}
	}
	if p := l.signedIn("eve").get("/requests?id=%22%3E%3Cscript%3E"); p.status != 404 || strings.Contains(p.body, "<script") {
		t.Errorf("as an id: %d %s", p.status, p.body)
	}
}

// TestThePageOfADebuggedCall shows an operator what every check says, each attempt and the rewriting, and the owner of the app none of it.
func TestThePageOfADebuggedCall(t *testing.T) {
	l := newLibrary(t)
	shops := l.failed("shop", 60)
	shops.Debug = true
	shops.Checks = []requestlog.Check{{Check: "quota", Mode: "observe", Verdict: "would refuse", Problem: "throttled", Why: "planted-why"}}
	shops.Tries = []requestlog.Try{{Address: "planted-address", Reused: true, Begun: 1500, Ended: 2500, Fault: "planted-fault"}}
	shops.Rewrite = &requestlog.Rewritten{Target: "planted-target", Added: []string{"Planted-Added"}, Dropped: []string{"Planted-Dropped"}}
	l.keeps(shops)
	planted := []string{"would refuse throttled (observe): planted-why", "planted-address, over a connection that was kept, from 1.500 ms to 2.500 ms: planted-fault", "planted-target", "Planted-Added", "Planted-Dropped"}
	p := l.signedIn("olga").get("/requests/" + shops.RequestID)
	for _, want := range planted {
		if !strings.Contains(p.body, want) {
			t.Errorf("an operator is not told %q:\n%s", want, p.body)
		}
	}
	leaks(t, "the owner", l.signedIn("eve").get("/requests/"+shops.RequestID).body, append(planted, "planted-why", "planted-address"))
}
