package oauth

import (
	"crypto/sha256"
	"encoding/base64"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

const (
	callback = "https://app.example/cb"
	verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// exchanging are the facts of an exchange at 1000, at which tokens live 100 s, refresh tokens 1000 s.
func exchanging(t *testing.T) *Facts {
	t.Helper()
	f := known(t, problem.Standard)
	f.Lives = Lives{Code: 30 * time.Second, Access: 100 * time.Second, Refresh: 1000 * time.Second}
	f.Next = Next{Token: token.ID{7}, Line: 77, Key: 3}
	return f
}

// issued is a code of app 9, which gets refresh tokens, with a challenge.
func issued(change func(*access.Code)) *access.Code {
	c := &access.Code{
		ID: 5, App: 9, Member: &access.Member{ID: 11, Subject: "ada"}, Scopes: access.ScopeSet{}.With(0), ScopeText: "r_a", RedirectURI: callback,
		Challenge: challenge(verifier), Created: 990, Ends: 1020,
	}
	if change != nil {
		change(c)
	}
	return c
}

// TestDecideCode: each thing that can be wrong with a code, what is said of it and what becomes of the code.
func TestDecideCode(t *testing.T) {
	f := exchanging(t)
	right := Ask{App: f.Apps[9], Grant: AuthorizationCode, Redirect: callback, Verifier: verifier}
	with := func(change func(*Ask)) Ask { a := right; change(&a); return a }
	public := *f.Apps[9]
	public.Public = true
	failed, recall := token.CodeChange{Failed: true}, token.CodeChange{Recall: true}
	used := func(at int64) func(*access.Code) { return func(c *access.Code) { c.Used = at } }
	for name, c := range map[string]struct {
		ask    Ask
		code   *access.Code
		cause  problem.OAuthCause
		change token.CodeChange
	}{
		"of another app":               {with(func(a *Ask) { a.App = f.Apps[1] }), issued(nil), problem.OAuthCodeOtherApp, token.CodeChange{}},
		"used, of another app":         {with(func(a *Ask) { a.App = f.Apps[1] }), issued(used(1)), problem.OAuthCodeOtherApp, token.CodeChange{}},
		"another redirect URI":         {with(func(a *Ask) { a.Redirect = callback + "/" }), issued(nil), problem.OAuthCodeRedirect, failed},
		"in another case":              {with(func(a *Ask) { a.Redirect = "https://App.example/cb" }), issued(nil), problem.OAuthCodeRedirect, failed},
		"another verifier":             {with(func(a *Ask) { a.Verifier = verifier + "a" }), issued(nil), problem.OAuthCodeVerifier, failed},
		"no verifier":                  {with(func(a *Ask) { a.Verifier = "" }), issued(nil), problem.OAuthCodeVerifier, failed},
		"the challenge as a verifier":  {with(func(a *Ask) { a.Verifier = challenge(verifier) }), issued(nil), problem.OAuthCodeVerifier, failed},
		"a verifier without challenge": {right, issued(func(c *access.Code) { c.Challenge = "" }), problem.OAuthCodeVerifier, failed},
		"neither":                      {with(func(a *Ask) { a.Verifier = "" }), issued(func(c *access.Code) { c.Challenge = "" }), 0, token.CodeChange{}},
		"the same click twice":         {right, issued(used(990)), problem.OAuthCodeUsed, token.CodeChange{}},
		"used long ago":                {right, issued(used(989)), problem.OAuthCodeUsed, recall},
		"used just now, otherwise":     {with(func(a *Ask) { a.Verifier = "x" }), issued(used(999)), problem.OAuthCodeUsed, recall},
		"used by a public app":         {with(func(a *Ask) { a.App = &public }), issued(used(989)), problem.OAuthCodeUsed, recall},
		"used by who is no public app": {with(func(a *Ask) { a.App, a.Verifier = &public, "x" }), issued(used(989)), problem.OAuthCodeUsed, token.CodeChange{}},
		"used and past its end":        {right, issued(func(c *access.Code) { c.Used, c.Ends = 900, 950 }), problem.OAuthCodeUsed, recall},
		"past its end":                 {right, issued(func(c *access.Code) { c.Ends = 1000 }), problem.OAuthCodeExpired, token.CodeChange{}},
		"past its end, wrong verifier": {with(func(a *Ask) { a.Verifier = "x" }), issued(func(c *access.Code) { c.Ends = 1000 }), problem.OAuthCodeExpired, token.CodeChange{}},
		"after five failures":          {right, issued(func(c *access.Code) { c.Failures = 5 }), problem.OAuthCodeFailed, token.CodeChange{}},
		"after four":                   {right, issued(func(c *access.Code) { c.Failures = 4 }), 0, token.CodeChange{}},
		"of other scopes than since":   {right, issued(func(c *access.Code) { c.Dead = access.ScopeChanged }), problem.OAuthCodeScopeChanged, token.CodeChange{}},
		"taken back":                   {right, issued(func(c *access.Code) { c.Dead = access.ByMember }), problem.OAuthCodeRevoked, token.CodeChange{}},
		"of a restricted member":       {right, issued(func(c *access.Code) { c.Member.Restricted.Store(true) }), problem.OAuthCodeRestricted, token.CodeChange{}},
		"not kept":                     {right, nil, problem.OAuthCodeUnknown, token.CodeChange{}},
	} {
		change, p := DecideCode(&c.ask, token.Opened{Ends: 1020}, c.code, f)
		if (p != nil) != (c.cause != 0) || p != nil && p.Cause != c.cause {
			t.Errorf("%s: %+v, want %s", name, p, c.cause.Name())
		}
		if (change.Redeem != nil) != (c.cause == 0) {
			t.Errorf("%s: redeemed: %v", name, change.Redeem != nil)
		}
		change.Redeem = nil
		if diff := cmp.Diff(c.change, change); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if _, p := DecideCode(&right, token.Opened{Ends: 1000}, nil, f); p == nil || p.Cause != problem.OAuthCodeExpired {
		t.Errorf("one that is kept no more: %+v", p)
	}
}

// TestRedeem: what a code gives.
func TestRedeem(t *testing.T) {
	f := exchanging(t)
	at := func(sec int64) time.Time { return time.Unix(sec, 0).UTC() }
	ask := &Ask{App: f.Apps[9], Redirect: callback, Verifier: verifier}
	change, p := DecideCode(ask, token.Opened{}, issued(nil), f)
	want := &token.Redeem{
		Spec:  token.GrantSpec{App: 9, Member: 11, Scopes: access.ScopeSet{}.With(0), ScopeText: "r_a", Ends: at(1100), Refreshed: at(2000)},
		Token: token.RevokedToken{ID: token.ID{7}, Ends: 1100},
		Line:  &access.Line{ID: 77, Code: 5, Key: 3, Issued: 1000, Ends: 2000},
	}
	if diff := cmp.Diff(want, change.Redeem); diff != "" || p != nil {
		t.Errorf("%+v (-want +got)\n%s", p, diff)
	}
	ask.App = f.Apps[1]
	change, _ = DecideCode(ask, token.Opened{}, issued(func(c *access.Code) { c.App = 1 }), f)
	want.Line, want.Spec.App, want.Spec.Refreshed = nil, 1, time.Time{}
	if diff := cmp.Diff(want, change.Redeem); diff != "" {
		t.Errorf("without refresh tokens (-want +got)\n%s", diff)
	}
	ask.App, f.Lives.Access = f.Apps[9], time.Hour
	if change, _ = DecideCode(ask, token.Opened{}, issued(nil), f); change.Redeem.Token.Ends != 2000 {
		t.Errorf("the access token outlives its refresh token: %+v", change.Redeem)
	}
}

// TestDecideRefresh: each state of a line and its grant. The line is of generation 4, which was first used at 950.
func TestDecideRefresh(t *testing.T) {
	f := exchanging(t)
	f.Apps[3].Refreshes = true
	grant := func(app access.AppID, change func(*access.Grant)) *access.Grant {
		g := &access.Grant{ID: 8, App: app, Member: &access.Member{ID: 11}, Scopes: access.ScopeSet{}.With(0)}
		if change != nil {
			change(g)
		}
		return g
	}
	line := func(change func(*access.Line)) *access.Line {
		l := &access.Line{ID: 77, Grant: 8, Issued: 500, Ends: 1500, Generation: 4, Advanced: 950}
		if change != nil {
			change(l)
		}
		return l
	}
	dead := func(why access.Reason) func(*access.Grant) { return func(g *access.Grant) { g.Revoke(why) } }
	reused := token.LineChange{Revoke: access.Reused}
	gives := token.LineChange{Token: token.RevokedToken{ID: token.ID{7}, Ends: 1100}}
	advances := func(n uint32) token.LineChange { c := gives; c.Advance = n; return c }
	for name, c := range map[string]struct {
		app        access.AppID
		generation uint32
		line       *access.Line
		grant      *access.Grant
		scopes     []string
		cause      problem.OAuthCause
		change     token.LineChange
		next       uint32
	}{
		"a confidential app":            {9, 0, line(nil), grant(9, nil), nil, 0, gives, 0},
		"that was public":               {9, 2, line(nil), grant(9, nil), nil, 0, gives, 0},
		"of another app":                {9, 0, line(nil), grant(1, nil), nil, problem.OAuthRefreshUnknown, token.LineChange{}, 0},
		"not kept":                      {9, 0, nil, nil, nil, problem.OAuthRefreshUnknown, token.LineChange{}, 0},
		"a narrower scope":              {9, 0, line(nil), grant(9, nil), []string{"r_a"}, 0, gives, 0},
		"a wider scope":                 {9, 0, line(nil), grant(9, nil), []string{"r_a", "r_b"}, problem.OAuthScopeWider, token.LineChange{}, 0},
		"a scope that is none":          {9, 0, line(nil), grant(9, nil), []string{" "}, problem.OAuthScopeWider, token.LineChange{}, 0},
		"taken back by the member":      {9, 0, line(nil), grant(9, dead(access.ByMember)), nil, problem.OAuthRefreshRevoked, token.LineChange{}, 0},
		"given back by the app":         {9, 0, line(nil), grant(9, dead(access.ByApp)), nil, problem.OAuthRefreshRevoked, token.LineChange{}, 0},
		"of other scopes than since":    {9, 0, line(nil), grant(9, dead(access.ScopeChanged)), nil, problem.OAuthRefreshScopeChanged, token.LineChange{}, 0},
		"reused before":                 {3, 4, line(nil), grant(3, dead(access.Reused)), nil, problem.OAuthRefreshReused, token.LineChange{}, 0},
		"its code was used twice":       {9, 0, line(func(l *access.Line) { l.Revoked = true }), grant(9, nil), nil, problem.OAuthRefreshRevoked, token.LineChange{}, 0},
		"of a restricted member":        {9, 0, line(nil), grant(9, func(g *access.Grant) { g.Member.Restricted.Store(true) }), nil, problem.OAuthRefreshRestricted, token.LineChange{}, 0},
		"the latest generation":         {3, 4, line(nil), grant(3, nil), nil, 0, gives, 5},
		"its successor":                 {3, 5, line(nil), grant(3, nil), nil, 0, advances(5), 6},
		"of a store that was put back":  {3, 9, line(nil), grant(3, nil), nil, 0, advances(9), 10},
		"the one before, in its minute": {3, 3, line(func(l *access.Line) { l.Advanced = 940 }), grant(3, nil), nil, 0, gives, 4},
		"the one before, after it":      {3, 3, line(func(l *access.Line) { l.Advanced = 939 }), grant(3, nil), nil, problem.OAuthRefreshReused, reused, 0},
		"an older one":                  {3, 2, line(nil), grant(3, nil), nil, problem.OAuthRefreshReused, reused, 0},
		"reused for a wider scope":      {3, 2, line(nil), grant(3, nil), []string{"r_b"}, problem.OAuthRefreshReused, reused, 0},
		"a wider scope of a public app": {3, 5, line(nil), grant(3, nil), []string{"r_b"}, problem.OAuthScopeWider, token.LineChange{}, 0},
	} {
		ask := &Ask{App: f.Apps[c.app], Grant: RefreshToken, Scopes: c.scopes}
		r, change, p := DecideRefresh(ask, token.Opened{ID: token.LineToken(77, c.generation), Ends: 1500}, c.line, c.grant, f)
		if (p != nil) != (c.cause != 0) || p != nil && p.Cause != c.cause {
			t.Errorf("%s: %+v, want %s", name, p, c.cause.Name())
		}
		if diff := cmp.Diff(c.change, change); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
		want := Refreshed{}
		if c.cause == 0 {
			want = Refreshed{Ends: 1100, Generation: c.next, Rotates: c.app == 3}
		}
		if diff := cmp.Diff(want, r); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	late := line(func(l *access.Line) { l.Ends = 1030 })
	r, change, _ := DecideRefresh(&Ask{App: f.Apps[9]}, token.Opened{Ends: 1030}, late, grant(9, nil), f)
	if diff := cmp.Diff(int64(1030), r.Ends); diff != "" || change.Token.Ends != 1030 {
		t.Errorf("an access token outlives its refresh token: %+v %+v", r, change)
	}
	if _, _, p := DecideRefresh(&Ask{App: f.Apps[9]}, token.Opened{Ends: 1000}, nil, nil, f); p == nil || p.Cause != problem.OAuthRefreshExpired {
		t.Errorf("past its end, and kept no more: %+v", p)
	}
}

// TestNotOpened: what is no token of ours is told what is wrong with it, whatever that is.
func TestNotOpened(t *testing.T) {
	for why := token.NeverOurs; why <= token.FromTheFuture; why++ {
		for grant, cause := range map[string]problem.OAuthCause{AuthorizationCode: problem.OAuthCodeUnknown, RefreshToken: problem.OAuthRefreshUnknown} {
			p := (&Ask{Grant: grant}).NotOpened(why)
			if p.Cause != cause || p.Value == "" {
				t.Errorf("%v: %+v", why, p)
			}
		}
	}
}

// TestSeeRefresh: what looking into a refresh token finds, which changes nothing.
func TestSeeRefresh(t *testing.T) {
	f := exchanging(t)
	dead := &access.Grant{ID: 8, App: 3}
	dead.Revoke(access.ByMember)
	restricted := &access.Grant{ID: 8, App: 3, Member: &access.Member{}}
	restricted.Member.Restricted.Store(true)
	good := &access.Grant{ID: 8, App: 3}
	for name, c := range map[string]struct {
		generation uint32
		ends       int64
		line       *access.Line
		grant      *access.Grant
		want       token.State
	}{
		"not kept":             {0, 1500, nil, nil, token.Invalid},
		"good":                 {4, 1500, &access.Line{Generation: 4}, good, token.Good},
		"its successor":        {5, 1500, &access.Line{Generation: 4}, good, token.Good},
		"in its last minute":   {3, 1500, &access.Line{Generation: 4, Advanced: 950}, good, token.Good},
		"replaced":             {3, 1500, &access.Line{Generation: 4, Advanced: 900}, good, token.Revoked},
		"taken back":           {4, 1500, &access.Line{Generation: 4}, dead, token.Revoked},
		"its code, used twice": {4, 1500, &access.Line{Generation: 4, Revoked: true}, good, token.Revoked},
		"of a restricted one":  {4, 1500, &access.Line{Generation: 4}, restricted, token.Restricted},
		"past its end":         {4, 1000, &access.Line{Generation: 4}, good, token.Expired},
	} {
		got := SeeRefresh(token.Opened{ID: token.LineToken(77, c.generation), Issued: 500, Ends: c.ends}, c.line, c.grant, f)
		if got.State != c.want || !got.Refresh || (got.Grant == nil) != (c.grant == nil) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
