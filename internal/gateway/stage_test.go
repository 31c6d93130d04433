package gateway

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/internal/upstream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds every wait of these tests.
const patience = testkit.Patience

// noon is the time at the stage, noonID the id of every call there.
var (
	noon   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	noonID = callid.New(noon.UnixMilli(), 0xdef, 0x0123456789abcdef)
)

const (
	noonUUID = "019ca945-0a00-7def-8123-456789abcdef"
	noonHex  = "019ca9450a007def8123456789abcdef"
	noonDate = "Sun, 01 Mar 2026 12:00:00 GMT"
)

// plan is what a stage is made from; tests change what they are about.
type plan struct {
	API      route.APISpec
	Spec     upstream.Spec
	Times    Times
	Options  Options
	Bodies   int64
	Upgrades int
	Limits   []quota.Limit // of the route limited
	Shift    *atomic.Int64 // ns that the clock is ahead
	Stands   bool          // the clock stands still, but for Shift
	Tick     func()        // called at every reading of the clock
	Front    Front         // of every listener
	Store    token.Store   // of grants that are not in memory; nil: none is
	Log      io.Writer     // of the gateway's own log
	Breaker  func(upstream.BreakerChange)
	Sink     io.Writer // of the access log; nil: house.lines
}

func newPlan() *plan {
	public, optional, yes := route.Credentials{Need: route.Public}, route.Credentials{Need: route.Optional}, true
	return &plan{
		API: route.APISpec{
			Name: "test", Upstream: "up",
			Headers: route.HeaderNames{RequestID: "X-Request-Id", App: "Candor-App", Member: "Candor-Member", Scopes: "Candor-Scopes"},
			Routes: []route.Spec{
				{Name: "me", Path: "/me"},
				{Name: "public", Path: "/public/**", Credentials: &public},
				{Name: "optional", Path: "/optional", Credentials: &optional},
				{Name: "keep", Path: "/keep", ForwardCredential: true},
				{Name: "query", Path: "/query", TokenInQuery: &yes},
				{Name: "limited", Path: "/limited", Quota: "few"},
				{Name: "small", Path: "/small", Credentials: &public, Body: route.BodySpec{Max: 100}},
				{Name: "json", Path: "/json", Credentials: &public, Body: route.BodySpec{Types: []string{"application/json"}, CheckJSON: true}},
				{Name: "short", Path: "/short", Credentials: &public, CallTimeout: 50 * time.Millisecond},
			},
		},
		Spec: upstream.Spec{
			Name: "up", Targets: []string{"http://127.0.0.1:9"}, PoolSize: 64,
			Connect: patience, TLS: patience, Waits: upstream.Waits{FirstByte: patience, Gap: patience, StreamGap: patience}, RequestID: "X-Request-Id",
		},
		Times: Times{Handshake: patience, FirstByte: patience, Head: patience, Idle: patience, BodyGap: patience, WriteStall: patience},
		Options: Options{
			Now: func() int64 { return noon.UnixNano() }, NewID: func(int64) callid.ID { return noonID },
		},
		Bodies: 64 << 20,
		Limits: []quota.Limit{{Key: quota.App, Window: quota.Day, N: 100}},
	}
}

// stage is a gateway without a listener, and a token that is good on it.
type stage struct {
	*Gateway
	upstream *upstream.Upstream
	verifier *token.Verifier
	token    string
	stranger string // a genuine token of a grant that is not in memory
	bob      string // a good token of another member's
	clock    *clock.Clock
}

// appFor is the app of the good token, with the scope r_profile.
func appFor() *access.App {
	return &access.App{ID: 1, Name: "demo", ClientID: "demo", Scopes: access.ScopeSet{}.With(0)}
}

// build makes the stage of a plan. It ends with the test.
func (p *plan) build(tb testing.TB) *stage {
	tb.Helper()
	start := time.Now()
	s := &stage{clock: clock.New(func() time.Time {
		if p.Tick != nil {
			p.Tick()
		}
		now := start
		if !p.Stands {
			now = time.Now()
		}
		if p.Shift != nil {
			now = now.Add(time.Duration(p.Shift.Load()))
		}
		return now
	})}
	o := p.Options
	o.Clock, o.Buffers = s.clock, &buffer.Lender{}
	o.Log = slog.New(slog.DiscardHandler)
	if p.Log != nil {
		o.Log = slog.New(slog.NewTextHandler(p.Log, nil))
	}
	var err error
	if s.upstream, err = upstream.New(p.Spec, http1.ResponseDefaults(), s.clock, o.Buffers); err != nil {
		tb.Fatal(err)
	}
	if o.Portable {
		s.upstream.Portable()
	}
	s.upstream.Tell(p.Breaker)
	keys := token.Memory(noon.Add(-time.Hour))
	verifier := token.NewVerifier(keys, p.Store)
	verifier.Put(&access.Grant{
		ID: 7, App: 1, Member: &access.Member{ID: 3, Subject: "ada"}, Scopes: access.ScopeSet{}.With(0), ScopeText: "r_profile",
	})
	verifier.Put(&access.Grant{ID: 9, App: 1, Member: &access.Member{ID: 4, Subject: "bob"}, Scopes: access.ScopeSet{}.With(0), ScopeText: "r_profile"})
	s.bob = string(keys.Mint(nil, token.Access, 9, noon.Unix()-60, 3600, [12]byte{3}))
	s.verifier = verifier
	s.token = string(keys.Mint(nil, token.Access, 7, noon.Unix()-60, 3600, [12]byte{1}))
	s.stranger = string(keys.Mint(nil, token.Access, 8, noon.Unix()-60, 3600, [12]byte{2}))
	s.Gateway = New(p.policy(tb, s, verifier), o)
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Drain(ctx); err != nil {
			tb.Errorf("drain: %v", err)
		}
		s.Close()
		s.upstream.Close()
	})
	return s
}

