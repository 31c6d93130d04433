package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// someKnown are words as a sandbox has them.
func someKnown() *known {
	f := &File{Apps: []App{{Name: "demo"}, {Name: "ads"}}, Members: []Member{{Name: "Ada Lindt", Email: "ada@example.com", ID: "aK3"}}}
	f.Tokens.Good, f.Tokens.Expired = "cdr_at_good", "cdr_at_expired"
	return knownOf(f, []string{"v2/me", "v2/people"})
}

// ruled are rules that were just set.
func ruled(t *testing.T, text string) (*rules, time.Time) {
	t.Helper()
	now := time.Now()
	some, err := someKnown().newRules([]byte(text), now)
	if err != nil {
		t.Fatal(err)
	}
	r := &rules{}
	if _, err := r.add(some); err != nil {
		t.Fatal(err)
	}
	return r, now
}

// said is what is drawn for a call, "" for nothing.
func (r *rules) said(f facts, now time.Time) string {
	if d := r.draw(&f, now); d != nil {
		return d.String()
	}
	return ""
}

func TestRulesThatCannotBe(t *testing.T) {
	for body, want := range map[string]string{
		``:                                     `there is no body: send a rule, as in {"fault": "throttled", "match": {"route": "v2/me"}}`,
		`{"fault": ,}`:                         `the body is no JSON: invalid character ',' looking for beginning of value, at line 1, column 11`,
		"{\n \"fault\": \"reset\"\n":           `the body is no JSON: unexpected end of JSON input, at line 2, column 18`,
		`"throttled"`:                          `it is a text; an object is expected, with count, fault, latency, match, name, rate, repeat, seed, sequence, window`,
		`[]`:                                   `the list is empty`,
		`{}`:                                   `the rule does nothing: give fault, sequence or latency`,
		`{"fautl": "reset"}`:                   `fautl: there is no such field; did you mean fault?`,
		`{"100%s": 1}`:                         `100%s: there is no such field; known here: count, fault, latency, match, name, rate, repeat, seed, sequence, window`,
		`{"fault": "reset", "fault": "reset"}`: `fault: it is given twice`,
		`{"fault": 503}`:                       `fault: it is a number; a text in quotes is expected`,
		`{"fault": "throtled"}`:                `fault: "throtled" is no fault; did you mean throttled?`,
		`{"fault": "stats=500"}`:               `fault: "stats=500" is no fault; did you mean status=500?`,
		`{"fault": "status=9"}`:                `fault: "status=9" cannot be staged so; write it as in status=500 (200 to 599)`,
		`{"fault": "ok"}`:                      `fault: "ok" stands in a sequence alone`,
		`{`:                                    `the body is no JSON: unexpected end of JSON input, at line 1, column 2`,
		`{"fault": "503"}`:                     `fault: "503" is no fault; did you mean status=503?`,
		`{"sequence": ["401", "200"]}`:         `sequence[0]: "401" is no fault; did you mean status=401?`,
		`{"sequence": ["reset", "200"]}`:       `sequence[1]: "200" is no fault; did you mean ok?`,
		`{"sequence": ["reset", "999"]}`:       `sequence[1]: "999" is no fault; did you mean status=500?`,
		`{"sequence": ["reset", "okk"]}`:       `sequence[1]: "okk" is no fault; did you mean ok?`,
		`{"sequence": "reset"}`:                `sequence: it is a text; a list is expected`,
		`{"sequence": []}`:                     `sequence: the list is empty`,
		`{"fault": "reset", "sequence": ["reset"]}`:                            `fault and sequence do not go together: a sequence names the faults itself`,
		`{"rate": 0.5, "sequence": ["reset"]}`:                                 `rate and sequence do not go together: a sequence says itself what each call gets`,
		`{"count": 5, "sequence": ["reset"]}`:                                  `count and sequence do not go together: a sequence ends by itself`,
		`{"fault": "reset", "repeat": true}`:                                   `repeat is of a sequence, and there is none`,
		`{"sequence": ["reset"], "repeat": "yes"}`:                             `repeat: it is a text; true or false is expected`,
		`{"fault": "reset", "rate": 30}`:                                       `rate: 30 is no share of calls: give more than 0, up to 1, as in 0.3`,
		`{"fault": "reset", "rate": "0.3"}`:                                    `rate: it is a text; a number is expected`,
		`{"fault": "reset", "count": 0}`:                                       `count: it is 0; a whole number from 1 to 1000000000 is expected`,
		`{"fault": "reset", "count": 1.5}`:                                     `count: it is 1.5; a whole number from 1 to 1000000000 is expected`,
		`{"fault": "reset", "seed": null}`:                                     `seed: it is null; a whole number from 0 to 9007199254740991 is expected`,
		`{"latency": "200"}`:                                                   `latency: "200" is no duration: write a number and ms, s, m or h, as in 200ms`,
		`{"latency": "2m"}`:                                                    `latency: 2m is too little or too much: 0s to 1m0s can be`,
		`{"latency": "0s"}`:                                                    `latency: it is none: give more than 0s`,
		`{"latency": {"min": "2s", "max": "1s"}}`:                              `latency: max is 1s, which is less than min, 2s`,
		`{"latency": {"least": "2s"}}`:                                         `latency.least: there is no such field; known here: max, min`,
		`{"latency": 200}`:                                                     `latency: it is a number; a text such as "200ms" is expected, or an object with min and max`,
		`{"latency": {"min": "2s"}}`:                                           `latency.max: it is missing: how long a call is held up at the most`,
		`{"latency": {}}`:                                                      `latency.max: it is missing: how long a call is held up at the most`,
		`{"fault": "reset", "window": {}}`:                                     `window: it says nothing: give from, for or both, as in {"from": "5s", "for": "30s"}`,
		`{"fault": "reset", "window": {"for": "0s"}}`:                          `window.for: it is never open: give more than 0s`,
		`{"fault": "reset", "window": {"from": "-1s"}}`:                        `window.from: -1s is too little or too much: 0s to 720h0m0s can be`,
		`{"fault": "reset", "match": {"app": "dmeo"}}`:                         `match.app: "dmeo" is not known here; did you mean demo?`,
		`{"fault": "reset", "match": {"app": "shop"}}`:                         `match.app: "shop" is not known here; known here: demo, ads`,
		`{"fault": "reset", "match": {"route": "v2/mee"}}`:                     `match.route: "v2/mee" is not known here; did you mean v2/me?`,
		`{"fault": "reset", "match": {"member": "Ada"}}`:                       `match.member: "Ada" is not known here; known here: Ada Lindt, aK3, ada@example.com`,
		`{"fault": "reset", "match": {"method": "get"}}`:                       `match.method: "get" is no method: they are in capitals, as in GET`,
		`{"fault": "reset", "match": {"method": "GTE"}}`:                       `match.method: "GTE" is not known here; did you mean GET?`,
		`{"fault": "reset", "match": {"method": "BREW"}}`:                      `match.method: "BREW" is not known here; known here: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS`,
		`{"fault": "reset", "match": {"token": "refresh"}}`:                    `match.token: no call brings the refresh token but to the authorization server, whose requests are told apart by route and method: match.route oauth/accessToken`,
		`{"fault": "reset", "match": {"token": "godo"}}`:                       `match.token: "godo" is no token's name; did you mean good?`,
		`{"fault": "reset", "match": {"token": ""}}`:                           `match.token: it is empty: give a token, or the name of one: app, expired, good, no_scope, other_app, restricted_member, revoked`,
		`{"fault": "reset", "match": {"token": "a b"}}`:                        `match.token: this can be no token: it has more than 4096 characters, or others than visible ASCII`,
		`{"fault": "reset", "match": {"path": "/"}}`:                           `match.path: there is no such field; known here: app, member, method, route, token`,
		`{"fault": "reset", "match": "v2/me"}`:                                 `match: it is a text; an object is expected, with app, member, method, route, token`,
		`{"fault": "reset", "name": "a b"}`:                                    `name: "a b" cannot be a name: use up to 64 letters, digits, dots, hyphens and underscores, and not the word reset`,
		`{"fault": "reset", "name": "reset"}`:                                  `name: "reset" cannot be a name: use up to 64 letters, digits, dots, hyphens and underscores, and not the word reset`,
		`{"fault": "oauth_too_many"}`:                                          `oauth_too_many is a failure of the authorization server: say of which endpoint by match.route, as in oauth/accessToken`,
		`{"fault": "oauth_to_many", "match": {"route": "oauth/revoke"}}`:       `fault: "oauth_to_many" is no fault; did you mean oauth_too_many?`,
		`{"fault": "invalid_grant", "match": {"route": "oauth/accessToken"}}`:  `fault: "invalid_grant" is the error that several failures answer with; name one of them: oauth_code_unknown, oauth_code_other_app, oauth_code_used, oauth_code_failed, oauth_code_scope_changed, oauth_code_revoked, oauth_code_expired, oauth_code_redirect, oauth_code_verifier, oauth_code_restricted, oauth_refresh_unknown, oauth_refresh_expired, oauth_refresh_scope_changed, oauth_refresh_revoked, oauth_refresh_reused, oauth_refresh_restricted`,
		`{"fault": "unsupported_grant_type"}`:                                  `fault: "unsupported_grant_type" is no fault; did you mean oauth_grant_type?`,
		`[{"sequence": ["ok", "reset"], "match": {"route": "oauth/revoke"}}]`:  `[0]: reset is no failure of oauth/revoke, which takes those of OAuth, as in oauth_too_many`,
		`{"latency": "1s", "match": {"route": "oauth/revoke", "app": "demo"}}`: `match: requests to oauth/revoke are told apart by method alone: leave out app, member and token`,
		`{"latency": "1s", "match": {"route": "oauth/revok"}}`:                 `match.route: "oauth/revok" is not known here; did you mean oauth/revoke?`,
		`[{"fault": "reset"}, {"fault": "rest"}]`:                              `[1].fault: "rest" is no fault; did you mean reset?`,
		`[{"fault": "reset"}, {}]`:                                             `[1]: the rule does nothing: give fault, sequence or latency`,
		`[{"fault": "reset", "name": "a"}, {"fault": "reset", "name": "a"}]`:   `[1].name: another rule of this list is called a, too`,
	} {
		t.Run(body, func(t *testing.T) {
			_, err := someKnown().newRules([]byte(body), time.Now())
			if err == nil {
				t.Fatal("it was taken")
			}
			if d := cmp.Diff(want, err.Error()); d != "" {
				t.Error(d)
			}
		})
	}
}

