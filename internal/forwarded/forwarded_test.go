package forwarded

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/http1"
)

func parse(tb testing.TB, fields string) *http1.Head {
	tb.Helper()
	lim, h := http1.Defaults(), &http1.Head{}
	h.Reset()
	if f := http1.ParseRequest([]byte("GET / HTTP/1.1\r\nHost: a\r\n"+fields+"\r\n"), &lim, h); f.Kind != http1.OK {
		tb.Fatalf("%q: %v", fields, f.Kind)
	}
	return h
}

var proxies = Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:a::/48")}

// TestClient: from 10.0.0.1, which is believed.
func TestClient(t *testing.T) {
	const (
		xff  = "X-Forwarded-For: "
		fwd  = "Forwarded: "
		real = "X-Real-IP: "
	)
	for name, c := range map[string]struct {
		source Source
		fields string
		want   string // with a "?" where it is not known
	}{
		"nothing is read":                    {Peer, xff + "192.0.2.1\r\n" + fwd + "for=192.0.2.1\r\n" + real + "192.0.2.1\r\n", "10.0.0.1?"},
		"no field is, with the PROXY header": {ProxyProtocol, xff + "192.0.2.1\r\n", "10.0.0.1?"},

		"one address":                      {XForwardedFor, xff + "192.0.2.1\r\n", "192.0.2.1"},
		"what the client says of itself":   {XForwardedFor, xff + "198.51.100.9, 192.0.2.1\r\n", "192.0.2.1"},
		"through two balancers":            {XForwardedFor, xff + "198.51.100.9, 192.0.2.1, 10.0.0.2\r\n", "192.0.2.1"},
		"a client that is named a proxy":   {XForwardedFor, xff + "192.0.2.1, 10.0.0.2, 203.0.113.5\r\n", "203.0.113.5"},
		"balancers alone":                  {XForwardedFor, xff + "10.0.0.3, 10.0.0.2\r\n", "10.0.0.3"},
		"several lines are one list":       {XForwardedFor, xff + "198.51.100.9\r\nX-A: 1\r\n" + xff + "192.0.2.1, 10.0.0.2\r\n", "192.0.2.1"},
		"the last line counts":             {XForwardedFor, xff + "192.0.2.1\r\nx-forwarded-for: 203.0.113.5\r\n", "203.0.113.5"},
		"empty elements":                   {XForwardedFor, xff + ", ,192.0.2.1,,\t,10.0.0.2, ,\r\n", "192.0.2.1"},
		"an empty line":                    {XForwardedFor, xff + "192.0.2.1\r\n" + xff + "\r\n", "192.0.2.1"},
		"empty alone":                      {XForwardedFor, xff + ", ,\r\n", "10.0.0.1?"},
		"none":                             {XForwardedFor, "", "10.0.0.1?"},
		"another field is not read":        {XForwardedFor, fwd + "for=192.0.2.1\r\n" + real + "192.0.2.1\r\n", "10.0.0.1?"},
		"what CGI takes for it neither":    {XForwardedFor, "X_Forwarded_For: 192.0.2.1\r\n", "10.0.0.1?"},
		"a port":                           {XForwardedFor, xff + "192.0.2.1:4711\r\n", "192.0.2.1"},
		"brackets and a port":              {XForwardedFor, xff + "[2001:db8::1]:4711\r\n", "2001:db8::1"},
		"a zone":                           {XForwardedFor, xff + "fe80::1%eth0\r\n", "fe80::1"},
		"a balancer with a port":           {XForwardedFor, xff + "192.0.2.1:1, 10.0.0.2:2\r\n", "192.0.2.1"},
		"a mapped balancer":                {XForwardedFor, xff + "192.0.2.1, ::ffff:10.0.0.2\r\n", "192.0.2.1"},
		"a balancer of IPv6":               {XForwardedFor, xff + "192.0.2.1, 2001:db8:a::7\r\n", "192.0.2.1"},
		"unknown":                          {XForwardedFor, xff + "192.0.2.1, unknown\r\n", "10.0.0.1?"},
		"unknown behind another balancer":  {XForwardedFor, xff + "192.0.2.1, unknown, 10.0.0.2\r\n", "10.0.0.2?"},
		"a name":                           {XForwardedFor, xff + "a.example\r\n", "10.0.0.1?"},
		"bytes beyond ASCII":               {XForwardedFor, xff + "\xff\xfe\r\n", "10.0.0.1?"},
		"64 balancers":                     {XForwardedFor, xff + "192.0.2.1" + strings.Repeat(", 10.0.0.2", 63) + "\r\n", "192.0.2.1"},
		"65 balancers":                     {XForwardedFor, xff + "192.0.2.1" + strings.Repeat(", 10.0.0.2", 65) + "\r\n", "10.0.0.2?"},
		"a thousand that the client wrote": {XForwardedFor, xff + strings.Repeat("10.0.0.2, ", 1000) + "192.0.2.1\r\n", "192.0.2.1"},

		"Forwarded":                           {Forwarded, fwd + "for=192.0.2.1;proto=https;by=203.0.113.43\r\n", "192.0.2.1"},
		"Forwarded, the last":                 {Forwarded, fwd + "for=198.51.100.9, for=192.0.2.1\r\n", "192.0.2.1"},
		"Forwarded, for is not first":         {Forwarded, fwd + "proto=https; For = \"192.0.2.1:80\" ;host=x\r\n", "192.0.2.1"},
		"Forwarded, IPv6":                     {Forwarded, fwd + "for=\"[2001:db8:cafe::17]:4711\"\r\n", "2001:db8:cafe::17"},
		"Forwarded, IPv6 without quotes":      {Forwarded, fwd + "for=[2001:db8:cafe::17]:4711\r\n", "2001:db8:cafe::17"},
		"Forwarded, a hidden port":            {Forwarded, fwd + "for=\"192.0.2.1:_http\"\r\n", "192.0.2.1"},
		"Forwarded, two balancers":            {Forwarded, fwd + "for=192.0.2.1, for=10.0.0.3;proto=http\r\n" + fwd + "for=10.0.0.2\r\n", "192.0.2.1"},
		"Forwarded, a comma in quotes":        {Forwarded, fwd + "for=198.51.100.9, for=192.0.2.1;host=\"a, for=203.0.113.5\"\r\n", "192.0.2.1"},
		"Forwarded, quotes within quotes":     {Forwarded, fwd + "for=192.0.2.1;host=\"a\\\",for=203.0.113.5;x=\\\"\\\\\"\r\n", "192.0.2.1"},
		"Forwarded, a quote left open":        {Forwarded, fwd + "for=\"198.51.100.9, for=192.0.2.1\r\n", "192.0.2.1"},
		"Forwarded, left open before quotes":  {Forwarded, fwd + "for=\"198.51.100.9, for=\"[2001:db8::1]\"\r\n", "2001:db8::1"},
		"Forwarded, a quote on its own line":  {Forwarded, fwd + "for=\"\r\n" + fwd + "for=192.0.2.1\r\n", "192.0.2.1"},
		"Forwarded, open at the end":          {Forwarded, fwd + "for=192.0.2.1, for=\"203.0.113.5\r\n", "10.0.0.1?"},
		"Forwarded, a semicolon at the end":   {Forwarded, fwd + "for=192.0.2.1;\r\n", "192.0.2.1"},
		"Forwarded, an extension":             {Forwarded, fwd + "for=192.0.2.1;secret=\"a;b\";x=y\r\n", "192.0.2.1"},
		"Forwarded, unknown":                  {Forwarded, fwd + "for=192.0.2.1, for=unknown\r\n", "10.0.0.1?"},
		"Forwarded, hidden":                   {Forwarded, fwd + "for=192.0.2.1, for=_gazonk\r\n", "10.0.0.1?"},
		"Forwarded, nobody named":             {Forwarded, fwd + "for=192.0.2.1, proto=https\r\n", "10.0.0.1?"},
		"Forwarded, two in one element":       {Forwarded, fwd + "for=192.0.2.1;for=203.0.113.5\r\n", "10.0.0.1?"},
		"Forwarded, no pairs":                 {Forwarded, fwd + "192.0.2.1\r\n", "10.0.0.1?"},
		"Forwarded, no name":                  {Forwarded, fwd + "for=192.0.2.1;=x\r\n", "10.0.0.1?"},
		"Forwarded, no value":                 {Forwarded, fwd + "for=\r\n", "10.0.0.1?"},
		"Forwarded, a quote within":           {Forwarded, fwd + "for=192.0.2.1\"\"\r\n", "10.0.0.1?"},
		"Forwarded, more behind quotes":       {Forwarded, fwd + "for=\"192.0.2.1\"x\r\n", "10.0.0.1?"},
		"Forwarded, an escape in the address": {Forwarded, fwd + "for=\"192.0.2.\\1\"\r\n", "10.0.0.1?"},
		"Forwarded, empty elements":           {Forwarded, fwd + ",for=192.0.2.1, ,\r\n", "192.0.2.1"},
		"Forwarded, a lone quote":             {Forwarded, fwd + "\"\r\n", "10.0.0.1?"},

		"X-Real-IP":                  {XRealIP, real + "192.0.2.1\r\n", "192.0.2.1"},
		"X-Real-IP of a balancer":    {XRealIP, real + "10.0.0.2\r\n", "10.0.0.2"},
		"X-Real-IP twice":            {XRealIP, real + "192.0.2.1\r\n" + real + "192.0.2.1\r\n", "10.0.0.1?"},
		"X-Real-IP is no list":       {XRealIP, real + "192.0.2.1, 203.0.113.5\r\n", "10.0.0.1?"},
		"X-Real-IP, empty":           {XRealIP, real + "\r\n", "10.0.0.1?"},
		"X-Real-IP, unknown":         {XRealIP, real + "unknown\r\n", "10.0.0.1?"},
		"X-Real-IP beside its likes": {XRealIP, "X_Real_IP: 203.0.113.5\r\n" + real + "192.0.2.1\r\n", "192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			trust := Trust{proxies, c.source}
			client, known := trust.Client(parse(t, c.fields), netip.MustParseAddr("10.0.0.1"))
			got := client.String()
			if !known {
				got += "?"
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestNoAllocs(t *testing.T) {
	h := parse(t, "X-Forwarded-For: 192.0.2.1, [2001:db8:a::1]:80, 10.0.0.2\r\nForwarded: for=192.0.2.1, for=\"[2001:db8:a::1]:80\";host=\"a, b\"\r\nX-Real-IP: 2001:db8::1\r\n")
	from := netip.MustParseAddr("10.0.0.1")
	for s := range readings {
		trust := Trust{proxies, Source(s)}
		if n := testing.AllocsPerRun(100, func() { trust.Client(h, from) }); n != 0 {
			t.Errorf("source %d: %v allocations", s, n)
		}
	}
}

// FuzzForwarded: whatever a client has written, what the balancer appends to it decides.
func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{"", "for=1.2.3.4", `for="`, `for="\`, `a="\"`, `"`, `,"`, `\`, `for=1.2.3.4;host="a`, "unknown"} {
		f.Add(seed)
	}
	lim := http1.Defaults()
	f.Fuzz(func(t *testing.T, came string) {
		for source, own := range map[Source]string{Forwarded: `for="[2001:db8::1]:4711";host="a;b,c\"";proto=https`, XForwardedFor: "2001:db8::1"} {
			name := map[Source]string{Forwarded: "Forwarded: ", XForwardedFor: "X-Forwarded-For: "}[source]
			for _, text := range []string{name + came + ", " + own, name + came + "\r\n" + name + own} {
				h := &http1.Head{}
				h.Reset()
				if fault := http1.ParseRequest([]byte("GET / HTTP/1.1\r\nHost: a\r\n"+text+"\r\n\r\n"), &lim, h); fault.Kind != http1.OK {
					continue
				}
				if strings.ContainsAny(came, "\r\n") { // it may have added lines of its own
					continue
				}
				trust := Trust{proxies, source}
				if got, known := trust.Client(h, netip.MustParseAddr("10.0.0.1")); !known || got.String() != "2001:db8::1" {
					t.Errorf("%q: %v, %v", text, got, known)
				}
			}
		}
	})
}
