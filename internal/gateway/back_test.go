package gateway

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
)

// TestSaidBack: what an upstream says of its own host and paths becomes what the caller calls them.
func TestSaidBack(t *testing.T) {
	public := route.Credentials{Need: route.Public}
	strip := &route.RewriteSpec{Strip: "/v2"}
	template := func(to string) *route.RewriteSpec { return &route.RewriteSpec{Strip: "/v2", Template: to} }
	routes := []route.Spec{
		{Name: "all", Path: "/**", Credentials: &public, Rewrite: strip},
		{Name: "people", Path: "/people", Credentials: &public, Rewrite: template("/v1/users")},
		{Name: "person", Path: "/people/{id}", Credentials: &public, Rewrite: template("/v1/users/{id}")},
		{Name: "files", Path: "/t/{tenant}/files/**", Credentials: &public, Rewrite: template("/store/{**}")},
		{Name: "kept", Path: "/kept", Credentials: &public, Rewrite: &route.RewriteSpec{Strip: "/v2", KeepLocation: true, KeepCookies: true}},
	}
	for _, c := range []struct {
		name, call   string // "https " before a path: over TLS
		host, prefix string // of the upstream
		in           string // fields of the call, by a balancer that is believed
		says, want   string // fields of the answer
	}{
		{"a path", "/v2/x", "", "", "", "Location: /login?a=/b#c", "Location: /v2/login?a=/b#c"},
		{"the root", "/v2/x", "", "", "", "Location: /", "Location: /v2/"},
		{"said by who knows the prefix", "/v2/x", "", "", "", "Location: /v2/login", "Location: /v2/login"},
		{"not the prefix but alike", "/v2/x", "", "", "", "Location: /v2x", "Location: /v2/v2x"},
		{"relative", "/v2/x", "", "", "", "Location: y?z", "Location: y?z"},
		{"a query alone", "/v2/x", "", "", "", "Location: ?z", "Location: ?z"},
		{"nothing", "/v2/x", "", "", "", "Location:", "Location: "},
		{"its own host", "/v2/x", "", "", "", "Location: http://127.0.0.1:9/login", "Location: http://a.example/v2/login"},
		{"its own host without a path", "/v2/x", "", "", "", "Location: http://127.0.0.1:9", "Location: http://a.example/v2"},
		{"its own host without a scheme", "/v2/x", "", "", "", "Location: //127.0.0.1:9/login", "Location: //a.example/v2/login"},
		{"its own port at the caller's host", "/v2/x", "", "", "", "Location: http://A.example:9/dir/", "Location: http://a.example/v2/dir/"},
		{"the caller's host", "/v2/x", "", "", "", "Location: HTTP://a.example/login", "Location: http://a.example/v2/login"},
		{"the caller's host to a caller over TLS", "https /v2/x", "", "", "", "Location: http://a.example/login", "Location: https://a.example/v2/login"},
		{"a wish for https", "/v2/x", "", "", "", "Location: https://a.example/login", "Location: https://a.example/v2/login"},
		{"a wish for https of its own host", "/v2/x", "api.internal", "", "", "Location: https://api.internal/login", "Location: https://a.example/v2/login"},
		{"the host that it got", "/v2/x", "api.internal:81", "", "", "Location: http://api.internal/login", "Location: http://a.example/v2/login"},
		{"another port is another server", "/v2/x", "", "", "", "Location: http://127.0.0.1:8/login", "Location: http://127.0.0.1:8/login"},
		{"another server", "/v2/x", "", "", "", "Location: https://sso.example/login?to=http://127.0.0.1:9/", "Location: https://sso.example/login?to=http://127.0.0.1:9/"},
		{"another scheme", "/v2/x", "", "", "", "Location: myapp://127.0.0.1:9/login", "Location: myapp://127.0.0.1:9/login"},
		{"a balancer's word", "/v2/x", "", "", "X-Forwarded-Proto: https\r\nX-Forwarded-Host: b, www.example\r\n", "Location: http://127.0.0.1:9/login", "Location: https://www.example/v2/login"},
		{"Forwarded", "/v2/x", "", "", "Forwarded: for=x;proto=https;host=\"www.example:8443\"\r\n", "Location: http://127.0.0.1:9/login", "Location: https://www.example:8443/v2/login"},
		{"a host that is none", "/v2/x", "", "", "X-Forwarded-Host: a/b\r\n", "Location: http://127.0.0.1:9/login", "Location: http://a.example/v2/login"},
		{"an address that is not closed", "/v2/x", "", "", "X-Forwarded-Host: [::1\r\n", "Location: http://127.0.0.1:9/login", "Location: http://a.example/v2/login"},
		{"a bracket within a name", "/v2/x", "", "", "X-Forwarded-Host: a]b\r\n", "Location: http://127.0.0.1:9/login", "Location: http://a.example/v2/login"},
		{"two ports", "/v2/x", "", "", "X-Forwarded-Host: a:1:2\r\n", "Location: http://127.0.0.1:9/login", "Location: http://a.example/v2/login"},
		{"a port that is none", "/v2/x", "", "", "X-Forwarded-Host: a:b\r\n", "Location: http://127.0.0.1:9/login", "Location: http://a.example/v2/login"},
		{"an address", "/v2/x", "", "", "X-Forwarded-Host: [2001:db8::1]:8443\r\n", "Location: http://127.0.0.1:9/login", "Location: http://[2001:db8::1]:8443/v2/login"},
		{"the upstream's path", "/v2/x", "", "/api", "", "Location: /api/login", "Location: /v2/login"},
		{"outside of it", "/v2/x", "", "/api", "", "Location: /login", "Location: /login"},
		{"a template", "/v2/people/7", "", "", "", "Location: /v1/users/8", "Location: /v2/people/8"},
		{"that of another route", "/v2/people", "", "", "", "Location: http://127.0.0.1:9/v1/users/8", "Location: http://a.example/v2/people/8"},
		{"a value that only the call knows", "/v2/t/acme/files/a", "", "", "", "Location: /store/b/c", "Location: /v2/t/acme/files/b/c"},
		{"no way back", "/v2/people/7", "", "/api", "", "Location: http://127.0.0.1:9/other", "Location: http://a.example/other"},
		{"Content-Location and Refresh", "/v2/x", "", "", "", "Content-Location: /y\r\nX-A: 1\r\nRefresh: 5; URL=/z", "X-A: 1\r\nContent-Location: /v2/y\r\nRefresh: 5; URL=/v2/z"},
		{"Refresh in quotes", "/v2/x", "", "", "", "Refresh: 0; URL=\"http://127.0.0.1:9/z?a=b\"", "Refresh: 0; URL=\"http://a.example/v2/z?a=b\""},
		{"Refresh in single quotes, with what follows", "/v2/x", "", "", "", "Refresh: 0; url = '/z' ; x='/y'", "Refresh: 0; url = '/v2/z' ; x='/y'"},
		{"Refresh in quotes that are not closed", "/v2/x", "", "", "", "Refresh: 0;url=\"/z", "Refresh: 0;url=\"/v2/z"},
		{"Refresh with blanks", "/v2/x", "", "", "", "Refresh: 0; url = /z", "Refresh: 0; url = /v2/z"},
		{"Refresh without a URL", "/v2/x", "", "", "", "Refresh: 5; url=", "Refresh: 5; url="},
		{"keep", "/v2/kept", "", "", "", "Location: http://127.0.0.1:9/login\r\nSet-Cookie: a=b; Path=/x; Domain=127.0.0.1", "Location: http://127.0.0.1:9/login\r\nSet-Cookie: a=b; Path=/x; Domain=127.0.0.1"},

		{"cookies", "/v2/x", "", "", "", "Set-Cookie: a=b; Path=/app; Secure; HttpOnly; SameSite=None", "Set-Cookie: a=b; Path=/v2/app; Secure; HttpOnly; SameSite=None"},
		{"the widest path", "/v2/x", "", "", "", "Set-Cookie: a=b;path=/;Secure", "Set-Cookie: a=b;path=/v2;Secure"},
		{"in their order, with what is not changed", "/v2/x", "", "", "", "Set-Cookie: a=b\r\nSet-Cookie: c=d; Path=/x\r\nSet-Cookie: e", "Set-Cookie: a=b\r\nSet-Cookie: c=d; Path=/v2/x\r\nSet-Cookie: e"},
		{"its own domain", "/v2/x", "api.internal", "", "", "Set-Cookie: a=b; Domain=.internal; Path=/v2/x", "Set-Cookie: a=b; Path=/v2/x"},
		{"the caller's domain", "/v2/x", "api.internal", "", "", "Set-Cookie: a=b; Domain=example; Secure", "Set-Cookie: a=b; Domain=example; Secure"},
		{"another's domain", "/v2/x", "api.internal", "", "", "Set-Cookie: a=b; Domain=other.test", "Set-Cookie: a=b; Domain=other.test"},
		{"a cookie of the host alone", "/v2/x", "", "", "", "Set-Cookie: __Host-a=b; Path=/; Secure", "Set-Cookie: __Host-a=b; Path=/; Secure"},
		{"a path above the upstream's own", "/v2/x", "", "/api/v3", "", "Set-Cookie: a=b; Path=/api", "Set-Cookie: a=b; Path=/v2"},
		{"a path of the upstream's own", "/v2/x", "", "/api", "", "Set-Cookie: a=b; Path=/api/", "Set-Cookie: a=b; Path=/v2"},
		{"a path beside it", "/v2/x", "", "/api", "", "Set-Cookie: a=b; Path=/other", "Set-Cookie: a=b; Path=/other"},
		{"a path that is none", "/v2/x", "", "", "", "Set-Cookie: a=\"b;c\"; Path=x; Path", "Set-Cookie: a=\"b;c\"; Path=x; Path"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlan()
			p.API.Base, p.API.Routes = "/v2", routes
			p.Spec.Host, p.Spec.Prefix, p.Spec.RequestID = c.host, c.prefix, ""
			if c.in != "" {
				p.Front.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
			}
			x := p.called(t, c.call, c.in)
			defer x.call.Done(admission.Unsent)
			h := answered(t, c.says)
			got := string(x.heads().AppendPassed(nil, h))
			want := "HTTP/1.1 302 Found\r\nDate: x\r\n" + c.want + "\r\nX-Request-Id: " + noonUUID + "\r\n"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			out := make([]byte, 0, 1024)
			if n := testing.AllocsPerRun(10, func() { x.heads().AppendPassed(out, h) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// TestSaidBackStaysHere: what is left of a path behind a prefix never names another server.
func TestSaidBackStaysHere(t *testing.T) {
	for _, c := range []struct{ name, call, in, says, want string }{
		{"two slashes", "/x/y", "", "Location: /inner//evil.test/a?b#c", "Location: http://a.example//evil.test/a?b#c"},
		{"nothing else", "/x/y", "", "Location: /inner//", "Location: http://a.example//"},
		{"over TLS", "https /x/y", "", "Location: /inner//evil.test", "Location: https://a.example//evil.test"},
		{"by a balancer's word", "/x/y", "X-Forwarded-Proto: https\r\nX-Forwarded-Host: www.example\r\n", "Location: /inner//evil.test", "Location: https://www.example//evil.test"},
		{"a backslash", "/x/y", "", `Location: /inner/\evil.test`, `Location: http://a.example/\evil.test`},
		{"a tab, which browsers leave out", "/x/y", "", "Location: /inner/\t/evil.test", "Location: http://a.example/\t/evil.test"},
		{"Content-Location", "/x/y", "", "Content-Location: /inner//evil.test", "Content-Location: http://a.example//evil.test"},
		{"Refresh", "/x/y", "", "Refresh: 0;url=/inner//evil.test", "Refresh: 0;url=http://a.example//evil.test"},
		{"a server of its own before it", "/x/y", "", "Location: http://127.0.0.1:9/inner//evil.test", "Location: http://a.example//evil.test"},
		{"a server without a scheme", "/x/y", "", "Location: //127.0.0.1:9/inner//evil.test", "Location: //a.example//evil.test"},
		{"a template", "/pre/x", "", "Location: /inner/y//evil.test", "Location: /pre//evil.test"},
		{"a template's value", "/id", "", `Location: /inner/users/\evil.test`, `Location: http://a.example/\evil.test`},
		{"the upstream's own word", "/x/y", "", "Location: //evil.test/inner/a", "Location: //evil.test/inner/a"},
		{"the same with a backslash", "/x/y", "", `Location: /\evil.test/inner`, `Location: /\evil.test/inner`},
		{"two slashes further on", "/x/y", "", "Location: /inner/a//b", "Location: /a//b"},
		{"the path of a cookie, which is no reference", "/x/y", "", "Set-Cookie: a=b; Path=/inner//c", "Set-Cookie: a=b; Path=//c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			public := route.Credentials{Need: route.Public}
			p := newPlan()
			p.API.Base, p.Spec.Prefix, p.Spec.RequestID = "", "/inner", ""
			p.API.Routes = []route.Spec{
				{Name: "all", Path: "/**", Credentials: &public},
				{Name: "pre", Path: "/pre/**", Credentials: &public, Rewrite: &route.RewriteSpec{Template: "/y/{**}"}},
				{Name: "one", Path: "/{id}", Credentials: &public, Rewrite: &route.RewriteSpec{Template: "/users/{id}"}},
			}
			if c.in != "" {
				p.Front.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
			}
			x := p.called(t, c.call, c.in)
			defer x.call.Done(admission.Unsent)
			got := string(x.heads().AppendPassed(nil, answered(t, c.says)))
			want := "HTTP/1.1 302 Found\r\nDate: x\r\n" + c.want + "\r\nX-Request-Id: " + noonUUID + "\r\n"
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestSaidBackByBalancers: how the caller has called us is what balancers say of it, and not what the caller has written before their words.
func TestSaidBackByBalancers(t *testing.T) {
	const theirs = "for=203.0.113.9;proto=https;host=www.example"
	for name, in := range map[string]string{
		"alone":                          "Forwarded: " + theirs,
		"behind the client's, in a line": "Forwarded: for=6.6.6.6;proto=http;host=evil.test, " + theirs,
		"behind a line of the client's":  "Forwarded: for=6.6.6.6;proto=http;host=evil.test\r\nForwarded: " + theirs,
		"before a second balancer's":     "Forwarded: host=evil.test, " + theirs + ", for=192.0.2.8;proto=http;host=inner.test",
		"beside another language":        "X-Forwarded-Host: evil.test\r\nForwarded: " + theirs,
	} {
		t.Run(name, func(t *testing.T) {
			public := route.Credentials{Need: route.Public}
			p := newPlan()
			p.API.Base, p.API.Routes = "/v2", []route.Spec{{Name: "all", Path: "/**", Credentials: &public, Rewrite: &route.RewriteSpec{Strip: "/v2"}}}
			p.Front = Front{Trust: forwarded.Trust{Proxies: prefixes("192.0.2.0/24"), Source: forwarded.Forwarded}}
			x := p.called(t, "/v2/x", in+"\r\n")
			defer x.call.Done(admission.Unsent)
			got := string(x.heads().AppendPassed(nil, answered(t, "Location: http://127.0.0.1:9/login")))
			if want := "\r\nLocation: https://www.example/v2/login\r\n"; !strings.Contains(got, want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestSaidBackByLists: of fields that are lists by custom, the balancers' words count and not what a client put before them.
func TestSaidBackByLists(t *testing.T) {
	const list = "X-Forwarded-For: 203.0.113.9\r\n"
	const two = "X-Forwarded-For: 203.0.113.9, 192.0.2.8\r\n"
	xff, real, peer := forwarded.XForwardedFor, forwarded.XRealIP, forwarded.Peer
	for _, c := range []struct {
		name   string
		source forwarded.Source
		in     string
		want   string // how the answer calls us
	}{
		{"set by the balancer", xff, list + "X-Forwarded-Host: www.example\r\nX-Forwarded-Proto: https", "https://www.example"},
		{"appended to the client's", xff, list + "X-Forwarded-Host: evil.test, www.example\r\nX-Forwarded-Proto: http, https", "https://www.example"},
		{"appended to the client's list", xff, "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\nX-Forwarded-Host: evil.test, www.example\r\nX-Forwarded-Proto: http, https", "https://www.example"},
		{"a line behind the client's", xff, list + "X-Forwarded-Host: evil.test\r\nX-Forwarded-Host: www.example\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Proto: https", "https://www.example"},
		{"lists in lines", xff, list + "X-Forwarded-Host: evil.test, a.evil.test\r\nX-Forwarded-Host: b.evil.test ,www.example , ,\r\nX-Forwarded-Proto: http,,https,", "https://www.example"},
		{"nobody says which field counts", peer, "X-Forwarded-Host: evil.test, www.example\r\nX-Forwarded-Proto: http, https", "https://www.example"},
		{"X-Real-IP counts", real, "X-Real-IP: 203.0.113.9\r\nX-Forwarded-Host: evil.test, www.example\r\nX-Forwarded-Proto: http, https", "https://www.example"},
		{"two balancers, both append the scheme", xff, two + "X-Forwarded-Host: www.example\r\nX-Forwarded-Proto: https, http", "https://www.example"},
		{"two balancers in lines", xff, "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 192.0.2.8\r\nX-Forwarded-Proto: http, https, http", "https://a.example"},
		{"two balancers, one appends the name", xff, two + "X-Forwarded-Host: evil.test, www.example", "http://www.example"},
		{"what cannot be a name", xff, list + "X-Forwarded-Host: www.example, a/b\r\nX-Forwarded-Proto: https", "https://a.example"},
		{"nothing but commas", xff, list + "X-Forwarded-Host: , ,\r\nX-Forwarded-Proto: ,", "http://a.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			public := route.Credentials{Need: route.Public}
			p := newPlan()
			p.API.Base, p.API.Routes = "/v2", []route.Spec{{Name: "all", Path: "/**", Credentials: &public, Rewrite: &route.RewriteSpec{Strip: "/v2"}}}
			p.Front = Front{Trust: forwarded.Trust{Proxies: prefixes("192.0.2.0/24"), Source: c.source}}
			x := p.called(t, "/v2/x", c.in+"\r\n")
			defer x.call.Done(admission.Unsent)
			h, out := answered(t, "Location: http://127.0.0.1:9/login"), make([]byte, 0, 1024)
			if got := string(x.heads().AppendPassed(nil, h)); !strings.Contains(got, "\r\nLocation: "+c.want+"/v2/login\r\n") {
				t.Errorf("got %q", got)
			}
			if n := testing.AllocsPerRun(10, func() { x.heads().AppendPassed(out, h) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// called is a call of a.example that was admitted; "https " before its path: over TLS.
func (p *plan) called(t *testing.T, call, fields string) *exchange {
	t.Helper()
	target, secure := strings.CutPrefix(call, "https ")
	x := p.build(t).admitted(t, "GET "+target+" HTTP/1.1\r\nHost: a.example\r\n"+fields+"\r\n", "192.0.2.7", secure)
	if x == nil {
		t.Fatal("the call was not admitted")
	}
	return x
}

// answered is the head of an upstream's answer with some fields.
func answered(t *testing.T, fields string) *http1.ResponseHead {
	t.Helper()
	h := new(http1.ResponseHead)
	raw, lim := []byte("HTTP/1.1 302 Found\r\nDate: x\r\n"+fields+"\r\n\r\n"), http1.ResponseDefaults()
	if f := http1.ParseResponse(raw, &lim, false, false, h); f.Kind != http1.OK {
		t.Fatal(f)
	}
	return h
}
