package gateway

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

func TestSpeaks(t *testing.T) {
	for body, want := range map[string]bool{
		`{"status":404,"code":"X","message":"y"}`:                                          true,
		` {"message":"","serviceErrorCode":0,"code":"","status":404,"more":{"status":1}} `: true,
		``:                             false,
		`[]`:                           false,
		`null`:                         false,
		`"status"`:                     false,
		`{"status":404,"code":"X"}`:    false,
		`{"status":404,"message":"y"}`: false,
		`{"code":"X","message":"y"}`:   false,
		`{"status":400,"code":"X","message":"y"}`:           false,
		`{"status":"404","code":"X","message":"y"}`:         false,
		`{"status":404,"code":1,"message":"y"}`:             false,
		`{"status":404,"code":"X","message":null}`:          false,
		`{"STATUS":404,"Code":"X","message":"y"}`:           false, // names have a case
		`{"status":404,"code":"X","message":"y"}x`:          false,
		`{"status":404,"code":"X","message":"y"`:            false,
		`[{"status":404,"code":"X","message":"y"}]`:         false,
		`{"error":{"status":404,"code":"X","message":"y"}}`: false,
	} {
		if got := isContract([]byte(body), 404); got != want {
			t.Errorf("isContract(%s) = %v, want %v", body, got, want)
		}
	}
}

// zipped is a body in gzip.
func zipped(body string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	return b.String()
}

