package admission_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// noon is when all calls come, unix seconds: 2026-03-01T12:00:00Z.
const noon = 1772366400

const day = 86400

// The apps: demo has the product profile, partner ads too, gone was switched off.
const (
	demo access.AppID = iota + 1
	partner
	gone
	unknownApp
)

// The grants, by what their tokens are for.
const (
	good access.GrantID = iota + 1
	openidOnly
	appOnly
	partners
	goneApps
	noApps
	revoked
	superseded
	reused
	restricted
	expiredRefreshable
	stored   // only the store knows it
	absent   // nobody knows it
	unstored // the store fails when asked for it
)

// stage is a policy with routes of every kind, and the tokens of calls to it.
type stage struct {
	*admission.Policy
	table    *route.Table
	keys     *token.Keyring
	verifier *token.Verifier
	store    *store
	call     admission.Call // used again for every call, as the gateway does
}

// store knows the one grant that is not in memory.
type store struct{ asked int }

var errDown = errors.New("the store is down")

func (s *store) Grant(_ context.Context, id access.GrantID) (*access.Grant, error) {
	s.asked++
	switch id {
	case stored:
		return &access.Grant{ID: stored, App: demo}, nil
	case unstored:
		return nil, errDown
	}
	return nil, token.ErrNotFound
}

func newStage(tb testing.TB, extra ...route.APISpec) *stage {
	tb.Helper()
	return stageOf(tb, 3, append(apis(), extra...))
}

// stageOf has so many failed credentials a minute; -1 for no bound.
func stageOf(tb testing.TB, failed int64, specs []route.APISpec) *stage {
	tb.Helper()
	names := access.NewNames([]string{"r_profile", "r_basic", "openid", "w_posts", "r_ads"}, []string{"profile", "ads"})
	s := &stage{keys: token.Memory(time.Unix(noon-100*day, 0)), store: &store{}, call: admission.Call{Head: &http1.Head{}}}
	s.verifier = token.NewVerifier(s.keys, s.store)
	limiter := quota.New(quota.Options{FailedPerMinute: failed})
	limits := map[string][]quota.Limit{
		"people":  {{Key: quota.App, Window: quota.Day, N: 5000}},
		"endless": {{Key: quota.App, Window: quota.Day, N: 1e9}},
		"few":     {{Key: quota.Member, Window: quota.Day, N: 1}},
	}
	table, mistakes := route.Build(specs, route.Deps{
		Names: names, Upstreams: map[string]int{"people": 0},
		Quota: func(name, resource string) *quota.Set { return limiter.Set(resource, limits[name], nil) },
	})
	if len(mistakes) > 0 {
		tb.Fatal(mistakes)
	}
	heads := http1.Defaults()
	s.table = table
	s.Policy = &admission.Policy{
		Routes: table, Tokens: s.verifier, Quota: limiter, Apps: appsOf(), InFlight: 4,
		Heads: &heads, Body: 100, JSONBody: 50,
	}
	s.putGrants()
	return s
}

func appsOf() access.Apps {
	profile := access.ScopeSet{}.With(0).With(1).With(2).With(3)
	return access.Apps{
		demo:    {ID: demo, Name: "demo", Products: 1, Scopes: profile},
		partner: {ID: partner, Name: "partner", Products: 3, Scopes: profile.With(4)},
		gone:    {ID: gone, Name: "gone", Products: 1, Scopes: profile, Disabled: true},
	}
}

