package sandbox

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/problem"
)

// said is an answer, as far as tests look at it.
type said struct {
	status int
	head   http.Header
	body   string
}

// ask sends one request over a connection of its own.
func (b *box) ask(t *testing.T, method, url, body string, fields ...string) said {
	t.Helper()
	return askOver(t, &http.Transport{DisableKeepAlives: true}, method, url, body, fields...)
}

func askOver(t *testing.T, over *http.Transport, method, url, body string, fields ...string) said {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		r.Header.Add(name, value)
	}
	res, err := (&http.Client{Transport: over}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return said{res.StatusCode, res.Header, string(text)}
}

// direct asks the operator's listener, with the sandbox's token.
func (b *box) direct(t *testing.T, method, path, body string) said {
	t.Helper()
	return b.ask(t, method, b.Admin+path, body, "Authorization: Bearer "+b.AdminToken, "Content-Type: application/json")
}

// rules sets rules.
func (b *box) rules(t *testing.T, text string) {
	t.Helper()
	if a := b.direct(t, "POST", faultsPath, text); a.status != 201 {
		t.Fatalf("%d %s", a.status, a.body)
	}
}

// me is a call of the good token: its status, the fault that is named, and the problem.
func (b *box) me(t *testing.T, fields ...string) string {
	t.Helper()
	a := b.ask(t, "GET", b.API+"/v2/me", "", append([]string{"Authorization: Bearer " + b.Tokens.Good}, fields...)...)
	return strings.Join([]string{http.StatusText(a.status), a.head.Get(FaultHeader), a.head.Get("Candor-Problem")}, " | ")
}

