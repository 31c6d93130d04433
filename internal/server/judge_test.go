package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
)

// court is an instance whose calls are judged again.
type court struct {
	*instance
	stage *stage
}

const adsRoute = "      - {name: me, "

// courtroom has a route that asks for a scope, and one that checks bodies.
var courtroom = []string{
	adsRoute, `      - {name: ads, path: /ads, methods: [GET], scopes: [r_ads]}
      - {name: notes, path: /notes, methods: [POST], scopes: [r_profile], body: {types: [application/json], json: check}}
      - {name: dead, path: /dead, methods: [GET], credentials: public}
      - {name: me, `,
	"quotas: {people: {app: 100/day}}", "quotas: {people: {app: 1/day}}",
}

func newCourt(t *testing.T) *court {
	t.Helper()
	s := newStage(t)
	c := &court{stage: s}
	c.instance = s.start(courtroom...)
	testkit.Until(t, "the request log", func() bool { return c.Requests().Flush(t.Context()) == nil })
	return c
}

// minted is a token of an app for alice; old, one that was made 90 minutes ago and has ended.
func (c *court) minted(app string, scopes ...string) token.Minted {
	c.t.Helper()
	return c.mintedAt(time.Now(), app, scopes...)
}

func (c *court) old() token.Minted {
	c.t.Helper()
	return c.mintedAt(time.Now().Add(-90*time.Minute), "demo", "r_profile")
}

func (c *court) mintedAt(at time.Time, app string, scopes ...string) token.Minted {
	c.t.Helper()
	made, err := c.Mint(c.t.Context(), token.Order{App: app, Member: "alice", Scopes: scopes, Life: time.Hour}, at)
	if err != nil {
		c.t.Fatal(err)
	}
	return made
}

// fails makes a call and returns its id.
func (c *court) fails(method, path, bearer, body string, fields ...string) string {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, "http://"+c.APIAddrs()[0]+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	answer, err := c.Client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode < 400 {
		c.t.Fatalf("%s %s: %d", method, path, answer.StatusCode)
	}
	id := answer.Header.Get("X-Request-Id")
	testkit.Until(c.t, "its record", func() bool { // it is handed over behind the answer
		_, err := c.Lookup().Request(c.t.Context(), id)
		return err == nil
	})
	return id
}