func (s *stage) putGrants() {
	all, text := access.ScopeSet{}.With(0).With(2), "r_profile openid"
	bob := &access.Member{ID: 7, Subject: "bob"}
	eve := &access.Member{ID: 8, Subject: "eve"}
	eve.Restricted.Store(true)
	for _, g := range []*access.Grant{
		{ID: good, App: demo, Member: bob, Scopes: all, ScopeText: text},
		{ID: openidOnly, App: demo, Member: bob, Scopes: access.ScopeSet{}.With(2), ScopeText: "openid"},
		{ID: appOnly, App: demo, Scopes: all, ScopeText: text},
		{ID: partners, App: partner, Member: bob, Scopes: all.With(4), ScopeText: text + " r_ads"},
		{ID: goneApps, App: gone, Member: bob, Scopes: all, ScopeText: text},
		{ID: noApps, App: unknownApp, Member: bob, Scopes: all, ScopeText: text},
		{ID: revoked, App: demo, Member: bob},
		{ID: superseded, App: demo, Member: bob},
		{ID: reused, App: demo, Member: bob},
		{ID: restricted, App: demo, Member: eve},
		{ID: expiredRefreshable, App: demo, Member: bob},
	} {
		if g.ID == expiredRefreshable {
			g.RefreshUntil(noon + 1)
		}
		s.verifier.Put(g)
	}
	s.verifier.Revoke(revoked, access.ByMember)
	s.verifier.Revoke(superseded, access.ScopeChanged)
	s.verifier.Revoke(reused, access.Reused)
}

// apis are the routes of the stage: people in the standard profile, rest in the linkedin one, pub open to everybody.
func apis() []route.APISpec {
	public, optional, yes := route.Credentials{Need: route.Public}, route.Credentials{Need: route.Optional}, true
	hosts := []string{"api.example.com"}
	return []route.APISpec{
		{Name: "people", Hosts: hosts, Base: "/v2", Upstream: "people", Routes: []route.Spec{
			{Name: "me", Path: "/me", Methods: []string{"GET"}, Scopes: [][]string{{"r_profile"}, {"r_basic", "openid"}}, Quota: "people", Example: "GET /v2/me"},
			{Name: "create", Path: "/posts", Methods: []string{"POST"}, Scopes: [][]string{{"w_posts"}}},
			{Name: "notes", Path: "/notes", Methods: []string{"POST"}, Body: route.BodySpec{Types: []string{"application/json"}, CheckJSON: true, LengthRequired: true}},
			{Name: "blobs", Path: "/blobs", Methods: []string{"GET", "PUT"}, Body: route.BodySpec{Max: 1 << 20}},
			{Name: "any", Path: "/any", Methods: []string{"GET", "POST"}, Quota: "people"},
			{Name: "few", Path: "/few", Methods: []string{"GET"}, Quota: "few"},
			{Name: "ads", Path: "/ads/**", Methods: []string{"GET"}, Products: []string{"ads"}, Restricted: true, Hidden: true},
			{Name: "reports", Path: "/reports", Methods: []string{"GET"}, Products: []string{"ads"}, Restricted: true},
			{Name: "adscope", Path: "/adscope", Methods: []string{"GET"}, Scopes: [][]string{{"r_ads"}}},
			{Name: "health", Path: "/health", Methods: []string{"GET"}, Credentials: &public},
			{Name: "feed", Path: "/feed", Methods: []string{"GET"}, Credentials: &optional},
			{Name: "linked", Path: "/linked", Methods: []string{"GET"}, TokenInQuery: &yes},
			{Name: "find", Path: "/find", Methods: []string{"GET", "PUT"}, Tunnel: true},
		}},
		{Name: "rest", Hosts: hosts, Base: "/rest", Profile: problem.LinkedIn, Upstream: "people", Version: &route.VersionSpec{Header: "LinkedIn-Version", Months: 12}, Routes: []route.Spec{
			{Name: "posts", Path: "/posts", Methods: []string{"GET", "POST"}, Scopes: [][]string{{"r_profile"}}, Body: route.BodySpec{Types: []string{"application/json"}}},
			{Name: "drafts", Path: "/drafts", Methods: []string{"POST"}, Scopes: [][]string{{"w_posts"}}},
		}},
		{Name: "pub", Hosts: hosts, Base: "/pub", Upstream: "people", Credentials: public, Routes: []route.Spec{{Name: "news", Path: "/news", Methods: []string{"GET"}}}},
	}
}

// token mints an access token of a grant, good for a day from noon.
func (s *stage) token(of access.GrantID) string { return s.mint(token.Access, of, noon, day) }

