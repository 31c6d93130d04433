package server_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHeadersOff: a name that is off is sent to nobody, and what a client sends under it, or under the name that another API has for it, tells the upstream nothing.
func TestHeadersOff(t *testing.T) {
	all := []string{"Candor-App", "Candor-Member", "Candor-Scopes", "X-Caller"}
	for _, c := range []struct {
		name, headers string
		upstream      map[string]string
		id            bool
	}{
		{"as it is", "{}", map[string]string{"Candor-App": "demo", "Candor-Member": "alice", "Candor-Scopes": "r_profile"}, true},
		{"off", "off", map[string]string{}, false},
		{"each off", "{request_id: off, app: off, member: off, scopes: off}", map[string]string{}, false},
		{"one off and one renamed", "{member: off, app: X-Caller}", map[string]string{"X-Caller": "demo", "Candor-Scopes": "r_profile"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			came := make(chan http.Header, 2)
			up := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { came <- r.Header }))
			t.Cleanup(up.Close)
			s.words["people"] = up.URL
			i := s.start("  - base: /v2\n", "  - base: /v2\n    headers: "+c.headers+"\n", last, last+
				"  - {base: /v3, name: more, upstream: people, headers: {app: X-Caller}, routes: [{path: /open, credentials: public}]}\n")
			token := i.mint("demo", "alice")
			got := i.headersOf(came, "/v2/me", token, all)
			if diff := cmp.Diff(c.upstream, got.upstream); diff != "" {
				t.Errorf("to the upstream (-want +got):\n%s", diff)
			}
			if got.id != c.id {
				t.Errorf("the answer has an id: %v", got.id)
			}
			if got := i.headersOf(came, "/v2/news", "", all); len(got.upstream) > 0 {
				t.Errorf("a client has told who it is: %v", got.upstream)
			}
			if got := i.headersOf(came, "/v3/open", "", all); len(got.upstream) > 0 {
				t.Errorf("a client has told who it is, through another API: %v", got.upstream)
			}
		})
	}
}

type sentHeaders struct {
	upstream map[string]string
	id       bool
}

// headersOf are what of names reached the upstream, of a call that claims all of them.
func (i *instance) headersOf(came chan http.Header, path, bearer string, names []string) (got sentHeaders) {
	i.t.Helper()
	r, err := http.NewRequestWithContext(i.t.Context(), "GET", "http://"+i.APIAddrs()[0]+path, nil)
	if err != nil {
		i.t.Fatal(err)
	}
	for _, name := range names {
		r.Header.Set(name, "forged")
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := i.Client.Do(r)
	if err != nil {
		i.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		i.t.Fatalf("%s: %d", path, resp.StatusCode)
	}
	got = sentHeaders{map[string]string{}, resp.Header.Get("X-Request-Id") != ""}
	h := <-came
	for _, name := range names {
		if v := h.Get(name); v != "" {
			got.upstream[name] = v
		}
	}
	return got
}
