package sandbox

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/sandbox/api"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

func testConfig(t *testing.T, p problem.Profile) *config.Config {
	t.Helper()
	cfg, err := Config(Settings{
		API: "127.0.0.1:0", Admin: "127.0.0.1:0", WWWAddress: "127.0.0.1:0", WWW: "http://127.0.0.1:8081", Demo: "http://127.0.0.1:8083", Upstream: "http://127.0.0.1:9", Data: "none", AccessLog: "off", Profile: p,
	})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// The configuration loads without a word of complaint in both profiles.
func TestConfigIsClean(t *testing.T) {
	for _, p := range []problem.Profile{problem.LinkedIn, problem.Standard} {
		cfg := testConfig(t, p)
		if len(cfg.Warnings) > 0 {
			t.Errorf("%s: %v", p, cfg.Warnings)
		}
		if wrap := p == problem.LinkedIn; cfg.Profile != p || (cfg.Upstreams[0].Wrap == upstream.WrapAll) != wrap || cfg.Data != "" {
			t.Errorf("%s: profile %s, wrap %v, data %q", p, cfg.Profile, cfg.Upstreams[0].Wrap, cfg.Data)
		}
	}
}

// The apps of sandbox.json are those of the configuration.
func TestAppsAgree(t *testing.T) {
	cfg := testConfig(t, problem.LinkedIn)
	products := map[string][]string{}
	for _, p := range cfg.Products {
		products[p.Name] = p.Scopes
	}
	var configured []App
	for _, a := range cfg.Apps {
		var scopes []string
		for _, p := range a.Products {
			scopes = append(scopes, products[p]...)
		}
		configured = append(configured, App{Name: a.Name, ClientID: a.ClientID, ClientSecret: a.Secret.Value(), RedirectURIs: a.RedirectURIs, Scopes: scopes, Public: a.Public})
	}
	if d := cmp.Diff(configured, Apps("http://127.0.0.1:8083")); d != "" {
		t.Error(d)
	}
}

// Each token with a member has one of its own, and the first member is nobody's.
func TestSeedsShareNoMember(t *testing.T) {
	var taken []int
	for _, s := range seeds() {
		if s.member != 0 && slices.Contains(taken, s.member) {
			t.Errorf("member %d holds two tokens", s.member)
		}
		taken = append(taken, s.member)
		if s.member >= len(api.Members()) {
			t.Errorf("there is no member %d", s.member)
		}
	}
}