func (s *stage) mint(kind token.Kind, of access.GrantID, issued, life int64) string {
	return string(s.keys.Mint(nil, kind, of, issued, life, [12]byte{byte(of), 1}))
}

// words fills the placeholders of a request: {good}, {revoked} and the others are tokens.
func (s *stage) words(request string) string {
	issued := map[string]string{
		"{good}": s.token(good), "{openid}": s.token(openidOnly), "{app}": s.token(appOnly), "{partner}": s.token(partners),
		"{gone}": s.token(goneApps), "{noapp}": s.token(noApps), "{revoked}": s.token(revoked), "{superseded}": s.token(superseded), "{reused}": s.token(reused),
		"{restricted}": s.token(restricted), "{stored}": s.token(stored), "{absent}": s.token(absent), "{unstored}": s.token(unstored),
		"{expired}":     s.mint(token.Access, good, noon-61*day, 60*day),
		"{refreshable}": s.mint(token.Access, expiredRefreshable, noon-61*day, 60*day),
		"{deadexpired}": s.mint(token.Access, revoked, noon-61*day, 60*day),
		"{refresh}":     s.mint(token.Refresh, good, noon, day),
		"{future}":      s.mint(token.Access, good, noon+day, day),
		"{cut}":         s.token(good)[:40],
		"{long}":        s.token(good) + "A",
		"{altered}":     alter(s.token(good)),
		"{foreign}":     string(token.Memory(time.Unix(noon, 0)).Mint(nil, token.Access, good, noon, day, [12]byte{})),
		"{20KB}":        strings.Repeat("a", 20<<10),
	}
	for name, word := range issued {
		request = strings.ReplaceAll(request, name, word)
	}
	return request
}

// alter changes a character in the middle of a token.
func alter(of string) string {
	c := "A"
	if of[40] == 'A' {
		c = "B"
	}
	return of[:40] + c + of[41:]
}

// head is a request without a body: line, Host, further lines.
func head(line string, fields ...string) string {
	return line + " HTTP/1.1\r\nHost: api.example.com\r\n" + strings.Join(append(fields, "", ""), "\r\n")
}

func bearer(name string) string { return "Authorization: Bearer {" + name + "}" }

// admit parses the request and asks Admit, fetching where it waits. A fault of the codec is refused as the gateway does.
func (s *stage) admit(tb testing.TB, request string) (*admission.Call, admission.Verdict) {
	tb.Helper()
	return s.judge(tb, []byte(s.words(request)))
}

func (s *stage) judge(tb testing.TB, request []byte) (*admission.Call, admission.Verdict) {
	tb.Helper()
	c := &s.call
	c.Head.Reset()
	f := http1.ParseRequest(request, s.Heads, c.Head)
	c.Begin(s.Policy)
	c.ID, c.At, c.Peer.Addr = callid.New(noon*1000, 1, 2), noon*1e9, netip.MustParseAddr("192.0.2.1")
	if f.Kind != http1.OK {
		admission.FromFault(&c.Problem, f, request, s.Heads)
		return c, admission.Refuses
	}
	for {
		v := c.Admit()
		if v != admission.Waits {
			return c, v
		}
		_ = c.Fetch(tb.Context()) // the call has noted what came of it
	}
}

// same compares problems whole: bytes as text, nothing and empty alike.
var same = cmp.Options{
	cmp.Transformer("text", func(b []byte) string { return string(b) }),
	cmp.Comparer(func(a, b []string) bool { return slices.Equal(a, b) }),
}

// check admits a request and compares the verdict and the whole problem. The call is over afterwards.
func (s *stage) check(t *testing.T, request string, verdict admission.Verdict, want problem.Problem) *admission.Call {
	t.Helper()
	c, v := s.admit(t, request)
	if v != verdict {
		t.Errorf("verdict %d, want %d", v, verdict)
	}
	if diff := cmp.Diff(want, c.Problem, same); diff != "" {
		t.Errorf("problem (-want +got):\n%s", diff)
	}
	c.Done(admission.Sent)
	return c
}
