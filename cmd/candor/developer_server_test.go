package main

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
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

// What would become of a call now stands in what candor explain ID and candor report ID tell; where it is not known, the rest stands all the same.
func TestJudgedNow(t *testing.T) {
	t.Parallel()
	const record = `{"id":"` + askedID + `","status":403,"problem":"access_denied","by":"gateway","method":"GET","target":"/v2/me"}`
	for _, c := range []struct {
		name, judge string
		status      int
		want        string // "": nothing is told of it
	}{
		{"it would pass", `{"verdict":"would_pass","text":"it would pass now","different":["the scope r_me was granted","it is \u001b[2Jlater."]}`, 200, "It would pass now. Otherwise than then: the scope r_me was granted; it is  [2Jlater."},
		{"it would fail", `{"verdict":"would_fail","text":"it would still fail: 403 access_denied","now":{"outcome":"refused","status":403,"fix":"Ask for the scope r_me."}}`, 200, "It would still fail: 403 access_denied. Ask for the scope r_me."},
		{"not judged", `{"message":"no"}`, 503, ""},
		{"an older server", `{"message":"There is no such path"}`, 404, ""},
		{"another answer", `<html>`, 200, ""},
		{"nothing said", `{}`, 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body := record
				if strings.HasSuffix(r.URL.Path, "/v1/requests/"+askedID+"/judge") {
					w.WriteHeader(c.status)
					body = c.judge
				}
				_, _ = w.Write([]byte(body))
			}))
			defer srv.Close()
			ask := askFlags{Server: srv.URL}
			p := ofDeveloper("cdr_dk_a")
			told, err := p.record(&ask, askedID)
			if err != nil || told.record == nil || told.judge != c.want {
				t.Fatalf("%v: %+v", err, told)
			}
			var out bytes.Buffer
			p.out, p.now = &out, time.Now
			if err = (&explainCmd{Input: []string{askedID}, askFlags: ask}).Run(p); err != nil || !strings.Contains(out.String(), "access_denied") {
				t.Fatalf("%v\n%s", err, out.String())
			}
			if err = (&reportCmd{File: askedID, askFlags: ask}).Run(p); err != nil {
				t.Fatal(err)
			}
			if c.want == "" && strings.Contains(out.String(), "  Now ") {
				t.Errorf("it is told all the same:\n%s", out.String())
			}
			if sure, _, _ := strings.Cut(c.want, "."); c.want != "" && strings.Count(out.String(), sure) != 2 {
				t.Errorf("%q is not told by both:\n%s", sure, out.String())
			}
		})
	}
}
