package server_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/internal/admin"
)

// TestModel: no sequence of grants, scope changes, refreshes, replays, revocations, restrictions, rotations, restarts and time leaves a token accepted that should
// not be, or refused that should be. The model is written from the contract alone; each sequence has a member of its own.
func TestModel(t *testing.T) {
	checks := flag.Lookup("rapid.checks").Value
	if checks.String() == "100" { // each is a long conversation over sockets
		defer func() { _ = checks.Set("100") }()
		_ = checks.Set("20")
	}
	r := newRealm(t, "standard")
	members := 0
	rapid.Check(t, func(rt *rapid.T) {
		members++
		if r.ahead.Load() > int64(20*365*24*time.Hour) {
			r = newRealm(t, "standard")
		}
		m := newModel(t, r, fmt.Sprintf("m%d", members))
		for range rapid.IntRange(10, 40).Draw(rt, "steps") {
			m.steps[rapid.SampledFrom(m.names).Draw(rt, "step")](rt)
			m.check(rt)
		}
	})
}

type (
	mGrant struct {
		public bool
		scopes string
		dead   string // why: a cause
	}
	mAccess struct {
		text    string
		grant   *mGrant
		ends    int64
		revoked bool
	}
	mLine struct {
		grant    *mGrant
		ends     int64
		latest   int
		advanced int64
		revoked  bool
	}
	mRefresh struct {
		text       string
		line       *mLine
		generation int
	}
	mCode struct {
		text     string
		public   bool
		scopes   string
		ends     int64
		used     int64
		failures int
		dead     string
		gave     []*mAccess
		line     *mLine
	}
)

// model is what should be true of one member.
type model struct {
	t          *testing.T
	r          *realm
	who        string
	b          *browser
	names      []string
	steps      map[string]func(*rapid.T)
	codes      []*mCode // in the order in which they were given
	grants     []*mGrant
	access     []*mAccess
	refresh    []*mRefresh
	restricted bool
}

func newModel(t *testing.T, r *realm, who string) *model {
	t.Helper()
	createMember(t, r.Accounts(), admin.AccountRequest{Member: who, Email: who + "@example.com", Password: adasPassword})
	m := &model{t: t, r: r, who: who, b: r.browser(t)}
	m.names = []string{"allow", "allow", "allow", "redeem", "redeem", "redeem", "redeem", "redeem wrongly", "refresh", "refresh", "refresh", "overtake", "overtake", "revoke", "give back", "take back", "restrict", "wait", "wait", "rotate", "restart"}
	m.steps = map[string]func(*rapid.T){
		"allow": m.allow, "redeem": func(rt *rapid.T) { m.redeem(rt, true) }, "redeem wrongly": func(rt *rapid.T) { m.redeem(rt, false) }, "refresh": m.refreshes, "overtake": m.overtake,
		"revoke": m.revoke, "give back": m.giveBack, "take back": m.takeBack, "restrict": m.restrict, "wait": m.wait, "rotate": m.rotate, "restart": m.restart,
	}
	return m
}

func one[T any](rt *rapid.T, from []T) (chosen T, any bool) {
	if len(from) == 0 {
		return chosen, false
	}
	return rapid.SampledFrom(from).Draw(rt, "which"), true
}

// check compares each access token with what the API says of it.
func (m *model) check(rt *rapid.T) {
	for i, a := range m.access {
		want := "OK"
		switch {
		case m.r.now() >= a.ends:
			want = "Unauthorized expired_access_token"
		case a.revoked || a.grant.dead != "":
			want = "Unauthorized revoked_access_token"
		case m.restricted:
			want = "Unauthorized restricted_member"
		}
		if got := m.r.calls(a.text); got != want {
			rt.Fatalf("access token %d, issued for %d s until %d, now %d: the API says %q, want %q; %+v\n%+v", i, a.ends-m.r.now(), a.ends, m.r.now(), got, want, a.grant, m.r.get("/v2/me", a.text))
		}
	}
}

func (m *model) allow(rt *rapid.T) {
	public := rapid.Bool().Draw(rt, "public")
	scopes := rapid.SampledFrom([]string{"r_profile", "r_profile r_ads"}).Draw(rt, "scopes")
	if m.restricted {
		return
	}
	link, ends := m.r.link("scope", scopes), int64(300)
	if public {
		link = m.r.phoneLink("scope", scopes)
	}
	c := &mCode{public: public, scopes: scopes, text: m.r.code(m.b, m.who, link)}
	c.ends = m.r.now() + ends
	m.codes = append(m.codes, c)
}

