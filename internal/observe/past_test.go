package observe

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// pointing is an answer with one of the fields that name a URL, to a call with a Host.
func pointing(field, value, host string) *accesslog.Entry {
	return call("GET", "/x", 302, func(e *accesslog.Entry) {
		e.Seen.Host = []byte(host)
		a := &e.Seen.Answer
		switch field {
		case "Location":
			a.Location = []byte(value)
		case "Content-Location":
			a.ContentLocation = []byte(value)
		case "Refresh":
			a.Refresh = []byte(value)
		}
	})
}

// TestLeadsPast: a URL of the upstream's own, by which a caller that follows it does not come through here, is told; what leads here or elsewhere is not.
func TestLeadsPast(t *testing.T) {
	const here = "127.0.0.1:8080"
	for _, c := range []struct{ name, upstream, field, value, host, want string }{
		{"a path", "", "Location", "/y", here, ""},
		{"nothing", "", "Location", "", here, ""},
		{"no URL", "", "Location", "http://[::1", here, ""},
		{"here", "", "Location", "http://127.0.0.1:8080/y", here, ""},
		{"elsewhere", "", "Location", "https://login.example/y", here, ""},
		{"another port", "", "Location", "http://127.0.0.1:3001/y", here, ""},
		{"the upstream", "", "Location", "http://127.0.0.1:3000/y?code=secret#f", here, "http://127.0.0.1:3000/y"},
		{"the upstream, with a user", "", "Location", "http://u:secret@127.0.0.1:3000/y", here, "http://127.0.0.1:3000/y"},
		{"the upstream, without a scheme", "", "Location", "//127.0.0.1:3000/y", here, "//127.0.0.1:3000/y"},
		{"another name of this machine", "", "Location", "http://LocalHost:3000/", here, "http://localhost:3000/"},
		{"any address of this machine", "", "Location", "http://0.0.0.0:3000/", here, "http://0.0.0.0:3000/"},
		{"the same in IPv6", "", "Location", "http://[::1]:3000/", here, "http://[::1]:3000/"},
		{"https of its port", "", "Location", "https://127.0.0.1:3000/", here, "https://127.0.0.1:3000/"},
		{"https of its host", "", "Location", "https://127.0.0.1/", here, "https://127.0.0.1/"},
		{"http of another port", "", "Location", "http://127.0.0.1/", here, ""},
		{"the upstream, as the caller calls it", "", "Location", "http://127.0.0.1:3000/y", "127.0.0.1:3000", ""},
		{"https, as the caller calls it", "", "Location", "https://127.0.0.1/y", "127.0.0.1", ""},
		{"the usual port", "https://api.example.com/v1", "Location", "https://API.example.com/y", here, "https://api.example.com/y"},
		{"the usual port, said", "https://api.example.com", "Location", "https://api.example.com:443/y", here, "https://api.example.com:443/y"},
		{"another host", "https://api.example.com", "Location", "https://www.example.com/y", here, ""},
		{"this machine, of another", "https://api.example.com:3000", "Location", "http://127.0.0.1:3000/y", here, ""},
		{"Content-Location", "", "Content-Location", "http://127.0.0.1:3000/y", here, "http://127.0.0.1:3000/y"},
		{"Refresh", "", "Refresh", "5; url=http://127.0.0.1:3000/y", here, "http://127.0.0.1:3000/y"},
		{"Refresh, quoted", "", "Refresh", `0,URL = "http://127.0.0.1:3000/y"z`, here, "http://127.0.0.1:3000/y"},
		{"Refresh, bare", "", "Refresh", "0; http://127.0.0.1:3000/y", here, "http://127.0.0.1:3000/y"},
		{"Refresh of the page itself", "", "Refresh", "5", here, ""},
		{"what misleads", "", "Location", "http://127.0.0.1:3000/\u202ey\x1b[2J", here, ""},
		{"a long path", "", "Location", "http://127.0.0.1:3000/" + strings.Repeat("y", 4*maxPath), here, "http://127.0.0.1:3000/" + strings.Repeat("y", maxPath-2) + "…"},
		{"what misleads, escaped", "", "Location", "http://127.0.0.1:3000/\u202ey", here, `http://127.0.0.1:3000/%E2%80%AEy`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			s := New(Options{Out: &out, Upstream: either(c.upstream, "http://127.0.0.1:3000")})
			for range 3 {
				s.Call(pointing(c.field, c.value, c.host))
			}
			want := ""
			if c.want != "" {
				want = "12:00:00 302 GET /x | answers lead past Candor: " + c.field + " " + c.want + "; calls of who follows it are not seen | fix: " + pastFix + " | id " + idText + "\n"
			}
			if diff := cmp.Diff(want, out.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLeadsPastInTheSummary(t *testing.T) {
	all := []*accesslog.Entry{
		pointing("Location", "http://127.0.0.1:3000/y", ""), pointing("Location", "http://127.0.0.1:3000/z", ""), pointing("Refresh", "0;url=https://localhost/", ""),
	}
	s, _ := shown(Options{}, all...)
	out := s.o.Out.(*bytes.Buffer)
	out.Reset()
	s.End()
	want := `
3 calls, 0 failed

answers lead past Candor, and calls of who follows them are not seen:
     2  http://127.0.0.1:3000  first: Location, GET /x
     1  https://localhost  first: Refresh, GET /x
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s, got := shown(Options{JSON: true}, all...)
	first, rest, _ := strings.Cut(got, "\n")
	want = `{"leads_past":{"time":"2026-03-01T12:00:00.000Z","status":302,"method":"GET","path":"/x","field":"Location","url":"http://127.0.0.1:3000/y",` +
		`"what":"answers lead past Candor: Location http://127.0.0.1:3000/y; calls of who follows it are not seen","fix":"` + pastFix + `","id":"` + idText + `"}}`
	if diff := cmp.Diff(want, first); diff != "" || strings.Count(rest, "\n") != 1 {
		t.Errorf("%s(-want +got):\n%s", rest, diff)
	}
	out = s.o.Out.(*bytes.Buffer)
	out.Reset()
	s.End()
	want = `"leads_past":[{"to":"http://127.0.0.1:3000","count":2,"field":"Location","call":"GET /x"},{"to":"https://localhost","count":1,"field":"Refresh","call":"GET /x"}]`
	if !strings.Contains(out.String(), want) {
		t.Errorf("no %s in %s", want, out)
	}
}

// This machine has more names than are remembered.
func TestLeadsPastIsBounded(t *testing.T) {
	s, _ := shown(Options{})
	for i := range 1000 {
		s.Call(pointing("Location", fmt.Sprintf("http://127.0.%d.%d:3000/", i/250, i%250), ""))
	}
	got := s.o.Out.(*bytes.Buffer).String()
	if n, lines := len(s.totals.past), strings.Count(got, "\n"); n != maxShown || lines != maxShown {
		t.Errorf("%d are remembered, %d lines", n, lines)
	}
}