// Who may direct the sandbox, and what whoever may not is told.
func TestWhoDirects(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	const fix = "Send Authorization: Bearer TOKEN with the value of admin_token in sandbox.json."
	const isJSON = "Content-Type: application/json"
	own := "Authorization: Bearer " + b.AdminToken
	for _, tt := range []struct {
		name, method, path, body string
		fields                   []string
		status                   int
		message, fix             string
	}{
		{"nobody", "GET", faultsPath, "", nil, 401, "No token was sent", fix},
		{"nobody changes", "POST", resetPath, "", nil, 401, "No token was sent", fix},
		{"nobody's clock", "POST", clockPath, `{"advance":"1d"}`, []string{isJSON}, 401, "No token was sent", fix},
		{"another token", "GET", faultsPath, "", []string{"Authorization: Bearer sandbox-x"}, 401, "The token is wrong", fix},
		{"a password", "GET", faultsPath + "/a", "", []string{"Authorization: Basic " + b.AdminToken}, 401, "The token is wrong", fix},
		{"a member's token", "GET", clockPath, "", []string{"Authorization: Bearer " + b.Tokens.Good}, 401, "The token is wrong", fix},
		{"a page", "POST", resetPath, "", []string{own, "Origin: http://evil.example"}, 403, "Commands are not taken from a web page", "Send it without Origin and Sec-Fetch-Site, as curl does."},
		{"a form", "POST", faultsPath, `fault=reset`, []string{own, "Content-Type: application/x-www-form-urlencoded"}, 415, "The body must be JSON", "Send Content-Type: application/json."},
		{"another type", "POST", faultsPath, `{"fault":"reset"}`, []string{own, "Content-Type: application/xml"}, 415, "The body must be JSON", "Send Content-Type: application/json."},
		{"as curl -d says it", "POST", faultsPath, `{"falt":"reset"}`, []string{own, "Content-Type: application/x-www-form-urlencoded"}, 400, "The rules cannot be set: falt: there is no such field; did you mean fault?", "Correct it and send all of it again; none of it was set."},
		{"too long", "POST", faultsPath, strings.Repeat(" ", 70<<10), []string{own, isJSON}, 413, "The body is longer than 65536 bytes", "Send less."},
		{"a method", "PUT", faultsPath, "", []string{own}, 405, "PUT is not supported here; supported: GET, HEAD, POST, DELETE", ""},
		{"a mistake", "POST", faultsPath, `{"falt":"reset"}`, []string{own, isJSON}, 400, "The rules cannot be set: falt: there is no such field; did you mean fault?", "Correct it and send all of it again; none of it was set."},
		{"no such rule", "DELETE", faultsPath + "/a", "", []string{own}, 404, `There is no rule "a"`, "GET /v1/faults lists those that there are."},
		{"back", "POST", clockPath, `{"advance":"-1d"}`, []string{own, isJSON}, 400, `The clock was not moved: advance: "-1d" is back: the clock goes forward only; a sandbox that is started anew, in another folder, begins at the present`, `Send {"advance": "60d"}.`},
		{"no step", "POST", clockPath, `{"advance":"60"}`, []string{own, isJSON}, 400, `The clock was not moved: advance: "60" is no step: write numbers and w, d, h, m or s, as in 60d or 1d12h`, `Send {"advance": "60d"}.`},
		{"too far", "POST", clockPath, `{"advance":"9999w"}`, []string{own, isJSON}, 400, `The clock was not moved: advance: 9999w is too far: the clock can be 7300d ahead in all`, `Send {"advance": "60d"}.`},
		{"nothing", "POST", clockPath, `{}`, []string{own, isJSON}, 400, `The clock was not moved: advance: it is missing: how far the clock is to go forward`, `Send {"advance": "60d"}.`},
		{"another word", "POST", clockPath, `{"to":"2030"}`, []string{own, isJSON}, 400, `The clock was not moved: to: there is no such field; known here: advance`, `Send {"advance": "60d"}.`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := b.ask(t, tt.method, b.Admin+tt.path, tt.body, tt.fields...)
			var f struct {
				Status       int
				Message, Fix string
			}
			if err := json.Unmarshal([]byte(a.body), &f); err != nil || a.status != tt.status || f.Status != tt.status || f.Message != tt.message || f.Fix != tt.fix {
				t.Errorf("%d %s", a.status, a.body)
			}
			if (a.status == 401) != (a.head.Get("WWW-Authenticate") == `Bearer realm="candor admin"`) {
				t.Errorf("WWW-Authenticate: %s", a.head.Get("WWW-Authenticate"))
			}
		})
	}
	if a := b.direct(t, "GET", faultsPath, ""); a.status != 200 || a.body != "{\n  \"rules\": []\n}\n" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := b.ask(t, "GET", b.Admin+"/metrics", ""); a.status != 200 {
		t.Errorf("what needs no token needs one: %d", a.status)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

// Rules over real sockets: what each of a row of calls is answered. The gateway says every failure itself, as ever.
func TestRuledCalls(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	const fine = "OK |  | "
	for _, tt := range []struct {
		name, rules string
		want        []string
	}{
		{"401, then 200", `{"name":"a","sequence":["expired_access_token","ok"]}`, []string{"Unauthorized | expired_access_token; rule=a | expired_access_token", "OK | ok; rule=a | ", fine}},
		{
			"fail twice, then succeed", `{"name":"a","fault":"reset","count":2,"match":{"token":"good","route":"v2/me"}}`,
			[]string{"Bad Gateway | reset; rule=a | upstream_broke", "Bad Gateway | reset; rule=a | upstream_broke", fine},
		},
		{"a status of the API", `{"name":"a","fault":"status=503","count":1}`, []string{"Service Unavailable | status=503; rule=a | upstream_server_error; by=upstream", fine}},
		{"late", `{"name":"a","fault":"throttled","count":1,"latency":"20ms"}`, []string{"Too Many Requests | throttled; rule=a; latency=20ms | throttled", fine}},
		{"late alone", `{"name":"a","latency":"20ms","count":1}`, []string{"OK | latency=20ms; rule=a | ", fine}},
		{"later than is waited", `{"name":"a","latency":"6s","count":1}`, []string{"Gateway Timeout | latency=6s; rule=a | gateway_timeout", fine}},
		{
			"two", `[{"name":"a","fault":"garbage","count":1},{"name":"b","fault":"access_denied","match":{"member":"` + b.Members[1].Name + `"},"count":1}]`,
			[]string{"Bad Gateway | garbage; rule=a | upstream_invalid", "Forbidden | access_denied; rule=b | access_denied", fine},
		},
		{"of others", `[{"fault":"garbage","match":{"app":"ads"}},{"fault":"garbage","match":{"method":"POST"}},{"fault":"garbage","match":{"route":"rest/posts"}}]`, []string{fine}},
		{"not yet", `{"fault":"garbage","window":{"from":"1h"}}`, []string{fine}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.rules(t, tt.rules)
			var got []string
			for range tt.want {
				got = append(got, b.me(t))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if a := b.direct(t, "POST", resetPath, ""); a.status != 200 {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	testkit.Until(t, "the log has a note of what was staged", func() bool {
		log, err := os.ReadFile(filepath.Join(filepath.Dir(b.path), "access.log"))
		return err == nil && strings.Contains(string(log), `"note":"staged by the sandbox: reset; rule=a; `)
	})
	b.rules(t, `{"name":"a","fault":"throttled"}`)
	if got := b.me(t, FaultHeader+": conflict"); got != "Conflict | conflict | conflict" {
		t.Errorf("what a call asks for itself: %s", got)
	}
	if a := b.ask(t, "GET", b.API+"/v2/me", "", "Authorization: Bearer x"); a.status != 401 || a.head.Get(FaultHeader) != "" {
		t.Errorf("a call that is refused anyway: %d %s", a.status, a.head.Get(FaultHeader))
	}
	page := b.ask(t, "GET", b.API+"/v2/me", "", "Authorization: Bearer "+b.Tokens.Good, "Origin: https://app.example")
	if got := strings.Join(page.head.Values("Access-Control-Expose-Headers"), ", "); !strings.HasSuffix(got, ", "+FaultHeader) {
		t.Errorf("a page may read %s", got)
	}
	if a := b.direct(t, "DELETE", faultsPath+"/a", ""); a.status != 200 || a.body != "{\n  \"removed\": 1\n}\n" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if got := b.me(t); got != fine {
		t.Error(got)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

// A staged failure counts against limits where a real one does: one of the API, and not a refusal.
func TestStagedCallsCount(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	b.rules(t, `{"sequence":["access_denied","throttled","service_unavailable","upstream_unreachable","upstream_broke","status=500","ok","ok","ok"],"match":{"route":"v2/connections"}}`)
	var got []int
	for range 10 {
		got = append(got, b.ask(t, "GET", b.API+"/v2/connections?q=viewer", "", "Authorization: Bearer "+b.Tokens.Good).status)
	}
	if d := cmp.Diff([]int{403, 429, 503, 502, 502, 500, 200, 200, 200, 429}, got); d != "" { // five count: 502, 500 and three that work
		t.Error(d)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

// The authorization server fails by rules, too, and a program that refreshes a token tries again.
func TestRuledTokens(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	b.rules(t, `[{"name":"all","fault":"conflict"},{"name":"a","sequence":["oauth_unavailable","ok"],"latency":"5ms","match":{"route":"oauth/accessToken","method":"POST"}},{"name":"b","fault":"oauth_too_many","count":1,"match":{"route":"oauth/userinfo"}}]`)
	form := "grant_type=refresh_token&refresh_token=" + b.Tokens.Refresh + "&client_id=" + b.Apps[keeperApp].ClientID + "&client_secret=" + b.Apps[keeperApp].ClientSecret
	info := func() string {
		a := b.ask(t, "GET", b.WWW+"/oauth/v2/userinfo", "", "Authorization: Bearer "+b.Tokens.Good)
		return http.StatusText(a.status) + " | " + a.head.Get(FaultHeader) + " | " + a.head.Get("Retry-After")
	}
	token := func() string {
		a := b.ask(t, "POST", b.WWW+"/oauth/v2/accessToken", form, "Content-Type: application/x-www-form-urlencoded")
		return http.StatusText(a.status) + " | " + a.head.Get(FaultHeader) + " | " + a.head.Get("Retry-After")
	}
	want := []string{"Service Unavailable | oauth_unavailable; rule=a; latency=5ms | 5", "OK | ok; rule=a | ", "OK |  | ", "Too Many Requests | oauth_too_many; rule=b | 60", "OK |  | "}
	if d := cmp.Diff(want, []string{token(), token(), token(), info(), info()}); d != "" {
		t.Error(d)
	}
	testkit.Until(t, "the log has a note of what was staged", func() bool {
		log, err := os.ReadFile(filepath.Join(filepath.Dir(b.path), "access.log"))
		return err == nil && strings.Contains(string(log), `"note":"staged by the sandbox: oauth_unavailable; rule=a; latency=5ms"`)
	})
	page := b.ask(t, "POST", b.WWW+"/oauth/v2/accessToken", form, "Content-Type: application/x-www-form-urlencoded", "Origin: "+b.Demo, FaultHeader+": oauth_code_used")
	if got := page.head.Get("Access-Control-Expose-Headers"); page.status != 400 || !strings.HasSuffix(got, ", "+FaultHeader) {
		t.Errorf("%d, and a page may read %q", page.status, got)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

// Calls that come at once are told apart: so many fail as the count says, and each is told what became of it.
func TestCallsAtOnce(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	b.rules(t, `[{"name":"a","fault":"status=503","count":20},{"name":"b","sequence":["throttled","ok"],"repeat":true}]`)
	over := &http.Transport{MaxIdleConnsPerHost: 8}
	var mu sync.Mutex
	got := map[string]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				a := askOver(t, over, "GET", b.API+"/v2/me", "", "Authorization: Bearer "+b.Tokens.Good)
				mu.Lock()
				got[http.StatusText(a.status)+" | "+a.head.Get(FaultHeader)]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	over.CloseIdleConnections()
	want := map[string]int{"Service Unavailable | status=503; rule=a": 20, "Too Many Requests | throttled; rule=b": 30, "OK | ok; rule=b": 30}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var list RuleList
	if err := json.Unmarshal([]byte(b.direct(t, "GET", faultsPath, "").body), &list); err != nil || len(list.Rules) != 2 || list.Rules[0].State != "over" || list.Rules[1].Matched != 60 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

// Over the socket, which only its owner can open, no token is asked for.
func TestDirectedOverTheSocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "box") //nolint:usetesting // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	b := runBox(t, Options{Profile: problem.LinkedIn, Data: dir})
	over := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", dir+"/admin.sock")
	}}
	if a := askOver(t, over, "POST", "http://candor"+faultsPath, `{"fault":"reset","seed":7}`, "Content-Type: application/json"); a.status != 201 || !strings.Contains(a.body, `"seed": 7`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}

// A latency holds a call up at least so long, and no longer where its client leaves.
func TestLatency(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	for _, rule := range []string{`{"name":"a","latency":"150ms","count":1}`, `{"name":"a","fault":"conflict","latency":"150ms","count":1}`} {
		b.direct(t, "POST", faultsPath, rule)
		begun := time.Now()
		got := b.me(t)
		if d := time.Since(begun); d < 150*time.Millisecond || !strings.Contains(got, "latency=150ms") {
			t.Errorf("%s: %s after %s", rule, got, d)
		}
	}
	b.rules(t, `{"name":"b","fault":"conflict","latency":"1m"}`)
	c, err := net.Dial("tcp", strings.TrimPrefix(b.API, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(c, "GET /v2/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+b.Tokens.Good+"\r\n\r\n")
	for matched := false; !matched; {
		matched = strings.Contains(b.direct(t, "GET", faultsPath+"/b", "").body, `"matched": 1`)
	}
	c.Close()
	if err := b.stop(); err != nil { // which waits for calls in flight
		t.Error(err)
	}
}
