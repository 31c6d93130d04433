package changes_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/changes"
)

// story is a call that worked yesterday and fails today.
type story struct {
	name    string
	before  func(f *changes.Facts) // what the good calls looked like, beside ordinary; nil is that
	after   func(f *changes.Facts) // what is different today
	problem string
	status  int
	changed []string // what is named
	also    []string // what stands beside
	told    []string // what developers are told, where that is not changed
}

// stories are causes that are known, as the calls show them. In most of them more than the cause differs, as it does in life.
var stories = []story{
	{
		name: "the token was refreshed with fewer scopes", problem: "access_denied", status: 403,
		after:   func(f *changes.Facts) { f.Scopes, f.Token, f.Age = []string{"r_ads_reporting"}, 8, 60 },
		changed: []string{"scope r_ads gone"}, also: []string{"another token than before"},
	},
	{
		name: "a client upgrade dropped a header", problem: "version_missing", status: 400,
		after:   func(f *changes.Facts) { f.Version, f.AgentIs = "", "3.0.0" },
		changed: []string{"version was 202505, is none"}, also: []string{"version of the User-Agent was 2.1.0, is 3.0.0"},
	},
	{
		name: "a client upgrade dropped the protocol header, and its library says more of itself", problem: "upstream_client_error", status: 400,
		after: func(f *changes.Facts) {
			f.Fields, f.AgentIs = []string{"accept", "accept-encoding", "sec-fetch-mode"}, "3.0.0"
		},
		changed: []string{"header field x-restli-protocol-version gone"},
		also:    []string{"header field accept-encoding new", "header field sec-fetch-mode new", "version of the User-Agent was 2.1.0, is 3.0.0"},
	},
	{
		name: "a proxy put in a header that the API refuses", problem: "upstream_client_error", status: 400,
		after:   func(f *changes.Facts) { f.Fields = append(f.Fields, "x-http-method-override") },
		changed: []string{"header field x-http-method-override new"},
	},
	{
		name: "the version was pinned to one that is gone", problem: "nonexistent_version", status: 426,
		after:   func(f *changes.Facts) { f.Version, f.AgentIs = "202305", "2.2.0" },
		changed: []string{"version was 202505, is 202305"}, also: []string{"version of the User-Agent was 2.1.0, is 2.2.0"},
	},
	{
		name: "a member of the body was renamed", problem: "unprocessable", status: 422,
		after:   func(f *changes.Facts) { f.Members, f.BodySize = []string{"author", "commentary"}, 9000 },
		changed: []string{"body member text gone", "body member commentary new"},
	},
	{
		name: "a member was left out of the body", problem: "missing_field", status: 400,
		after:   func(f *changes.Facts) { f.Members, f.AgentIs = []string{"text"}, "2.2.0" },
		changed: []string{"body member author gone"}, also: []string{"version of the User-Agent was 2.1.0, is 2.2.0"},
	},
	{
		name: "the body came as a form", problem: "unsupported_media_type", status: 415,
		after:   func(f *changes.Facts) { f.Media, f.Members, f.Body = "application/x-www-form-urlencoded", nil, false },
		changed: []string{"media type was application/json, is application/x-www-form-urlencoded"},
	},
	{
		name: "the media type was lost on the way", problem: "invalid_body", status: 400,
		after:   func(f *changes.Facts) { f.Media, f.Body, f.Members, f.Network = "", false, nil, "198.51.100.0/24" },
		changed: []string{"media type was application/json, is none"}, also: []string{"another network of the caller than before"},
	},
	{
		name: "a reload led to another target", problem: "upstream_unreachable", status: 502,
		after:   func(f *changes.Facts) { f.Upstream, f.Revision, f.RevisionAt = "10.0.0.9:8080", 13, noon+20*hour },
		changed: []string{"upstream target was 10.0.0.1:8080, is 10.0.0.9:8080"}, also: []string{"configuration revision 12 → 13 changed this route"},
		told: []string{"the API's configuration changed"},
	},
	{
		name: "the configuration asks for one more product", problem: "access_denied", status: 403,
		after:   func(f *changes.Facts) { f.Revision, f.RevisionAt, f.AgentIs = 13, noon+20*hour, "2.1.1" },
		changed: []string{"configuration revision 12 → 13 changed this route"}, also: []string{"version of the User-Agent was 2.1.0, is 2.1.1"},
		told: []string{"the API's configuration changed"},
	},
	{
		name: "the route was taken away for a method", problem: "method_not_allowed", status: 405,
		after:   func(f *changes.Facts) { f.Revision, f.RevisionAt = 13, noon+20*hour },
		changed: []string{"configuration revision 12 → 13 changed this route"}, told: []string{"the API's configuration changed"},
	},
	{
		name: "the day's quota is used up", problem: "throttled", status: 429,
		after:   func(f *changes.Facts) { f.Calls, f.Age, f.AgentIs = 501, 30*hour, "2.1.1" },
		changed: []string{"call 501 of today, at most 100 in calls that worked"}, also: []string{"version of the User-Agent was 2.1.0, is 2.1.1"},
	},
	{
		name: "the quota was lowered", problem: "throttled", status: 429,
		after:   func(f *changes.Facts) { f.Calls, f.Revision, f.RevisionAt = 51, 13, noon+20*hour },
		changed: []string{"configuration revision 12 → 13 changed this route"}, told: []string{"the API's configuration changed"},
	},
	{
		name: "the caller's clock went wrong", problem: "invalid_access_token", status: 401,
		before:  func(f *changes.Facts) { f.Skew = 2 },
		after:   func(f *changes.Facts) { f.Skew = 1000 },
		changed: []string{"the caller's clock is off by 16 minutes, at most 2 seconds in calls that worked"},
	},
	{
		name: "the token was used past its life", problem: "expired_access_token", status: 401,
		before:  func(f *changes.Facts) { f.Age = 1439 * hour },
		after:   func(f *changes.Facts) { f.Age, f.Granted, f.Scopes = 1450*hour, false, nil },
		changed: []string{"the token is 60 days old, at most 59 days in calls that worked"},
	},
	{
		name: "a token of another issuer is sent", problem: "invalid_access_token", status: 401,
		after: func(f *changes.Facts) {
			f.TokenKind, f.Token, f.Granted, f.Scopes, f.Life = "jwt", 9, false, nil, 9000*hour
		},
		changed: []string{"kind of token was candor, is jwt"}, also: []string{"another token than before"},
	},
	{
		name: "half a token is sent", problem: "invalid_access_token", status: 401,
		before:  func(f *changes.Facts) { f.TokenKind = "access token" },
		after:   func(f *changes.Facts) { f.TokenKind, f.Token, f.Granted, f.Scopes = "unknown", 98, false, nil },
		changed: []string{"kind of token was access token, is unknown"}, also: []string{"another token than before"},
	},
	{
		name: "the token moved to the query", problem: "token_in_url", status: 401,
		after: func(f *changes.Facts) {
			f.TokenPlace, f.Params, f.URLSize = "query.access_token", []string{"access_token", "q", "count"}, 400
		},
		changed: []string{"place of the token was authorization, is query.access_token"},
	},
	{
		name: "a redirect to another host dropped the token", problem: "empty_access_token", status: 401,
		after: func(f *changes.Facts) {
			f.TokenPlace, f.TokenKind, f.Token, f.Granted, f.Scopes, f.Age, f.Life = "", "", 0, false, nil, 0, 0
			f.Fields = append(f.Fields, "referer")
		},
		changed: []string{"place of the token was authorization, is none"}, also: []string{"header field referer new"},
	},
	{
		name: "a column cut the token off", problem: "invalid_access_token", status: 401,
		after:   func(f *changes.Facts) { f.Token, f.TokenKind, f.Granted, f.Scopes = 99, "", false, nil },
		changed: []string{"another token than before"},
	},
	{
		name: "the API key was rotated, and the new one is not known here", problem: "invalid_api_key", status: 401,
		before: func(f *changes.Facts) {
			f.TokenPlace, f.TokenKind, f.Fields = "x-api-key", "key", append(f.Fields, "x-api-key")
		},
		after:   func(f *changes.Facts) { f.Token = 100 },
		changed: []string{"another token than before"},
	},
	{
		name: "a parameter was renamed", problem: "invalid_input", status: 400,
		after:   func(f *changes.Facts) { f.Params = []string{"q", "pageSize"} },
		changed: []string{"query parameter count gone", "query parameter pageSize new"},
	},
	{
		name: "a parameter was left out", problem: "upstream_client_error", status: 404,
		after:   func(f *changes.Facts) { f.Params, f.Fields = []string{"count"}, append(f.Fields, "accept-language") },
		changed: []string{"query parameter q gone"}, also: []string{"header field accept-language new"},
	},
	{
		name: "a slash came to the end of the path", problem: "entity_not_found", status: 404,
		after:   func(f *changes.Facts) { f.Path, f.AgentIs = "2-segments-slash", "2.2.0" },
		changed: []string{"shape of the path was 2-segments, is 2-segments-slash"}, also: []string{"version of the User-Agent was 2.1.0, is 2.2.0"},
	},
	{
		name: "the app lost a product", problem: "access_denied", status: 403,
		after:   func(f *changes.Facts) { f.Products = nil },
		changed: []string{"product ads gone"},
	},
	{
		name: "the machine moved to another network", problem: "address_not_allowed", status: 403,
		after:   func(f *changes.Facts) { f.Network, f.AgentIs = "198.51.100.0/24", "2.2.0" },
		changed: []string{"another network of the caller than before"}, also: []string{"version of the User-Agent was 2.1.0, is 2.2.0"},
	},
	{
		name: "the upload grew past the limit", problem: "payload_too_large", status: 413,
		after:   func(f *changes.Facts) { f.BodySize, f.Members, f.Body = 20_000_000, nil, false },
		changed: []string{"the body has 20000000 bytes, at most 300 in calls that worked"},
	},
	{
		name: "a client upgrade that cannot be the cause", problem: "upstream_server_error", status: 500,
		after: func(f *changes.Facts) { f.AgentIs = "3.0.0" },
		also:  []string{"version of the User-Agent was 2.1.0, is 3.0.0"},
	},
}

