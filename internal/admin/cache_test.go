package admin

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// oneCache is a cache with an API people.
type oneCache struct{ asked []CacheClear }

func (*oneCache) CacheFigures(context.Context) (CacheFigures, error) {
	return CacheFigures{Size: 100, Bytes: 7, Answers: 1, Routes: []CachedRoute{{Route: "people/me", Mode: "shared", Answers: 1, Bytes: 7, Hits: 3}}}, nil
}

func (c *oneCache) ClearCache(_ context.Context, of CacheClear) (CacheCleared, error) {
	c.asked = append(c.asked, of)
	if of.API == "peple" {
		return CacheCleared{}, &Fault{404, `There is no API "peple"`, "Did you mean people?"}
	}
	return CacheCleared{1}, nil
}

func TestCache(t *testing.T) {
	t.Parallel()
	token := []string{"Authorization", "Bearer sesame-sesame-sesame", "Content-Type", "application/json"}
	for name, c := range map[string]struct {
		method, path, body string
		fields             []string
		want               answered
		asked              []CacheClear
	}{
		"figures": {"GET", "/v1/cache", "", token, said(200, `{"size": 100,"bytes": 7,"answers": 1,"routes": [{"route": "people/me","mode": "shared","answers": 1,"bytes": 7,`+
			`"hits": 3,"revalidated": 0,"stale": 0,"coalesced": 0,"misses": 0,"stored": 0,"evicted": 0}]}`), nil},
		"clear all":        {"POST", "/v1/cache/clear", "{}", token, said(200, `{"cleared": 1}`), []CacheClear{{}}},
		"clear an API":     {"POST", "/v1/cache/clear", `{"api": "people"}`, token, said(200, `{"cleared": 1}`), []CacheClear{{API: "people"}}},
		"clear a route":    {"POST", "/v1/cache/clear", `{"route": "people/me"}`, token, said(200, `{"cleared": 1}`), []CacheClear{{Route: "people/me"}}},
		"clear no such":    {"POST", "/v1/cache/clear", `{"api": "peple"}`, token, said(404, `{"status": 404,"message": "There is no API \"peple\"","fix": "Did you mean people?"}`), []CacheClear{{API: "peple"}}},
		"without a token":  {"POST", "/v1/cache/clear", "{}", token[2:], ask(Handler(Options{Token: "sesame-sesame-sesame", Cache: &oneCache{}}), "GET", "/v1/cache", ""), nil},
		"without any body": {"POST", "/v1/cache/clear", "", token, said(200, `{"cleared": 1}`), []CacheClear{{}}},
	} {
		of := &oneCache{}
		got := ask(Handler(Options{Token: "sesame-sesame-sesame", Cache: of}), c.method, c.path, c.body, c.fields...)
		if diff := cmp.Diff(c.want, got) + cmp.Diff(c.asked, of.asked); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// The client asks for what the listener tells.
func TestClientOfCache(t *testing.T) {
	t.Parallel()
	of := &oneCache{}
	srv := httptest.NewServer(Handler(Options{Token: "sesame-sesame-sesame", Cache: of}))
	defer srv.Close()
	c := DialTCP(srv.Listener.Addr().String(), "sesame-sesame-sesame")
	want, _ := of.CacheFigures(t.Context())
	if got, err := c.CacheFigures(t.Context()); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%v: %s", err, cmp.Diff(want, got))
	}
	if done, err := c.ClearCache(t.Context(), CacheClear{Route: "people/me"}); err != nil || done.Cleared != 1 {
		t.Errorf("%v: %d cleared", err, done.Cleared)
	}
	_, err := c.ClearCache(t.Context(), CacheClear{API: "peple"})
	if f, is := errors.AsType[*Fault](err); !is || f.Status != 404 || f.Fix != "Did you mean people?" {
		t.Errorf("%v, want a 404 that says what was meant", err)
	}
}