func (p *plan) policy(tb testing.TB, s *stage, v *token.Verifier) *Policy {
	tb.Helper()
	limiter := quota.New(quota.Options{FailedPerMinute: -1})
	table, mistakes := route.Build([]route.APISpec{p.API}, route.Deps{
		Names: access.NewNames([]string{"r_profile"}, []string{"inside"}), Upstreams: map[string]int{"up": 0}, Places: map[string]route.Place{"up": {Prefix: p.Spec.Prefix, Host: p.Spec.SentHost()}},
		Quota: func(_, resource string) *quota.Set { return limiter.Set(resource, p.Limits, nil) },
	})
	for _, err := range mistakes {
		tb.Fatal(err)
	}
	policy, err := NewPolicy(Spec{
		Admission: admission.Policy{
			Routes: table, Tokens: v, Quota: limiter, Apps: access.Apps{nil, appFor()}, InFlight: 100, Body: 10 << 20, JSONBody: 1 << 20,
		},
		Listeners: []ListenerSpec{{Name: "listener", Profile: p.API.Profile, Headers: route.HeaderNames{RequestID: "X-Request-Id"}, Front: p.Front}},
		Upstreams: []*upstream.Upstream{s.upstream}, Heads: http1.Defaults(), Times: p.Times, Bodies: p.Bodies, Upgrades: p.Upgrades, Fabric: "fabric",
	})
	if err != nil {
		tb.Fatal(err)
	}
	return policy
}

// admitted is an exchange whose call was parsed from raw and admitted, as forward meets it; nil where it is not forwarded.
func (s *stage) admitted(tb testing.TB, raw string, from string, secure bool) *exchange {
	tb.Helper()
	c := newStill(raw, downstream.Peer{Addr: netip.MustParseAddr(from), From: netip.MustParseAddr(from), TLS: secure, Secure: secure, Number: 1}, s.Policy().heads(secure))
	if c == nil {
		return nil
	}
	x := s.lend(c, &Listener{Name: "listener"})
	if x.begin(true).Admit() != admission.Forwards {
		return nil
	}
	x.speak()
	return x
}

// house is a stage with a plain listener, one over TLS, and an origin behind it.
type house struct {
	*stage
	plain, tls string // addresses
	origin     *origin
	lines      *testkit.Lines // of the access log
	access     *accesslog.Log
}

// open starts a house.
func (p *plan) open(tb testing.TB, o *origin) *house {
	tb.Helper()
	h := &house{origin: o, lines: &testkit.Lines{}}
	o.start(tb)
	p.Spec.Targets = []string{"http://" + o.addr}
	if o.over != nil {
		p.Spec.Targets[0] = "https://" + o.addr
	}
	if p.Sink == nil {
		p.Sink = h.lines
	}
	h.access = accesslog.New(p.Sink, accesslog.Options{})
	p.Options.Access = h.access
	tb.Cleanup(func() { _ = h.access.Close() })
	ctx, stop := context.WithCancel(context.Background())
	var work sync.WaitGroup
	h.stage = p.build(tb)
	tb.Cleanup(func() {
		stop()
		work.Wait()
	})
	h.plain = h.listen(ctx, tb, &work, nil)
	h.tls = h.listen(ctx, tb, &work, serverTLS(tb))
	return h
}

func (h *house) listen(ctx context.Context, tb testing.TB, work *sync.WaitGroup, over *tls.Config) string {
	tb.Helper()
	l := testkit.Listen(tb)
	work.Go(func() {
		if err := h.Serve(ctx, &Listener{Name: "listener", Net: l, TLS: over}); err != nil {
			tb.Errorf("serve: %v", err)
		}
	})
	tb.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

// logged waits until the access log has n lines, and returns them.
func (h *house) logged(tb testing.TB, n int) []string {
	tb.Helper()
	var got []string
	testkit.Until(tb, "logged", func() bool {
		h.access.Flush()
		got = h.lines.All()
		return len(got) >= n
	})
	return got
}

// engines runs a test on both of the gateway's loops.
func engines(t *testing.T, test func(t *testing.T, portable bool)) {
	t.Helper()
	for name, portable := range map[string]bool{"fast": false, "portable": true} {
		t.Run(name, func(t *testing.T) { test(t, portable) })
	}
}

// prepared is what is sent first of a call to its upstream.
func (x *exchange) prepared(u *upstream.Upstream) []byte {
	x.prepare(u)
	return x.attempt.call.Bytes
}