func TestItWorkedYesterday(t *testing.T) {
	t.Parallel()
	alone := 0
	for _, s := range stories {
		if len(s.changed) == 1 {
			alone++
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.tell(t)
		})
	}
	if alone < 20 {
		t.Errorf("in %d stories of %d one difference alone is named", alone, len(stories))
	}
}

// tell has a day of good calls, and the call that fails on the next.
func (s *story) tell(t *testing.T) {
	m := changes.New(changes.Options{Salt: []byte("salt")})
	k := m.Key(changes.App, "acme", "/v2/posts")
	for i := range int64(12) {
		f := ordinary()
		if s.before != nil {
			s.before(&f)
		}
		f.Age -= 12 - i
		m.Good(k, &f, noon+i*hour)
	}
	f := ordinary()
	if s.before != nil {
		s.before(&f)
	}
	s.after(&f)
	m.Failed([]changes.Key{k}, s.problem, s.status, &f, noon+21*hour)
	got := m.Failed([]changes.Key{k}, s.problem, s.status, &f, noon+22*hour)
	if diff := cmp.Diff(s.changed, said(got.Changed)); diff != "" {
		t.Errorf("named (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(s.also, said(got.Also)); diff != "" {
		t.Errorf("also different (-want +got):\n%s", diff)
	}
	told := s.changed
	if s.told != nil {
		told = s.told
	}
	if diff := cmp.Diff(told, said(got.ForDevelopers().Changed)); diff != "" {
		t.Errorf("developers are told (-want +got):\n%s", diff)
	}
	for _, d := range slices.Concat(got.Changed, got.Also) {
		want := noon + 21*hour // the first failure that had it
		if d.Inside() {
			want = noon + 20*hour // when the configuration changed
		}
		if d.Since != want {
			t.Errorf("%s since %d, want %d", d, d.Since, want)
		}
	}
	if got.Recurs != 2 || got.Since != noon+21*hour || got.LastGood != noon+11*hour {
		t.Errorf("recurs %d times since %d, last good %d", got.Recurs, got.Since, got.LastGood)
	}
}

func said(list []changes.Difference) (out []string) {
	for _, d := range list {
		out = append(out, fmt.Sprint(d))
	}
	return out
}
