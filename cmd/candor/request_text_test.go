package main

import (
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
)

var began = time.Date(2026, 3, 1, 14, 2, 11, 123_000_000, time.UTC)

// fullRecord has something in each place.
func fullRecord() *requestlog.Record {
	return &requestlog.Record{
		RequestID: "019ca9d0-9c83-7000-8000-000000000001", Time: began, Status: 403, Problem: "access_denied", By: requestlog.ByGateway,
		Said: &requestlog.Said{
			Message: "Not enough permissions to access: GET /v2/adAccounts",
			Fix:     "Ask the member for r_ads, in the authorization; your application has it and did not ask for it when this token was made.",
		},
		Cause:    &requestlog.Cause{Detail: "not_asked_for", Part: "path", At: 5, Field: "X-Field", Excerpt: "r_ads", Quota: "application", Limit: "daily", Value: 500, Sent: 501, Unit: "calls", Window: "DAY"},
		Listener: "0.0.0.0:8080", API: "ads", Route: "ads/accounts", Resource: "ads/accounts", Hidden: true, Revision: 13,
		Method: "GET", Target: "/v2/adAccounts?q=search&oauth2_access_token=REDACTED", Version: "HTTP/1.1",
		Headers: []requestlog.Field{{Name: "Host", Value: "api.example.com"}, {Name: "Authorization", Value: "Bearer REDACTED"}, {Name: "User-Agent", Value: "shop/2.1 " + strings.Repeat("x", 90)}},
		Body:    &requestlog.Body{Text: "{\"a\": 1,\n \"b\": \x1b[31m2}", Bytes: 9000, Cut: true}, In: 412, Out: 853,
		Answer: &requestlog.Answer{Headers: []requestlog.Field{{Name: "Content-Type", Value: "application/json"}}, Body: &requestlog.Body{Text: `{"status":403,"details":{"a":["b c"]}}`, Bytes: 14}},
		App:    "shop", ClientID: "4kq0", Member: "4711",
		Token:  &requestlog.Token{Kind: "access token", Place: "header", Hash: "9f86d081", Genuine: true, IssuedAt: began.Add(-time.Hour), ExpiresAt: began.Add(59 * 24 * time.Hour), Scopes: []string{"r_profile", "r_email"}, Grant: 7},
		Client: netip.MustParseAddr("203.0.113.7"), Peer: netip.MustParseAddr("10.0.0.1"), ClientTo: "abc-1", AnswerID: "u-77",
		Upstream: &requestlog.Upstream{Name: "ads", Address: "10.0.0.9:80", Target: "/adAccounts?q=search", Status: 200, Attempts: 2, Reused: true},
		Stations: requestlog.Stations{Head: 40, Admit: 90, Connect: 1_200, FirstByte: 40_000, Done: 41_337},
		Passed:   []string{"route", "credential"}, Refused: "permission", Would: []requestlog.Would{{Check: "quota", Problem: "throttled", Detail: "daily"}}, Tolerated: []string{"bare_lf"},
		Note: "the operator's own note", Debug: true,
		Changed: []requestlog.Difference{{Feature: "scope", Name: "r_ads", Since: began, Text: "since 14:02: scope r_ads gone"}},
		Also:    []requestlog.Difference{{Feature: "agent", Text: "since 13:58: User-Agent shop/2.1 where it was shop/2.0, which is a long sentence to be broken"}},
		Recurs:  &requestlog.Recurs{Times: 14, Since: began.Add(-12 * time.Minute), LastGood: began.Add(-13 * time.Minute)},
	}
}

