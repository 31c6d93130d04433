package admin

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// keyring notes what it was asked.
type keyring struct {
	asked []any
	err   error
}

func (k *keyring) DeveloperKeys(_ context.Context, email string) ([]DeveloperKey, error) {
	k.asked = append(k.asked, "list", email)
	return nil, k.err
}

func (k *keyring) CreateDeveloperKey(_ context.Context, email string, r DeveloperKeyRequest) (DeveloperKeyAnswer, error) {
	k.asked = append(k.asked, "create", email, r)
	return DeveloperKeyAnswer{DeveloperKey: DeveloperKey{Name: r.Name, CreatedAt: noon}, Email: email, Key: "s3cret"}, k.err
}

func (k *keyring) RevokeDeveloperKey(_ context.Context, email, name string) (DeveloperKey, error) {
	k.asked = append(k.asked, "revoke", email, name)
	return DeveloperKey{Name: name, CreatedAt: noon, RevokedAt: &noon}, k.err
}

func TestDeveloperKeys(t *testing.T) {
	json := []string{"Content-Type", "application/json", "Authorization", "Bearer sesame-sesame-sesame"}
	nothing := func(path, method string) answered {
		return said(404, `{"status": 404,"message": "Nothing is at `+path+` for `+method+`","fix": "GET or POST /v1/developers/EMAIL/keys lists and makes keys, DELETE /v1/developers/EMAIL/keys/NAME revokes one."}`)
	}
	const at = "/v1/developers/eve@example.com"
	for name, c := range map[string]struct {
		method, path, body string
		err                error
		want               answered
		asked              []any
	}{
		"list":       {"GET", at + "/keys", "", nil, said(200, "[]"), []any{"list", "eve@example.com"}},
		"list fails": {"GET", at + "/keys", "", errors.New("disk"), said(500, `{"status": 500,"message": "disk"}`), []any{"list", "eve@example.com"}},
		"create": {
			"POST", at + "/keys", `{"name":"ci"}`, nil, said(201, `{"name": "ci","created_at": "2026-03-01T12:00:00Z","email": "eve@example.com","key": "s3cret"}`),
			[]any{"create", "eve@example.com", DeveloperKeyRequest{"ci"}},
		},
		"an unknown key": {
			"POST", at + "/keys", `{"label":"ci"}`, nil,
			said(400, `{"status": 400,"message": "The body is not what was expected: unknown field \"label\"","fix": "Send one JSON object with the fields that are known here."}`), nil,
		},
		"revoke":         {"DELETE", at + "/keys/ci", "", nil, said(200, `{"name": "ci","created_at": "2026-03-01T12:00:00Z","revoked_at": "2026-03-01T12:00:00Z"}`), []any{"revoke", "eve@example.com", "ci"}},
		"revoke none":    {"DELETE", at + "/keys/ci", "", &Fault{Status: 404, Message: "nobody"}, said(404, `{"status": 404,"message": "nobody"}`), []any{"revoke", "eve@example.com", "ci"}},
		"an odd address": {"DELETE", "/v1/developers/a%2Fkeys%2Fb@c/keys/ci", "", nil, said(200, `{"name": "ci","created_at": "2026-03-01T12:00:00Z","revoked_at": "2026-03-01T12:00:00Z"}`), []any{"revoke", "a/keys/b@c", "ci"}},
		"revoke all":     {"DELETE", at + "/keys", "", nil, nothing(at+"/keys", "DELETE"), nil},
		"show one":       {"GET", at + "/keys/ci", "", nil, nothing(at+"/keys/ci", "GET"), nil},
		"somebody":       {"GET", at, "", nil, nothing(at, "GET"), nil},
	} {
		k := &keyring{err: c.err}
		got := ask(Handler(Options{Token: "sesame-sesame-sesame", DeveloperKeys: k}), c.method, c.path, c.body, json...)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if diff := cmp.Diff(c.asked, k.asked); diff != "" {
			t.Errorf("%s asked for: -want +got\n%s", name, diff)
		}
	}
	for _, method := range []string{"GET", "POST", "DELETE"} {
		if got := ask(Handler(Options{DeveloperKeys: &keyring{}}), method, at+"/keys", "{}", json...); got.Status != 403 {
			t.Errorf("%s without a token in the configuration: %+v", method, got)
		}
	}
}

func TestDeveloperKeysByTheClient(t *testing.T) {
	k := &keyring{}
	over := httptest.NewServer(Handler(Options{Token: "sesame-sesame-sesame", DeveloperKeys: k}))
	defer over.Close()
	c := DialTCP(over.Listener.Addr().String(), "sesame-sesame-sesame")
	const odd = "a/keys/b?c=%2F#&..//@d"
	if all, err := c.DeveloperKeys(t.Context(), odd); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	made, err := c.CreateDeveloperKey(t.Context(), odd, DeveloperKeyRequest{"ci"})
	want := DeveloperKeyAnswer{DeveloperKey: DeveloperKey{Name: "ci", CreatedAt: noon}, Email: odd, Key: "s3cret"}
	if diff := cmp.Diff(want, made); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	was, err := c.RevokeDeveloperKey(t.Context(), odd, "ci")
	if diff := cmp.Diff(DeveloperKey{Name: "ci", CreatedAt: noon, RevokedAt: &noon}, was); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	if diff := cmp.Diff([]any{"list", odd, "create", odd, DeveloperKeyRequest{"ci"}, "revoke", odd, "ci"}, k.asked); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