func (m *model) live(public bool) *mGrant {
	for _, g := range m.grants {
		if g.public == public && g.dead == "" {
			return g
		}
	}
	return nil
}

func (m *model) redeem(rt *rapid.T, rightly bool) {
	c, any := one(rt, m.codes)
	if !any {
		return
	}
	back, wrong := shopBack, "https://shop.example/"
	if c.public {
		back, wrong = phoneBack, phoneBack+"x"
	}
	if !rightly {
		back = wrong
	}
	now := m.r.now()
	var got said
	if c.public {
		got = m.r.phoneRedeems(m.t, c.text, "redirect_uri", back)
	} else {
		got = m.r.redeems(m.t, c.text, "redirect_uri", back)
	}
	want := ""
	switch {
	case now >= c.ends+86400 && c.used == 0 && c.dead == "", now >= c.ends+86400: // it may be swept
		want = "code_expired"
		switch {
		case got.text("cause") == want:
		case c.used != 0:
			want = "code_used"
			if rightly || !c.public {
				m.recalled(c)
			}
		default:
			want = c.dead
		}
	case c.dead != "":
		want = c.dead
	case c.used != 0:
		want = "code_used"
		if rightly && now-c.used > 10 || !rightly && !c.public { // a public app shows by redirect URI and verifier alone that it is the client
			m.recalled(c)
		}
	case c.failures >= 5:
		want = "code_used"
	case now >= c.ends:
		want = "code_expired"
	case !rightly:
		want = "redirect_mismatch"
		c.failures++
	case m.restricted:
		want = "member_restricted"
	}
	if got.text("cause") != want || (got.Status == 200) != (want == "") {
		rt.Fatalf("a code: %d %v, want cause %q; %+v", got.Status, got.Body, want, c)
	}
	if want == "" {
		m.redeemed(c, got, now)
	}
}

// recalled takes back what a code gave.
func (m *model) recalled(c *mCode) {
	for _, a := range c.gave {
		a.revoked = true
	}
	c.line.revoked = true
}

func (m *model) redeemed(c *mCode, got said, now int64) {
	g := m.live(c.public)
	if g != nil && g.scopes != c.scopes {
		g.dead, g = "scope_changed", nil
	}
	if g == nil {
		g = &mGrant{public: c.public, scopes: c.scopes}
		m.grants = append(m.grants, g)
	}
	for _, earlier := range m.codes {
		if earlier == c {
			break
		}
		if earlier.public == c.public && earlier.scopes != c.scopes && earlier.used == 0 && earlier.dead == "" {
			earlier.dead = "scope_changed"
		}
	}
	c.used = now
	a := &mAccess{text: got.text("access_token"), grant: g, ends: now + 60*86400}
	c.line = &mLine{grant: g, ends: now + 365*86400}
	c.gave = append(c.gave, a)
	m.access = append(m.access, a)
	m.refresh = append(m.refresh, &mRefresh{got.text("refresh_token"), c.line, 0})
}

func (m *model) refreshes(rt *rapid.T) {
	if f, any := one(rt, m.refresh); any {
		m.refreshWith(rt, f)
	}
}

// overtake uses the latest refresh token, what that gives, and some time later the first one again.
func (m *model) overtake(rt *rapid.T) {
	later := rapid.SampledFrom([]time.Duration{0, 58 * time.Second, 62 * time.Second}).Draw(rt, "later")
	if len(m.refresh) == 0 {
		return
	}
	f := m.refresh[len(m.refresh)-1]
	m.refreshWith(rt, f)
	m.refreshWith(rt, m.refresh[len(m.refresh)-1])
	m.r.wait(later)
	m.refreshWith(rt, f)
}

func (m *model) refreshWith(rt *rapid.T, f *mRefresh) {
	app := &m.r.shop
	if f.line.grant.public {
		app = &m.r.phone
	}
	now := m.r.now()
	got := m.r.refreshes(m.t, app, f.text)
	want := ""
	switch l := f.line; {
	case now >= l.ends:
		want = "refresh_expired"
	case l.grant.dead != "":
		want = l.grant.dead
	case l.revoked:
		want = "grant_revoked"
	case m.restricted:
		want = "member_restricted"
	case l.grant.public && (f.generation < l.latest-1 || f.generation == l.latest-1 && now-l.advanced > 60):
		want = "refresh_reused"
		m.kill(l.grant, want)
	case l.grant.public && f.generation > l.latest:
		l.latest, l.advanced = f.generation, now
	}
	if got.text("cause") != want || (got.Status == 200) != (want == "") {
		rt.Fatalf("a refresh token of generation %d: %d %v, want cause %q; %+v", f.generation, got.Status, got.Body, want, f.line)
	}
	if want == "" {
		m.refreshed(rt, f, got, now)
	}
}