// What a rule is for, and what it does in its turn: rows of the facts of calls, and what each is told.
func TestDraws(t *testing.T) {
	me := facts{app: "demo", member: "aK3", route: "v2/me", method: "GET", token: "cdr_at_good"}
	with := func(change func(*facts)) facts { f := me; change(&f); return f }
	for _, tt := range []struct {
		name, rules string
		calls       []facts
		want        []string
	}{
		{"always", `{"name":"a","fault":"throttled"}`, []facts{me, {}}, []string{"throttled; rule=a", "throttled; rule=a"}},
		{"count", `{"name":"a","fault":"status=503","count":2}`, []facts{me, me, me}, []string{"status=503; rule=a", "status=503; rule=a", ""}},
		{"401, then 200", `{"name":"a","sequence":["expired_access_token","ok"]}`, []facts{me, me, me}, []string{"expired_access_token; rule=a", "ok; rule=a", ""}},
		{"again and again", `{"name":"a","sequence":["reset","ok"],"repeat":true}`, []facts{me, me, me}, []string{"reset; rule=a", "ok; rule=a", "reset; rule=a"}},
		{"latency alone", `{"name":"a","latency":"200ms"}`, []facts{me}, []string{"latency=200ms; rule=a"}},
		{"latency", `{"name":"a","sequence":["reset","ok"],"latency":"200ms"}`, []facts{me, me}, []string{"reset; rule=a; latency=200ms", "ok; rule=a"}},
		{
			"the first that is for it", `[{"name":"a","fault":"reset","match":{"route":"v2/people"}},{"name":"b","fault":"throttled","count":1},{"name":"c","fault":"garbage"}]`,
			[]facts{me, me, with(func(f *facts) { f.route = "v2/people" })},
			[]string{"throttled; rule=b", "garbage; rule=c", "reset; rule=a"},
		},
		{
			"every word", `{"name":"a","fault":"reset","match":{"app":"demo","member":"ada@EXAMPLE.com","route":"v2/me","method":"GET","token":"good"}}`,
			[]facts{
				me, with(func(f *facts) { f.app = "ads" }), with(func(f *facts) { f.member = "" }), with(func(f *facts) { f.route = "v2/people" }),
				with(func(f *facts) { f.method = "POST" }), with(func(f *facts) { f.token = "cdr_at_other" }),
			},
			[]string{"reset; rule=a", "", "", "", "", ""},
		},
		{"a token itself", `{"name":"a","fault":"reset","match":{"token":"cdr_at_mine"}}`, []facts{me, with(func(f *facts) { f.token = "cdr_at_mine" })}, []string{"", "reset; rule=a"}},
		{
			"refused anyway", `[{"name":"a","fault":"throttled"},{"name":"b","fault":"reset","match":{"token":"expired"}},{"name":"c","fault":"throttled","match":{"token":"expired"}}]`,
			[]facts{{refused: true}, {refused: true, token: "cdr_at_expired"}},
			[]string{"", "throttled; rule=c"},
		},
		{
			"the authorization server is failed by name", `[{"name":"a","fault":"reset"},{"name":"b","sequence":["oauth_too_many","ok"],"match":{"route":"oauth/accessToken"}}]`,
			[]facts{{route: "oauth/revoke"}, {route: "oauth/accessToken"}, {route: "oauth/accessToken"}, {route: "oauth/accessToken"}, me},
			[]string{"", "oauth_too_many; rule=b", "ok; rule=b", "", "reset; rule=a"},
		},
		{"blanks around a name", `[{"name":"a","sequence":[" status=500\n","\treset "]}]`, []facts{me, me}, []string{"status=500; rule=a", "reset; rule=a"}},
		{"names that nobody gave", `[{"fault":"reset","count":1},{"name":"rule-1","fault":"garbage"}]`, []facts{me, me}, []string{"reset; rule=rule-2", "garbage; rule=rule-1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, now := ruled(t, tt.rules)
			var got []string
			for _, f := range tt.calls {
				got = append(got, r.said(f, now))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// A seed repeats what is drawn, and about so many calls fail as the rate says; without one a seed is drawn, and told.
func TestASeedRepeatsTheDraws(t *testing.T) {
	const calls = 400
	draws := func(text string) (all []string) {
		r, now := ruled(t, text)
		for range calls {
			all = append(all, r.said(facts{}, now))
		}
		return all
	}
	const seeded = `{"name":"a","fault":"reset","rate":0.3,"latency":{"min":"10ms","max":"500ms"},"seed":7}`
	first := draws(seeded)
	if d := cmp.Diff(first, draws(seeded)); d != "" {
		t.Error(d)
	}
	failed, held := 0, map[string]bool{}
	for _, one := range first {
		if strings.HasPrefix(one, "reset; rule=a; latency=") {
			failed++
			held[one] = true
		} else if one != "ok; rule=a" {
			t.Errorf("drew %q", one)
		}
	}
	if failed != 134 || len(held) < failed/2 { // 120 were to be expected; the draws of this seed never change
		t.Errorf("%d of %d failed, with %d latencies", failed, calls, len(held))
	}
	if slices.Equal(first, draws(strings.Replace(seeded, "7}", "8}", 1))) {
		t.Error("another seed draws the same")
	}
	r, now := ruled(t, `{"fault":"reset","rate":0.3}`)
	told := r.told(now)[0]
	if told.Seed == nil {
		t.Fatal("no seed is told")
	}
	var own []string
	for range calls {
		own = append(own, r.said(facts{}, now))
	}
	if d := cmp.Diff(own, draws(fmt.Sprintf(`{"fault":"reset","rate":0.3,"seed":%d}`, *told.Seed))); d != "" {
		t.Error(d)
	}
}

// What a rate spares is for the next rule: every call is slow, and some hang. Where no rule takes it, it is the first one that has let it pass.
func TestARateLeavesCallsToTheNextRule(t *testing.T) {
	const calls = 200
	r, now := ruled(t, `[{"name":"hangs","fault":"hang","rate":0.1,"seed":1},{"name":"slow","latency":"20ms"}]`)
	drawn := map[string]int{}
	for range calls {
		drawn[r.said(facts{}, now)]++
	}
	told := r.told(now)
	if hung := drawn["hang; rule=hangs"]; hung == 0 || drawn["latency=20ms; rule=slow"] != calls-hung {
		t.Errorf("%v", drawn)
	} else if told[0].Matched != calls || told[0].Drew["hang"] != hung || told[1].Matched != calls-hung {
		t.Errorf("%+v", told)
	}
	r, now = ruled(t, `[{"name":"a","fault":"reset","rate":0.000001,"seed":1},{"name":"b","fault":"garbage","rate":0.000001,"seed":1}]`)
	if got := r.said(facts{}, now); got != "ok; rule=a" {
		t.Error(got)
	}
}

// A window opens and closes by the time since the rule was set, and the counts tell what was drawn.
func TestWindows(t *testing.T) {
	r, now := ruled(t, `[{"name":"down","fault":"status=503","window":{"from":"5s","for":"30s"}},{"name":"late","latency":"1ms","window":{"from":"1m"}}]`)
	for _, tt := range []struct {
		after      time.Duration
		want       string
		down, late string
	}{
		{0, "", "waiting", "waiting"},
		{5*time.Second - 1, "", "waiting", "waiting"},
		{5 * time.Second, "status=503; rule=down", "active", "waiting"},
		{35*time.Second - 1, "status=503; rule=down", "active", "waiting"},
		{35 * time.Second, "", "over", "waiting"},
		{time.Hour, "latency=1ms; rule=late", "over", "active"},
	} {
		at := now.Add(tt.after)
		told := r.told(at)
		if got := r.said(facts{}, at); got != tt.want || told[0].State != tt.down || told[1].State != tt.late {
			t.Errorf("after %s: %q, %s, %s", tt.after, got, told[0].State, told[1].State)
		}
	}
	told := r.told(now)
	if told[0].Matched != 2 || told[0].Drew["status=503"] != 2 || told[1].Drew["latency"] != 1 {
		t.Errorf("%+v", told)
	}
}

// Rules of a name that is there take its place and begin anew, and there are only so many.
func TestRulesAreReplaced(t *testing.T) {
	r, now := ruled(t, `[{"name":"a","fault":"reset","count":1},{"name":"b","fault":"garbage"}]`)
	r.said(facts{}, now)
	again, err := someKnown().newRules([]byte(`{"name":"a","fault":"throttled","count":1}`), now)
	if err != nil {
		t.Fatal(err)
	}
	if fresh, mistake := r.add(again); fresh || mistake != nil {
		t.Errorf("fresh %v, %v", fresh, mistake)
	}
	if got := []string{r.said(facts{}, now), r.said(facts{}, now)}; !slices.Equal(got, []string{"throttled; rule=a", "garbage; rule=b"}) {
		t.Error(got)
	}
	one, _ := json.Marshal(map[string]string{"fault": "reset"})
	full, err := someKnown().newRules([]byte("["+strings.TrimSuffix(strings.Repeat(string(one)+",", mostRules), ",")+"]"), now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.add(full); err == nil || err.Error() != "there can be 64 rules at once, and these would make 66" {
		t.Error(err)
	}
	if n := r.remove("a"); n != 1 || r.remove("a") != 0 || r.remove("") != 1 || !r.none() {
		t.Errorf("%d went", n)
	}
}
