package gateway

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/route"
)

// keyed is the key of a call; raw has TOKEN and BOB for tokens.
func (s *stage) keyed(t *testing.T, raw string, secure bool) cache.Key {
	t.Helper()
	raw = strings.NewReplacer("TOKEN", s.token, "BOB", s.bob, "|", "\r\n").Replace(raw) + "\r\n\r\n"
	x := s.admitted(t, raw, "192.0.2.7", secure)
	if x == nil {
		t.Fatalf("not admitted: %s", raw)
	}
	defer x.giveBack()
	defer x.call.Done(0)
	beginCached(x)
	return keyOf(x)
}

// What a key is made of: two calls have one key only if their answers may be each other's.
func TestKey(t *testing.T) {
	const base = "GET /me?a=1 HTTP/1.1|Host: a.example|Authorization: Bearer TOKEN"
	const open = "GET /public/x HTTP/1.1|Host: a.example"
	const query = "GET /query?a=1 HTTP/1.1|Host: a.example|Authorization: Bearer TOKEN"
	for name, c := range map[string]struct {
		one, two          string
		shared, principal bool // the same under that mode
		target            bool // at least what is asked for is the same
	}{
		"the same":                 {base, base + "|User-Agent: x|Accept: y", true, true, true},
		"HEAD":                     {base, strings.Replace(base, "GET", "HEAD", 1), true, true, true},
		"the host in capitals":     {base, strings.Replace(base, "a.example", "A.EXAMPLE", 1), true, true, true},
		"another host":             {base, strings.Replace(base, "a.example", "b.example", 1), false, false, true},
		"another query":            {base, strings.Replace(base, "a=1", "a=2", 1), false, false, false},
		"another path":             {open, strings.Replace(open, "/x", "/y", 1), false, false, false},
		"another member":           {base, strings.Replace(base, "TOKEN", "BOB", 1), false, false, true},
		"a cookie":                 {base, base + "|Cookie: s=a", true, false, true},
		"another cookie":           {base + "|Cookie: s=b", base + "|Cookie: s=a", true, false, true},
		"a key":                    {base, base + "|X-API-Key: a", true, false, true},
		"a cookie of nobody":       {open, open + "|Cookie: s=a", true, true, true}, // what is stored for him is for all, or is not stored
		"another forwarded token":  {strings.Replace(base, "/me?a=1", "/keep", 1), strings.NewReplacer("/me?a=1", "/keep", "TOKEN", "BOB").Replace(base), false, false, true},
		"the token in the query":   {query, strings.Replace(strings.Replace(query, "?a=1", "?a=1&access_token=TOKEN", 1), "|Authorization: Bearer TOKEN", "", 1), true, true, true},
		"an address of his own":    {open, open + "|X-Forwarded-Host: evil.example", false, false, true},
		"another such":             {open + "|Forwarded: host=a", open + "|Forwarded: host=b", false, false, true},
		"a name of ours":           {open, open + "|Candor-Member: ada", true, true, true},
		"a path for another field": {open + "|X-Forwarded-Host: a", open + "|X-Forwarded-Port: a", false, false, true},
	} {
		for mode, same := range map[route.CacheMode]bool{route.CacheShared: c.shared, route.CachePerPrincipal: c.principal} {
			p, _ := caching(mode)
			s := p.build(t)
			one, two := s.keyed(t, c.one, false), s.keyed(t, c.two, false)
			if (one == two) != same || (one.Target == two.Target) != c.target {
				t.Errorf("%s, mode %v: the same %v, want %v; the target %v, want %v", name, mode, one == two, same, one.Target == two.Target, c.target)
			}
		}
	}
	p, _ := caching(route.CacheShared)
	s := p.build(t)
	before := s.keyed(t, open, false)
	if before == s.keyed(t, open, true) {
		t.Error("over TLS and without it a call has one key")
	}
	next := *s.Policy()
	next.Changed = map[uint32]Generation{}
	for _, r := range next.Admission.Routes.Routes() {
		next.Changed[r.Number] = Generation{Number: 2}
	}
	s.SetPolicy(&next)
	if before == s.keyed(t, open, false) {
		t.Error("a route that was changed has the key that it had before")
	}
}

// By which fields a call is one with a credential, though Candor does not look at them.
func TestFieldsOfCredentials(t *testing.T) {
	for name, is := range map[string]bool{
		"X-Api-Key": true, "x_api_key": true, "X-Auth-Token": true, "Proxy-Authorization": true, "X-Session-Id": true,
		"Remote-User": true, "X_Remote_User": true, "X-WebAuth-User": true, "X-User-Id": true, "X-Client-Cert": true, "Client-Cert": true, "SSL-Client-S-DN": true,
		"X-Amzn-Oidc-Identity": true, "Cf-Access-Jwt-Assertion": true, "X-Goog-Authenticated-User-Email": true, "X-Ms-Client-Principal": true, "X-Consumer-Username": true,
		"User-Agent": false, "X-Original-User-Agent": false, "X-Device": false, "Sec-Fetch-User": false, "From": false, "X-Users": false, "Accept": false, "X-Certain": false,
	} {
		p, _ := caching(route.CacheShared)
		s := p.build(t)
		x := s.admitted(t, "GET /public/x HTTP/1.1\r\nHost: a.example\r\n"+name+": a\r\n\r\n", "192.0.2.7", false)
		if x == nil {
			t.Fatal(name)
		}
		if got := hasCredential(x); got != is {
			t.Errorf("%s: %v, want %v", name, got, is)
		}
		x.call.Done(0)
		x.giveBack()
	}
}
