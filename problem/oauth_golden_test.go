package problem

import (
	"bytes"
	"fmt"
	"testing"
)

// TestGoldenOAuth: every cause as each profile answers it, with what is said beside: so that a text that is changed is seen.
func TestGoldenOAuth(t *testing.T) {
	var out bytes.Buffer
	for _, cause := range OAuthCauses() {
		p := OAuthProblem{Cause: cause, Parameter: "PARAMETER", Value: "VALUE", Known: "KNOWN"}
		who := "developer"
		if cause.Operators() {
			who = "operator"
		}
		fmt.Fprintf(&out, "-- %s, mended by the %s --\n%s\n", cause.Name(), who, p.Row(Standard).Fix)
		for _, profile := range profiles {
			fmt.Fprintf(&out, "%s: %d %s", profile, p.Row(profile).Status, p.AppendOAuth(nil, profile, "https://auth.example.com/errors", exampleID))
		}
	}
	golden(t, "oauth", out.Bytes())
}

// TestCausesAreFoundByName: the names of causes are their own, and lead to them.
func TestCausesAreFoundByName(t *testing.T) {
	for _, cause := range OAuthCauses() {
		if got, ok := OAuthCauseNamed(cause.Name()); !ok || got != cause {
			t.Errorf("%s is found as %v", cause.Name(), got)
		}
	}
	for _, name := range []string{"", "oauth_", "expired_access_token", "OAUTH_METHOD"} {
		if got, ok := OAuthCauseNamed(name); ok {
			t.Errorf("%q is found as %s", name, got.Name())
		}
	}
	if OAuthCodeExpired.Word() != "code_expired" || OAuthMethod.Word() != "" {
		t.Error("words for programs")
	}
}
