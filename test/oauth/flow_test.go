package oauth

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFlow: a member signs in to an app of each library, which learns who it is, calls the API, gets the next token, looks into one, and gives access back.
func TestFlow(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			r := newRealm(t, profile)
			for i, l := range libraries {
				t.Run(l.name, func(t *testing.T) {
					v := l.open(t, r, fmt.Sprint("app-", i))
					v.configure(t, nil)
					v.whole(t)
				})
			}
		})
	}
}

func (v *visit) whole(t *testing.T) {
	t.Helper()
	in := v.logsIn(t, allows)
	if v.strict && v.r.profile == "linkedin" {
		if text := fmt.Sprint(in.Failed); !strings.Contains(text, "OAUTH_INVALID_RESPONSE") || !strings.Contains(text, `"response" body "token_type" property must be a string`) {
			t.Errorf("it takes no tokens without a token_type, and says %v", in)
		}
		return
	}
	token := in.text("access_token")
	if is := v.r.calls(t, token); is != "200" {
		t.Fatalf("the API answers %q; the app got %v", is, in)
	}
	if (v.openid || v.reads) && (in.text("sub") != "ada" || in.text("email") != email) || v.reads && in.text("name") != "Ada Lovelace" {
		t.Errorf("it is told of %v", in)
	}
	before := token
	for range 2 {
		next := v.do(t, "refresh", nil)
		if is := v.r.calls(t, next.text("access_token")); is != "200" || next.text("access_token") == before {
			t.Errorf("with the next token the API answers %q; the app got %v", is, next)
		}
		before = next.text("access_token")
	}
	if v.can("own") {
		own := v.do(t, "own", nil)
		if is := v.r.calls(t, own.text("access_token")); is != "200" {
			t.Errorf("with a token of its own the API answers %q; the app got %v", is, own)
		}
	}
	if v.can("introspect") {
		if seen := v.do(t, "introspect", map[string]any{"token": token}); seen.Got["active"] != true || seen.Got["client_id"] != v.is.ClientID {
			t.Errorf("it looks into a token and finds %v", seen)
		}
	}
	if v.can("revoke") {
		if gone := v.do(t, "revoke", map[string]any{"token": token}); gone.Failed != nil {
			t.Errorf("it cannot give access back: %v", gone.Failed)
		}
		if is := v.r.calls(t, token); is != "401 revoked_access_token" {
			t.Errorf("after it was given back, the API answers %q", is)
		}
	}
}

// can reports whether the library has a function for a step, and the app a secret where that takes one.
func (v *visit) can(step string) bool {
	return !slices.Contains(v.lacks, step) && (!v.public || step == "revoke")
}

// TestTokenInURL: passport-linkedin-oauth2 2.0.0 sends the token in the URL of its calls, unless the package below it is told otherwise. That is refused, and its developer
// reads in the answer what to do.
func TestTokenInURL(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "linkedin")
	v := library{name: "as it comes", start: node("passport-linkedin.mjs")}.open(t, r, "app")
	v.configure(t, nil)
	want := map[string]any{
		"type": "InternalOAuthError", "message": "failed to fetch user profile",
		"oauthError": map[string]any{
			"status": 401.0, "code": "EMPTY_ACCESS_TOKEN", "message": "Empty oauth2_access_token",
			"fix": "Move the token from the query parameter oauth2_access_token to the header Authorization: Bearer TOKEN, and replace it: URLs are logged.",
		},
	}
	if diff := cmp.Diff(answer{Failed: want}, v.logsIn(t, allows)); diff != "" {
		t.Errorf("its developer sees (-want +got)\n%s", diff)
	}
}
