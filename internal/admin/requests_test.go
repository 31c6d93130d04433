package admin

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// record keeps one call, and what it was asked.
type record struct {
	asked []any
	err   error
}

func (k *record) Request(_ context.Context, id string) (*requestlog.Record, error) {
	k.asked = append(k.asked, "show", id)
	if k.err != nil {
		return nil, k.err
	}
	return &requestlog.Record{RequestID: id, Time: noon, Status: 404, Problem: "resource_not_found", By: "gateway"}, nil
}

func (k *record) Requests(_ context.Context, query url.Values) (RequestPage, error) {
	k.asked = append(k.asked, "list", query.Encode())
	return RequestPage{Requests: []*requestlog.Record{}, Next: "n"}, k.err
}

func (k *record) Explanation(_ context.Context, id string) (any, error) {
	k.asked = append(k.asked, "explain", id)
	return map[string]string{"means": "<nothing>"}, k.err
}

func (k *record) JudgeRequest(_ context.Context, id string) (Judgement, error) {
	k.asked = append(k.asked, "judge", id)
	return Judgement{ID: id, At: noon, Verdict: WouldPass, Text: "would pass now"}, k.err
}

func (k *record) ForgetRequests(_ context.Context, of ForgetRequests) (ForgottenRequests, error) {
	k.asked = append(k.asked, "forget", of)
	return ForgottenRequests{of, 3}, k.err
}

func TestRequests(t *testing.T) {
	fields := []string{"Content-Type", "application/json", "Authorization", "Bearer sesame-sesame-sesame"}
	const one = `{"id": "x","time": "2026-03-01T12:00:00Z","status": 404,"problem": "resource_not_found","by": "gateway","revision": 0,"in": 0,"out": 0,"stations": {"done_us": 0}}`
	fault := &Fault{404, "nothing", "look again"}
	gone := said(404, `{"status": 404,"message": "nothing","fix": "look again"}`)
	for name, c := range map[string]struct {
		method, path, body string
		err                error
		want               answered
		asked              []any
	}{
		"show":        {"GET", "/v1/requests/x", "", nil, said(200, one), []any{"show", "x"}},
		"show none":   {"GET", "/v1/requests/x", "", fault, gone, []any{"show", "x"}},
		"judge":       {"GET", "/v1/requests/x/judge", "", nil, said(200, `{"id": "x","at": "2026-03-01T12:00:00Z","verdict": "would_pass","text": "would pass now","then": {"outcome": ""}}`), []any{"judge", "x"}},
		"judge none":  {"GET", "/v1/requests/x/judge", "", fault, gone, []any{"judge", "x"}},
		"by id":       {"GET", "/v1/requests?id=x", "", nil, said(200, one), []any{"show", "x"}},
		"and empty":   {"GET", "/v1/requests?id=x&app=&since=", "", nil, said(200, one), []any{"show", "x"}},
		"list":        {"GET", "/v1/requests?app=a&since=2h", "", nil, said(200, `{"requests": [],"next": "n"}`), []any{"list", "app=a&since=2h"}},
		"list all":    {"GET", "/v1/requests", "", nil, said(200, `{"requests": [],"next": "n"}`), []any{"list", ""}},
		"id and more": {"GET", "/v1/requests?id=x&app=a", "", fault, gone, []any{"list", "app=a&id=x"}},
		"two ids":     {"GET", "/v1/requests?id=x&id=y", "", fault, gone, []any{"list", "id=x&id=y"}},
		"an ill query": {
			"GET", "/v1/requests?path=%2", "", nil,
			said(400, `{"status": 400,"message": "The query cannot be read: invalid URL escape \"%2\"","fix": "Percent-encode every value before it is put into a URL."}`), nil,
		},
		"explain":      {"GET", "/v1/requests/x/explanation", "", nil, said(200, `{"means": "<nothing>"}`), []any{"explain", "x"}},
		"explain none": {"GET", "/v1/requests/x/explanation", "", fault, gone, []any{"explain", "x"}},
		"forget":       {"POST", "/v1/requests/forget", `{"app":"a"}`, nil, said(200, `{"app": "a","gone": 3}`), []any{"forget", ForgetRequests{App: "a"}}},
		"forget what": {
			"POST", "/v1/requests/forget", `{"id":"x"}`, nil,
			said(400, `{"status": 400,"message": "The body is not what was expected: unknown field \"id\"","fix": "Send one JSON object with the fields that are known here."}`), nil,
		},
	} {
		k := &record{err: c.err}
		got := ask(Handler(Options{Token: "sesame-sesame-sesame", Requests: k}), c.method, c.path, c.body, fields...)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if diff := cmp.Diff(c.asked, k.asked); diff != "" {
			t.Errorf("%s asked for: -want +got\n%s", name, diff)
		}
	}
	for _, call := range [][2]string{{"GET", "/v1/requests"}, {"GET", "/v1/requests/x"}, {"GET", "/v1/requests/x/explanation"}, {"POST", "/v1/requests/forget"}} {
		if got := ask(Handler(Options{Requests: &record{}}), call[0], call[1], "{}", fields[:2]...); got.Status != 403 {
			t.Errorf("%s %s without a token in the configuration: %+v", call[0], call[1], got)
		}
	}
}

func TestRequestsByTheClient(t *testing.T) {
	k := &record{}
	over := httptest.NewServer(Handler(Options{Token: "sesame-sesame-sesame", Requests: k}))
	defer over.Close()
	c := DialTCP(over.Listener.Addr().String(), "sesame-sesame-sesame")
	const odd = "+/aA=?&#"
	is, err := c.Request(t.Context(), odd)
	if err != nil || is.RequestID != odd || is.Status != 404 || !is.Time.Equal(noon) {
		t.Error(is, err)
	}
	page, err := c.Requests(t.Context(), url.Values{"path": {"/a?b"}})
	if diff := cmp.Diff(RequestPage{Requests: []*requestlog.Record{}, Next: "n"}, page); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	told, err := c.Explanation(t.Context(), "x")
	if raw, is := told.(json.RawMessage); err != nil || !is || !json.Valid(raw) {
		t.Error(told, err)
	}
	gone, err := c.ForgetRequests(t.Context(), ForgetRequests{Member: odd})
	if diff := cmp.Diff(ForgottenRequests{ForgetRequests{Member: odd}, 3}, gone); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if diff := cmp.Diff([]any{"show", odd, "list", "path=%2Fa%3Fb", "explain", "x", "forget", ForgetRequests{Member: odd}}, k.asked); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	k.err = &Fault{404, "nothing", "look again"}
	if is, err = c.Request(t.Context(), "x"); is != nil || err == nil || err.Error() != "nothing. look again" {
		t.Error(is, err)
	}
}
