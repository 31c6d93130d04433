package sandbox

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/problem"
)

func TestSteps(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		said string
		want time.Duration
		text string
	}{
		{"60d", 60 * day, "60d"},
		{"1d12h", 36 * time.Hour, "1d12h"},
		{"2w", 14 * day, "14d"},
		{"90s", 90 * time.Second, "1m30s"},
		{"0s", 0, "0s"},
		{"7300d", mostAhead, "7300d"},
	} {
		got, err := parseStep(tt.said)
		if err != nil || got != tt.want || stepText(got) != tt.text {
			t.Errorf("%s: %s, %v, told as %s", tt.said, got, err, stepText(got))
		}
	}
	for _, said := range []string{"", "d", "60", "1.5d", "60d ", "1y", "60 d", "7301d", "999999999w", "7300d1s", "-60d", "+1d", "1000000000d"} {
		if d, err := parseStep(said); err == nil {
			t.Errorf("%q is taken for %s", said, d)
		}
	}
}

// onward sets the clock forward.
func (b *box) onward(t *testing.T, step, ahead string) {
	t.Helper()
	var told ClockTold
	a := b.direct(t, "POST", clockPath, `{"advance": "`+step+`"}`)
	if err := json.Unmarshal([]byte(a.body), &told); err != nil || a.status != 200 || told.Ahead != ahead {
		t.Fatalf("%d %s", a.status, a.body)
	}
	want, err := parseStep(ahead)
	if d := time.Until(told.Now.Add(-want)).Abs(); err != nil || d > time.Minute {
		t.Errorf("it is told to be %s", told.Now)
	}
	if is := b.again(t).Clock; is != ahead {
		t.Errorf("clock in %s is %s", FileName, is)
	}
}

// again reads sandbox.json.
func (b *box) again(t *testing.T) (f File) {
	t.Helper()
	text, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// Tokens end, limits begin again and answers are dated as the clock says; nothing else notices.
func TestTheClockIsSetForward(t *testing.T) {
	var warned testkit.Lines
	b := runBox(t, Options{Profile: problem.LinkedIn, Log: slog.New(slog.NewTextHandler(&warned, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	good := "Authorization: Bearer " + b.Tokens.Good
	connections := func() (statuses []int, last said) {
		for range 6 {
			last = b.ask(t, "GET", b.API+"/v2/connections?q=viewer", "", good)
			statuses = append(statuses, last.status)
		}
		return statuses, last
	}
	day := []int{200, 200, 200, 200, 200, 429}
	got, full := connections()
	if d := cmp.Diff(day, got); d != "" {
		t.Error(d)
	}
	b.onward(t, "1d", "1d")
	got, last := connections()
	if d := cmp.Diff(day, got); d != "" {
		t.Errorf("the day after: %s", d)
	}
	var told struct{ ErrorDetails struct{ ResetsAt time.Time } }
	if err := json.Unmarshal([]byte(last.body), &told); err != nil || told.ErrorDetails.ResetsAt.Before(time.Now().Add(24*time.Hour-time.Minute)) {
		t.Errorf("it resets at %s, %v", told.ErrorDetails.ResetsAt, err)
	}
	b.onward(t, "58d", "59d")
	if a := b.ask(t, "GET", b.API+"/v2/me", "", good); a.status != 200 {
		t.Errorf("on the last day: %d %s", a.status, a.body)
	}
	b.onward(t, "24h", "60d")
	a := b.ask(t, "GET", b.API+"/v2/me", "", good)
	if a.status != 401 || a.head.Get("Candor-Problem") != "expired_access_token" {
		t.Errorf("after sixty days: %d %s", a.status, a.body)
	}
	if date, err := http.ParseTime(a.head.Get("Date")); err != nil || date.Before(time.Now().Add(59*24*time.Hour)) {
		t.Errorf("the answer is of %s", a.head.Get("Date"))
	}
	if refreshed := b.refresh(t); b.ask(t, "GET", b.API+"/v2/me", "", "Authorization: Bearer "+refreshed).status != 200 {
		t.Error("a token that was refreshed is not good")
	}
	for _, id := range []string{full.head.Get("x-li-uuid"), a.head.Get("x-li-uuid")} { // what was recorded before is there
		if r := b.record(t, id); r.status != 200 {
			t.Errorf("the record of %s: %d %s", id, r.status, r.body)
		}
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
	if w := warned.String(); w != "" {
		t.Errorf("it was warned of:\n%s", w)
	}
}

// refresh gets an access token for the refresh token of the app keeper.
func (b *box) refresh(t *testing.T) string {
	t.Helper()
	keeper := b.Apps[keeperApp]
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {b.Tokens.Refresh}, "client_id": {keeper.ClientID}, "client_secret": {keeper.ClientSecret}}
	a := b.ask(t, "POST", b.WWW+"/oauth/v2/accessToken", form.Encode(), "Content-Type: application/x-www-form-urlencoded")
	var got struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return got.Access
}

// record looks up a call, by the developer's key, until it is written.
func (b *box) record(t *testing.T, id string) (a said) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if a = b.ask(t, "GET", b.WWW+"/v1/requests?id="+url.QueryEscape(id), "", "Authorization: Bearer "+b.Developers[0].Key); a.status == 200 {
			break
		}
	}
	return a
}

// A sandbox that keeps its folder goes on where its clock was; one that does not begins at the present.
func TestTheClockIsKept(t *testing.T) {
	dir := t.TempDir()
	first := runBox(t, Options{Profile: problem.LinkedIn, Data: dir})
	lost := first.ask(t, "GET", first.API+"/v2/nowhere", "", "Authorization: Bearer "+first.Tokens.Good).head.Get("x-li-uuid")
	first.onward(t, "60d", "60d")
	if err := first.stop(); err != nil {
		t.Error(err)
	}
	second := runBox(t, Options{Profile: problem.LinkedIn, Data: dir})
	if second.Clock != "60d" {
		t.Errorf("the clock is %s ahead", second.Clock)
	}
	for name, want := range map[string]struct{ token, problem string }{
		"good of before": {first.Tokens.Good, "expired_access_token"}, "good": {second.Tokens.Good, ""}, "expired": {second.Tokens.Expired, "expired_access_token"},
	} {
		if a := second.ask(t, "GET", second.API+"/v2/me", "", "Authorization: Bearer "+want.token); a.head.Get("Candor-Problem") != want.problem {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if r := second.record(t, lost); r.status != 200 {
		t.Errorf("a record of before: %d %s", r.status, r.body)
	}
	second.onward(t, "12h", "60d12h")
	if err := second.stop(); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, clockName), []byte("soon\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{API: "127.0.0.1:0", WWW: "127.0.0.1:0", Admin: "127.0.0.1:0", Demo: "127.0.0.1:0", Data: dir, Profile: problem.LinkedIn, Now: time.Now, Log: quiet}
	err := Run(t.Context(), o, make(told, 1))
	if err == nil || !strings.Contains(err.Error(), `sandbox.clock: "soon" is no step`) {
		t.Errorf("a file that says nothing: %v", err)
	}
}

// Windows of rules do not follow the clock.
func TestWindowsDoNotFollowTheClock(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	b.rules(t, `{"name":"a","fault":"conflict","window":{"from":"1h","for":"1h"}}`)
	b.onward(t, "90m", "1h30m")
	if got := b.me(t); got != "OK |  | " {
		t.Error(got)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}
