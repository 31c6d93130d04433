package gateway

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// An operator's envelope is the body of what Candor refuses and of what it wraps, whatever the upstream speaks, unless Accept names another format.
func TestEnvelope(t *testing.T) {
	const contract = `{"status":404,"code":"X","message":"y"}`
	refused := func(kind, body string) string {
		return "HTTP/1.1 401 Unauthorized\r\nDate: " + noonDate + "\r\nX-Content-Type-Options: nosniff\r\nContent-Type: " + kind + fmt.Sprintf("\r\nContent-Length: %d", len(body)) +
			"\r\nCandor-Problem: empty_access_token\r\n" + ourID + "WWW-Authenticate: Bearer realm=\"candor\"\r\nCache-Control: no-store\r\nVary: Accept, Sec-Fetch-Mode\r\n\r\n" + body
	}
	wrapped := func(body string) string {
		return "HTTP/1.1 404 Not Found\r\nDate: " + noonDate + "\r\nX-Content-Type-Options: nosniff\r\nContent-Type: application/vnd.shop+json\r\n" +
			fmt.Sprintf("Content-Length: %d\r\nCandor-Problem: entity_not_found; by=upstream\r\n", len(body)) + ourID + "Cache-Control: no-store\r\nVary: Accept, Sec-Fetch-Mode\r\n\r\n" + body
	}
	own, err := problem.NewEnvelope("application/vnd.shop+json", problem.Template{Kind: problem.ObjectValue, Items: []problem.Template{
		{Name: "err", Text: "$code"}, {Name: "n", Text: "$status"}, {Name: "more", Text: "$details"}, {Name: "ref", Text: "$id"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	details := `{"type":"tag:candor-gateway.dev,2026:empty_access_token","title":"No access token","status":401,"detail":"No access token was sent","instance":"urn:uuid:` + noonUUID +
		`","serviceErrorCode":401,"code":"EMPTY_ACCESS_TOKEN","fix":"Send Authorization: Bearer TOKEN; this call had no Authorization header.","action":"fix_request","applied":"no","requestId":"` + noonUUID + `"}`
	for name, c := range map[string]struct{ path, fields, want string }{
		"a refusal":                  {"/limited", "", refused("application/vnd.shop+json", `{"err":"EMPTY_ACCESS_TOKEN","n":401,"ref":"`+noonUUID+`"}`)},
		"JSON asked for":             {"/limited", "Accept: application/json\r\n", refused("application/vnd.shop+json", `{"err":"EMPTY_ACCESS_TOKEN","n":401,"ref":"`+noonUUID+`"}`)},
		"problem+json asked for":     {"/limited", "Accept: application/problem+json\r\n", refused("application/problem+json", details)},
		"the upstream's error":       {"/public/x", "", wrapped(`{"err":"NOT_FOUND","n":404,"more":{"upstream":` + contract + `},"ref":"` + noonUUID + `"}`)},
		"a method that carries none": {"/public/x", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan()
			p.Spec.Wrap, p.API.Errors = upstream.WrapAll, own
			h := p.open(t, answering(fmt.Sprintf("HTTP/1.1 404 No\r\nContent-Length: %d\r\n\r\n%s", len(contract), contract), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
			client, method, want := h.dial(t), "GET", c.want
			if want == "" {
				method = "HEAD"
				want, _, _ = strings.Cut(wrapped(`{"err":"NOT_FOUND","n":404,"ref":"`+noonUUID+`"}`), "{")
			}
			client.send(method + " " + c.path + " HTTP/1.1\r\nHost: a\r\n" + c.fields + "\r\n")
			if diff := cmp.Diff(want, client.gets(isKept, len(want))); diff != "" {
				t.Errorf("the client's answer (-want +got):\n%s", diff)
			}
		})
	}
}

// The id of a refusal travels under the name that its API has for it, or under none, and is in the body in any case.
func TestIDOfRefusals(t *testing.T) {
	for name, line := range map[string]string{"X-Request-Id": ourID, "X-Trace": "X-Trace: " + noonUUID + "\r\n", "": ""} {
		p := newPlan()
		p.API.Headers.RequestID = name
		h := p.open(t, answering())
		client := h.dial(t)
		client.send("GET /limited HTTP/1.1\r\nHost: a\r\n\r\n")
		told := client.read()
		got := told.head + told.body
		want := "Candor-Problem: empty_access_token\r\n" + line + "WWW-Authenticate: "
		if !strings.Contains(got, want) || !strings.Contains(got, `"requestId":"`+noonUUID+`"`) {
			t.Errorf("%q: %s", name, got)
		}
	}
}
