package changes_test

import (
	"testing"

	"github.com/candor-gateway/candor/internal/changes"
)

const (
	noon = int64(1_764_158_400) // 2025-11-26 12:00 UTC
	hour = int64(60 * 60)
)

// ordinary is a call like many.
func ordinary() changes.Facts {
	return changes.Facts{
		Fields: []string{"accept", "x-restli-protocol-version"}, Params: []string{"q", "count"}, Members: []string{"author", "text"}, Body: true,
		Scopes: []string{"r_ads", "r_ads_reporting"}, Granted: true, Products: []string{"ads"}, Media: "application/json", TokenKind: "candor",
		TokenPlace: "authorization", Token: 7, Version: "202505", Agent: "acme-sync", AgentIs: "2.1.0", Method: "GET", Path: "2-segments",
		Network: "203.0.113.0/24", Upstream: "10.0.0.1:8080", Revision: 12, RevisionAt: noon - 40*hour, Age: 10 * hour, Life: 1440 * hour, Calls: 100,
		BodySize: 300, URLSize: 60, HeadSize: 400,
	}
}

func TestScopeGone(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{})
	k := m.Key(changes.App, "acme", "/v2/ads")
	f := ordinary()
	for i := range int64(5) {
		m.Good(k, &f, noon+i)
	}
	f.Scopes = []string{"r_ads_reporting"}
	f.Token = 8
	got := m.Failed([]changes.Key{k}, "access_denied", 403, &f, noon+hour)
	if s := got.String(); s != "since 13:00: scope r_ads gone" {
		t.Errorf("said %q, also %v", s, got.Also)
	}
}

// Where too few calls are known to have worked, that is said in the place of silence.
func TestTooFewCalls(t *testing.T) {
	t.Parallel()
	for goods, want := range []int64{0, 1, 2, 3, 4, 0, 0} {
		m := changes.New(changes.Options{})
		k := m.Key(changes.App, "acme", "/v2/ads")
		f := ordinary()
		for i := range goods {
			m.Good(k, &f, noon+int64(i))
		}
		f.Scopes = []string{"r_ads_reporting"}
		if got := m.Failed([]changes.Key{k}, "access_denied", 403, &f, noon+hour); got.Few != want || want > 0 && len(got.Changed) > 0 {
			t.Errorf("after %d: %d are few, and %v has changed", goods, got.Few, got.Changed)
		}
	}
}
