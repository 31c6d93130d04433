package gateway

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/route"
)

// TestLogOfTemplates: the log has the target that the upstream got, and of one with a key in it what may be shown of its template.
func TestLogOfTemplates(t *testing.T) {
	for _, c := range []struct {
		name string
		spec route.RewriteSpec
		sent string
		want string
	}{
		{"as it was sent", route.RewriteSpec{Template: "/y/{**}?k=v"}, "GET /y/a?k=v HTTP/1.1\r\n", `"upstream_target":"/y/a?k=v"`},
		{"with a key", route.RewriteSpec{Template: "/y/{**}?k=s3cr3t", Shown: "/y/{**}?k=${KEY}"}, "GET /y/a?k=s3cr3t HTTP/1.1\r\n", `"upstream_target":"/y/{**}?k=${KEY}"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			public := route.Credentials{Need: route.Public}
			p := newPlan()
			p.API.Base, p.API.Routes = "", []route.Spec{{Name: "all", Path: "/**", Credentials: &public, Rewrite: &c.spec}}
			o := answering("HTTP/1.1 204 \r\n\r\n")
			h := p.open(t, o)
			client := h.dial(t)
			client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
			if got := client.read(); got.status != 204 {
				t.Fatalf("got %q", got.head)
			}
			if sent := <-o.seen; !strings.HasPrefix(sent, c.sent) {
				t.Errorf("the upstream got %q, want %q", sent, c.sent)
			}
			line := h.logged(t, 1)[0]
			if !strings.Contains(line, c.want) || strings.Contains(line, "s3cr3t") {
				t.Errorf("the log has %s, want %s", line, c.want)
			}
		})
	}
}
