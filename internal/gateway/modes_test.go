package gateway

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/route"
)

// observing is a plan whose checks are only observed, with routes for what they look at.
func observing() *plan {
	p := newPlan()
	p.API.Modes = route.All(route.Observe)
	p.Spec.RequestID, p.Spec.NoForwarded = "", true
	p.API.Routes = append(p.API.Routes,
		route.Spec{Name: "strict", Path: "/strict", Methods: []string{"POST"}, Body: route.BodySpec{Types: []string{"application/json"}, CheckJSON: true, LengthRequired: true, Max: 10}},
	)
	return p
}

// What observed checks would have refused reaches the upstream as it came, and the log alone: as would, the first of them whole.
func TestObserved(t *testing.T) {
	type line = map[string]any
	credential := line{"check": "credential", "problem": "empty_access_token", "detail": "no_authorization"}
	const json10, host = "Content-Type: application/json\r\n", "Host: a.example\r\n"
	for name, c := range map[string]struct {
		in    string // {token} is a good one
		up    string // as it reaches the upstream, but for Candor-Hops; "": as it came
		would []any
	}{
		"no credential":                {in: "GET /me HTTP/1.1\r\n" + host + "\r\n", would: []any{credential}},
		"a foreign token":              {in: "GET /me HTTP/1.1\r\n" + host + "authorization: Bearer their-own\r\n\r\n", would: []any{line{"check": "credential", "problem": "invalid_access_token", "detail": "token_not_ours", "sent": 9.0, "unit": "characters"}}},
		"a good token stays":           {in: "GET /me HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n", up: "GET /me HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n{hop}" + identity + "\r\n"},
		"a good token of the query":    {in: "GET /query?access_token={token}&a=1 HTTP/1.1\r\n" + host + "\r\n", up: "GET /query?access_token={token}&a=1 HTTP/1.1\r\n" + host + "{hop}" + identity + "\r\n"},
		"two credentials":              {in: "GET /query?access_token=x HTTP/1.1\r\n" + host + "Authorization: Bearer {token}\r\n\r\n", would: []any{line{"check": "credential", "problem": "ambiguous_credentials", "detail": "header_and_url"}}},
		"an unknown path":              {in: "GET /nothing?x HTTP/1.1\r\n" + host + "\r\n", would: []any{credential, line{"check": "path", "problem": "resource_not_found", "detail": "unknown_path"}}},
		"a method that nobody takes":   {in: "BREW /strict HTTP/1.1\r\n" + host + "\r\n", would: []any{credential, line{"check": "method", "problem": "method_not_allowed", "detail": "other_method"}}},
		"TRACE":                        {in: "TRACE /strict HTTP/1.1\r\n" + host + "\r\n", would: []any{credential, line{"check": "method", "problem": "method_not_allowed", "detail": "other_method"}}},
		"an override":                  {in: "POST /strict HTTP/1.1\r\n" + host + "X-HTTP-Method-Override: PUT\r\n" + json10 + "Content-Length: 2\r\n\r\n{}", up: "POST /strict HTTP/1.1\r\n" + host + "X-HTTP-Method-Override: PUT\r\n" + json10 + "{hop}Content-Length: 2\r\n\r\n{}", would: []any{credential, line{"check": "method", "problem": "invalid_input", "detail": "override_refused"}}},
		"another path in a field":      {in: "GET /me HTTP/1.1\r\n" + host + "X-Original-URL: /admin\r\n\r\n", would: []any{credential}},
		"origins of strangers":         {in: "GET /me HTTP/1.1\r\n" + host + "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n\r\n", would: []any{credential}},
		"no length":                    {in: "POST /strict HTTP/1.1\r\n" + host + "\r\n", would: []any{credential, line{"check": "length", "problem": "length_required", "detail": "no_length"}, line{"check": "body", "problem": "invalid_body", "detail": "empty_body"}}},
		"another type, and no JSON":    {in: "POST /strict HTTP/1.1\r\n" + host + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi", up: "POST /strict HTTP/1.1\r\n" + host + "Content-Type: text/plain\r\n{hop}Content-Length: 2\r\n\r\nhi", would: []any{credential, line{"check": "media_type", "problem": "unsupported_media_type", "detail": "other_type"}, line{"check": "body", "problem": "invalid_body", "detail": "bare_word"}}},
		"too long":                     {in: "POST /strict HTTP/1.1\r\n" + host + json10 + "Content-Length: 11\r\n\r\n[1,2,3,4,5]", up: "POST /strict HTTP/1.1\r\n" + host + json10 + "{hop}Content-Length: 11\r\n\r\n[1,2,3,4,5]", would: []any{credential, line{"check": "length", "problem": "payload_too_large", "detail": "body_too_large"}}},
		"too long, in chunks":          {in: "POST /strict HTTP/1.1\r\n" + host + json10 + "Transfer-Encoding: chunked\r\n\r\n6\r\n[1,2,3\r\n5\r\n,4,5]\r\n0\r\n\r\n", up: "POST /strict HTTP/1.1\r\n" + host + json10 + "{hop}Transfer-Encoding: chunked\r\n\r\n6\r\n[1,2,3\r\n5\r\n,4,5]\r\n0\r\n\r\n", would: []any{credential, line{"check": "length", "problem": "length_required", "detail": "length_not_chunked"}, line{"check": "length", "problem": "payload_too_large", "detail": "body_too_large"}}},
		"JSON with a fault, its place": {in: "POST /json HTTP/1.1\r\n" + host + json10 + "Content-Length: 5\r\n\r\n{\n]\n}", up: "POST /json HTTP/1.1\r\n" + host + json10 + "{hop}Content-Length: 5\r\n\r\n{\n]\n}", would: []any{line{"check": "body", "problem": "invalid_body", "detail": "unexpected_byte", "part": "JSON body", "line": 2.0, "at": 1.0, "excerpt": "]"}}},
		"good JSON":                    {in: "POST /json HTTP/1.1\r\n" + host + json10 + "Content-Length: 2\r\n\r\n{}", up: "POST /json HTTP/1.1\r\n" + host + json10 + "{hop}Content-Length: 2\r\n\r\n{}"},
		"a preflight":                  {in: "OPTIONS /me HTTP/1.1\r\n" + host + "Origin: https://a\r\nAccess-Control-Request-Method: GET\r\nCookie: a=b\r\n\r\n", would: []any{line{"check": "preflight", "problem": "preflight_denied", "detail": "preflight_off", "excerpt": "https://a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := observing()
				p.Options.Portable = portable
				h := p.open(t, answering("HTTP/1.1 418 Its own\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok"))
				words := strings.NewReplacer("{token}", h.token, "{hop}", "Candor-Hops: 1\r\n")
				client := h.dial(t)
				client.send(words.Replace(c.in))
				if a := client.read(); a.status != 418 || !strings.HasPrefix(a.head, "HTTP/1.1 418 Its own\r\nX-A: 1\r\n") || a.body != "ok" || strings.Contains(a.head, "Candor-") {
					t.Errorf("the caller is told %+v", a)
				}
				up := c.up
				if up == "" {
					up = strings.Replace(c.in, "\r\n\r\n", "\r\n{hop}\r\n", 1)
				}
				if diff := cmp.Diff(words.Replace(up), <-h.origin.seen); diff != "" {
					t.Errorf("at the upstream (-want +got):\n%s", diff)
				}
				var got struct {
					Problem string
					Would   []any
				}
				if err := json.Unmarshal([]byte(h.logged(t, 1)[0]), &got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.would, got.Would); diff != "" || got.Problem != "" {
					t.Errorf("problem %q, would (-want +got):\n%s", got.Problem, diff)
				}
			})
		})
	}
}

