package gateway

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The line of a call whose head is wrong says what of it was read, and no more.
func TestLogOfAWrongHead(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for in, want := range map[string]map[string]any{
			"\x00":                       {"status": 400.0, "problem": "malformed_request"},
			"G\x00":                      {"status": 400.0, "problem": "malformed_request"},
			"GET \r\n":                   {"status": 400.0, "problem": "malformed_request", "method": "GET"},
			"GET /a\x00":                 {"status": 400.0, "problem": "malformed_request", "method": "GET"},
			"GET /a\r\n":                 {"status": 400.0, "problem": "malformed_request", "method": "GET"},
			"GET /a?b HTTP/3.0\r\n":      {"status": 505.0, "problem": "http_version", "method": "GET", "target": "/a?b"},
			"GET /a HTTP/1.1\r\nX\r\n":   {"status": 400.0, "problem": "malformed_request", "method": "GET", "target": "/a", "version": "HTTP/1.1"},
			"GET /a HTTP/1.1\r\nX: \x00": {"status": 400.0, "problem": "malformed_request", "method": "GET", "target": "/a", "version": "HTTP/1.1"},
		} {
			t.Run(in, func(t *testing.T) {
				p := newPlan()
				said := &lines{}
				p.Options.Portable, p.Log = portable, said
				h := p.open(t, answering("unused"))
				c := h.dial(t)
				c.send(in)
				c.read()
				c.halfClose()
				c.end()
				if said := said.all(); len(said) > 0 {
					t.Error(said)
				}
				var got map[string]any
				if err := json.Unmarshal([]byte(h.logged(t, 1)[0]), &got); err != nil {
					t.Fatal(err)
				}
				line := map[string]any{}
				for _, name := range []string{"status", "problem", "method", "target", "version", "route"} {
					if v, ok := got[name]; ok {
						line[name] = v
					}
				}
				if diff := cmp.Diff(want, line); diff != "" {
					t.Errorf("the line (-want +got):\n%s", diff)
				}
			})
		}
	})
}
