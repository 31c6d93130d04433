package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// Bodies are kept where the route says so alone: how they begin, without their secrets, whatever way they take.
func TestRecordedBodies(t *testing.T) {
	long := strings.Repeat("0123456789", 1000)
	sent := func(size int, chunked bool, body string) string {
		if chunked {
			return fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", size, body)
		}
		return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", size, body)
	}
	type bodies struct{ Sent, Got *requestlog.Body }
	got500 := &requestlog.Body{Text: `{"password":"REDACTED","a":1}`, Bytes: 28}
	for name, c := range map[string]struct {
		path, rest string
		answer     string
		off        bool
		mode       route.Mode
		want       bodies
	}{
		"with a length":  {path: "/public/x", rest: sent(22, false, "password=PLANTED&b=two"), want: bodies{&requestlog.Body{Text: "password=REDACTED&b=two", Bytes: 22}, got500}},
		"in chunks":      {path: "/public/x", rest: sent(22, true, "password=PLANTED&b=two"), want: bodies{&requestlog.Body{Text: "password=REDACTED&b=two", Bytes: 22}, got500}},
		"long":           {path: "/public/x", rest: sent(len(long), false, long), want: bodies{&requestlog.Body{Text: long[:4096], Bytes: 10000, Cut: true}, got500}},
		"checked":        {path: "/json", rest: sent(22, false, `{"password":"PLANTED"}`), want: bodies{&requestlog.Body{Text: `{"password":"REDACTED"}`, Bytes: 22}, got500}},
		"only looked at": {path: "/json", mode: route.Observe, rest: sent(22, false, `{"password":"PLANTED"}`), want: bodies{&requestlog.Body{Text: `{"password":"REDACTED"}`, Bytes: 22}, got500}},
		"none":           {path: "/public/x", rest: "\r\n", want: bodies{nil, got500}},
		"not asked for":  {path: "/public/x", rest: sent(22, false, "password=PLANTED&b=two"), off: true},
		"an encoded answer": {
			path: "/public/x", rest: "\r\n",
			answer: fmt.Sprintf("HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(zipped(`{"token":"PLANTED"}`)), zipped(`{"token":"PLANTED"}`)),
			want:   bodies{nil, &requestlog.Body{Text: `{"token":"REDACTED"}`, Bytes: int64(len(zipped(`{"token":"PLANTED"}`)))}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := newPlan()
				p.Options.Portable = portable
				for i := range p.API.Routes {
					p.API.Routes[i].RecordBody = new(!c.off)
				}
				p.API.Modes[route.CheckBody] = c.mode
				if c.answer == "" {
					c.answer = "HTTP/1.1 500 No\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n" + `{"password":"PLANTED","a":1}`
				}
				recorded := p.recorded(t, requestlog.Options{}, requestlog.Settings{})
				h := p.open(t, answering(c.answer))
				d := h.dial(t)
				d.send("POST " + c.path + " HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\n" + c.rest)
				if a := d.read(); a.status != 500 {
					t.Fatalf("answered %+v", a)
				}
				r := recorded(1)[0]
				if diff := cmp.Diff(c.want, bodies{r.Body, r.Answer.Body}); diff != "" {
					t.Errorf("the bodies (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// Wherever a caller or an API puts a secret, no record has it: what is known by its name or by its look is hidden, and what stands elsewhere again, too.
func TestNoSecretIsRecorded(t *testing.T) {
	const secret, jwt = "PLANTED0secret", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJQTEFOVEVEIn0.UExBTlRFRA"
	ours := "cdr_at_PLANTED" + strings.Repeat("x", 57)
	in := func(target string, lines ...string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: a.example\r\n" + strings.Join(append(lines, "", ""), "\r\n")
	}
	calls := []string{
		in("/me?access_token=" + secret), in("/me?oauth2_access_token=" + secret + "%zz"), in("/me?a[password]=" + secret), in("/reset/" + secret + "1"),
		in("/me;token=" + secret), in("http://ada:" + secret + "@a.example/me"), in("/me?x={\"api_key\":\"" + secret + "\"}"), in("/me?next=" + jwt), in("/" + ours),
		in("/me", "Authorization: Bearer "+secret), in("/me", "Authorization: Bearer "+ours), in("/me", "Authorization: Bearer "+jwt),
		in("/me", "Authorization: Basic "+secret), in("/me", "Authorization: "+secret), in("/me", "authorization:Bearer\t"+secret), in("/me", "Authorization : Bearer "+secret),
		in("/me", "Authorization Bearer "+secret), in("/me", "Authorization: Bearer a", " "+secret), in("/me", "Authorization: Bearer "+secret, "Authorization: Bearer "+secret),
		in("/me", "Authorization: Digest username=\"ada\", response=\""+secret+"\""), in("/me", "Authorization: Bearer "+secret, "X-Note: "+secret, "X-Request-Id: "+secret),
		in("/me", "Cookie: sid="+secret+"; b=2", "X-Note: the sid is "+secret), in("/me", "Proxy-Authorization: Basic "+secret), in("/me", "X-Api-Key: "+secret),
		in("/me", "Referer: https://a.example/?token="+secret), in("/me", "X-Auth-Token: "+secret, "User-Agent: "+secret), in("/nowhere/" + secret + "?token=" + secret),
		in("/me", "Authorization: Bearer "+secret, "Upgrade: "+secret, "Connection: upgrade"), "GET /me HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer " + secret + "\r\nX\x00: 1\r\n\r\n",
		"GET /me?token=" + secret + " HTTP/9.1\r\nHost: a\r\n\r\n", "GET /me?token=" + secret + "\r\n\r\n", "token=" + secret + "\r\nAuthorization: Bearer " + secret + "\r\n\r\n",
		"POST /json HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"password\":PLANTED0secret}",
		in("/public/x", "Authorization: Bearer "+secret), in("/public/x?token=" + secret),
	}
	answer := "HTTP/1.1 503 No\r\nSet-Cookie: sid=" + secret + "\r\nWWW-Authenticate: Bearer token=\"" + secret + "\"\r\nLocation: /?code=" + secret + "\r\nX-Request-Id: " + ours + "\r\nContent-Length: 0\r\n\r\n"
	for _, wrap := range []upstream.Wrap{upstream.WrapNone, upstream.WrapAll} {
		for _, profile := range []problem.Profile{problem.Standard, problem.LinkedIn} {
			p := newPlan()
			p.API.Profile, p.Spec.Wrap = profile, wrap
			recorded := p.recorded(t, requestlog.Options{}, requestlog.Settings{})
			h := p.open(t, answering(answer))
			for i, call := range calls {
				d := h.dial(t)
				d.send(call)
				d.read()
				d.tcp.Close()
				r := recorded(i + 1)[i]
				text, err := json.Marshal(r)
				if err != nil {
					t.Fatal(err)
				}
				for _, one := range []string{secret, jwt, ours} {
					if bytes.Contains(text, []byte(one)) {
						t.Errorf("%q is recorded with %s:\n%s", call, one, text)
					}
				}
			}
		}
	}
}