// A body of which too much has come already is noted though the upstream answers before its end. Whether it is good JSON nobody can say then.
func TestObservedBodyAnsweredEarly(t *testing.T) {
	for name, c := range map[string]struct{ path, sent, want string }{
		"more than the route takes": {
			"/strict", "[1,2,3,4,5,", `{"check":"length","problem":"length_required","detail":"length_not_chunked"},{"check":"length","problem":"payload_too_large","detail":"body_too_large"}`,
		},
		"as much as it takes": {"/strict", "[1,2,3,4,5", `"would":[{"check":"length","problem":"length_required","detail":"length_not_chunked"}]`},
		"more than may be held": {
			"/json", "[" + strings.Repeat(" ", 1<<20), `"would":[{"check":"body","problem":"payload_too_large","detail":"body_too_large","limit":"body","limit_value":1048576,"sent":1048577,"unit":"bytes"}]`,
		},
		"no JSON so far": {"/json", "[}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := observing()
				p.Options.Portable = portable
				p.API.Routes[7].Body.Max = 8 << 20
				h := p.open(t, acting(func(tcp *net.TCPConn, r *bufio.Reader) {
					for line := ""; line != "\r\n"; {
						var err error
						if line, err = r.ReadString('\n'); err != nil {
							return
						}
					}
					_, _ = io.CopyN(io.Discard, httputil.NewChunkedReader(r), int64(len(c.sent)))
					_, _ = io.WriteString(tcp, "HTTP/1.1 413 Its own\r\nContent-Length: 2\r\n\r\nno")
					_, _ = io.Copy(io.Discard, r)
				}))
				client := h.dial(t)
				client.send(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", c.path, h.token, len(c.sent), c.sent))
				if a := client.read(); a.status != 413 || a.body != "no" {
					t.Errorf("the caller is told %+v", a)
				}
				line := h.logged(t, 1)[0]
				if strings.Contains(line, `"would"`) != (c.want != "") || !strings.Contains(line, c.want) {
					t.Errorf("%s lacks %s", line, c.want)
				}
			})
		})
	}
}

// A body that is only looked at is never held beyond its bound, whatever becomes of the call, and what is held is given back.
func TestObservedBodyIsNotHeld(t *testing.T) {
	p := observing()
	p.API.Routes[7].Body.Max = 8 << 20
	h := p.open(t, answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
	c := h.dial(t)
	body := "[" + strings.Repeat(" ", 3<<20) + "1]"
	c.send("POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 3145731\r\n\r\n" + body)
	if a := c.read(); a.status != 200 {
		t.Errorf("answered %+v", a)
	}
	if up := <-h.origin.seen; !strings.HasSuffix(up, body) {
		t.Errorf("%d bytes reached the upstream", len(up))
	}
	line := h.logged(t, 1)[0]
	if want := `"would":[{"check":"body","problem":"payload_too_large","detail":"body_too_large","limit":"body","limit_value":1048576,"sent":3145731,"unit":"bytes"}]`; !strings.Contains(line, want) {
		t.Errorf("logged %s", line)
	}
	if n := h.Held(); n != 0 {
		t.Errorf("%d bytes are held", n)
	}
}
