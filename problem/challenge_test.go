package problem

import "testing"

// TestChallengesNameTheResource where it is told whose tokens are taken (RFC 9728 §5.1), and where another token helps.
func TestChallengesNameTheResource(t *testing.T) {
	const at = "https://api.example.com/.well-known/oauth-protected-resource"
	for typ := MalformedRequest; typ < ClientGone; typ++ {
		for _, profile := range profiles {
			p := Example(typ)
			without := string(catalogue(t, Options{Profile: profile}).AppendChallenge(nil, &p))
			want := without
			switch rows[typ].scheme {
			case bearer, invalidToken, insufficientScope:
				if without != "" {
					want += `, resource_metadata="` + at + `"`
				}
			case noChallenge, invalidRequest, apiKey:
			}
			if got := string(catalogue(t, Options{Profile: profile, ResourceMetadata: at}).AppendChallenge(nil, &p)); got != want {
				t.Errorf("%s, %s:\ngot  %s\nwant %s", typ, profile, got, want)
			}
		}
	}
	p := Example(AccessDenied)
	p.Reason = AppLacksProduct // no token of the app would do
	if got := catalogue(t, Options{ResourceMetadata: at}).AppendChallenge(nil, &p); len(got) > 0 {
		t.Errorf("got %s", got)
	}
}
