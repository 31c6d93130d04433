package admin

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDigest(t *testing.T) {
	t.Parallel()
	token := []string{"Authorization", "Bearer sesame-sesame-sesame"}
	for name, c := range map[string]struct {
		path   string
		fields []string
		err    error
		want   answered
		asked  string
	}{
		"of a week":      {"/v1/digest", token, nil, said(200, `{"failed": 3}`), ""},
		"since then":     {"/v1/digest?since=2h", token, nil, said(200, `{"failed": 3}`), "since=2h"},
		"a mistake":      {"/v1/digest?since=x", token, &Fault{400, "no", "write"}, said(400, `{"status": 400,"message": "no","fix": "write"}`), "since=x"},
		"a broken query": {"/v1/digest?%zz", token, nil, said(400, `{"status": 400,"message": "The query cannot be read: invalid URL escape \"%zz\"","fix": "Percent-encode every value before it is put into a URL."}`), "none"},
		"a failure":      {"/v1/digest", token, errors.New("disk"), said(500, `{"status": 500,"message": "disk"}`), ""},
		"nobody": {
			"/v1/digest", nil, nil,
			answered{
				Status: 401, Type: "application/json", Challenge: `Bearer realm="candor admin"`,
				Body: `{"status": 401,"message": "No token was sent","fix": "Send Authorization: Bearer TOKEN with the value of admin.token."}`,
			},
			"none",
		},
	} {
		asked := "none"
		o := Options{Token: "sesame-sesame-sesame", Digest: func(_ context.Context, query url.Values) (any, error) {
			asked = query.Encode()
			return map[string]int{"failed": 3}, c.err
		}}
		got := ask(Handler(o), "GET", c.path, "", c.fields...)
		if diff := cmp.Diff(c.want, got); diff != "" || asked != c.asked {
			t.Errorf("%s: asked %q, -want +got\n%s", name, asked, diff)
		}
	}
}

// The client asks for what the listener tells.
func TestClientOfDigest(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(Handler(Options{Token: "sesame-sesame-sesame", Digest: func(_ context.Context, query url.Values) (any, error) {
		return query, nil
	}}))
	defer srv.Close()
	c := DialTCP(srv.Listener.Addr().String(), "sesame-sesame-sesame")
	for since, want := range map[string]url.Values{"": {}, "7d": {"since": {"7d"}}, "2026-11-26T12:00:00+01:00": {"since": {"2026-11-26T12:00:00+01:00"}}} {
		var got url.Values
		if err := c.Digest(t.Context(), since, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: -want +got\n%s", since, diff)
		}
	}
}