func TestWrap(t *testing.T) {
	const date = "Date: " + noonDate + "\r\n"
	contract := func(status int) string { return fmt.Sprintf(`{"status":%d,"code":"X","message":"y"}`, status) }
	own := func(status string, fields, body string) string {
		return "HTTP/1.1 " + status + "\r\n" + fields + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
	}
	passes := func(status string, fields, body string) string {
		return "HTTP/1.1 " + status + "\r\n" + fields + linkedInIDs + date + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
	}
	big := `{"status":500,"code":"X","message":"` + strings.Repeat("y", 70<<10) + `"}`
	empty := func(p *plan) { p.Spec.Wrap = upstream.WrapEmpty }
	kept := "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nWWW-Authenticate: Basic realm=\"x\"\r\nRetry-After: 7\r\nAllow: GET\r\nLocation: /a\r\nLink: </b>\r\nVary: Cookie\r\n"
	for name, c := range map[string]struct {
		method string // "" GET
		plan   func(*plan)
		up     string
		passes string          // what the client gets, or
		as     problem.Problem // what it is wrapped as
		kept   string
	}{
		"200 is no error":      {up: own("200 OK", "", "<a>"), passes: passes("200 OK", "", "<a>")},
		"302 is none either":   {up: own("302 Found", "", "<a>"), passes: passes("302 Found", "", "<a>")},
		"what speaks":          {up: own("404 Gone", "X-A: 1\r\n", contract(404)), passes: passes("404 Gone", "X-A: 1\r\n", contract(404))},
		"what speaks, in gzip": {up: own("500 Oh", "Content-Encoding: gzip\r\n", zipped(contract(500))), passes: passes("500 Oh", "Content-Encoding: gzip\r\n", zipped(contract(500)))},
		"what speaks, in chunks": {
			up:     "HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n26\r\n" + contract(400)[1:] + "\r\n0\r\nX-T: 1\r\n\r\n",
			passes: "HTTP/1.1 400 Bad\r\n" + linkedInIDs + date + "Transfer-Encoding: chunked\r\n\r\n27\r\n" + contract(400) + "\r\n0\r\nX-T: 1\r\n\r\n",
		},
		"another status":          {up: own("404 Gone", "", contract(400)), as: problem.Problem{Type: problem.EntityNotFound, UpstreamBody: []byte(contract(400))}},
		"400":                     {up: own("400 Bad", "Content-Type: text/html\r\n", "<a>"), as: problem.Problem{Type: problem.UpstreamClientError, Status: 400}},
		"401":                     {up: own("401 No", "", "<a>"), as: problem.Problem{Type: problem.UpstreamClientError, Status: 401}},
		"402, no text":            {up: own("402 Pay", "", ""), as: problem.Problem{Type: problem.UpstreamClientError, Status: 402}},
		"403, JSON":               {up: own("403 No", "", `{"a":1}`), as: problem.Problem{Type: problem.UpstreamClientError, Status: 403, UpstreamBody: []byte(`{"a":1}`)}},
		"404":                     {up: own("404 No", "", "<a>"), as: problem.Problem{Type: problem.EntityNotFound}},
		"405":                     {up: own("405 No", "", "<a>"), as: problem.Problem{Type: problem.UpstreamClientError, Status: 405}},
		"406":                     {up: own("406 No", "", "<a>"), as: problem.Problem{Type: problem.NotAcceptable}},
		"407 is 502":              {up: own("407 No", "", `{"a":1}`), as: problem.Problem{Type: problem.UpstreamInvalid, Detail: problem.DetailUpstreamProxyAuth}},
		"408":                     {up: own("408 No", "", "<a>"), as: problem.Problem{Type: problem.UpstreamClientError, Status: 408}},
		"409":                     {up: own("409 No", "", "<a>"), as: problem.Problem{Type: problem.Conflict}},
		"410":                     {up: own("410 No", "", "<a>"), as: problem.Problem{Type: problem.Gone}},
		"412":                     {up: own("412 No", "", "<a>"), as: problem.Problem{Type: problem.PreconditionFailed}},
		"415":                     {up: own("415 No", "", "<a>"), as: problem.Problem{Type: problem.UnsupportedMediaType}},
		"418":                     {up: own("418 No", "", "<a>"), as: problem.Problem{Type: problem.UpstreamClientError, Status: 418}},
		"422":                     {up: own("422 No", "", `[1]`), as: problem.Problem{Type: problem.Unprocessable, UpstreamBody: []byte(`[1]`)}},
		"429":                     {up: own("429 No", "Retry-After: 9\r\n", "<a>"), as: problem.Problem{Type: problem.UpstreamClientError, Status: 429}, kept: "Retry-After: 9\r\n"},
		"499":                     {up: own("499 No", "", "<a>"), as: problem.Problem{Type: problem.UpstreamClientError, Status: 499}},
		"500, JSON of its own":    {up: own("500 Oh", "", `{"a":1}`), as: problem.Problem{Type: problem.UpstreamServerError, Status: 500}},
		"503":                     {up: own("503 Oh", "", "<a>"), as: problem.Problem{Type: problem.UpstreamServerError, Status: 503}},
		"599":                     {up: own("599 Oh", "", "<a>"), as: problem.Problem{Type: problem.UpstreamServerError, Status: 599}},
		"600":                     {up: own("600 Oh", "", "<a>"), passes: passes("600 Oh", "", "<a>")},
		"999, no reason":          {up: own("999", "", "<a>"), passes: passes("999 ", "", "<a>")},
		"a foreign one in gzip":   {up: own("422 No", "Content-Encoding: GZIP\r\n", zipped(`{"a":1}`)), as: problem.Problem{Type: problem.Unprocessable, UpstreamBody: []byte(`{"a":1}`)}},
		"what says gzip and lies": {up: own("422 No", "Content-Encoding: gzip\r\n", `{"a":1}`), as: problem.Problem{Type: problem.Unprocessable, UpstreamBody: []byte(`{"a":1}`)}},
		"gzip cut short":          {up: own("422 No", "Content-Encoding: gzip\r\n", zipped(`{"a":1}`)[:12]), as: problem.Problem{Type: problem.Unprocessable}},
		"gzip that grows":         {up: own("422 No", "Content-Encoding: gzip\r\n", zipped(strings.Repeat(" ", 1<<22)+"{}")), as: problem.Problem{Type: problem.Unprocessable}},
		"JSON of 4 KiB":           {up: own("404 No", "", `"`+strings.Repeat("x", 4094)+`"`), as: problem.Problem{Type: problem.EntityNotFound, UpstreamBody: []byte(`"` + strings.Repeat("x", 4094) + `"`)}},
		"JSON of more":            {up: own("404 No", "", `"`+strings.Repeat("x", 4095)+`"`), as: problem.Problem{Type: problem.EntityNotFound}},
		"more than is judged":     {up: own("500 Oh", "", big), as: problem.Problem{Type: problem.UpstreamServerError, Status: 500}},
		"HEAD":                    {method: "HEAD", up: "HTTP/1.1 404 No\r\nContent-Length: 50\r\n\r\n", as: problem.Problem{Type: problem.EntityNotFound}},
		"what is kept, and what not": {
			up: own("404 No", kept+"Content-Type: text/html\r\nETag: \"x\"\r\nCache-Control: public\r\nServer: x\r\nX-A: 1\r\n", "<a>"),
			as: problem.Problem{Type: problem.EntityNotFound}, kept: kept,
		},
		"what belongs to one hop is not kept": {
			up: own("404 No", "Connection: link\r\nLink: </b>\r\nVary: Cookie\r\n", "<a>"), as: problem.Problem{Type: problem.EntityNotFound}, kept: "Vary: Cookie\r\n",
		},
		"an upstream that passes": {
			plan: func(p *plan) { p.Spec.Wrap = upstream.WrapNone },
			up:   own("404 No", "", "<a>"), passes: passes("404 No", "", "<a>"),
		},
		"where only empty ones are wrapped": {plan: empty, up: own("404 No", "", "<a>"), passes: passes("404 No", "", "<a>")},
		"an empty one":                      {plan: empty, up: own("404 No", "Retry-After: 1\r\n", ""), as: problem.Problem{Type: problem.EntityNotFound}, kept: "Retry-After: 1\r\n"},
		"an empty one of the server":        {plan: empty, up: own("503 No", "", ""), as: problem.Problem{Type: problem.UpstreamServerError, Status: 503}},
		"an empty one in chunks":            {plan: empty, up: "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-T: 1\r\n\r\n", as: problem.Problem{Type: problem.UpstreamClientError, Status: 403}},
		"chunks where only empty ones are wrapped": {
			plan: empty, up: "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n",
			passes: "HTTP/1.1 403 No\r\n" + linkedInIDs + date + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n",
		},
		"more than is judged where only empty ones are wrapped": {plan: empty, up: own("500 Oh", "", big), passes: passes("500 Oh", "", big)},
		"nothing in gzip is something":                          {plan: empty, up: own("404 No", "Content-Encoding: gzip\r\n", zipped("")), passes: passes("404 No", "Content-Encoding: gzip\r\n", zipped(""))},
		"an empty 200":                                          {plan: empty, up: own("200 OK", "", ""), passes: passes("200 OK", "", "")},
		"an empty 600":                                          {plan: empty, up: own("600 Oh", "", ""), passes: passes("600 Oh", "", "")},
		"HEAD of an empty one":                                  {plan: empty, method: "HEAD", up: own("404 No", "", ""), as: problem.Problem{Type: problem.EntityNotFound}},
		"HEAD of one with a body": {
			plan: empty, method: "HEAD", up: "HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\n",
			passes: "HTTP/1.1 404 No\r\n" + linkedInIDs + date + "Content-Length: 5\r\n\r\n",
		},
		"HEAD of one that is sent in chunks": {
			plan: empty, method: "HEAD", up: "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n",
			passes: "HTTP/1.1 404 No\r\n" + linkedInIDs + date + "\r\n",
		},
		"cors": {
			plan: func(p *plan) { p.API.CORS = &route.CORSSpec{Origins: []string{"*"}} },
			up:   own("404 No", "Access-Control-Allow-Origin: x\r\n", "<a>"), as: problem.Problem{Type: problem.EntityNotFound},
		},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := newPlan()
				p.Options.Portable, p.Spec.Wrap, p.API.Profile = portable, upstream.WrapAll, problem.LinkedIn
				if c.plan != nil {
					c.plan(p)
				}
				h := p.open(t, answering(c.up, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
				method := c.method
				if method == "" {
					method = "GET"
				}
				want := c.passes
				if want == "" {
					want = h.wrappedAs(c.as, c.kept, method)
				}
				client := h.dial(t)
				client.send(method + " /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
				if diff := cmp.Diff(want, client.gets(isKept, len(want))); diff != "" {
					t.Errorf("the client's answer (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// wrappedAs is the answer that a problem of the upstream is made into.
func (h *house) wrappedAs(p problem.Problem, kept, method string) string {
	c := h.Policy().Voices[0].Catalogue
	p.Applied = problem.AppliedUnknown
	body := string(c.Append(nil, problem.Contract, &p, []byte(noonUUID)))
	reason := http.StatusText(c.Status(&p))
	switch reason {
	case "":
		reason = "Status"
	case "Unprocessable Entity": // of an RFC before 9110
		reason = "Unprocessable Content"
	}
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\n", c.Status(&p), reason) + "Date: " + noonDate + "\r\nX-Content-Type-Options: nosniff\r\nContent-Type: application/json\r\n" +
		fmt.Sprintf("Content-Length: %d\r\nCandor-Problem: %s; by=upstream\r\n", len(body), p.Type.Name()) + linkedInIDs + kept +
		"Cache-Control: no-store\r\nVary: Accept, Sec-Fetch-Mode\r\n\r\n"
	if method == "HEAD" {
		return head
	}
	return head + body
}

// An error whose body drips is told without it, two seconds from its head.
func TestWrapWaitsForNoBodyThatDrips(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		var ahead atomic.Int64
		p := newPlan()
		p.Options.Portable, p.Spec.Wrap, p.API.Profile, p.Shift = portable, upstream.WrapAll, problem.LinkedIn, &ahead
		ticks := make(chan struct{}, 1) // full: the clock was read since
		p.Tick = func() {
			select {
			case ticks <- struct{}{}:
			default:
			}
		}
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if _, err := readCall(r); err != nil {
				return
			}
			_, err := io.WriteString(c, "HTTP/1.1 422 No\r\nRetry-After: 7\r\nContent-Length: 5000\r\n\r\n{")
			for n := 0; n < 4000 && err == nil; n++ { // no faster than the gateway looks
				<-ticks
				ahead.Add(int64(100 * time.Millisecond))
				_, err = io.WriteString(c, "x")
			}
			_, _ = r.ReadByte()
		}))
		want := h.wrappedAs(problem.Problem{Type: problem.Unprocessable}, "Retry-After: 7\r\n", "GET")
		client := h.dial(t)
		client.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
		if diff := cmp.Diff(want, client.gets(isKept, len(want))); diff != "" {
			t.Errorf("the client's answer (-want +got):\n%s", diff)
		}
		if line := h.logged(t, 1)[0]; !strings.Contains(line, "did not come within 2s") || !strings.Contains(line, `"status":422`) {
			t.Errorf("logged %s", line)
		}
		testkit.Until(t, "closed at the upstream", func() bool { return h.origin.open() == 0 })
	})
}
