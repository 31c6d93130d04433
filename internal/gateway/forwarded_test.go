package gateway

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/heads"
)

// What a call says of where it came from, in front of what we say: {us} is a first hop's four lines.
func TestOriginFields(t *testing.T) {
	const (
		hops  = "Candor-Hops: 1\r\n"
		first = "Forwarded: for=192.0.2.7;proto=http\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\n"
		proto = "X-Forwarded-Proto: https\r\n"
	)
	balancer := func(p *plan) { p.Front.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} }
	for name, c := range map[string]struct {
		plan   func(*plan)
		target string // /public/, unless said; /me is protected
		in     string // the fields that came
		want   string // those that go on, in order
	}{
		"nobody has spoken":             {want: hops + first},
		"nobody has spoken, balancer":   {plan: balancer, want: hops + first},
		"a balancer's word for https":   {plan: balancer, in: "X-Forwarded-For: 198.51.100.1\r\n" + proto, want: proto + hops + "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"},
		"a balancer on a protected one": {plan: balancer, target: "/me", in: "X-Forwarded-For: 198.51.100.1\r\n" + proto, want: proto + hops + "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n" + identity},
		"a stranger on a protected one": {target: "/me", in: "X-Forwarded-For: 198.51.100.1\r\n" + proto + "Forwarded: for=x\r\nX-Real-IP: 1.2.3.4\r\nX-Forwarded-Port: 1\r\nX-Forwarded-Prefix: /x\r\nX-Forwarded-Host: x\r\n", want: hops + first + identity},
		"a stranger on a public one":    {in: "X-Forwarded-For: 198.51.100.1\r\n" + proto, want: proto + hops + "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"},
		"a stranger on an optional one": {target: "/optional", in: "X-Forwarded-For: 198.51.100.1\r\n", want: hops + "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"},
		"another network's balancer": {
			plan:   func(p *plan) { p.Front.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} },
			target: "/me", in: proto, want: hops + first + identity,
		},
		"several lines are one list":            {plan: balancer, in: "X-Forwarded-For: a, b\r\nX-A: 1\r\nX-Forwarded-For:\r\nx-forwarded-for: c\r\n", want: "X-A: 1\r\n" + hops + "X-Forwarded-For: a, b, c, 192.0.2.7\r\n"},
		"Forwarded alone is continued alone":    {plan: balancer, in: "Forwarded: for=198.51.100.1;proto=https;host=x\r\n", want: hops + "Forwarded: for=198.51.100.1;proto=https;host=x, for=192.0.2.7;proto=http\r\n"},
		"both are continued":                    {plan: balancer, in: "Forwarded: for=x\r\nForwarded: for=y\r\nX-Forwarded-For: x\r\n", want: hops + "Forwarded: for=x, for=y, for=192.0.2.7;proto=http\r\nX-Forwarded-For: x, 192.0.2.7\r\n"},
		"a protocol alone gets an address":      {plan: balancer, in: proto, want: proto + hops + "X-Forwarded-For: 192.0.2.7\r\n"},
		"X-Real-IP alone is left alone":         {plan: balancer, in: "X-Real-IP: 198.51.100.1\r\n", want: "X-Real-IP: 198.51.100.1\r\n" + hops},
		"port and prefix pass":                  {plan: balancer, in: "X-Forwarded-For: x\r\nX-Forwarded-Port: 443\r\nX-Forwarded-Prefix: /x\r\nX-Forwarded-Host: x\r\n", want: "X-Forwarded-Port: 443\r\nX-Forwarded-Prefix: /x\r\nX-Forwarded-Host: x\r\n" + hops + "X-Forwarded-For: x, 192.0.2.7\r\n"},
		"what CGI takes for the real one never": {plan: balancer, in: "X_Forwarded_For: x\r\nX-Forwarded_Proto: x\r\nX_Real_IP: x\r\n", want: hops + first},
		"off: what came passes, nothing is added": {
			plan: func(p *plan) { balancer(p); p.Spec.NoForwarded = true },
			in:   "X-Forwarded-For: x\r\nForwarded: for=x\r\n", want: "X-Forwarded-For: x\r\nForwarded: for=x\r\n" + hops,
		},
		"off: a stranger's word is dropped all the same": {
			plan:   func(p *plan) { p.Spec.NoForwarded = true },
			target: "/me", in: "X-Forwarded-For: x\r\n", want: hops + identity,
		},
		"other ways to say an address pass as they came": {in: "CF-Connecting-IP: x\r\nTrue-Client-IP: x\r\nX-Client-IP: x\r\n", want: "CF-Connecting-IP: x\r\nTrue-Client-IP: x\r\nX-Client-IP: x\r\n" + hops + first},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan()
			p.Spec.RequestID = ""
			if c.plan != nil {
				c.plan(p)
			}
			got := p.requestHead(t, "/public/", c.target, c.in)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("at the upstream (-want +got):\n%s", diff)
			}
		})
	}
}

