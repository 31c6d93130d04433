package gateway

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// workable is the least that a policy can be made from.
func workable(t *testing.T) Spec {
	t.Helper()
	table, mistakes := route.Build([]route.APISpec{
		{Name: "a", Upstream: "up", Headers: route.HeaderNames{RequestID: "Trace-Id", App: "X-App"}, Routes: []route.Spec{{Name: "r", Path: "/r"}}},
		{Name: "b", Base: "/b", Upstream: "up", Profile: problem.LinkedIn, Headers: route.HeaderNames{RequestID: "x-request-id", App: "X-App", Member: "X-Member"}, Routes: []route.Spec{{Name: "s", Path: "/s"}}},
	}, route.Deps{Names: access.NewNames(nil, nil), Upstreams: map[string]int{"up": 0}})
	for _, err := range mistakes {
		t.Fatal(err)
	}
	up, err := upstream.New(upstream.Spec{Name: "up", Targets: []string{"http://127.0.0.1:9"}, RequestID: "X-Up-Id"}, http1.ResponseDefaults(), clock.New(time.Now), &buffer.Lender{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(up.Close)
	return Spec{
		Admission: admission.Policy{Routes: table, Tokens: token.NewVerifier(token.Memory(noon), nil), Quota: quota.New(quota.Options{})},
		Listeners: []ListenerSpec{{Name: "l"}}, Upstreams: []*upstream.Upstream{up}, Heads: http1.Defaults(), Bodies: 1,
	}
}

// TestNewPolicyRefuses: what would fail, or refuse everything, only once calls come.
func TestNewPolicyRefuses(t *testing.T) {
	const parts = "a policy needs routes, a verifier of tokens and a limiter of quotas"
	for name, c := range map[string]struct {
		change func(*Spec)
		want   string
	}{
		"what works":            {func(*Spec) {}, ""},
		"nothing":               {func(s *Spec) { *s = Spec{} }, parts},
		"no routes":             {func(s *Spec) { s.Admission.Routes = nil }, parts},
		"no verifier":           {func(s *Spec) { s.Admission.Tokens = nil }, parts},
		"no limiter":            {func(s *Spec) { s.Admission.Quota = nil }, parts},
		"no listener":           {func(s *Spec) { s.Listeners = nil }, "a policy needs a listener"},
		"no room for bodies":    {func(s *Spec) { s.Bodies = 0 }, "0 bytes of bodies held at once: no body could be checked"},
		"no limits of a head":   {func(s *Spec) { s.Heads = http1.Limits{} }, "request line 0, head 0, fields 0: a limit of 0 admits no call"},
		"an upstream too few":   {func(s *Spec) { s.Upstreams = nil }, "route a/r leads to upstream number 0, and there are 0"},
		"an upstream that none": {func(s *Spec) { s.Upstreams = []*upstream.Upstream{nil} }, "upstream number 0 is nil"},
		"a listener's origins":  {func(s *Spec) { s.Listeners[0].CORS = &route.CORSSpec{Origins: []string{"no origin"}} }, "listener l: cors: "},
		"texts":                 {func(s *Spec) { s.Texts.Overrides = []problem.Override{{Type: problem.Throttled, Message: "{nothing}"}} }, "API a: "},
	} {
		t.Run(name, func(t *testing.T) {
			spec := workable(t)
			c.change(&spec)
			got := ""
			p, err := NewPolicy(spec)
			if err != nil {
				got = err.Error()
			}
			if n := len(c.want); c.want == "" && got != "" || len(got) < n || got[:n] != c.want || (err == nil) == (p == nil) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestNewPolicy: the names under which we speak are protected everywhere, and each API drops those of the others.
func TestNewPolicy(t *testing.T) {
	p, err := NewPolicy(workable(t))
	if err != nil {
		t.Fatal(err)
	}
	if p.Heads[0].TLS || !p.Heads[1].TLS || p.Admission.Heads != &p.Heads[0] {
		t.Error("the limits of plain and of TLS listeners are mixed up")
	}
	for _, name := range []string{"trace-id", "x-request-id", "x-app", "x-member", "x-up-id", "proxy"} {
		for i, lim := range p.Heads {
			if n := count(lim.Protected, name); n != 1 {
				t.Errorf("limits %d protect %s %d times", i, name, n)
			}
		}
	}
	type speech struct {
		Name, RequestID string
		LinkedIn        bool
		Foreign         []string
	}
	var got []speech
	for _, v := range append(p.Voices, p.Listeners...) {
		got = append(got, speech{v.Name, v.RequestID, v.LinkedIn, v.Foreign})
	}
	want := []speech{{"a", "Trace-Id", false, []string{"X-Member"}}, {"b", "", true, []string{}}, {"l", "", false, nil}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("who speaks how (-want +got):\n%s", diff)
	}
}

func count(all []string, name string) (n int) {
	for _, other := range all {
		if other == name {
			n++
		}
	}
	return n
}
