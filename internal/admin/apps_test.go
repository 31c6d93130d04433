package admin

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shelf keeps one app, and what it was asked.
type shelf struct {
	asked []any
	err   error
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func (s *shelf) Apps(context.Context) ([]App, error) {
	return []App{{Name: "shop", ClientID: "c", Origin: "created", Owners: []string{"ada@example.com"}, Secrets: []AppSecret{{CreatedAt: &noon}}}}, s.err
}

func (s *shelf) CreateApp(_ context.Context, r AppRequest) (AppAnswer, error) {
	s.asked = append(s.asked, r)
	return AppAnswer{App: App{Name: r.Name}, Secret: "s3cret"}, s.err
}

func (s *shelf) ChangeApp(_ context.Context, name string, c AppChange) (AppAnswer, error) {
	s.asked = append(s.asked, name, c)
	return AppAnswer{App: App{Name: name}}, s.err
}

const (
	shopJSON = `{"name": "shop","client_id": "c","origin": "created","disabled": false,"public": false,"products": null,"scopes": null,"redirect_uris": null,` +
		`"application_tokens": false,"refresh_tokens": false,"owners": ["ada@example.com"],"secrets": [{"created_at": "2026-03-01T12:00:00Z"}]}`
	bareJSON = `"client_id": "","origin": "","disabled": false,"public": false,"products": null,"scopes": null,"redirect_uris": null,` +
		`"application_tokens": false,"refresh_tokens": false,"owners": null,"secrets": null`
)

func TestApps(t *testing.T) {
	fault := &Fault{Status: 409, Message: "there is one already"}
	json := []string{"Content-Type", "application/json", "Authorization", "Bearer sesame-sesame-sesame"}
	for name, c := range map[string]struct {
		method, path, body string
		err                error
		want               answered
		asked              []any
	}{
		"list":           {"GET", "/v1/apps", "", nil, said(200, "["+shopJSON+"]"), nil},
		"show":           {"GET", "/v1/apps/shop", "", nil, said(200, shopJSON), nil},
		"show nobody":    {"GET", "/v1/apps/other", "", nil, said(404, `{"status": 404,"message": "There is no app of this name","fix": "GET /v1/apps lists all."}`), nil},
		"show no name":   {"GET", "/v1/apps/", "", nil, said(404, `{"status": 404,"message": "There is no app of this name","fix": "GET /v1/apps lists all."}`), nil},
		"list fails":     {"GET", "/v1/apps", "", errors.New("disk"), said(500, `{"status": 500,"message": "disk"}`), nil},
		"create":         {"POST", "/v1/apps", `{"name":"x","owners":["a@b"]}`, nil, said(201, `{"name": "x",`+bareJSON+`,"client_secret": "s3cret"}`), []any{AppRequest{Name: "x", Owners: []string{"a@b"}}}},
		"create twice":   {"POST", "/v1/apps", `{"name":"x","owners":["a@b"]}`, fault, said(409, `{"status": 409,"message": "there is one already"}`), []any{AppRequest{Name: "x", Owners: []string{"a@b"}}}},
		"an unknown key": {"POST", "/v1/apps", `{"nme":"x"}`, nil, said(400, `{"status": 400,"message": "The body is not what was expected: unknown field \"nme\"","fix": "Send one JSON object with the fields that are known here."}`), nil},
		"change":         {"POST", "/v1/apps/shop", `{"disabled":false,"products":[]}`, nil, said(200, `{"name": "shop",`+bareJSON+`}`), []any{"shop", AppChange{Disabled: new(false), Products: &[]string{}}}},
		"rights": {
			"POST", "/v1/apps/shop", `{"application_tokens":false,"refresh_tokens":true,"introspect":["people"]}`, nil, said(200, `{"name": "shop",`+bareJSON+`}`),
			[]any{"shop", AppChange{AppRights: AppRights{ApplicationTokens: new(false), RefreshTokens: new(true)}, Introspect: &[]string{"people"}}},
		},
		"change fails": {"POST", "/v1/apps/shop", `{}`, errors.New("disk"), said(500, `{"status": 500,"message": "disk"}`), []any{"shop", AppChange{}}},
	} {
		s := &shelf{err: c.err}
		got := ask(Handler(Options{Token: "sesame-sesame-sesame", Apps: s}), c.method, c.path, c.body, json...)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if diff := cmp.Diff(c.asked, s.asked); diff != "" {
			t.Errorf("%s asked for: -want +got\n%s", name, diff)
		}
	}
	for _, path := range []string{"/v1/apps", "/v1/apps/shop"} {
		for _, method := range []string{"GET", "POST"} {
			if got := ask(Handler(Options{Apps: &shelf{}}), method, path, "{}", json...); got.Status != 403 {
				t.Errorf("%s %s without a token in the configuration: %+v", method, path, got)
			}
		}
	}
}

func TestAppsByTheClient(t *testing.T) {
	s := &shelf{}
	over := httptest.NewServer(Handler(Options{Token: "sesame-sesame-sesame", Apps: s}))
	defer over.Close()
	c := DialTCP(over.Listener.Addr().String(), "sesame-sesame-sesame")
	all, err := c.Apps(t.Context())
	want, _ := s.Apps(t.Context())
	if diff := cmp.Diff(want, all); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	made, err := c.CreateApp(t.Context(), AppRequest{Name: "x", Owners: []string{"a@b"}, Public: true})
	if err != nil || made.Secret != "s3cret" {
		t.Error(made, err)
	}
	none := []string{}
	is, err := c.ChangeApp(t.Context(), "x", AppChange{Products: &none, Keep: 5})
	if err != nil || is.Name != "x" {
		t.Error(is, err)
	}
	asked := []any{AppRequest{Name: "x", Owners: []string{"a@b"}, Public: true}, "x", AppChange{Products: &none, Keep: 5}}
	if diff := cmp.Diff(asked, s.asked); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	s.err = &Fault{Status: 409, Message: "no"}
	if _, err = c.CreateApp(t.Context(), AppRequest{}); cmp.Diff(s.err, err) != "" {
		t.Error(err)
	}
}