// The id goes to the upstream under the name that it asks for; what the caller sent under another name is its own.
func TestRequestIDFields(t *testing.T) {
	const came = "X-Request-Id: mine\r\nX_Request_Id: mine\r\nX-Client-Request-Id: mine\r\nX-Trace-Id: mine\r\nx_trace_id: mine\r\n"
	for name, want := range map[string]string{
		"X-Request-Id": "X-Trace-Id: mine\r\nx_trace_id: mine\r\n{hop}X-Request-Id: " + noonUUID + "\r\nX-Client-Request-Id: mine\r\n",
		"X-Trace-Id":   "X-Request-Id: mine\r\nX_Request_Id: mine\r\nX-Client-Request-Id: mine\r\n{hop}X-Trace-Id: " + noonUUID + "\r\n",
		"":             came + "{hop}",
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan()
			p.Spec.RequestID = name
			got := p.requestHead(t, "/public/", "", came)
			if diff := cmp.Diff(strings.ReplaceAll(want, "{hop}", hop), got); diff != "" {
				t.Errorf("at the upstream (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHostField: the caller's Host goes on as it came, unless the upstream has one of its own; the caller's is told beside it all the same.
func TestHostField(t *testing.T) {
	for name, c := range map[string]struct{ host, in, want string }{
		"keep":                   {"", "GET /public/ HTTP/1.1\r\nX-A: 1\r\nHOST: a.Example:80\r\n\r\n", "X-A: 1\r\nHOST: a.Example:80\r\n|a.Example:80"},
		"keep, and none came":    {"", "GET /public/ HTTP/1.0\r\nX-A: 1\r\n\r\n", "Host: 127.0.0.1:1\r\nX-A: 1\r\n|"},
		"target":                 {"target", "GET /public/ HTTP/1.1\r\nX-A: 1\r\nHost: a.example\r\n\r\n", "Host: 127.0.0.1:1\r\nX-A: 1\r\n|a.example"},
		"target, a whole URL":    {"target", "GET http://a.example/public/ HTTP/1.1\r\nHost: a.example\r\n\r\n", "Host: 127.0.0.1:1\r\n|a.example"},
		"a name":                 {"api.internal:81", "GET /public/ HTTP/1.1\r\nHost: a.example\r\n\r\n", "Host: api.internal:81\r\n|a.example"},
		"a name, and none came":  {"api.internal", "GET /public/ HTTP/1.0\r\n\r\n", "Host: api.internal\r\n|"},
		"a name for one of ours": {"a.example", "GET /public/ HTTP/1.1\r\nHost: a.example\r\n\r\n", "Host: a.example\r\n|a.example"},
	} {
		p := newPlan()
		p.Spec.Host, p.Spec.RequestID, p.Spec.Targets = c.host, "", []string{"http://127.0.0.1:1"}
		s := p.build(t)
		x := s.admitted(t, c.in, "192.0.2.7", false)
		if x == nil {
			t.Fatalf("%s: the call was not admitted", name)
		}
		fields, told, _ := strings.Cut(c.want, "|")
		want := "GET /public/ HTTP/1.1\r\n" + fields + "Candor-Hops: 1\r\nForwarded: for=192.0.2.7;proto=http\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\n"
		if told != "" {
			want += "X-Forwarded-Host: " + told + "\r\n"
		}
		if diff := cmp.Diff(want+"\r\n", string(x.prepared(s.upstream))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		x.call.Done(admission.Unsent)
	}
}

// requestHead is what reaches the upstream of a call with the fields in, without its first line and Host.
func (p *plan) requestHead(t *testing.T, target, other, in string) string {
	t.Helper()
	if other != "" {
		target = other
	}
	s := p.build(t)
	bearer := ""
	if target == "/me" {
		bearer = "Authorization: Bearer " + s.token + "\r\n"
	}
	x := s.admitted(t, "GET "+target+" HTTP/1.1\r\nHost: a.example\r\n"+bearer+in+"\r\n", "192.0.2.7", false)
	if x == nil {
		t.Fatal("the call was not admitted")
	}
	defer x.call.Done(admission.Unsent)
	got := strings.TrimPrefix(string(x.prepared(s.upstream)), "GET "+target+" HTTP/1.1\r\nHost: a.example\r\n")
	return strings.TrimSuffix(got, "\r\n")
}

// TestWayHere: what is lost on the way to the upstream is told beside what came: TLS where nobody speaks of it, a Host that is another now, a prefix that was cut.
func TestWayHere(t *testing.T) {
	const (
		hops  = "Candor-Hops: 1\r\n"
		first = "Forwarded: for=192.0.2.7;proto=https\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: a.example\r\n"
		list  = "X-Forwarded-For: x, 192.0.2.7\r\n"
	)
	for name, c := range map[string]struct {
		from func(*heads.Origin)
		in   string
		want string
	}{
		"TLS, nobody has spoken":       {nil, "", hops + first},
		"TLS, a list alone":            {nil, "X-Forwarded-For: x\r\n", hops + list + "X-Forwarded-Proto: https\r\n"},
		"TLS, a real address alone":    {nil, "X-Real-IP: x\r\n", "X-Real-IP: x\r\n" + hops + "X-Forwarded-Proto: https\r\n"},
		"TLS, and http before":         {nil, "X-Forwarded-For: x\r\nX-Forwarded-Proto: http\r\n", "X-Forwarded-Proto: http\r\n" + hops + list},
		"TLS, and Forwarded":           {nil, "Forwarded: for=x\r\n", hops + "Forwarded: for=x, for=192.0.2.7;proto=https\r\n"},
		"another Host":                 {func(o *heads.Origin) { o.Secure, o.Moved = false, true }, "X-Forwarded-For: x\r\n", hops + list + "X-Forwarded-Host: a.example\r\n"},
		"another Host, told before":    {func(o *heads.Origin) { o.Secure, o.Moved = false, true }, "X-Forwarded-Host: b\r\n", "X-Forwarded-Host: b\r\n" + hops + "X-Forwarded-For: 192.0.2.7\r\n"},
		"a prefix":                     {func(o *heads.Origin) { o.Cut = []byte("/v2") }, "", hops + "X-Forwarded-Prefix: /v2\r\n" + first},
		"a prefix behind another":      {func(o *heads.Origin) { o.Cut = []byte("/v2") }, "X-Forwarded-Prefix: /api/\r\n", hops + "X-Forwarded-Prefix: /api/v2\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"},
		"a prefix behind two others":   {func(o *heads.Origin) { o.Cut = []byte("/v2") }, "X-Forwarded-Prefix: /a\r\nX-Forwarded-Prefix: /b\r\n", hops + "X-Forwarded-Prefix: /a, /b/v2\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"},
		"a prefix behind none":         {func(o *heads.Origin) { o.Cut = []byte("/v2") }, "X-Forwarded-Prefix: /\r\n", hops + "X-Forwarded-Prefix: /v2\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"},
		"nothing is told, if silent":   {func(o *heads.Origin) { o.Silent, o.Moved, o.Cut = true, true, []byte("/v2") }, "X-Forwarded-Prefix: /a\r\n", "X-Forwarded-Prefix: /a\r\n" + hops},
		"a prefix that CGI would take": {func(o *heads.Origin) { o.Cut = []byte("/v2") }, "X_Forwarded_Prefix: /a\r\n", hops + "X-Forwarded-Prefix: /v2\r\n" + first},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan()
			p.Spec.RequestID = ""
			s := p.build(t)
			x := s.admitted(t, "GET /public/ HTTP/1.1\r\nHost: a.example\r\n"+c.in+"\r\n", "192.0.2.7", true)
			defer x.call.Done(admission.Unsent)
			to := targetOf(s.upstream, x.from.Peer(), &nothing)
			if c.from != nil {
				c.from(&to.Origin)
			}
			want := "GET /public/ HTTP/1.1\r\nHost: a.example\r\n" + c.want + "\r\n"
			if diff := cmp.Diff(want, string(x.heads().AppendRequest(nil, &to, heads.NoBody))); diff != "" {
				t.Errorf("at the upstream (-want +got):\n%s", diff)
			}
		})
	}
}
