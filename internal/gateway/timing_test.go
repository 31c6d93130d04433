package gateway

import (
	"regexp"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/route"
)

// What is told of the times of a call, by how far it came, and to whom nothing is told.
func TestServerTiming(t *testing.T) {
	const ms = `\d+\.\d{3}`
	var (
		passed  = regexp.MustCompile(`\r\nServer-Timing: (head;dur=` + ms + `, )?admit;dur=` + ms + `, (connect;dur=` + ms + `, )?upstream;dur=` + ms + `, total;dur=` + ms + `\r\n`)
		refused = regexp.MustCompile(`\r\nServer-Timing: (head;dur=` + ms + `, )?total;dur=` + ms + `\r\n`)
	)
	engines(t, func(t *testing.T, portable bool) {
		for _, c := range []struct {
			name   string
			timed  bool
			send   func(h *house) string
			status string
			want   *regexp.Regexp // nil: no word of it
		}{
			{"passed on", true, func(h *house) string { return h.get("/me") }, "200", passed},
			{"a coding that is not taken", true, func(h *house) string { return h.get("/me", "Transfer-Encoding: gzip, chunked") }, "501", nil},
			{"a limit", true, func(h *house) string { return h.get("/limited") }, "429", refused},
			{"no credential", true, func(*house) string { return "GET /me HTTP/1.1\r\nHost: a.example\r\n\r\n" }, "401", nil},
			{"a path that is none", true, func(h *house) string { return h.get("/nowhere") }, "404", nil},
			{"not asked for", false, func(h *house) string { return h.get("/me") }, "200", nil},
		} {
			t.Run(c.name, func(t *testing.T) {
				p := newPlan()
				p.Options.Portable = portable
				p.API.ServerTiming, p.Limits[0].N = c.timed, 1
				h := p.open(t, answering("HTTP/1.1 200 OK\r\nServer-Timing: db;dur=5\r\nContent-Length: 2\r\n\r\nok"))
				one := h.dial(t)
				one.send(h.get("/limited")) // which takes what the limit has
				one.read()
				one.send(c.send(h))
				got := one.read()
				if !strings.HasPrefix(got.head, "HTTP/1.1 "+c.status+" ") {
					t.Fatalf("%s", got.head)
				}
				ours := strings.Count(got.head, "total;dur=")
				switch {
				case c.want == nil && ours > 0:
					t.Errorf("told of the times:\n%s", got.head)
				case c.want != nil && (ours != 1 || !c.want.MatchString(got.head)):
					t.Errorf("want %s:\n%s", c.want, got.head)
				case c.status == "200" && !strings.Contains(got.head, "\r\nServer-Timing: db;dur=5\r\n"):
					t.Errorf("the API's own is gone:\n%s", got.head)
				}
			})
		}
	})
}

// A page of an origin that is allowed may read the times, and no other.
func TestServerTimingForScripts(t *testing.T) {
	p := newPlan()
	p.API.ServerTiming, p.API.CORS = true, &route.CORSSpec{Origins: []string{"https://app.example"}}
	h := p.open(t, answering(kilobyte))
	for origin, want := range map[string]bool{"https://app.example": true, "https://other.example": false} {
		one := h.dial(t)
		one.send(h.get("/me", "Origin: "+origin))
		got := one.read()
		if told := strings.Contains(got.head, "\r\nTiming-Allow-Origin: "+origin+"\r\n"); told != want {
			t.Errorf("%s:\n%s", origin, got.head)
		}
	}
}