const fullText = `GET /v2/adAccounts -> 403 access_denied
  2026-03-01 14:02:11.123 UTC, 3 minutes ago

What happened
  Not enough permissions to access: GET /v2/adAccounts.
  Fix: Ask the member for r_ads, in the authorization; your application has it
  and did not ask for it when this token was made.
  Note: the operator's own note.
  detail         not_asked_for
  where          path, position 5, field X-Field, 'r_ads'
  limit          daily of the application 500 calls per day (this was 501)

How often
  It has failed in this way 14 times since 2026-03-01 13:50:11 UTC; such a call
  last worked at 2026-03-01 13:49:11 UTC.

What changed since it last worked
  - since 14:02: scope r_ads gone

Also different, but hardly the cause
  - since 13:58: User-Agent shop/2.1 where it was shop/2.0, which is a long
    sentence to be broken

Checks
  passed         route, credential
  refused by     permission
  only observed  quota, with throttled (daily)
  tolerated      bare_lf

What was sent
  GET /v2/adAccounts?q=search&oauth2_access_token=REDACTED HTTP/1.1
  Host: api.example.com
  Authorization: Bearer REDACTED
  User-Agent: shop/2.1
    xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    xxxxxxxxxxxxxx

  {"a": 1,
   "b": �[31m2}
  [… of a body of 9000 bytes]
  412 bytes in all.

What was answered
  403 access_denied, by the gateway
  Content-Type: application/json

  {
    "status": 403,
    "details": {
      "a": [
        "b c"
      ]
    }
  }
  853 bytes in all.

Who called
  app            shop, client id 4kq0
  member         4711
  credential     access token, in the header, its SHA-256 begins with 9f86d081
  scopes         r_profile, r_email
  issued         2026-03-01 13:02:11 UTC
  expires        2026-04-29 14:02:11 UTC
  from           203.0.113.7 through 10.0.0.1

Upstream
  name           ads
  address        10.0.0.9:80, over a connection that was kept
  target         /adAccounts?q=search
  answered       200
  attempts       2

Timeline
  head read                 0.040 ms  |
  checks done               0.090 ms  |
  connected                 1.200 ms  =
  first byte of the API    40.000 ms   =====================================
  done                     41.337 ms                                        ==

Known as
  id             019ca9d0-9c83-7000-8000-000000000001
  caller's id    abc-1
  API's id       u-77
  api            ads
  route          ads/accounts
  resource       ads/accounts
  listener       0.0.0.0:8080
  configuration  revision 13
  hidden         the caller may not know that there is such a route, and neither
                 may the owners of the app
  debug          asked for with Candor-Debug
`

const bareText = `a call without a head -> 400 malformed_request
  2026-03-01 14:02:11.123 UTC, less than a minute ago

What happened
  The call ended with malformed_request.

What was answered
  400 malformed_request, by the gateway

Who called
  app            not known

Known as
  id             019ca9d0-9c83-7000-8000-000000000001
`

const upstreamText = `POST /v2/shares -> 422
  2026-03-01 14:02:11.123 UTC, less than a minute ago

What happened
  The API itself answered with 422; the gateway passed it on.
  What to do: The gateway's checks let the call pass, so this answer is the
  API's own. Read its body first. What it can mean is the body or the
  parameters: they can be read, but a value is not one that the API takes. If
  all of that is as it should be, ask whoever runs the API, with the id
  019ca9d0-9c83-7000-8000-000000000001.

How often
  This is the first of its kind; no such call is known to have worked.

What was sent
  POST /v2/shares HTTP/1.1

What was answered
  422, by the API, passed on

Who called
  app            shop

Known as
  id             019ca9d0-9c83-7000-8000-000000000001
`

func TestRequestText(t *testing.T) {
	const id = "019ca9d0-9c83-7000-8000-000000000001"
	for name, c := range map[string]struct {
		is   *requestlog.Record
		now  time.Time
		want string
	}{
		"full": {fullRecord(), began.Add(3 * time.Minute), fullText},
		"bare": {&requestlog.Record{RequestID: id, Time: began, Status: 400, Problem: "malformed_request", By: requestlog.ByGateway}, began, bareText},
		"upstream": {&requestlog.Record{
			RequestID: id, Time: began, Status: 422, By: requestlog.ByUpstream, App: "shop", Method: "POST", Target: "/v2/shares", Version: "HTTP/1.1", Recurs: &requestlog.Recurs{Times: 1, Since: began},
		}, began, upstreamText},
	} {
		got := requestText(c.is, c.now)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > sheetWidth {
				t.Errorf("%s: a line of %d characters: %s", name, n, line)
			}
		}
	}
}

// TestWhatWasSentCommandsNoTerminal: nothing that a caller has sent is more than text, and each line is narrow, whatever it was.
func TestWhatWasSentCommandsNoTerminal(t *testing.T) {
	evil := "\x1b]0;title\x07\r\n\x9b31m\u202e\u200b" + strings.Repeat("ü", 300)
	r := &requestlog.Record{
		RequestID: "x", Time: began, Status: 404, Problem: "resource_not_found", By: requestlog.ByGateway, Method: evil, Target: "/" + evil + "?" + evil, Version: evil, App: evil, Member: evil,
		Headers: []requestlog.Field{{Name: evil, Value: evil}}, Body: &requestlog.Body{Text: evil}, Said: &requestlog.Said{Message: evil, Fix: evil}, ClientTo: evil, Note: evil,
		Upstream: &requestlog.Upstream{Name: evil, Target: evil}, Cause: &requestlog.Cause{Excerpt: evil, Field: evil}, Changed: []requestlog.Difference{{Text: evil}},
	}
	table, err := requestTable([]*requestlog.Record{r})
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(requestText(r, began) + table + requestPairs([]*requestlog.Record{r}, sheetWidth)) {
		line = strings.TrimSuffix(line, "\n")
		if shown(line) != line {
			t.Errorf("%q", line)
		}
	}
	for line := range strings.Lines(requestText(r, began)) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > sheetWidth {
			t.Errorf("a line of %d characters: %s", n, line)
		}
	}
}
