package server

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/usage"
	"github.com/candor-gateway/candor/problem"
)

// counted puts counts of this hour into the log: of an app 500 calls that went well, most of which repeated others, and 20 that failed.
func (l *library) counted(app string) {
	l.Helper()
	hour := l.o.Now().UTC().Truncate(time.Hour)
	err := l.requests.Do(l.Context(), func(ctx context.Context, store requestlog.Store) error {
		return store.SaveCounts(ctx, []requestlog.Count{
			{App: app, Resource: "resource-of-" + app, Hour: hour, Calls: 500, Repeated: 412},
			{App: app, Resource: "resource-of-" + app, Hour: hour, Problem: "access_denied", Calls: 20},
		})
	})
	if err != nil {
		l.Fatal(err)
	}
}

// TestThePageOfUsage: an owner sees what their app did, and of its failures today each leads to its page; another's app is not there, whoever it is asked for by.
func TestThePageOfUsage(t *testing.T) {
	l := newLibrary(t)
	l.wait(time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(36 * time.Hour))) // noon: all of this is today
	l.counted("shop")
	l.counted("bobs")
	var shops []*requestlog.Record
	for n := range int64(25) {
		shops = append(shops, l.failed("shop", 60+n))
	}
	l.keeps(append(shops, l.failed("bobs", 60), l.failed("shop", 25*3600))...)
	eve, olga := l.signedIn("eve"), l.signedIn("olga")
	p := eve.get("/usage")
	for _, want := range []string{"Usage of shop", "520 calls today, of which 20 failed.", "412 of today&#39;s 520 calls repeated an earlier one.", "resource-of-shop", `href="/errors/access_denied"`, `20 access_denied`, `id="plot-description"`, "403 access_denied"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("%q is not said in\n%s", want, p.body)
		}
	}
	leaks(t, "the page", p.body, append(marksOf("bobs"), "resource-of-bobs", "bobs", "note-of-shop", "member-of-shop"))
	next := idsOn(t, p.body, shops[:20])
	idsOn(t, eve.get(next).body, shops[20:])
	if again := eve.get("/usage?app=shop"); again.body != p.body {
		t.Errorf("by its name it is another page:\n%s", again.body)
	}
	status, _, body := eve.get("/usage?app=bobs").but()
	wantStatus, _, wantBody := eve.get("/usage?app=nosuch").but()
	if status != 404 || status != wantStatus || body != wantBody || strings.Contains(body, "bobs") {
		t.Errorf("another's: %d %s", status, body)
	}
	if p = olga.get("/usage?app=bobs"); p.status != 200 || !strings.Contains(p.body, "resource-of-bobs") || !strings.Contains(p.body, `<option value="shop">`) {
		t.Errorf("an operator: %d %s", p.status, p.body)
	}
	if p = l.signedIn("ada").get("/usage"); p.status != 403 {
		t.Errorf("a member: %d", p.status)
	}
	if p = l.visitor().get("/usage?app=shop"); p.to() != "/sign-in?next=%2Fusage%3Fapp%3Dshop" {
		t.Errorf("nobody: %d %s", p.status, p.to())
	}
}

// idsOn finds what failed, in its order, and where the list goes on.
func idsOn(t *testing.T, body string, all []*requestlog.Record) (next string) {
	t.Helper()
	var want, got []string
	for _, r := range all {
		want = append(want, r.RequestID)
	}
	for _, part := range strings.Split(body, `<a href="/requests/`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		got = append(got, id)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	before, _, found := strings.Cut(body, `#failures">Earlier ones`)
	if !found {
		return ""
	}
	return strings.ReplaceAll(before[strings.LastIndex(before, `"`)+1:], "&amp;", "&")
}

// TestWhoOwnsNothing is told how that is mended.
func TestWhoOwnsNothing(t *testing.T) {
	l := newLibrary(t)
	if _, err := l.Accounts().CreateStaff(t.Context(), admin.Developer, admin.AccountRequest{Email: "new@example.com", Password: adasPassword}); err != nil {
		t.Fatal(err)
	}
	if p := l.signedIn("new").get("/usage"); p.status != 200 || !strings.Contains(p.body, "You own no app yet.") {
		t.Errorf("%d %s", p.status, p.body)
	}
}

// TestHome leads who makes apps, or runs the site, to what apps did, and all others to the errors.
func TestHome(t *testing.T) {
	l := newLibrary(t)
	for who, want := range map[string]string{"eve": "/usage", "olga": "/usage", "ada": "/errors", "": "/errors"} {
		v := l.visitor()
		if who != "" {
			v = l.signedIn(who)
		}
		if p := v.get("/"); p.status != 302 || p.to() != want {
			t.Errorf("%q: %d %s", who, p.status, p.to())
		}
		if p := v.get("/account"); who != "" && strings.Contains(p.body, `<a href="/usage">`) != (want == "/usage") {
			t.Errorf("%q: %s", who, p.body)
		}
	}
}

// TestOperatorsSeeWhatCameOfLate: a problem's page tells them, and nobody else, how often it came in the last hour.
func TestOperatorsSeeWhatCameOfLate(t *testing.T) {
	l := newLibrary(t)
	l.usage.Count(&usage.Call{At: l.o.Now().Add(-2 * time.Hour).UnixNano(), Problem: problem.AccessDenied})
	for range 12 {
		l.usage.Count(&usage.Call{At: l.o.Now().Add(-30 * time.Minute).UnixNano(), Problem: problem.AccessDenied})
	}
	olga := l.signedIn("olga")
	for path, want := range map[string]string{"/errors/access_denied": "12 calls ended so in the last hour.", "/errors/throttled": "No call ended so in the last hour."} {
		p := olga.ask("GET", path, nil, "Accept", "text/html")
		if p.status != 200 || !strings.Contains(p.body, want) || p.head.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %s", path, p.status, p.head, p.body)
		}
	}
	for who, v := range map[string]*visitor{"nobody": l.visitor(), "a developer": l.signedIn("eve"), "a member": l.signedIn("ada")} {
		p := v.ask("GET", "/errors/access_denied", nil, "Accept", "text/html")
		if p.status != 200 || strings.Contains(p.body, "last hour") || p.head.Get("ETag") == "" {
			t.Errorf("%s: %d %v %s", who, p.status, p.head, p.body)
		}
	}
	if p := olga.get("/errors"); p.status != 200 || strings.Contains(p.body, "last hour") {
		t.Errorf("the index: %d", p.status)
	}
}
