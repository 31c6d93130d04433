package gateway

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/forwarded"
)

// FuzzSpoofed: whatever a client writes into the fields of balancers, one that appends its address to the field that counts decides who calls, and what a
// protected API is told begins with that.
func FuzzSpoofed(f *testing.F) {
	for _, seed := range []string{"", "198.51.100.1", "192.0.2.9", "192.0.2.9, ", "unknown", `for="`, `for=192.0.2.9;host="a`, `\"`, ",", "10.0.0.1\t,", "\x80", `for=192.0.2.9, for=192.0.2.9`} {
		f.Add(seed, seed, false)
		f.Add(seed, "198.51.100.1", true)
	}
	stages := map[forwarded.Source]*stage{}
	for _, source := range []forwarded.Source{forwarded.XForwardedFor, forwarded.Forwarded} {
		p := newPlan()
		p.Spec.RequestID, p.Front = "", Front{Trust: forwarded.Trust{Proxies: prefixes("192.0.2.0/24"), Source: source}}
		stages[source] = p.build(f)
	}
	own := map[forwarded.Source][2]string{
		forwarded.XForwardedFor: {"203.0.113.5", "\r\nX-Forwarded-For: 203.0.113.5, 192.0.2.7\r\n"},
		forwarded.Forwarded:     {`for=203.0.113.5;host="a,\"b"`, "\r\nForwarded: for=203.0.113.5;host=\"a,\\\"b\", for=192.0.2.7;proto=http\r\n"},
	}
	f.Fuzz(func(t *testing.T, came, other string, apart bool) {
		if strings.ContainsAny(came+other, "\r\n") {
			return
		}
		for source, s := range stages {
			field, its := "X-Forwarded-For: ", "Forwarded: "
			if source == forwarded.Forwarded {
				field, its = its, field
			}
			between := ", "
			if apart {
				between = "\r\n" + field
			}
			x := s.admitted(t, "GET /me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "+s.token+"\r\n"+its+other+"\r\nX-Real-IP: "+other+"\r\n"+field+came+between+own[source][0]+"\r\n\r\n", "192.0.2.7", false)
			if x == nil {
				continue // it is no HTTP
			}
			out := string(x.prepared(s.upstream))
			x.call.Done(admission.Unsent)
			if client := x.call.Peer; client.Shared || client.Addr.String() != "203.0.113.5" {
				t.Errorf("%q, %q: the caller is %v", came, other, client)
			}
			if !strings.Contains(out, own[source][1]) || strings.Count(out, "orwarded") != 1 {
				t.Errorf("%q, %q: the API is told %q", came, other, out)
			}
		}
	})
}
