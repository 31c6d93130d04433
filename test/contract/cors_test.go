package contract

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// TestCORSOfBrokenHeads: a head that breaks off may have lost its Origin. Where every origin is told the same, a script reads what was wrong all the same;
// where the answer depends on the origin, only one that came is told anything.
func TestCORSOfBrokenHeads(t *testing.T) {
	h := start(t, `
limits: {head: 2KiB, fields: 32}
upstreams: {up: "{{upstream}}"}
apis:
  - {name: any, base: /any, credentials: public, cors: {origins: ["*"]}, routes: [/**]}
  - {name: named, base: /named, credentials: public, cors: {origins: ["https://app.example.com"], credentials: true}, routes: [/**]}
`, stage.Words{}, server.Options{})
	const from = "Origin: https://app.example.com\r\n"
	large, many := "X-A: "+strings.Repeat("x", 3000)+"\r\n", strings.Repeat("X-A: x\r\n", 40)
	for name, c := range map[string]struct{ path, lines, problem, allowed string }{
		"too large, every origin":                      {"/any/x", large + from, "headers_too_large", "*"},
		"too large, every origin, which came":          {"/any/x", from + large, "headers_too_large", "*"},
		"too large, one origin, which was not read":    {"/named/x", large + from, "headers_too_large", ""},
		"too large, one origin, which came":            {"/named/x", from + large, "headers_too_large", "https://app.example.com"},
		"too large, one origin, and another came":      {"/named/x", "Origin: https://evil.example\r\n" + large, "headers_too_large", ""},
		"too many, every origin":                       {"/any/x", many + from, "headers_too_large", "*"},
		"malformed, every origin":                      {"/any/x", "X-A : x\r\n" + from, "malformed_request", "*"},
		"malformed, one origin, which was not read":    {"/named/x", "X-A : x\r\n" + from, "malformed_request", ""},
		"no API, whose listener says nothing of CORS":  {"/x", large + from, "headers_too_large", ""},
		"whole, every origin, and no script that asks": {"/any//x", "", "invalid_url", ""},
	} {
		t.Run(name, func(t *testing.T) {
			client := h.dial(t, "plain")
			defer client.Close()
			client.Send("GET " + c.path + " HTTP/1.1\r\nHost: api\r\n" + c.lines + "\r\n")
			a, err := client.Answer(false)
			if err != nil || a.Field("Candor-Problem") != c.problem || a.Field("Access-Control-Allow-Origin") != c.allowed {
				t.Errorf("want %s and Access-Control-Allow-Origin %q: %v\n%s", c.problem, c.allowed, err, a.Head)
			}
		})
	}
}
