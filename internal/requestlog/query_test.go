package requestlog

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/callid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestParseQuery(t *testing.T) {
	id := callid.New(noon.UnixMilli(), 0xfffb, 0xfbff_fbff_fbff)
	all := func(f Filter) *Query { return &Query{Filter: f} }
	for query, want := range map[string]*Query{
		"":                           all(Filter{Most: 50}),
		"app=&since=&status=&limit=": all(Filter{Most: 50}),
		"app=shop&member=4711&problem=throttled&status=429&route=api%2Fme&path=%2Fv2%2F&limit=500": all(Filter{
			App: "shop", Member: "4711", Problem: "throttled", Status: 429, Route: "api/me", Path: "/v2/", Most: 500,
		}),
		"since=2h":                                            all(Filter{Since: noon.Add(-2 * time.Hour), Most: 50}),
		"since=7d&until=90s":                                  all(Filter{Since: noon.Add(-7 * 24 * time.Hour), Until: noon.Add(-90 * time.Second), Most: 50}),
		"since=0s":                                            all(Filter{Since: noon, Most: 50}),
		"since=2026-03-01T11:00:00Z":                          all(Filter{Since: noon.Add(-time.Hour), Most: 50}),
		"until=2026-03-01T12:00:00+01:00":                     all(Filter{Until: noon.Add(-time.Hour), Most: 50}),
		"cursor=" + id.String():                               all(Filter{Before: id, Most: 50}),
		"id=" + id.String():                                   {ID: id, Filter: Filter{Most: 50}},
		"id=" + string(id.AppendHex(nil)):                     {ID: id, Filter: Filter{Most: 50}},
		"id=" + string(id.AppendBase64(nil)):                  {ID: id, Filter: Filter{Most: 50}}, // its + stands for a blank in a query
		"id=" + url.QueryEscape(string(id.AppendBase64(nil))): {ID: id, Filter: Filter{Most: 50}},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseQuery(values, noon)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		for _, at := range []*time.Time{&got.Since, &got.Until} {
			if *at = at.UTC(); at.IsZero() {
				*at = time.Time{}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", query, diff)
		}
	}
}

func TestParseQueryMistakes(t *testing.T) {
	const asTime = "write it as a time ago such as 2h or 7d, or a moment such as 2026-03-01T12:00:00Z"
	for query, want := range map[string][2]string{
		"id=4711":                              {`the parameter id cannot be read: "4711"`, "write it as an answer has it in X-Request-Id: a UUID, 32 hex digits, or base64 in URL encoding"},
		"id=cdr_at_" + strings.Repeat("x", 40): {"the parameter id cannot be read", "write it as an answer has it in X-Request-Id: a UUID, 32 hex digits, or base64 in URL encoding"},
		"status=4xx":                           {`the parameter status cannot be read: "4xx"`, "write it as a status, such as 429"},
		"status=99":                            {`the parameter status cannot be read: "99"`, "write it as a status, such as 429"},
		"since=yesterday":                      {`the parameter since cannot be read: "yesterday"`, asTime},
		"since=-2h":                            {`the parameter since cannot be read: "-2h"`, asTime},
		"since=1.5d":                           {`the parameter since cannot be read: "1.5d"`, asTime},
		"since=4000000000d":                    {`the parameter since cannot be read: "4000000000d"`, asTime},
		"until=2026-03-01":                     {`the parameter until cannot be read: "2026-03-01"`, asTime},
		"limit=0":                              {`the parameter limit cannot be read: "0"`, "write it as a number from 1 to 500"},
		"limit=501":                            {`the parameter limit cannot be read: "501"`, "write it as a number from 1 to 500"},
		"cursor=2":                             {`the parameter cursor cannot be read: "2"`, "write it as next of the page before has it"},
		"app=a&app=b":                          {"the parameter app was sent more than once", "send it once"},
		"applic=a&zebra=1":                     {`there is no parameter "applic" here`, "use one of: id, app, member, problem, status, route, path, since, until, cursor, limit"},
		"id=" + callid.New(1, 2, 3).String() + "&app=a": {"the parameter app was sent together with id, which names one request alone", "send id, or the others"},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ParseQuery(values, noon)
		wrong, is := errors.AsType[*ParameterError](err)
		if !is {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if diff := cmp.Diff(want, [2]string{wrong.Error(), wrong.Fix()}); diff != "" {
			t.Errorf("%s: -want +got\n%s", query, diff)
		}
	}
}

// FuzzParseQuery: nothing that is sent panics, and what is taken is within its bounds.
func FuzzParseQuery(f *testing.F) {
	for _, query := range []string{"id=", "since=7d", "status=429&limit=1", "cursor=x", "until=2026-03-01T12:00:00Z"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		q, err := ParseQuery(values, noon)
		if err != nil {
			if wrong, is := errors.AsType[*ParameterError](err); !is || wrong.Error() == "" || wrong.Fix() == "" {
				t.Errorf("%q: %v", query, err)
			}
			return
		}
		if q.Most < 1 || q.Most > MostPage || q.Since.After(noon) && values.Get("since") == "" {
			t.Errorf("%q: %+v", query, q)
		}
	})
}
