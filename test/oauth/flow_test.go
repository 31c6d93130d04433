package oauth

import (
	"fmt"
	"slices"
	"testing"
)

// TestFlow: a member signs in to an app of each library, which learns who it is, calls the API, gets the next token, looks into one, and gives access back.
func TestFlow(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			r := newRealm(t, profile)
			for i, l := range libraries {
				t.Run(l.name, func(t *testing.T) {
					l.open(t, r, fmt.Sprint("app-", i), nil).whole(t)
				})
			}
		})
	}
}

func (v *visit) whole(t *testing.T) {
	t.Helper()
	in := v.logsIn(t, allows)
	if v.strict && v.r.profile == "linkedin" {
		if fmt.Sprint(in.Failed["cause"]) == "" || in.Got != nil {
			t.Errorf("it took tokens without a token_type: %v", in)
		}
		return
	}
	token := in.text("access_token")
	if is := v.r.calls(t, token); is != "200" {
		t.Fatalf("the API answers %q; the app got %v", is, in)
	}
	if v.openid && (in.text("sub") != "ada" || in.text("email") != email) {
		t.Errorf("it is told of %v", in)
	}
	next := v.do(t, "refresh", nil)
	if is := v.r.calls(t, next.text("access_token")); is != "200" || next.text("access_token") == token {
		t.Errorf("with the next token the API answers %q; the app got %v", is, next)
	}
	if can := v.can("introspect"); can {
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

// can reports whether the library has a function for a step, and the app what it takes.
func (v *visit) can(step string) bool {
	return !slices.Contains(v.lacks, step) && (step != "introspect" || !v.public)
}