func (m *model) refreshed(rt *rapid.T, f *mRefresh, got said, now int64) {
	a := &mAccess{text: got.text("access_token"), grant: f.line.grant, ends: min(now+60*86400, f.line.ends)}
	m.access = append(m.access, a)
	for _, c := range m.codes {
		if c.line == f.line {
			c.gave = append(c.gave, a)
		}
	}
	if !f.line.grant.public {
		if got.text("refresh_token") != f.text {
			rt.Fatal("a confidential app got another refresh token")
		}
		return
	}
	next := &mRefresh{got.text("refresh_token"), f.line, f.generation + 1}
	for _, known := range m.refresh {
		same := known.line == next.line && known.generation == next.generation
		if same != (known.text == next.text) {
			rt.Fatalf("generation %d and %d of a line: equal is %v", known.generation, next.generation, known.text == next.text)
		}
		if same {
			return
		}
	}
	m.refresh = append(m.refresh, next)
}

// kill ends a grant, and the codes of its app that were not used.
func (m *model) kill(g *mGrant, why string) {
	g.dead = why
	if why == "refresh_reused" {
		why = "grant_revoked" // a code knows no more than that it was taken back
	}
	for _, c := range m.codes {
		if c.public == g.public && c.used == 0 && c.dead == "" {
			c.dead = why
		}
	}
}

func (m *model) revokes(rt *rapid.T, public bool, text string) {
	app, more := &m.r.shop, ""
	basic := app.ClientID + ":" + app.Secret
	if public {
		basic, more = "", "&client_id="+m.r.phone.ClientID
	}
	if got := m.r.posts(m.t, "/oauth/v2/revoke", basic, "token="+text+more); got.Status != 200 {
		rt.Fatalf("revoke: %+v", got)
	}
}

func (m *model) revoke(rt *rapid.T) {
	if a, any := one(rt, m.access); any {
		m.revokes(rt, a.grant.public, a.text)
		a.revoked = true
	}
}

func (m *model) giveBack(rt *rapid.T) {
	if f, any := one(rt, m.refresh); any {
		m.revokes(rt, f.line.grant.public, f.text)
		if f.line.grant.dead == "" && m.r.now() < f.line.ends {
			m.kill(f.line.grant, "grant_revoked")
		}
	}
}

func (m *model) takeBack(rt *rapid.T) {
	public := rapid.Bool().Draw(rt, "public")
	g := m.live(public)
	if g == nil {
		return
	}
	app := "shop"
	if public {
		app = "phone"
	}
	if _, err := operator(m.r.s).RevokeGrant(m.t.Context(), admin.GrantFilter{App: app, Member: m.who}); err != nil {
		if _, refused := err.(*admin.Fault); !refused || m.r.now() < m.lastEnd(g) { //nolint:errorlint // as it comes
			rt.Fatal(err)
		}
		return // all of it has ended, and nothing is left to take back
	}
	m.kill(g, "grant_revoked")
}

// lastEnd is the end of the last token of a grant.
func (m *model) lastEnd(g *mGrant) (end int64) {
	for _, a := range m.access {
		if a.grant == g {
			end = max(end, a.ends)
		}
	}
	for _, f := range m.refresh {
		if f.line.grant == g {
			end = max(end, f.line.ends)
		}
	}
	return end
}

func (m *model) restrict(*rapid.T) {
	m.restricted = !m.restricted
	changeMember(m.t, m.r.Accounts(), m.who, admin.MemberChange{Restricted: &m.restricted})
}

func (m *model) wait(rt *rapid.T) {
	m.r.wait(rapid.SampledFrom([]time.Duration{5 * time.Second, 12 * time.Second, 62 * time.Second, 62 * time.Second, 62 * time.Second, 6 * time.Minute, 25 * time.Hour, 61 * 24 * time.Hour, 306 * 24 * time.Hour}).Draw(rt, "time"))
}

func (m *model) rotate(rt *rapid.T) {
	if _, err := operator(m.r.s).RotateKeys(m.t.Context(), admin.KeysOfTokens); err != nil {
		rt.Fatal(err)
	}
}

func (m *model) restart(rt *rapid.T) {
	if err := m.r.end(); err != nil {
		rt.Fatal(err)
	}
	m.r.open()
}
