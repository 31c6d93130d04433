package server_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/server"
)

// reads is a GET of www, as a client without credentials makes it.
func (i *instance) reads(t *testing.T, path string, into any) http.Header {
	t.Helper()
	got, text := i.visits(t, http.MethodGet, path, nil)
	if err := json.Unmarshal(text, into); err != nil || got.status != 200 {
		t.Fatalf("%s: %d, %v: %s", path, got.status, err, text)
	}
	return got.head
}

// visited is what www answers.
type visited struct {
	status int
	head   http.Header
}

// visits is a request to www, with fields of its own.
func (i *instance) visits(t *testing.T, method, path string, fields http.Header) (visited, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+i.WWWAddr()+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "www.example"
	maps.Copy(request.Header, fields)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return visited{answer.StatusCode, answer.Header}, text
}

const keysPath = "/oauth/v2/jwks"

// TestPublishedKeys: any page may read them, for as long as a new key waits, and they are the same after a restart.
func TestPublishedKeys(t *testing.T) {
	s := newStage(t)
	var before, after jose.JSONWebKeySet
	i := s.start(authorizing("")...)
	head := i.reads(t, keysPath, &before)
	if head.Get("Access-Control-Allow-Origin") != "*" || head.Get("Cache-Control") != "public, max-age=3600" || head.Get("Content-Type") != "application/json" {
		t.Errorf("fields %v", head)
	}
	if len(before.Keys) != 1 || !before.Keys[0].IsPublic() || before.Keys[0].Algorithm != "RS256" {
		t.Fatalf("published %+v", before)
	}
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(s.words["data"], "keys", "*.signing"))
	if err != nil || len(files) != 1 {
		t.Fatalf("kept %v, %v", files, err)
	}
	s.start(authorizing("")...).reads(t, keysPath, &after)
	if diff := cmp.Diff(before.Keys[0].KeyID, after.Keys[0].KeyID); diff != "" {
		t.Errorf("after a restart (-before +after)\n%s", diff)
	}
}

// TestSigningKeysAreMadeWhereTheyAreNeeded: without an authorization server there are none; one that a reload brings has its keys.
func TestSigningKeysAreMadeWhereTheyAreNeeded(t *testing.T) {
	s := newStage(t)
	i := s.start(withWWW(www)...)
	kept := func() []string {
		files, _ := filepath.Glob(filepath.Join(s.words["data"], "keys", "*.signing"))
		return files
	}
	if files := kept(); len(files) != 0 {
		t.Errorf("made %v", files)
	}
	if err := i.Reload(t.Context(), s.config(authorizing("")...)); err != nil {
		t.Fatal(err)
	}
	var set jose.JSONWebKeySet
	if i.reads(t, keysPath, &set); len(set.Keys) != 1 || len(kept()) != 1 {
		t.Errorf("published %+v, kept %v", set, kept())
	}
}

// TestSigningKeyThatOthersCanReach keeps an instance from starting.
func TestSigningKeyThatOthersCanReach(t *testing.T) {
	s := newStage(t)
	i := s.start(authorizing("")...)
	var set jose.JSONWebKeySet
	i.reads(t, keysPath, &set)
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.words["data"], "keys", "00001.signing")
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Start(t.Context(), s.config(authorizing("")...), s.options()); err == nil || !strings.Contains(err.Error(), "chmod 0600 "+file) {
		t.Errorf("told %v", err)
	}
}

// TestDiscovery: OpenID Connect and OAuth have the same facts under their own addresses.
func TestDiscovery(t *testing.T) {
	i := newStage(t).start(authorizing("")...)
	var openid, oauth map[string]any
	head := i.reads(t, "/oauth/.well-known/openid-configuration", &openid)
	i.reads(t, "/.well-known/oauth-authorization-server/oauth", &oauth)
	if diff := cmp.Diff(oauth, openid); diff != "" || head.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("(-oauth +openid)\n%s", diff)
	}
	for name, value := range openid {
		at, isText := value.(string)
		if path, ours := strings.CutPrefix(at, "http://www.example"); isText && ours && name != "issuer" {
			if got, _ := i.visits(t, http.MethodGet, path, nil); got.status == http.StatusNotFound {
				t.Errorf("%s is named and not there", name)
			}
		}
	}
}

// TestDiscoveryElsewhere: a client that looks in the wrong place is told the right one, where there is an authorization server.
func TestDiscoveryElsewhere(t *testing.T) {
	const openid, oauth, reference = "/oauth/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/oauth", "/errors"
	with, without := newStage(t).start(authorizing("")...), newStage(t).start(withWWW(www)...)
	for path, want := range map[string][2]string{
		"/.well-known/openid-configuration":             {"openid-configuration", openid},
		"/.well-known/openid-configuration/oauth":       {"oauth", openid},
		"/oauth/v2/.well-known/openid-configuration":    {"openid-configuration", openid},
		"/.well-known/oauth-authorization-server":       {"oauth-authorization-server", oauth},
		"/oauth/.well-known/oauth-authorization-server": {"oauth-authorization-server", oauth},
		"/.well-known/jwks.json":                        {"jwks.json", "/oauth/v2/jwks"},
		"/oauth/userinfo":                               {"userinfo", "/oauth/v2/userinfo"},
		"/.well-known/another":                          {"another", oauth},
		"/oauth/token":                                  {"token", oauth},
		"/oauth/authorize/":                             {"authorize", oauth},
		"/oauth":                                        {"oauth", reference},
		"/oauth2/token":                                 {"oauth2", reference},
	} {
		got := with.asks(t, asks{http.MethodGet, path, "", "", ""})
		fix, _ := got.Body["fix"].(string)
		message, _ := got.Body["detail"].(string)
		if got.Status != http.StatusNotFound || !strings.Contains(fix, "is "+want[1]+".") || !strings.Contains(message, want[0]) {
			t.Errorf("%s: %+v", path, got)
		}
		if want[1] == reference {
			continue
		}
		if known, _ := with.visits(t, http.MethodGet, want[1], nil); known.status == http.StatusNotFound {
			t.Errorf("%s leads to %s, which is not there", path, want[1])
		}
		got = without.asks(t, asks{http.MethodGet, path, "", "", ""})
		if fix, _ = got.Body["fix"].(string); got.Status != http.StatusNotFound || !strings.Contains(fix, "is "+reference+".") {
			t.Errorf("%s without an authorization server: %d %s", path, got.Status, fix)
		}
	}
}
