package explain

import "testing"

// The standard's own sentence says no more than its code, whatever it names.
func TestStandardSentences(t *testing.T) {
	for _, tc := range []struct{ sentence, code string }{
		{"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).", "invalid_client"},
		{"The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.", "invalid_grant"},
		{"The request is missing a required parameter, includes an unsupported parameter value, repeats a parameter, or is otherwise malformed.", "invalid_request"},
		{"The requested scope is invalid, unknown, or malformed.", "invalid_scope"},
		{"The access token provided is expired, revoked, malformed, or invalid for other reasons.", "invalid_token"},
		{"The client was deleted.", "The client was deleted."},
	} {
		if got := bare(tc.sentence); got != tc.code {
			t.Errorf("%s: %q, want %s", tc.sentence, got, tc.code)
		}
	}
	whole, code := ranked([]byte(`{"error":"invalid_client","error_description":"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)."}`)), ranked([]byte(`{"error":"invalid_client"}`))
	if len(whole) == 0 || len(code) == 0 || whole[0].Name != code[0].Name {
		t.Errorf("the sentence makes %v of %v", whole, code)
	}
}
