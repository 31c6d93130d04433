package server

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/usage"
)

// TestWhoSeesUsage: the owner that of their apps, an operator that of all; an app of others is answered as one that there is not.
func TestWhoSeesUsage(t *testing.T) {
	l := newLibrary(t)
	hour := l.o.Now().UTC().Truncate(time.Hour)
	err := l.requests.Do(l.Context(), func(ctx context.Context, store requestlog.Store) error {
		return store.SaveCounts(ctx, []requestlog.Count{
			{App: "shop", Resource: "api/me", Hour: hour, Calls: 500, Repeated: 412},
			{App: "bobs", Resource: "api/me", Hour: hour, Calls: 3},
			{App: "gone", Resource: "api/me", Hour: hour, Calls: 1},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	eve, olga, ada := l.signedIn("eve"), l.signedIn("olga"), l.visitor()
	for name, c := range map[string]struct {
		got   page
		calls int64
	}{
		"the owner, by session":  {eve.get("/v1/usage?app=shop"), 500},
		"the owner, by key":      {l.byKey(l.keys["eve"], "/v1/usage?app=shop"), 500},
		"another owner":          {l.byKey(l.keys["bob"], "/v1/usage?app=bobs"), 3},
		"an operator":            {olga.get("/v1/usage?app=shop"), 500},
		"an app that is no more": {olga.get("/v1/usage?app=gone"), 1},
	} {
		told := &usage.Report{}
		if err := json.Unmarshal([]byte(c.got.body), told); c.got.status != 200 || err != nil || told.Hours[23].Calls != c.calls {
			t.Errorf("%s: %d %v %s", name, c.got.status, err, c.got.body)
		}
		if c.got.head.Get("Cache-Control") != "no-store" || c.got.head.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", name, c.got.head)
		}
	}
	_, _, unknown := eve.get("/v1/usage?app=nosuch").but()
	for name, c := range map[string]struct {
		got    page
		status int
		says   string
	}{
		"another's, by session": {eve.get("/v1/usage?app=bobs"), 404, unknown},
		"another's, by key":     {l.byKey(l.keys["eve"], "/v1/usage?app=bobs"), 404, unknown},
		"one that is no more":   {eve.get("/v1/usage?app=gone"), 404, unknown},
		"unknown, an operator":  {olga.get("/v1/usage?app=nosuch"), 404, unknown},
		"nobody":                {ada.get("/v1/usage?app=shop"), 401, "EMPTY_ACCESS_TOKEN"},
		"a key that was ended":  {l.byKey(l.keys["revoked"], "/v1/usage?app=shop"), 401, "REVOKED_ACCESS_TOKEN"},
		"another parameter":     {eve.get("/v1/usage?since=1d"), 400, "since"},
		"twice":                 {eve.get("/v1/usage?app=shop&app=bobs"), 400, "app"},
		"no query":              {eve.get("/v1/usage?app=%zz"), 400, "query"},
		"another method":        {eve.post("/v1/usage?app=shop"), 405, "GET"},
	} {
		status, _, body := c.got.but()
		if status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	for name, c := range map[string]struct {
		got  page
		apps []string
	}{"the owner's": {eve.get("/v1/usage"), []string{"shop"}}, "all": {olga.get("/v1/usage"), []string{"bobs", "shop"}}} {
		var told usageApps
		if err := json.Unmarshal([]byte(c.got.body), &told); err != nil || !contains(told.Apps, c.apps) || name == "the owner's" && len(told.Apps) != 1 {
			t.Errorf("%s: %v %s", name, err, c.got.body)
		}
	}
}

func contains(all, some []string) bool {
	return !slices.ContainsFunc(some, func(one string) bool { return !slices.Contains(all, one) })
}
