package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const askedID = "01a2105d-5db4-7e54-9977-059df43e5d54"

// ofDeveloper is a program with a key in its environment.
func ofDeveloper(key string) *program {
	return &program{env: func(name string) (string, bool) { return key, name == "CANDOR_KEY" }}
}

func TestDeveloperServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, server, key, want string }{
		{"no URL", "developers.example.com", "cdr_dk_a", `got "developers.example.com"`},
		{"a password", "ftp://me:geheim@developers.example.com", "cdr_dk_a", "got one with an @"},
		{"a query", "https://developers.example.com?a", "cdr_dk_a", "without user, ? or #"},
		{"unencrypted", "http://developers.example.com", "cdr_dk_a", "would send the key unencrypted; say https"},
		{"no key", "https://developers.example.com", "", "needs a developer key in CANDOR_KEY"},
		{"another secret", "https://developers.example.com", "geheim", "it was sent nowhere"},
		{"a line end", "https://developers.example.com", "cdr_dk_a\n", "it was sent nowhere"},
	} {
		_, err := ofDeveloper(c.key).developerServer(c.server)
		if e := (*exitError)(nil); !errors.As(err, &e) || e.code != exitMistake || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v, and not %q", c.name, err, c.want)
		}
	}
}

func TestDeveloperServerAnswers(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("the key went on to %s", r.URL) }))
	defer elsewhere.Close()
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   string // of the error; "": there is a record
	}{
		{"a record", 200, `{"id":"` + askedID + `","status":401,"problem":"expired_access_token"}`, ""},
		{"no record", 404, `{"message":"There is no record"}`, "has no record of this id: the call is too old"},
		{"a bad key", 401, `{"message":"The key was\u001b[2J revoked."}`, "does not take the key in CANDOR_KEY: The key was [2J revoked; ask the operator"},
		{"a key of nobody's", 401, `{"detail":"No such key."}`, "in CANDOR_KEY: No such key; ask"},
		{"too much", 429, ``, "wait 7 seconds"},
		{"a redirect", 302, ``, "the key was not sent on"},
		{"another server", 200, `<html>`, "no record of a call: --server takes the URL at which developers sign in"},
		{"a failure", 500, `{"message":"disk"}`, "answered 500: disk"},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/portal/v1/requests/"+askedID || r.Header.Get("Authorization") != "Bearer cdr_dk_a" {
				t.Errorf("%s: asked for %s with %v", c.name, r.URL, r.Header)
			}
			w.Header().Set("Retry-After", "7")
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		d, err := ofDeveloper("cdr_dk_a").developerServer(srv.URL + "/portal")
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.Request(t.Context(), strings.ReplaceAll(askedID, "-", ""))
		srv.Close()
		switch {
		case c.want == "" && (err != nil || r.Problem != "expired_access_token" || r.ID.String() != askedID):
			t.Errorf("%s: %+v, %v", c.name, r, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "cdr_dk_a")):
			t.Errorf("%s: %v, and not %q", c.name, err, c.want)
		}
	}
	d, err := ofDeveloper("cdr_dk_a").developerServer("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err = d.Request(t.Context(), askedID); err == nil || !strings.HasPrefix(err.Error(), "127.0.0.1:1 cannot be reached: ") {
		t.Errorf("a server that is not there: %v", err)
	}
	if _, err = d.Request(t.Context(), "nonsense"); err == nil {
		t.Error("what is no id was asked for")
	}
}