func (c *court) record(id string) *requestlog.Record {
	c.t.Helper()
	r, err := c.Lookup().Request(c.t.Context(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

// TestJudge puts calls that failed before a policy and callers that have changed meanwhile, or have not.
func TestJudge(t *testing.T) {
	for name, one := range map[string]struct {
		call func(c *court) (id string)
		then func(c *court)
		want []string // verdict, and what its text has
		not  string   // what it has not
	}{
		"nothing was sent":  {func(c *court) string { return c.fails("GET", "/v2/me", "", "") }, nil, []string{admin.WouldFail, "would still fail: 401 empty_access_token"}, ""},
		"a token of nobody": {func(c *court) string { return c.fails("GET", "/v2/me", "x1234567890", "") }, nil, []string{admin.CannotTell, "its signature cannot be looked at again (credential)"}, ""},
		"another scheme":    {func(c *court) string { return c.fails("GET", "/v2/me", "", "", "Authorization", "Basic YTpi") }, nil, []string{admin.WouldFail, "still fail: 401 unknown_auth_scheme"}, ""},
		"an unknown path":   {func(c *court) string { return c.fails("GET", "/v2/nowhere", c.minted("demo", "r_profile").Token, "") }, nil, []string{admin.WouldFail, "still fail: 404 resource_not_found"}, ""},
		"a missing scope":   {func(c *court) string { return c.fails("GET", "/v2/ads", c.minted("partner", "r_profile").Token, "") }, nil, []string{admin.WouldFail, "still fail: 403 access_denied"}, "; with"},
		"the type of a body": {func(c *court) string {
			return c.fails("POST", "/v2/notes", c.minted("demo", "r_profile").Token, "{}", "Content-Type", "text/plain")
		}, nil, []string{admin.WouldFail, "still fail: 415 unsupported_media_type"}, ""},
		"a body": {
			func(c *court) string {
				return c.fails("POST", "/v2/notes", c.minted("demo", "r_profile").Token, "{", "Content-Type", "application/json")
			}, nil,
			[]string{admin.CannotTell, "the body is not kept whole (body)"},
			"",
		},
		"granted since": {
			func(c *court) string { return c.fails("GET", "/v2/ads", c.minted("partner", "r_profile").Token, "") },
			func(c *court) { c.minted("partner", "r_profile", "r_ads") },
			[]string{admin.WouldPass, "would pass now (scope r_ads granted at 20", "with a token of that grant; the token that it brought would still fail: 401 revoked_access_token, since 20"},
			"",
		},
		"expired": {
			func(c *court) string {
				return c.fails("GET", "/v2/me", c.old().Token, "")
			},
			nil,
			[]string{admin.WouldFail, "still fail: 401 expired_access_token, since 20"},
			"",
		},
		"expired while its grant lives": {
			func(c *court) string {
				id := c.fails("GET", "/v2/me", c.old().Token, "")
				c.minted("demo", "r_profile")
				return id
			},
			nil,
			[]string{admin.WouldFail, "still fail: 401 expired_access_token", "; with a new token of the same grant it would pass"},
			"",
		},
		"revoked": {
			func(c *court) string {
				made := c.minted("demo", "r_profile")
				if err := c.RevokeGrant(t.Context(), made.Grant.ID, access.ByOperator); err != nil {
					t.Fatal(err)
				}
				return c.fails("GET", "/v2/me", made.Token, "")
			},
			nil,
			[]string{admin.WouldFail, "still fail: 401 revoked_access_token"},
			"",
		},
		"restricted once": {
			func(c *court) string {
				made := c.minted("demo", "r_profile")
				c.restrict(made, true)
				id := c.fails("GET", "/v2/me", made.Token, "")
				c.restrict(made, false)
				return id
			},
			nil,
			[]string{admin.WouldPass, "would pass now: the member is not restricted any more"},
			"",
		},
		"a route that asks for less": {
			func(c *court) string { return c.fails("GET", "/v2/ads", c.minted("demo", "r_profile").Token, "") },
			func(c *court) {
				c.reload("path: /ads, methods: [GET], scopes: [r_ads]", "path: /ads, methods: [GET], scopes: [r_profile]")
			},
			[]string{admin.WouldPass, "would pass now: what its app may do, or what the route asks for, has changed"},
			"",
		},
		"a path is there now": {
			func(c *court) string { return c.fails("GET", "/v2/new", c.minted("demo", "r_profile").Token, "") },
			func(c *court) { c.reload("path: /dead", "path: /new") },
			[]string{admin.WouldPass, "would pass now: the path is one of this app's now"},
			"",
		},
		"the app is disabled": {
			func(c *court) string { return c.fails("GET", "/v2/ads", c.minted("demo", "r_profile").Token, "") },
			func(c *court) { c.reload("{name: demo, ", "{name: demo, disabled: true, ") },
			[]string{admin.WouldFail, "still fail: 403 app_disabled; then it was 403 access_denied"},
			"",
		},
		"the quota": {
			func(c *court) string {
				made := c.minted("demo", "r_profile")
				c.get("/v2/me", made.Token)
				return c.fails("GET", "/v2/me", made.Token, "")
			},
			nil,
			[]string{admin.WouldFail, "still fail: 429 throttled"},
			"",
		},
		"an upstream that is down": {
			func(c *court) string {
				c.stage.up.Close()
				return c.fails("GET", "/v2/news", "", "")
			},
			nil,
			[]string{admin.WouldPass, "the checks let it pass then, and would now: what went wrong came behind them"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCourt(t)
			id := one.call(c)
			if one.then != nil {
				one.then(c)
			}
			before := c.metrics(`candor_calls_total{route="people/ads",status="2xx"}`)
			told, err := c.Lookup().JudgeRequest(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if told.Verdict != one.want[0] {
				t.Errorf("verdict %s of %+v", told.Verdict, c.record(id))
			}
			for _, want := range one.want[1:] {
				if !strings.Contains(told.Text, want) {
					t.Errorf("%q does not have %q", told.Text, want)
				}
			}
			if one.not != "" && strings.Contains(told.Text, one.not) {
				t.Errorf("%q has %q", told.Text, one.not)
			}
			if diff := cmp.Diff(before, c.metrics(`candor_calls_total{route="people/ads",status="2xx"}`)); diff != "" {
				t.Errorf("it was counted: %s", diff)
			}
		})
	}
}

func (c *court) restrict(made token.Minted, restricted bool) {
	c.t.Helper()
	if err := c.RestrictMember(c.t.Context(), made.Grant.Member.ID, restricted); err != nil {
		c.t.Fatal(err)
	}
}

// reload puts another configuration to work.
func (c *court) reload(replace ...string) {
	c.t.Helper()
	cfg := c.config(replace...)
	if err := c.Reload(c.t.Context(), cfg); err != nil {
		c.t.Fatal(err)
	}
}

func (c *court) config(replace ...string) *config.Config {
	return c.stage.config(slices.Concat(courtroom, replace)...)
}
